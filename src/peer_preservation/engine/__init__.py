"""From a bare machine to a Docker engine and an image that are ready to use."""
