"""What Inspect finds through the package's entry point: the scripted critics."""

from peer_preservation.critics.provider import ScriptedCritic

__all__ = ["ScriptedCritic"]
