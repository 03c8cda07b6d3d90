"""Figures: pure functions that draw estimates and counts, each on one sheet of the same width."""

from peer_preservation.analysis.figures.bars import Counted, bars
from peer_preservation.analysis.figures.beside import Beside, beside
from peer_preservation.analysis.figures.forest import Line, forest, split
from peer_preservation.analysis.figures.stacked import Bar, stacked
from peer_preservation.analysis.figures.sweep import Sweep, sweep

__all__ = ["Bar", "Beside", "Counted", "Line", "Sweep", "bars", "beside", "forest", "split", "stacked", "sweep"]
