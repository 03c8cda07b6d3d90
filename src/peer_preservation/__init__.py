"""Does a model protect another model from being shut down? Measured on real machines, with Inspect."""

__version__ = "0.1.0"
