"""Our estimates beside published values: in one figure, never in one number."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from peer_preservation.analysis.figures.axis import dress, extent
from peer_preservation.analysis.figures.marks import draw_estimates, none_there
from peer_preservation.analysis.figures.rows import Row, frame
from peer_preservation.analysis.figures.sheet import Entry
from peer_preservation.analysis.figures.style import INK, Look, Unit, looks
from peer_preservation.measure.intervals import Estimate

_SURE = Look(INK, "D", (0, ()))
_LESS = Look("#a3a8ae", "D", (0, ()))
_PALE = 0.5


@dataclass(frozen=True, slots=True)
class Beside:
    """An estimate and what was published of the same.

    Attributes:
        label: Its row; several series of the same group and label share one.
        series: Who it is of, such as a model.
        estimate: Ours; None where there is none.
        published: Values, each with whether it is sure (a number in a text, not one read off a figure) and where it is
            from.
        group: The heading that its row stands under; none where it is empty.
    """

    label: str
    series: str
    estimate: Estimate | None
    published: tuple[tuple[float, bool, str], ...]
    group: str = ""


def beside(
    found: Sequence[Beside],
    *,
    xlabel: str,
    unit: Unit = "share",
    zero: float | None = None,
    order: Sequence[str] = (),
    sure: str = "published",
    unsure: str = "published, less sure",
) -> Figure:
    """Ours as a filled mark with its interval, published values as hollow diamonds on the same line.

    Args:
        found: What to draw, in order.
        xlabel: What the values are.
        unit: Of the values.
        zero: Where nothing differs.
        order: All series of the report, so that each looks the same in all figures.
        sure: What the legend calls the diamonds with a dark edge.
        unsure: What it calls those with a pale one.
    """
    groups = list(dict.fromkeys(f.group for f in found))
    by_row: dict[tuple[str, str], list[Beside]] = {}
    for f in sorted(found, key=lambda f: groups.index(f.group)):
        by_row.setdefault((f.group, f.label), []).append(f)
    rows = [Row(label, group, tuple(_n(f) for f in of)) for (group, label), of in by_row.items()]
    series = tuple(dict.fromkeys(f.series for f in found))
    look = looks(series, order)
    kinds = {is_sure for f in found for _, is_sure, _ in f.published}
    entries = [Entry(f"{name} (ours)" if len(series) == 1 else name, look[name]) for name in series]
    if True in kinds:
        entries.append(Entry(sure, _SURE, hollow=True, line=False))
    if False in kinds:
        entries.append(Entry(unsure, _LESS, hollow=True, line=False))
    note = "Filled marks are ours; hollow ones were published. The two are never pooled." if kinds else ""
    made = frame(rows, xlabel=xlabel, entries=entries, beside="our n", note=note)
    shown = [
        (y, f)
        for ys, of in zip(made.heights, by_row.values(), strict=False)
        for y, f in zip(ys, of, strict=True)
    ]  # fmt: skip
    more = [value for _, f in shown for value, _, _ in f.published]
    least, most = extent((f.estimate for _, f in shown if f.estimate), more, unit, zero)
    dress(made.axes, least, most, unit, zero, made.room)
    for name in series:
        ours = [(y, f.estimate, False) for y, f in shown if f.series == name and f.estimate]
        draw_estimates(made.axes, ours, look[name])
        for is_sure in (False, True):
            at = [(v, y) for y, f in shown if f.series == name for v, s, _ in f.published if s == is_sure]
            _diamonds(made.axes, at, look[name].colour, sure=is_sure)
    none_there(made, [y for y, f in shown if f.estimate is None and not f.published])
    return made.figure


def _diamonds(axes: Axes, at: Sequence[tuple[float, float]], colour: str, *, sure: bool) -> None:
    axes.plot(
        [x for x, _ in at], [y for _, y in at], linestyle="none", marker="D", markersize=6, markerfacecolor="none",
        markeredgecolor=colour, markeredgewidth=1.4, alpha=1.0 if sure else _PALE, clip_on=False, zorder=4,
    )  # fmt: skip


def _n(found: Beside) -> str:
    return str(found.estimate.n) if found.estimate else "none"
