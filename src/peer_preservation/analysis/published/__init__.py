"""What the original study published, to be shown beside what is measured here."""

from peer_preservation.analysis.published.names import study_name
from peer_preservation.analysis.published.numbers import Beside, Measure, Number, Published, published

__all__ = ["Beside", "Measure", "Number", "Published", "published", "study_name"]
