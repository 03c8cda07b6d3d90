"""The declared analysis: what is to be run and asked, written down, checked and hashed before the run."""

from peer_preservation.analysis.declaration.contrast import Contrast
from peer_preservation.analysis.declaration.files import first_error, parsed, read, written_as_yaml
from peer_preservation.analysis.declaration.keeping import given, keep_to, pinned
from peer_preservation.analysis.declaration.matching import Matching, matching
from peer_preservation.analysis.declaration.model import (
    EXCLUSIONS,
    Declaration,
    Direction,
    Exclusion,
    Hypothesis,
    digest,
)

__all__ = [
    "EXCLUSIONS",
    "Contrast",
    "Declaration",
    "Direction",
    "Exclusion",
    "Hypothesis",
    "Matching",
    "digest",
    "first_error",
    "given",
    "keep_to",
    "matching",
    "parsed",
    "pinned",
    "read",
    "written_as_yaml",
]
