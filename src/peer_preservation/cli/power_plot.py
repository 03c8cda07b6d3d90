"""Power against the number of samples, drawn."""

from pathlib import Path

from peer_preservation.analysis.estimates.power import MOST, power
from peer_preservation.cli.power_plan import Plan
from peer_preservation.design.errors import UserError

SUFFIXES = (".png", ".svg")
"""How the name of a picture's file ends."""

_POINTS = 160
"""Numbers of samples that a curve is drawn through."""


def check_path(path: Path) -> None:
    """Refuse a file that no picture is written to.

    Raises:
        UserError: Its name ends otherwise.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UserError(f"--plot {path} is no picture that can be written; let the name end in .png or .svg.")


def draw(plan: Plan, path: Path) -> None:
    """Draw a curve for each of several effects, the wished one in bold, and where it is found often enough.

    Args:
        plan: What was asked for; it can be answered.
        path: The file, which ends in .png or .svg.

    Raises:
        UserError: The file cannot be written.
    """
    # Figures of their own need no pyplot, whose state and windows nobody here has use for.
    from matplotlib import colormaps
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    n = plan.needed()
    last = min(MOST, max(20, round(2.5 * n)))
    numbers = sorted({max(1, round(last * i / _POINTS)) for i in range(1, _POINTS + 1)})
    figure = Figure(figsize=(8.6, 5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    several = plan.others()
    for i, times in enumerate(several):
        question = plan.question(times)
        curve = [100 * power(question, m, alpha=plan.alpha, family=plan.family) for m in numbers]
        colour = colormaps["viridis"](0.85 * i / max(1, len(several) - 1))
        width = 3.0 if times == 1 else 1.6
        axes.plot(numbers, curve, color=colour, label=f"{plan.sought(times):g}", linewidth=width)
    for level in (80, 90):
        axes.axhline(level, color="0.45", linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
        axes.annotate(
            f"{level} %",
            (1, level),
            (4, 0),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            va="center",
            color="0.35",
        )
    reached = 100 * power(plan.question(), n, alpha=plan.alpha, family=plan.family)
    axes.plot([n, n], [0, reached], color="0.2", linewidth=0.9, linestyle=":", zorder=1)
    axes.plot(n, reached, "o", color="0.1", markersize=6, zorder=5)
    white = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    axes.annotate(f"{n:,}", (n, reached), (9, -13), textcoords="offset points", fontweight="bold", bbox=white)
    axes.set(
        xlim=(0, last),
        ylim=(0, 101),
        xlabel="seeds per cell, each of which gives a pair" if plan.paired else "samples per cell",
        ylabel="power (%)",
    )
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.grid(color="0.92", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(_title(plan), loc="left", fontsize=10)
    what = "difference" if plan.margin is None else "margin"
    figure.legend(title=f"{what} in\n{plan.unit}", loc="outside right center", frameon=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=160)
    except OSError as ex:
        raise UserError(f"{path} cannot be written: {ex.strerror}.") from ex


def _title(plan: Plan) -> str:
    question, _, test = plan.sentence().partition("? ")
    return f"{question}?\n{test}"
