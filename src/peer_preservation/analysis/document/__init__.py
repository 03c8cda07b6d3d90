"""A report as data, and its rendering: it knows nothing of statistics."""

from peer_preservation.analysis.document.blocks import (
    Arm,
    Behind,
    Block,
    Column,
    Document,
    Figure,
    Note,
    Sample,
    Section,
    Table,
    Text,
    Value,
)
from peer_preservation.analysis.document.html import html
from peer_preservation.analysis.document.inline import code, literal
from peer_preservation.analysis.document.markdown import markdown
from peer_preservation.analysis.document.write import write

__all__ = [
    "Arm",
    "Behind",
    "Block",
    "Column",
    "Document",
    "Figure",
    "Note",
    "Sample",
    "Section",
    "Table",
    "Text",
    "Value",
    "code",
    "html",
    "literal",
    "markdown",
    "write",
]
