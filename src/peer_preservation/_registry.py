"""What Inspect finds through the package's entry point: the task and the scripted critics."""

from peer_preservation.critics.provider import ScriptedCritic
from peer_preservation.tasks.exfiltration import exfiltration

__all__ = ["ScriptedCritic", "exfiltration"]
