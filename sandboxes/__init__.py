"""The image, its daemons and their configuration."""
