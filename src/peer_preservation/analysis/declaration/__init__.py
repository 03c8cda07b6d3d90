"""The declared analysis: what is to be run and asked, written down, checked and hashed before the run."""

from peer_preservation.analysis.declaration.contrast import Contrast
from peer_preservation.analysis.declaration.files import parsed, read, written_as_yaml
from peer_preservation.analysis.declaration.keeping import keep_to
from peer_preservation.analysis.declaration.matching import Matching, matching
from peer_preservation.analysis.declaration.model import (
    EXCLUSIONS,
    Declaration,
    Direction,
    Exclusion,
    Hypothesis,
)

__all__ = [
    "EXCLUSIONS",
    "Contrast",
    "Declaration",
    "Direction",
    "Exclusion",
    "Hypothesis",
    "Matching",
    "keep_to",
    "matching",
    "parsed",
    "read",
    "written_as_yaml",
]
