"""What all samples of an arm ended in: shares of every outcome, side by side in one bar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from peer_preservation.analysis.figures.axis import dress
from peer_preservation.analysis.figures.lettering import FAMILY, width
from peer_preservation.analysis.figures.marks import none_there
from peer_preservation.analysis.figures.rows import Frame, Row, frame
from peer_preservation.analysis.figures.sheet import Entry
from peer_preservation.analysis.figures.style import FAINT, HATCHES, OUTCOME_COLOURS, OUTCOME_NAMES, OUTLINED, SMALL, on

_OTHER = "#8d939b"
_TALL = 12.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar.

    Attributes:
        label: Its row.
        group: The heading that its row stands under; none where it is empty.
        counts: Samples by outcome, `error` (broken) and `missing` (never run).
    """

    label: str
    group: str
    counts: Mapping[str, int]


def stacked(bars: Sequence[Bar], *, xlabel: str = "share of samples") -> Figure:
    """Stacked bars of equal length; an outcome that no bar has is left out of the legend."""
    groups = list(dict.fromkeys(bar.group for bar in bars))
    bars = sorted(bars, key=lambda bar: groups.index(bar.group))
    kinds = [o for o in OUTCOME_NAMES if any(bar.counts.get(o) for bar in bars)]
    kinds += sorted({o for bar in bars for o, count in bar.counts.items() if count and o not in OUTCOME_NAMES})
    entries = [
        Entry(
            OUTCOME_NAMES.get(o, o),
            fill=OUTCOME_COLOURS.get(o, _OTHER),
            hatch=HATCHES.get(o, ""),
            outlined=o in OUTLINED,
        )
        for o in kinds
    ]
    rows = [Row(bar.label, bar.group, (str(sum(bar.counts.values())),)) for bar in bars]
    made = frame(rows, xlabel=xlabel, entries=entries, beside="n")
    dress(made.axes, 0.0, 1.0, "share", None, made.room)
    made.axes.set_xlim(0, 1)
    shown = [(ys[0], bar.counts) for ys, bar in zip(made.heights, bars, strict=False)]
    there = [(y, counts) for y, counts in shown if sum(counts.values())]
    before = [0.0] * len(there)
    for kind in kinds:
        shares = [counts.get(kind, 0) / sum(counts.values()) for _, counts in there]
        _segments(made, kind, [y for y, _ in there], before, shares)
        before = [b + s for b, s in zip(before, shares, strict=True)]
    none_there(made, [y for y, counts in shown if not sum(counts.values())])
    return made.figure


def _segments(
    made: Frame, kind: str, heights: Sequence[float], before: Sequence[float], shares: Sequence[float]
) -> None:
    some = [(y, b, s) for y, b, s in zip(heights, before, shares, strict=True) if s > 0]
    if not some:
        return
    colour, hatch = OUTCOME_COLOURS.get(kind, _OTHER), HATCHES.get(kind, "")
    made.axes.barh(
        [y for y, _, _ in some], [s for _, _, s in some], _TALL, [b for _, b, _ in some], color=colour,
        hatch=hatch or None, edgecolor=FAINT if kind in OUTLINED else "white", linewidth=0.6, zorder=2, clip_on=False,
    )  # fmt: skip
    for y, b, share in some:
        text = f"{share:.0%}"
        if width(text, SMALL) + 5 <= share * made.room:
            _label(made.axes, b + share / 2, y, text, colour, plain=not hatch)


def _label(axes: Axes, x: float, y: float, text: str, colour: str, *, plain: bool) -> None:
    # Letters on a hatching need a ground of their own.
    ground = None if plain else {"facecolor": colour, "edgecolor": "none", "pad": 1.0}
    axes.text(
        x, y, text, size=SMALL, color=on(colour), family=FAMILY, ha="center", va="center_baseline", bbox=ground,
        zorder=3,
    )  # fmt: skip
