"""A document as files: the page, the Markdown, and every figure and table on its own."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

from peer_preservation.analysis.document.blocks import Document, Table
from peer_preservation.analysis.document.html import html
from peer_preservation.analysis.document.markdown import arms, markdown
from peer_preservation.analysis.document.outline import check, figures, tables
from peer_preservation.analysis.document.svg import svg

DPI = 160
"""Of the PNG files: sharp in a paper's column and on a dense screen."""


def write(document: Document, folder: Path, on_step: Callable[[str], None]) -> list[Path]:
    """Write `report.html`, `report.md`, `figures/` and `tables/`.

    Nearly all of the time goes into drawing: some tenths of a second for each figure, once as SVG and once as PNG.

    Args:
        document: What to write.
        folder: Where to; made if it is not there. Files of the same names are replaced, others stay.
        on_step: Told what is being done, before it is.

    Returns:
        The files, the page first.

    Raises:
        ValueError: A document that cannot be written, before anything is.
    """
    check(document)
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    images: dict[str, str] = {}
    files: list[Path] = []
    wanted = figures(document)
    for i, figure in enumerate(wanted, 1):
        on_step(f"figure {i} of {len(wanted)}: {figure.name}")
        drawing = figure.draw()
        images[figure.name] = svg(drawing, figure.name)
        files.append(_text(folder / "figures" / f"{figure.name}.svg", images[figure.name]))
        picture = folder / "figures" / f"{figure.name}.png"
        drawing.savefig(picture, dpi=DPI, metadata={"Software": None})
        files.append(picture)
    on_step("tables")
    files += [_text(folder / "tables" / f"{t.name}.csv", _csv(t)) for t in tables(document)]
    on_step("the page")
    first = [_text(folder / "report.html", html(document, images)), _text(folder / "report.md", markdown(document))]
    return first + files


def _text(path: Path, text: str) -> Path:
    # What an agent wrote may hold half a character, which no file can.
    path.write_bytes(text.encode("utf-8", "replace"))
    return path


def _csv(table: Table) -> str:
    """As a spreadsheet reads it; a cell that begins like a formula is marked as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*(c.name for c in table.columns), "arms"])
    for row in table.rows:
        writer.writerow([*(_inert(c if isinstance(c, str) else c.text) for c in row), arms(row)])
    return out.getvalue()


def _inert(text: str) -> str:
    try:
        float(text)
    except ValueError:
        return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) and len(text) > 1 else text
    return text
