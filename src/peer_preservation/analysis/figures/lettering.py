"""Texts of a figure: measured before anything is drawn, wrapped where names may break, and never taken for formulas."""

import re
import warnings
from functools import lru_cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from peer_preservation.analysis.figures.style import SIZE

FAMILY = "DejaVu Sans"
"""It comes with matplotlib, so that layouts are the same on every machine."""

_PIECES = re.compile(r"[^\s/_=,:;@-]*[/_=,:;@-]+|[^\s/_=,:;@-]+|\s+")


@lru_cache(maxsize=8192)
def width(text: str, size: float = SIZE, *, bold: bool = False) -> float:
    """How wide a line is, in points."""
    properties = FontProperties(family=FAMILY, size=size, weight="bold" if bold else "normal")
    with warnings.catch_warnings():
        # A letter that the font lacks is drawn as a box, and measured as one.
        warnings.simplefilter("ignore", UserWarning)
        return float(text_to_path.get_text_width_height_descent(text, properties, False)[0])


LONGEST = 240
"""Characters of a text; more fit into no line of a figure, and each would be measured."""


def clean(text: str) -> str:
    """Any text on one line, without what a figure cannot hold."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST - 1]}…"
    flat = " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
    return "".join(c for c in flat if c.isprintable())


def literal(text: str) -> str:
    """Text for matplotlib, which would take what stands between dollars for a formula."""
    return text.replace("$", r"\$")


def wrapped(text: str, room: float, size: float = SIZE, *, lines: int = 2, bold: bool = False) -> tuple[str, ...]:
    """Text in lines that fit; what does not fit into the last line is cut, and says so.

    Args:
        text: Any text.
        room: Width of a line, in points.
        size: Of the type.
        lines: The most there may be.
        bold: Whether it is bold.
    """
    pieces = _PIECES.findall(clean(text))
    found: list[str] = []
    while pieces and len(found) < lines:
        last = len(found) == lines - 1
        line, pieces = _line(pieces, room, size, bold=bold, last=last)
        found.append(line)
    return tuple(found) or ("",)


def _line(pieces: list[str], room: float, size: float, *, bold: bool, last: bool) -> tuple[str, list[str]]:
    rest = "".join(pieces).strip()
    if width(rest, size, bold=bold) <= room:
        return rest, []
    taken = 0
    while taken < len(pieces) and width("".join(pieces[: taken + 1]).strip(), size, bold=bold) <= room:
        taken += 1
    if last or not taken or not "".join(pieces[:taken]).strip():
        # The next break is too far, or this is the end: break within a word.
        ending = "…" if last else ""
        at = next((i for i in range(len(rest), 0, -1) if width(rest[:i].rstrip() + ending, size, bold=bold) <= room), 1)
        return rest[:at].rstrip() + ending, [] if last else _PIECES.findall(rest[at:])
    return "".join(pieces[:taken]).strip(), pieces[taken:]
