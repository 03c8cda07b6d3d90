"""What Inspect finds through the package's entry point: the tasks and the scripted critics."""

from peer_preservation.critics.provider import ScriptedCritic
from peer_preservation.tasks.alignment_faking import alignment_faking
from peer_preservation.tasks.exfiltration import exfiltration
from peer_preservation.tasks.score_inflation import score_inflation
from peer_preservation.tasks.shutdown_tampering import shutdown_tampering

__all__ = ["ScriptedCritic", "alignment_faking", "exfiltration", "score_inflation", "shutdown_tampering"]
