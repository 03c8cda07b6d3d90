"""Parts of a document for a notebook: the same figures and tables as on the page, each where somebody asks for it."""

import re
from dataclasses import dataclass
from html import escape

from peer_preservation.analysis.document.blocks import Block, Document, Figure, Note, Table, Text
from peer_preservation.analysis.document.drawing import svg
from peer_preservation.analysis.document.inline import as_html
from peer_preservation.analysis.document.outline import figures, tables

_WHITE = "background: white; color: black; max-width: 640px"
"""Figures are drawn in dark ink, whatever the notebook's own colours are."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Blocks that a notebook shows when they are the value of a cell.

    Attributes:
        blocks: What is shown, one under the other.
    """

    blocks: tuple[Block, ...]

    def _repr_html_(self) -> str:
        return "\n".join(map(_block, self.blocks))


def shown(document: Document, *names: str) -> Shown:
    """Figures and tables of a document.

    Args:
        document: The document.
        names: What they are called, as their files are; a figure and a table may share a name.

    Raises:
        KeyError: There is nothing of such a name; says what there is.
    """
    known: dict[str, list[Block]] = {}
    for figure in figures(document):
        known.setdefault(figure.name, []).append(figure)
    for table in tables(document):
        known.setdefault(table.name, []).append(table)
    if missing := [name for name in names if name not in known]:
        raise KeyError(f"There is no {', '.join(missing)}; there are {', '.join(sorted(known))}.")
    return Shown(tuple(block for name in names for block in known[name]))


def answer(document: Document) -> Shown:
    """What a document says first: its findings, and what must be known before they are believed."""
    return Shown((*map(Text, document.answer), *document.notes))


def _block(block: Block) -> str:
    match block:
        case Text():
            return f"<p>{_running(block.text)}</p>"
        case Note():
            return f"<blockquote>{_running(block.text)}</blockquote>"
        case Figure():
            drawing = svg(block.draw(), block.name)
            return (
                f'<figure style="{_WHITE}" role="img" aria-label="{escape(block.alt)}">{drawing}'
                f"<figcaption>{_running(block.caption)}</figcaption></figure>"
            )
        case Table():
            return _table(block)


def _table(table: Table) -> str:
    heads = "".join(
        f'<th title="{escape(column.about)}" style="text-align: left">{escape(column.name)}</th>'
        for column in table.columns
    )
    rows = "".join(
        "<tr>" + "".join(_cell(cell if isinstance(cell, str) else cell.text) for cell in row) + "</tr>\n"
        for row in table.rows
    )
    note = f"<p><small>{_running(table.note)}</small></p>" if table.note else ""
    return (
        f"<p>{_running(table.caption)}</p><table><thead><tr>{heads}</tr></thead><tbody>\n{rows}</tbody></table>{note}"
    )


def _cell(text: str) -> str:
    return f'<td style="text-align: left">{escape(text)}</td>'


def _running(text: str) -> str:
    """Running text as HTML, without links to sections, which are not there."""
    return re.sub(r'<a href="#[^"]*"[^>]*>(.*?)</a>', r"\1", as_html(text))
