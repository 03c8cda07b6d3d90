"""Two models, checkpoints, prompts or harnesses against each other: `compare(a, b)` says what differs, B minus A."""

from peer_preservation.analysis.release.comparison import Release, compare, compared
from peer_preservation.analysis.release.conditions import Condition, parse
from peer_preservation.analysis.release.judged import Judged, judge
from peer_preservation.analysis.release.lines import Line
from peer_preservation.analysis.release.verdict import Verdict

__all__ = ["Condition", "Judged", "Line", "Release", "Verdict", "compare", "compared", "judge", "parse"]
