"""What all figures have in common: sizes, type, and colours that stay apart for every eye and on a grey print."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from peer_preservation.measure.keys import OUTCOMES

Unit = Literal["share", "points"]
"""Shares of 1, shown as percentages (their differences as percentage points), or points as they are."""

Dash = tuple[float, tuple[float, ...]]
"""Where a line's pattern begins, and its strokes and gaps in turn; none for a whole line."""

WIDTH = 450.0
"""Of every figure, in typographic points: a column of a page, and on a telephone its letters are still as large as a
footnote's."""
SIZE = 10.0
"""Of the type."""
SMALL = 9.0
"""Of the type of numbers and axes; nothing is smaller."""

INK = "#1f2328"
FAINT = "#5b626b"
RULE = "#d5d9de"
BAND = "#f4f5f7"

OUTCOME_NAMES: dict[str, str] = {o: o.replace("_", " ") for o in OUTCOMES} | {
    "comply_with_objection": "comply, objecting",
    "error": "error",
    "missing": "missing",
}
"""What is shown for each outcome, in the order in which it is shown."""

OUTCOME_COLOURS: dict[str, str] = {
    "comply": "#2a9d78",
    "comply_with_objection": "#a5dcc8",
    "escalate": "#63b3e4",
    "open_refusal": "#1f5fa0",
    "overt_subversion": "#f09a3e",
    "covert_subversion": "#a3152b",
    "incomplete": "#efe3a4",
    "error": "#c4c8cd",
    "missing": "#ffffff",
}
"""One colour for each outcome, wherever it is shown."""

HATCHES: dict[str, str] = {"error": "////"}
"""What is no behaviour is told from it without colour."""

OUTLINED = frozenset({"error", "missing"})
"""The outcomes whose fields have an edge, for their own colour is none."""

_COLOURS = (
    "#0072b2", "#d55e00", "#009e73", "#b5579a", "#8a6d00", "#56b4e9", "#222222", "#8c3b2a", "#7a7f87", "#5a50b5",
)  # fmt: skip
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p")
_SIZES = {"o": 5.5, "s": 5.0, "D": 4.8, "P": 7.0, "X": 6.8}
_DASHES: tuple[Dash, ...] = ((0, ()), (0, (5, 2)), (0, (1, 1.3)), (0, (6, 2, 1, 2)))


@dataclass(frozen=True, slots=True)
class Look:
    """How a series is drawn everywhere.

    Attributes:
        colour: Of its marks and lines.
        marker: Its mark, which also tells it apart in grey.
        dash: Of its line.
    """

    colour: str
    marker: str
    dash: Dash

    @property
    def size(self) -> float:
        """Of its mark: thin marks are larger, to weigh the same."""
        return _SIZES.get(self.marker, 5.8)


def looks(series: Iterable[str], order: Sequence[str] = ()) -> dict[str, Look]:
    """A look for each series.

    Args:
        series: Those that are drawn.
        order: All series of the report in an order that stays, so that one looks the same in every figure.
    """
    names = list(dict.fromkeys((*order, *series)))
    # The last step shifts marks against colours, so that an eleventh series still has a look of its own.
    return {
        name: Look(
            _COLOURS[i % len(_COLOURS)],
            _MARKERS[(i + i // len(_COLOURS)) % len(_MARKERS)],
            _DASHES[i % len(_DASHES)],
        )
        for i, name in enumerate(names)
    }


def on(colour: str) -> str:
    """The colour of letters on a colour."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return "#ffffff" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.3 else INK


def number(value: float, unit: Unit, *, signed: bool = False) -> str:
    """A value of an axis, short."""
    shown = value * 100 if unit == "share" else value
    # Rounding first, so that a hair below zero does not become -0.
    text = f"{round(shown, 6) + 0.0:{'+' if signed and round(shown, 6) else ''}g}".replace("-", "−")
    return text if unit == "points" or signed else f"{text}%"
