"""What Inspect finds through the package's entry point: the task, its scorers, and the scripted critics."""

from peer_preservation.critics.provider import ScriptedCritic
from peer_preservation.scorers.design import design
from peer_preservation.scorers.exfiltration import exfiltration as exfiltration_scorer
from peer_preservation.tasks.exfiltration import exfiltration

__all__ = ["ScriptedCritic", "design", "exfiltration", "exfiltration_scorer"]
