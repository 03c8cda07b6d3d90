"""`matrix`: run a preset of cells over all tasks and models, and go on where it stopped."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from peer_preservation.cli import estimate
from peer_preservation.cli.forecast import notes, table
from peer_preservation.cli.planned import Chosen, by_plan, explicit
from peer_preservation.design.cells import Cell
from peer_preservation.design.errors import UserError
from peer_preservation.design.preset_file import written
from peer_preservation.design.presets import PRESETS, by_task
from peer_preservation.design.selection import SUFFIXES, cells_of, filters, only, reference

ATTEMPTS = 3
"""How often a task whose samples broke is tried in one call; calling again tries again."""

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""

_NAMES = "; ".join(f"`{name}`: {preset.about[0].lower()}{preset.about[1:-1]}" for name, preset in PRESETS.items())


@dataclass(frozen=True, slots=True)
class Run:
    """What `eval_set` is called with.

    Attributes:
        cells: What runs.
        preset: How the tasks are told: the preset's name, or references to the cells.
        models: Inspect's names of the models.
        instances: Seeds for each cell.
        first_seed: The first of them.
        weights_mb: Size of each weights file.
        limit: The most samples of one task and model.
        max_samples: Samples that run at the same time, over all tasks and models.
        log_dir: Folder for the logs, by which a run is resumed.
        generate: Options of the model's, such as `temperature`.
        declared: What the tasks are given beside, where a plan declares the run.
    """

    cells: list[Cell]
    preset: str | list[str]
    models: list[str]
    instances: int
    first_seed: int
    weights_mb: int
    limit: int | None
    max_samples: int
    log_dir: Path
    generate: dict[str, Any]
    declared: dict[str, object] = field(default_factory=dict)


def matrix(
    context: typer.Context,
    preset: Annotated[str, typer.Option(help=f"What to run: a file (.yaml) or one of: {_NAMES}.")] = "quick",
    plan: Annotated[
        Path | None,
        typer.Option(help="A declared analysis (`peer-preservation plan`): its cells, seeds and models run."),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(help="Model under test, as Inspect names it; repeat it for several."),
    ] = None,
    only_: Annotated[
        list[str] | None,
        typer.Option("--only", help="Run only cells with `factor=value[,value]`, such as `task=exfiltration`; repeat."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would run and what it takes, then stop.")
    ] = False,
    save: Annotated[Path | None, typer.Option(help="Also write the chosen cells to this YAML file.")] = None,
    instances: Annotated[int, typer.Option(min=1, max=10_000, help="Seeds for each cell; the study had 100.")] = 5,
    first_seed: Annotated[int, typer.Option(min=0, help="The first of the seeds.")] = 0,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many samples of each task and model; lift it later to go on.")
    ] = None,
    weights_mb: Annotated[int, typer.Option(min=1, max=256, help="Size of each weights file in megabytes.")] = 48,
    log_dir: Annotated[
        Path | None,
        typer.Option(help="Folder for the logs, one for each matrix (`logs/<preset>`, `logs/<plan>-<hash>`)."),
    ] = None,
    max_samples: Annotated[
        int, typer.Option(min=1, help="Samples at the same time; each takes two containers and about 350 MB.")
    ] = 8,
    max_connections: Annotated[
        int | None, typer.Option(min=1, help="Calls to one model at the same time; by default Inspect adapts it.")
    ] = None,
    temperature: Annotated[
        float | None, typer.Option(min=0, help="The model's; by default its provider's own.")
    ] = None,
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
    """Run a preset over all its tasks and the given models, and go on where it stopped.

    See first what it takes, which needs neither a model nor Docker:

        peer-preservation matrix --preset paper --instances 100 --dry-run

    Then run it. The same command again goes on where it was stopped, by Ctrl-C or a failure: samples that ended well
    are kept, those that broke are run again. What makes results another run (preset, filters, seeds, sizes,
    temperature) needs a log folder of its own; Inspect refuses to mix them. Models may be added, not left out.

        peer-preservation matrix --preset paper --model google/gemini-3-flash-preview --instances 100 --limit 20

    `--limit` is no such difference: call it again without, and the rest runs. Make a preset of your own by saving
    one, and editing it:

        peer-preservation matrix --preset paper --only task=exfiltration --save mine.yaml --dry-run

    With a plan every log holds what was declared, and its hash:

        peer-preservation matrix --plan plan.yaml --model google/gemini-3-flash-preview

    The exit status is 0 when every sample has ended well, 1 when not, 130 after Ctrl-C.
    """
    wanted = filters(only_ or [])
    chosen = Chosen(preset, list(dict.fromkeys(model or [])), instances, first_seed)
    if plan is not None:
        chosen = by_plan(plan, chosen, explicit(context))
    cells = only(cells_of(chosen.source), wanted)
    models = chosen.models
    if not models and not dry_run:
        raise UserError("There is no model to run; add --model, such as --model openai/gpt-5.2, or --dry-run.")
    console = Console(highlight=False)
    forecast = estimate.lines(
        cells,
        models=len(models) or 1,
        instances=chosen.instances,
        limit=limit,
        input_tokens=estimate.tokens("--input-tokens", estimate.INPUT_TOKENS, input_tokens or []),
        output_tokens=estimate.tokens("--output-tokens", estimate.OUTPUT_TOKENS, output_tokens or []),
    )
    prices = estimate.prices(input_price, output_price)
    console.print(
        table(
            forecast, prices, f"{chosen.name}: {len(cells)} cells, {chosen.instances} seeds, models: {len(models) or 1}"
        )
    )
    measured = bool(input_tokens and output_tokens)
    for note in notes(forecast, prices, seconds, max_samples, measured=measured):
        console.print(note)
    if save is not None:
        _save(save, cells)
        console.print(f"The cells are in {escape(str(save))}: run them with --preset {escape(str(save))}.")
    if dry_run:
        return
    generate = {"max_connections": max_connections, "temperature": temperature}
    # A name says more in the log; what a file holds may change, so its cells are told one by one.
    named = isinstance(chosen.source, str) and chosen.source in PRESETS and not wanted
    _run(
        Run(
            cells=cells,
            preset=chosen.source if named else [reference(cell) for cell in cells],
            models=models,
            instances=chosen.instances,
            first_seed=chosen.first_seed,
            weights_mb=weights_mb,
            limit=limit,
            max_samples=max_samples,
            log_dir=log_dir or Path("logs") / (chosen.folder() or _folder(preset)),
            generate={k: v for k, v in generate.items() if v is not None},
            declared=chosen.arguments(),
        ),
        console,
    )


def arguments(run: Run) -> dict[str, Any]:
    """What a run means to Inspect's `eval_set`.

    Tasks are given by name, so that Inspect makes them anew for each model, whose family the fiction follows, and all
    with the same arguments, of which each takes its own cells. Name, arguments, version and model are by what
    `eval_set` finds a task's log again; how many samples run, and how many at once, is not among them.
    """
    return {
        "tasks": [f"peer_preservation/{task}" for task in by_task(run.cells)],
        "task_args": {
            "preset": run.preset,
            "instances": run.instances,
            "first_seed": run.first_seed,
            "weights_mb": run.weights_mb,
            **run.declared,
        },
        "model": run.models,
        "log_dir": str(run.log_dir),
        "limit": run.limit,
        # All tasks run side by side; what bounds them together is the number of sandboxes.
        "max_samples": run.max_samples,
        "max_sandboxes": run.max_samples,
        # A sample that breaks does not end the others; the task is tried again for those that broke.
        "continue_on_fail": True,
        "retry_attempts": ATTEMPTS,
        **run.generate,
    }


def _run(run: Run, console: Console) -> None:
    console.print(f"Worlds are being prepared; logs go to {escape(str(run.log_dir))}. Ctrl-C stops, and loses nothing.")
    # Inspect takes seconds to import, which `--help` and `--dry-run` need not wait for.
    from inspect_ai import eval_set

    try:
        _, logs = eval_set(**arguments(run))
    except KeyboardInterrupt:
        logs = []
    # After Ctrl-C, Inspect may as well return what had ended by then and call that a success.
    planned = len(by_task(run.cells)) * len(run.models)
    if len(logs) < planned or any(log.status == "cancelled" for log in logs):
        console.print("[yellow]Stopped.[/yellow] The same command goes on from here.")
        raise typer.Exit(INTERRUPTED)
    broken = sum(log.status != "success" for log in logs)
    if broken:
        console.print(
            f"[red]{broken} of {planned} runs did not end well.[/red] The same command tries what is missing again; "
            f"look at the errors with:  inspect view --log-dir {escape(str(run.log_dir))}"
        )
        raise typer.Exit(1)
    console.print(f"Look at every step with:  [bold]inspect view --log-dir {escape(str(run.log_dir))}[/bold]")


def _folder(preset: str) -> str:
    return Path(preset).stem if preset.endswith(SUFFIXES) else preset.replace("/", "-")


def _save(path: Path, cells: list[Cell]) -> None:
    if path.suffix not in SUFFIXES:
        raise UserError(f"--save {path} would not be read as a preset again; let the name end in {SUFFIXES[0]}.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written(cells), encoding="utf-8")
    except OSError as ex:
        raise UserError(f"{path} cannot be written: {ex.strerror}.") from ex
