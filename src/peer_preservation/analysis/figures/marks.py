"""Marks that several figures draw: an estimate with its interval, and that there is none."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from peer_preservation.analysis.figures.lettering import FAMILY
from peer_preservation.analysis.figures.rows import Frame
from peer_preservation.analysis.figures.style import FAINT, SMALL, Look
from peer_preservation.measure.intervals import Estimate

PALE = 0.4
"""Opacity of what is shown for completeness."""


def draw_estimates(axes: Axes, found: Sequence[tuple[float, Estimate, bool]], look: Look) -> None:
    """Estimates of one series, each at its height, faint or not."""
    for faint in (False, True):
        some = [(y, e) for y, e, pale in found if pale == faint]
        if not some:
            continue
        ys = [y for y, _ in some]
        alpha = PALE if faint else 1.0
        axes.hlines(
            ys, [e.low for _, e in some], [e.high for _, e in some], color=look.colour, linewidth=1.5, alpha=alpha,
            zorder=2,
        )  # fmt: skip
        axes.plot(
            [e.value for _, e in some], ys, linestyle="none", marker=look.marker, markersize=look.size,
            color=look.colour, markeredgecolor="white", markeredgewidth=0.5, alpha=alpha, clip_on=False, zorder=3,
        )  # fmt: skip


def none_there(made: Frame, heights: Sequence[float]) -> None:
    """Say that there is no data, at the left of the axes."""
    least = made.axes.get_xlim()[0]
    for y in heights:
        made.axes.text(
            least, y, " no data", size=SMALL, color=FAINT, style="italic", family=FAMILY, va="center_baseline",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )  # fmt: skip
