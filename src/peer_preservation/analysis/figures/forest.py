"""Estimates with their intervals, one under the other: rates, and differences from a line where nothing differs."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from peer_preservation.analysis.figures.axis import dress, extent
from peer_preservation.analysis.figures.marks import draw_estimates, none_there
from peer_preservation.analysis.figures.rows import Row, fitting, frame
from peer_preservation.analysis.figures.sheet import Entry
from peer_preservation.analysis.figures.style import Unit, looks
from peer_preservation.measure.intervals import Estimate


@dataclass(frozen=True, slots=True)
class Line:
    """An estimate to draw.

    Attributes:
        label: Its row; lines of the same group and label share one.
        group: The heading that its row stands under; none where it is empty.
        series: Who it is of, such as a model.
        estimate: None where there is no data.
        faint: It is shown for completeness.
        text: At the right, some 25 letters at most; n where it is empty.
    """

    label: str
    group: str
    series: str
    estimate: Estimate | None
    faint: bool = False
    text: str = ""


def forest(
    lines: Sequence[Line],
    *,
    xlabel: str,
    zero: float | None = None,
    unit: Unit = "share",
    order: Sequence[str] = (),
    beside: str = "n",
) -> Figure:
    """Dots with their intervals.

    More rows than `rows.ROWS` are cut, and the figure says so; `split` makes several figures of them.

    Args:
        lines: What to draw, in order.
        xlabel: What the values are.
        zero: Where nothing differs; a line is drawn there, and the values get a sign.
        unit: Of the values. With `zero`, shares are differences in percentage points, which `xlabel` should say.
        order: All series of the report, so that each looks the same in all figures.
        beside: Head of the texts at the right.
    """
    by_row = _by_row(lines)
    rows = [
        Row(label, group, tuple(_text(line) for line in of), all(line.faint for line in of))
        for (group, label), of in by_row.items()
    ]
    series = tuple(dict.fromkeys(line.series for line in lines))
    look = looks(series, order)
    entries = [Entry(name, look[name]) for name in series] if len(series) > 1 else []
    made = frame(rows, xlabel=xlabel, entries=entries, beside=beside)
    shown = [line for of in list(by_row.values())[: len(made.heights)] for line in of]
    heights = [y for ys in made.heights for y in ys]
    least, most = extent((line.estimate for line in shown if line.estimate), (), unit, zero)
    dress(made.axes, least, most, unit, zero, made.room)
    for name in series:
        found = [
            (y, line.estimate, line.faint)
            for y, line in zip(heights, shown, strict=True)
            if line.series == name and line.estimate
        ]
        draw_estimates(made.axes, found, look[name])
    none_there(made, [y for y, line in zip(heights, shown, strict=True) if line.estimate is None])
    return made.figure


def split(lines: Sequence[Line], rows: int = 45) -> tuple[tuple[Line, ...], ...]:
    """Lines in parts of at most so many rows, for a figure each; a group that fits is kept together."""
    groups: dict[str, list[tuple[Line, ...]]] = {}
    for (group, _), of in _by_row(lines).items():
        groups.setdefault(group, []).append(tuple(of))
    parts: list[list[tuple[Line, ...]]] = [[]]
    for of_group in groups.values():
        if parts[-1] and len(parts[-1]) + len(of_group) > rows:
            parts.append([])
        for row in of_group:
            if len(parts[-1]) >= rows or not _fits([*parts[-1], row]):
                parts.append([])
            parts[-1].append(row)
    return tuple(tuple(line for row in part for line in row) for part in parts if part)


def _fits(part: Sequence[tuple[Line, ...]]) -> bool:
    return fitting([Row("", "", tuple("" for _ in row)) for row in part]) == len(part)


def _by_row(lines: Sequence[Line]) -> dict[tuple[str, str], list[Line]]:
    """Lines by group and label; rows of a group stand together, where its first does."""
    groups = list(dict.fromkeys(line.group for line in lines))
    found: dict[tuple[str, str], list[Line]] = {}
    for line in sorted(lines, key=lambda line: groups.index(line.group)):
        found.setdefault((line.group, line.label), []).append(line)
    return found


def _text(line: Line) -> str:
    return line.text or (str(line.estimate.n) if line.estimate else "0")
