"""What can go wrong between a bare machine and a ready engine."""

from __future__ import annotations


class EngineError(RuntimeError):
    """Docker, the base image or the suite's image cannot be had; the message says what to do."""
