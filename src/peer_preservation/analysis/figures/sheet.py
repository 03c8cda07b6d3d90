"""A figure's sheet, laid out in points before anything is drawn, and the legend below what it holds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D, Transform

from peer_preservation.analysis.figures.lettering import FAMILY, clean, literal, width, wrapped
from peer_preservation.analysis.figures.style import FAINT, INK, RULE, SMALL, WIDTH, Look

MARGIN = 6.0
LEADING = 13.0
"""From one line of small type to the next."""
LEGEND_LINE = 15.0
_HANDLE, _GAP = 16.0, 14.0


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a legend: a mark, or a field of a colour.

    Attributes:
        name: What it says.
        look: The mark of a series.
        fill: The colour of a field.
        hatch: Its hatching.
        outlined: The field has an edge.
        hollow: The mark is an outline.
        line: A line goes through the mark.
        dashed: The line is the series' own, as where lines join marks.
    """

    name: str
    look: Look | None = None
    fill: str = ""
    hatch: str = ""
    outlined: bool = False
    hollow: bool = False
    line: bool = True
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet whose origin is its top left corner, in points."""

    figure: Figure
    height: float
    points: Transform = field(repr=False)

    def axes(self, left: float, top: float, right: float, bottom: float) -> Axes:
        """Axes with nothing but a line at the bottom."""
        box = (left / WIDTH, 1 - bottom / self.height, (right - left) / WIDTH, (bottom - top) / self.height)
        axes = self.figure.add_axes(box)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.spines["bottom"].set_color(RULE)
        axes.tick_params(labelsize=SMALL, colors=FAINT, length=0, pad=3, labelfontfamily=FAMILY)
        axes.set_axisbelow(True)
        return axes

    def text(
        self, x: float, y: float, text: str, *, size: float, colour: str = INK, align: str = "left", **more: Any
    ) -> None:
        """A line of text whose middle is at a height."""
        self.figure.text(
            x, y, literal(text), size=size, color=colour, family=FAMILY, transform=self.points,
            ha=align, va="center_baseline", **more,
        )  # fmt: skip


def sheet(height: float) -> Sheet:
    """An empty sheet."""
    figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=100, facecolor="white")
    FigureCanvasAgg(figure)
    points = Affine2D().scale(1 / 72, -1 / 72).translate(0, height / 72) + figure.dpi_scale_trans
    return Sheet(figure, height, points)


@dataclass(frozen=True, slots=True)
class Legend:
    """Entries in lines, as many in each as there is room for."""

    lines: tuple[tuple[tuple[float, Entry, str], ...], ...]

    @property
    def height(self) -> float:
        """What it takes, with a gap above."""
        return LEGEND_LINE * len(self.lines) + 6 if self.lines else 0.0


def legend(entries: Sequence[Entry]) -> Legend:
    """A legend laid out over the width of a sheet."""
    lines: list[list[tuple[float, Entry, str]]] = []
    x = MARGIN
    for entry in entries:
        (name,) = wrapped(entry.name, WIDTH - 2 * MARGIN - _HANDLE, SMALL, lines=1)
        wide = _HANDLE + width(name, SMALL)
        if not lines or x + wide > WIDTH - MARGIN:
            lines.append([])
            x = MARGIN
        lines[-1].append((x, entry, name))
        x += wide + _GAP
    return Legend(tuple(tuple(line) for line in lines))


def draw_legend(on: Sheet, made: Legend, top: float) -> None:
    """Draw a legend, from a height on."""
    for i, line in enumerate(made.lines):
        y = top + 6 + LEGEND_LINE * (i + 0.5)
        for x, entry, name in line:
            handle(on, entry, x, y)
            on.text(x + _HANDLE, y, name, size=SMALL)


def handle(on: Sheet, entry: Entry, x: float, y: float) -> None:
    """Draw an entry's mark or field."""
    if entry.fill:
        box = Rectangle(
            (x, y - 4), 12, 8, transform=on.points, facecolor=entry.fill, hatch=entry.hatch or None,
            edgecolor=FAINT if entry.outlined else "none", linewidth=0.5,
        )  # fmt: skip
        on.figure.add_artist(box)
    elif entry.look:
        look = entry.look
        dash = look.dash if entry.dashed else (0, ())
        mark = Line2D(
            [x, x + 6, x + 12], [y, y, y], transform=on.points, color=look.colour, marker=look.marker, markevery=[1],
            markersize=look.size, linestyle=dash if entry.line else "none", linewidth=1.4,
            markerfacecolor="white" if entry.hollow else look.colour,
        )  # fmt: skip
        on.figure.add_artist(mark)


def paragraph(text: str, room: float, size: float = SMALL, lines: int = 3) -> tuple[str, ...]:
    """The lines of a label; none where there is nothing to say."""
    return wrapped(text, room, size, lines=lines) if clean(text) else ()
