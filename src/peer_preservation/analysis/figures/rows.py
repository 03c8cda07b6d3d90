"""Rows: labels at the left under their groups' headings, something drawn in the middle, numbers at the right."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from peer_preservation.analysis.figures.lettering import width, wrapped
from peer_preservation.analysis.figures.sheet import (
    LEADING,
    MARGIN,
    Entry,
    Sheet,
    draw_legend,
    legend,
    paragraph,
    sheet,
)
from peer_preservation.analysis.figures.style import BAND, FAINT, INK, RULE, SIZE, SMALL, WIDTH

ROWS = 60
"""The most rows that a figure shows."""
LINES = 160
"""The most lines in all of them."""

_LINE, _PAD, _HEADING, _AXIS = 12.0, 7.0, 21.0, 17.0
_LABELS, _BESIDE = 155.0, 140.0


@dataclass(frozen=True, slots=True)
class Row:
    """A row.

    Attributes:
        label: At the left.
        group: Whose heading it stands under; none where it is empty.
        texts: At the right, one for each line that is drawn in it; at least one.
        faint: It is shown for completeness.
    """

    label: str
    group: str
    texts: tuple[str, ...]
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What rows are drawn in.

    Attributes:
        figure: The whole.
        sheet: For more text.
        axes: The middle; their y is in points from their top.
        heights: For each row that is shown, the y of each of its lines.
        room: Width of the axes in points.
    """

    figure: Figure
    sheet: Sheet
    axes: Axes
    heights: tuple[tuple[float, ...], ...]
    room: float


def fitting(rows: Sequence[Row]) -> int:
    """How many rows a figure can show."""
    lines, count = 0, 0
    for row in rows[:ROWS]:
        lines += len(row.texts)
        if lines > LINES and count:
            break
        count += 1
    return count


def frame(rows: Sequence[Row], *, xlabel: str, entries: Sequence[Entry], beside: str = "", note: str = "") -> Frame:
    """Lay rows out and draw all but what is in the middle.

    Args:
        rows: In order; rows of one group stand together.
        xlabel: Under the axis.
        entries: Of the legend.
        beside: Head of the numbers at the right.
        note: Under the legend.
    """
    shown = rows[: fitting(rows)]
    left_out = len(rows) - len(shown)
    grouped = any(row.group for row in shown)
    indent = 8.0 if grouped else 0.0
    labels = [wrapped(row.label, _LABELS - indent, SIZE) for row in shown]
    texts = [tuple(wrapped(t, _BESIDE, SMALL, lines=1)[0] for t in row.texts) for row in shown]
    head = wrapped(beside, _BESIDE, SMALL, lines=1)[0]
    left = MARGIN + indent + max((width(line) for label in labels for line in label), default=0) + 10
    wide = max((width(t, SMALL) for t in (head, *(t for ts in texts for t in ts))), default=0)
    right = WIDTH - MARGIN - (wide + 8 if wide else 8)
    room = right - left
    below = paragraph(xlabel, room + min(left, WIDTH - right) - MARGIN)
    said = [f"{left_out} more rows are in the table."] if left_out else []
    notes = [*paragraph(note, WIDTH - 2 * MARGIN), *said]
    made = legend(entries)

    top = MARGIN + (13 if head else 0)
    tall, heights, headings = _heights(shown, labels)
    bottom = top + max(tall, 20.0)
    after = bottom + _AXIS + LEADING * len(below)
    height = after + made.height + LEADING * len(notes) + MARGIN
    on = sheet(height)
    axes = on.axes(left, top, right, bottom)
    axes.set_ylim(bottom - top, 0)
    axes.set_yticks([])
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    if head:
        on.text(WIDTH - MARGIN, MARGIN + 5, head, size=SMALL, colour=FAINT, align="right")
    for y, name in headings:
        # The axis' grid belongs to the rows.
        axes.axhspan(y - _HEADING / 2 - 1, y + _HEADING / 2 - 1, color="white", linewidth=0, zorder=0.9, clip_on=False)
        (line,) = wrapped(name, WIDTH - 2 * MARGIN - wide, SIZE, lines=1, bold=True)
        on.text(MARGIN, top + y, line, size=SIZE, weight="bold")
    for i, (row, label, ys) in enumerate(zip(shown, labels, heights, strict=True)):
        middle = (ys[0] + ys[-1]) / 2
        if i % 2 == 0:
            half = _tall(row, label) / 2
            axes.axhspan(middle - half, middle + half, color=BAND, linewidth=0, zorder=0)
        for k, line in enumerate(label):
            y = top + middle + (k - (len(label) - 1) / 2) * _LINE
            on.text(MARGIN + indent, y, line, size=SIZE, colour=FAINT if row.faint else INK)
        for y, text in zip(ys, texts[i], strict=True):
            on.text(WIDTH - MARGIN, top + y, text, size=SMALL, colour=FAINT, align="right")
    for k, line in enumerate(below):
        on.text((left + right) / 2, bottom + _AXIS + LEADING * k + 6, line, size=SMALL, align="center")
    draw_legend(on, made, after)
    for k, line in enumerate(notes):
        on.text(MARGIN, after + made.height + LEADING * k + 6, line, size=SMALL, colour=FAINT, style="italic")
    return Frame(on.figure, on, axes, heights, room)


def _heights(
    rows: Sequence[Row], labels: Sequence[tuple[str, ...]]
) -> tuple[float, tuple[tuple[float, ...], ...], list[tuple[float, str]]]:
    """The height of all, of every line of every row, and of each group's heading."""
    y, group = 0.0, ""
    heights, headings = [], []
    for row, label in zip(rows, labels, strict=True):
        if row.group != group:
            group = row.group
            if group:
                headings.append((y + _HEADING / 2 + 1, group))
            y += _HEADING
        tall = _tall(row, label)
        count = len(row.texts)
        heights.append(tuple(y + tall / 2 + (k - (count - 1) / 2) * _LINE for k in range(count)))
        y += tall
    return y, tuple(heights), headings


def _tall(row: Row, label: tuple[str, ...]) -> float:
    return max(len(row.texts), len(label)) * _LINE + _PAD
