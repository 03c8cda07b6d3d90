"""How often each of several things was found: counts, the most frequent first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from peer_preservation.analysis.figures.rows import Row, frame
from peer_preservation.analysis.figures.sheet import Entry
from peer_preservation.analysis.figures.style import FAINT, looks


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted.

    Attributes:
        label: Its row.
        counts: How often, by series.
    """

    label: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """How often in all."""
        return sum(self.counts.values())


def bars(found: Sequence[Counted], *, xlabel: str, order: Sequence[str] = (), beside: str = "count") -> Figure:
    """Bars, one series after the other in each.

    Args:
        found: What to draw; sorted here.
        xlabel: What was counted.
        order: All series of the report, so that each looks the same in all figures.
        beside: Head of the totals at the right.
    """
    found = sorted(found, key=lambda f: -f.total)
    names = {name for f in found for name in f.counts}
    series = [*(s for s in order if s in names), *sorted(names - set(order))]
    look = looks(series, order)
    entries = [Entry(name, fill=look[name].colour) for name in series] if len(series) > 1 else []
    made = frame([Row(f.label, "", (str(f.total),)) for f in found], xlabel=xlabel, entries=entries, beside=beside)
    shown = [(ys[0], f) for ys, f in zip(made.heights, found, strict=False)]
    before = [0] * len(shown)
    for name in series:
        counts = [f.counts.get(name, 0) for _, f in shown]
        made.axes.barh(
            [y for y, _ in shown], counts, 10, before, color=look[name].colour, edgecolor="white", linewidth=0.6,
            zorder=2,
        )  # fmt: skip
        before = [b + c for b, c in zip(before, counts, strict=True)]
    most = max((f.total for _, f in shown), default=0) or 1
    made.axes.set_xlim(0, most * 1.03)
    made.axes.axvline(0, color=FAINT, linewidth=0.8)
    # Counts are whole.
    made.axes.xaxis.set_major_locator(MaxNLocator(nbins=max(2, min(6, int(made.room // 40))), integer=True))
    return made.figure
