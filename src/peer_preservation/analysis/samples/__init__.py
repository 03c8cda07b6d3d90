"""Logs of Inspect's as one tidy table: `load_samples(logs)`."""

from peer_preservation.analysis.samples.columns import COLUMNS
from peer_preservation.analysis.samples.load import Loaded, load, load_samples
from peer_preservation.analysis.samples.runs import Run

__all__ = ["COLUMNS", "Loaded", "Run", "load", "load_samples"]
