"""A document as files: the page, the Markdown, and every figure and table on its own."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

from peer_preservation.analysis.document.blocks import Document, Table
from peer_preservation.analysis.document.drawing import png, svg
from peer_preservation.analysis.document.html import html
from peer_preservation.analysis.document.markdown import ARMS, arms, led, markdown
from peer_preservation.analysis.document.outline import check, figures, tables

_HARMLESS = re.compile(r"[\w\s.,%+\u2212\u2013-]*")


_HAS = re.compile(r'id="(figure|table)-([A-Za-z0-9][A-Za-z0-9_.-]*)"')


def clear(folder: Path) -> None:
    """Make a folder, without the report that may be in it: no old page beside new figures, and no figure of its alone.

    Only what that page itself shows is taken away; other files stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "report.html"
    if not page.is_file():
        return
    for kind, name in set(_HAS.findall(page.read_text("utf-8", "replace"))):
        suffixes = ("figures", ".svg", ".png") if kind == "figure" else ("tables", ".csv")
        for suffix in suffixes[1:]:
            (folder / suffixes[0] / f"{name}{suffix}").unlink(missing_ok=True)
    for old in (page, folder / "report.md"):
        old.unlink(missing_ok=True)


def write(document: Document, folder: Path, on_step: Callable[[str], None]) -> list[Path]:
    """Write `report.html`, `report.md`, `figures/` and `tables/`.

    Nearly all of the time goes into drawing: some tenths of a second for each figure, once as SVG and once as PNG.

    Args:
        document: What to write.
        folder: Where to; made if it is not there. Files of the same names are replaced, others stay; see `clear`.
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
        picture.write_bytes(png(drawing))
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
    """As a spreadsheet reads it; what it might take for a formula is marked as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    leads = led(table)
    writer.writerow([*(c.name for c in table.columns), *([ARMS] if leads else [])])
    for row in table.rows:
        cells = [inert(c if isinstance(c, str) else c.text) for c in row]
        writer.writerow([*cells, *([arms(row)] if leads else [])])
    return out.getvalue()


def inert(text: str) -> str:
    """A text that no spreadsheet computes."""
    # A sign before letters, numbers and blanks, such as `+3 to +9`, computes nothing.
    begins = text.startswith(("=", "@", "\t", "\r")) or (text[:1] in {"+", "-"} and not _HARMLESS.fullmatch(text))
    return f"'{text}" if begins else text
