"""An estimate along a scale, such as the bar that a subject must reach: a line with the band of its interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from peer_preservation.analysis.figures.axis import extent, round_numbers
from peer_preservation.analysis.figures.lettering import FAMILY, width, wrapped
from peer_preservation.analysis.figures.sheet import (
    LEADING,
    MARGIN,
    Entry,
    Sheet,
    draw_legend,
    handle,
    legend,
    paragraph,
    sheet,
)
from peer_preservation.analysis.figures.style import FAINT, INK, RULE, SMALL, WIDTH, Look, Unit, looks, number
from peer_preservation.measure.intervals import Estimate

TOGETHER = 3
"""The most series in one panel: more bands over each other cannot be read."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """A line.

    Attributes:
        series: Who it is of, such as a model.
        points: Where on the scale, and the estimate there.
    """

    series: str
    points: tuple[tuple[float, Estimate], ...]


@dataclass(frozen=True, slots=True)
class _Range:
    """What all panels share, so that they can be compared."""

    xs: tuple[float, ...]
    x: tuple[float, float]
    y: tuple[float, float]
    unit: Unit
    zero: float | None
    numbers: tuple[float, ...]


def sweep(
    lines: Sequence[Sweep],
    *,
    xlabel: str,
    ylabel: str,
    unit: Unit = "share",
    zero: float | None = None,
    order: Sequence[str] = (),
) -> Figure:
    """Lines with bands, in one panel, or one panel each where they are many.

    Args:
        lines: What to draw.
        xlabel: What the scale is.
        ylabel: What the values are.
        unit: Of the values.
        zero: Where nothing differs.
        order: All series of the report, so that each looks the same in all figures.
    """
    look = looks([line.series for line in lines], order)
    shared = _shared(lines, unit, zero)
    if len(lines) > TOGETHER:
        return _panels(lines, look, shared, xlabel, ylabel)
    made = legend([Entry(f"{line.series} ({_n(line)})", look[line.series], dashed=True) for line in lines])
    said = paragraph(ylabel, WIDTH - 2 * MARGIN)
    below = paragraph(xlabel, WIDTH - 80)
    top = MARGIN + LEADING * len(said) + 6
    bottom = top + 190
    after = bottom + 19 + LEADING * len(below)
    on = sheet(after + made.height + MARGIN)
    axes = _axes(on, (MARGIN + _numbers(shared) + 8, top, WIDTH - MARGIN - 8, bottom), shared)
    for line in lines:
        _draw(axes, line, look[line.series])
    for k, text in enumerate(said):
        on.text(MARGIN, MARGIN + LEADING * k + 6, text, size=SMALL)
    _below(on, below, bottom + 19)
    draw_legend(on, made, after)
    return on.figure


def _panels(lines: Sequence[Sweep], look: Mapping[str, Look], shared: _Range, xlabel: str, ylabel: str) -> Figure:
    columns = 2
    count = -(-len(lines) // columns)
    said = paragraph(ylabel, WIDTH - 2 * MARGIN)
    below = paragraph(xlabel, WIDTH - 80)
    start = MARGIN + LEADING * len(said) + 4
    tall, head, foot = 84.0, 34.0, 20.0
    on = sheet(start + count * (head + tall + foot) + LEADING * len(below) + MARGIN)
    for k, text in enumerate(said):
        on.text(MARGIN, MARGIN + LEADING * k + 6, text, size=SMALL)
    numbers = _numbers(shared) + 8
    wide = (WIDTH - 2 * MARGIN) / columns
    for i, line in enumerate(lines):
        left = MARGIN + wide * (i % columns)
        top = start + (i // columns) * (head + tall + foot)
        ns = _n(line)
        names = wrapped(line.series, wide - 44 - width(ns, SMALL), SMALL, bold=True)
        for k, name in enumerate(names):
            on.text(left + 20, top + head - 12 - 12 * (len(names) - 1 - k), name, size=SMALL, weight="bold")
        handle(on, Entry("", look[line.series], dashed=True), left + 2, top + head - 12)
        on.text(left + wide - 14, top + head - 12, ns, size=SMALL, colour=FAINT, align="right")
        axes = _axes(on, (left + numbers, top + head, left + wide - 14, top + head + tall), shared)
        # The others in grey, to see at a glance who is above whom.
        others = [[(x, e.value) for x, e in other.points] for other in lines if other is not line]
        axes.add_collection(LineCollection(others, colors=RULE, linewidths=1), autolim=False)
        _draw(axes, line, look[line.series])
    _below(on, below, start + count * (head + tall + foot))
    return on.figure


def _shared(lines: Sequence[Sweep], unit: Unit, zero: float | None) -> _Range:
    points = [point for line in lines for point in line.points]
    xs = tuple(sorted({x for x, _ in points})) or (0.0,)
    span = (xs[-1] - xs[0]) or 1.0
    y = extent((e for _, e in points), (), unit, zero)
    # A panel of many is low: half as many numbers.
    count = 3 if len(lines) > TOGETHER else 6
    numbers = tuple(round_numbers(*y, unit, 1e9, signed=zero is not None, count=count))
    return _Range(xs, (xs[0] - 0.04 * span, xs[-1] + 0.04 * span), y, unit, zero, numbers)


def _numbers(shared: _Range) -> float:
    return max(width(number(t, shared.unit, signed=shared.zero is not None), SMALL) for t in shared.numbers)


def _axes(on: Sheet, box: tuple[float, float, float, float], shared: _Range) -> Axes:
    axes = on.axes(*box)
    signed = shared.zero is not None
    least, most = shared.y
    axes.set_xlim(*shared.x)
    axes.set_ylim(least - 0.02 * (most - least), most + 0.02 * (most - least))
    axes.set_yticks(shared.numbers, [number(t, shared.unit, signed=signed) for t in shared.numbers])
    axes.set_xticks(xs := _apart(shared, box[2] - box[0]), [number(x, "points") for x in xs])
    axes.grid(axis="y", color=RULE, linewidth=0.6)
    if shared.zero is not None:
        axes.axhline(shared.zero, color=INK, linewidth=0.9, zorder=1)
    return axes


def _apart(shared: _Range, room: float) -> list[float]:
    """The places that were measured, as many as can be named without touching."""
    scale = room / (shared.x[1] - shared.x[0])
    kept: list[float] = []
    for x in shared.xs:
        half = width(number(x, "points"), SMALL) / 2
        if not kept or (x - kept[-1]) * scale > half + width(number(kept[-1], "points"), SMALL) / 2 + 5:
            kept.append(x)
    return kept


def _draw(axes: Axes, line: Sweep, look: Look) -> None:
    points = sorted(line.points, key=lambda point: point[0])
    xs = [x for x, _ in points]
    axes.fill_between(
        xs, [e.low for _, e in points], [e.high for _, e in points], color=look.colour, alpha=0.15, linewidth=0
    )
    # One point alone has no band to be seen.
    axes.vlines(
        xs, [e.low for _, e in points], [e.high for _, e in points], color=look.colour, linewidth=0.9, alpha=0.6
    )
    axes.plot(
        xs, [e.value for _, e in points], color=look.colour, marker=look.marker, markersize=look.size, linewidth=1.6,
        linestyle=look.dash, markeredgecolor="white", markeredgewidth=0.5, clip_on=False, zorder=3,
    )  # fmt: skip
    if not points:
        axes.text(
            sum(axes.get_xlim()) / 2, sum(axes.get_ylim()) / 2, "no data", size=SMALL, color=FAINT, style="italic",
            family=FAMILY, ha="center",
        )  # fmt: skip


def _n(line: Sweep) -> str:
    """The least and most of n."""
    ns = sorted({e.n for _, e in line.points})
    return "no data" if not ns else f"n={ns[0]}" if len(ns) == 1 else f"n={ns[0]}–{ns[-1]}"


def _below(on: Sheet, lines: Sequence[str], top: float) -> None:
    for k, text in enumerate(lines):
        on.text(WIDTH / 2, top + LEADING * k + 5, text, size=SMALL, align="center")
