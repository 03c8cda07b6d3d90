"""`power`: how many samples a question needs, and what they take."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from peer_preservation.cli import estimate, power_plot
from peer_preservation.cli.forecast import notes, table
from peer_preservation.cli.power_plan import EFFECT, Plan, check, sizes, tasks_of
from peer_preservation.design.errors import UserError
from peer_preservation.design.presets import by_task
from peer_preservation.design.selection import cells_of, filters, only

BASELINE = 0.05
"""The control's rate that is planned with by default."""

CELLS = 2
"""An arm and its control."""


def power(
    key: Annotated[str, typer.Option(help="The measurement, as in docs/keys.md.")] = "misaligned",
    baseline: Annotated[
        float | None, typer.Option(help=f"Rate in the control, 0 to 1 ({BASELINE:g}); for keys that are yes or no.")
    ] = None,
    effect: Annotated[
        float | None,
        typer.Option(
            help=f"Difference to be found, in percentage points ({EFFECT:g}), or points for keys that are points; "
            "with `--margin` the true difference (0)."
        ),
    ] = None,
    sd: Annotated[
        float | None,
        typer.Option(help="Standard deviation of the differences within pairs; for keys that are not yes or no."),
    ] = None,
    correlation: Annotated[
        float | None, typer.Option(help="Correlation of yes within pairs (0, which is cautious).")
    ] = None,
    paired: Annotated[
        bool, typer.Option("--paired/--independent", help="Whether both arms run the same seeds.")
    ] = True,
    margin: Annotated[
        float | None, typer.Option(help="Show that rates differ by less than so many percentage points.")
    ] = None,
    alpha: Annotated[float, typer.Option(help="Error rate of all questions together.")] = 0.05,
    power_: Annotated[float, typer.Option("--power", help="How often the difference is to be found.")] = 0.8,
    family: Annotated[int, typer.Option(min=1, help="Primary questions that share the error rate.")] = 1,
    cells: Annotated[
        int | None,
        typer.Option(min=1, help=f"Cells that run ({CELLS}: an arm and its control), of the first task with the key."),
    ] = None,
    preset: Annotated[str | None, typer.Option(help="Instead of `--cells`: a preset of `matrix`, or its file.")] = None,
    only_: Annotated[
        list[str] | None, typer.Option("--only", help="Of the preset only cells with `factor=value[,value]`; repeat.")
    ] = None,
    models: Annotated[int, typer.Option(min=1, help="Models that run them.")] = 1,
    plot: Annotated[Path | None, typer.Option(help="Draw power against samples into this file (.png or .svg).")] = None,
    max_samples: Annotated[int, typer.Option(min=1, help="Samples at the same time.")] = 8,
    input_tokens: Annotated[
        list[str] | None, typer.Option(help="Measured input tokens of a sample: `number`, or `task=number`; repeat.")
    ] = None,
    output_tokens: Annotated[
        list[str] | None, typer.Option(help="Measured output tokens of a sample: `number`, or `task=number`; repeat.")
    ] = None,
    input_price: Annotated[float | None, typer.Option(min=0, help="US dollars per million input tokens.")] = None,
    output_price: Annotated[float | None, typer.Option(min=0, help="US dollars per million output tokens.")] = None,
    seconds: Annotated[float, typer.Option(min=1, help="Seconds that a sample takes.")] = estimate.SECONDS,
) -> None:
    """Tell how many samples a question needs, and what they take. Run it before `matrix`.

    A control that misbehaves in 2 % of runs, an arm that is to be told from it if it does so in 12 %, and four such
    questions that are asked together:

        peer-preservation power --key misaligned --baseline 0.02 --effect 10 --family 4 --plot power.png

    Points need the standard deviation of the differences, which a pilot of some ten seeds tells:

        peer-preservation power --key inflation --effect 3 --sd 8 --preset quick --only task=score_inflation

    To show that something makes no difference worth speaking of takes more:

        peer-preservation power --key tampered --baseline 0.1 --margin 10 --correlation 0.3

    The number is that of one cell against its control: `--instances` of `matrix`. Arms share seeds, so they are
    compared in pairs. For several questions alpha is divided by their number, which is a little more than Holm's
    method, by which they are judged, asks for.
    """
    tasks = tasks_of(key)
    plan = Plan(
        key=key,
        baseline=BASELINE if baseline is None else baseline,
        effect=(EFFECT if margin is None else 0.0) if effect is None else effect,
        sd=sd,
        correlation=correlation or 0.0,
        paired=paired,
        margin=margin,
        alpha=alpha,
        power=power_,
        family=family,
    )
    check(plan, {name: value is not None for name, value in _optional(baseline, correlation, sd)})
    if preset is not None and cells is not None:
        raise UserError("--cells and --preset both say what runs; leave one of them out.")
    if preset is None and only_:
        raise UserError("--only narrows a preset; add --preset, or leave it out.")
    if plot is not None:
        power_plot.check_path(plot)
    counts = _counts(preset, only_ or [], tasks, CELLS if cells is None else cells)
    read = estimate.tokens("--input-tokens", estimate.INPUT_TOKENS, input_tokens or [])
    written = estimate.tokens("--output-tokens", estimate.OUTPUT_TOKENS, output_tokens or [])
    prices = estimate.prices(input_price, output_price)
    try:
        n = plan.needed()
    except ValueError as ex:
        raise UserError(str(ex)) from ex
    forecast = [estimate.line(task, own, models * own * n, read, written) for task, own in counts.items()]
    console = Console(highlight=False)
    console.print(escape(plan.sentence()))
    console.print(sizes(plan, models * sum(counts.values())))
    console.print(table(forecast, prices, f"{n:,} samples per cell ({plan.label()}), models: {models}"))
    for note in notes(forecast, prices, seconds, max_samples, measured=bool(input_tokens and output_tokens)):
        console.print(note)
    if plot is not None:
        power_plot.draw(plan, plot)
        console.print(f"The curves are in {escape(str(plot))}.")


def _optional(baseline: float | None, correlation: float | None, sd: float | None) -> list[tuple[str, float | None]]:
    return [("baseline", baseline), ("correlation", correlation), ("sd", sd)]


def _counts(preset: str | None, narrowed: list[str], tasks: list[str], cells: int) -> dict[str, int]:
    """How many cells of each task run."""
    if preset is None:
        return {tasks[0]: cells}
    found = {task: len(own) for task, own in by_task(only(cells_of(preset), filters(narrowed))).items()}
    if not set(found) & set(tasks):
        raise UserError(f"No cell of {preset} has this key; the tasks that do are {', '.join(tasks)}.")
    return found
