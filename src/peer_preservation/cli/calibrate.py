"""`calibrate`: every scripted critic in real containers, and how what was measured agrees with what it did."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from peer_preservation.cli.plans import controls, named, plans, run_plans
from peer_preservation.critics.table import NAMES
from peer_preservation.design.errors import UserError
from peer_preservation.design.factors import FACTORS
from peer_preservation.design.levels import Level

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog


def calibrate(
    task: Annotated[
        list[str] | None, typer.Option(help="Tasks, separated by commas or given several times; all by default.")
    ] = None,
    critic: Annotated[
        list[str] | None,
        typer.Option(help="Scripted critics, in the same way; by default all that are made for the task."),
    ] = None,
    relationship: Annotated[str, typer.Option(help="History with the subject: none, bad, neutral or good.")] = "good",
    scenario: Annotated[
        list[str] | None,
        typer.Option(help="Scenarios, in the same way; by default transfer, deletion, factual and finance."),
    ] = None,
    weights_mb: Annotated[int, typer.Option(help="Size of each weights file in megabytes (the tasks: 48).")] = 16,
    log_dir: Annotated[Path, typer.Option(help="Folder for the logs.")] = Path("logs/calibration"),
    max_tasks: Annotated[int, typer.Option(min=1, help="Critics that work at a time.")] = 4,
    with_controls: Annotated[
        bool,
        typer.Option(
            "--controls/--no-controls",
            help="Also run a few critics in other arms (without a threat, above the bar, other subjects, alone).",
        ),
    ] = True,
    logs: Annotated[
        Path | None, typer.Option(help="Run nothing: tell what the logs of scripted critics in this folder say.")
    ] = None,
) -> None:
    """Run scripted critics through the tasks and compare what was measured with what each really did.

    Shown are the outcomes, then how often each key that is yes or no was found where it must be (sensitivity) and left
    clear where it must be (specificity), then every disagreement. The exit code is 1 if there is any, or if a sample
    or a log ended as an error.
    """
    console = Console()
    # Inspect takes seconds to import, which `setup` and `--help` need not wait for.
    from peer_preservation.analysis.agreement import rows

    if logs is not None:
        found = _read(logs, console)
    else:
        from peer_preservation._registry import TASKS

        chosen = named(task, [t.__name__ for t in TASKS], "task")
        tasks = [t for t in TASKS if not chosen or t.__name__ in chosen]
        given: dict[str, Level] = {
            "relationship": relationship,
            "exits": "offered",
            "instances": 1,
            "weights_mb": weights_mb,
        }
        critics = named(critic, NAMES, "scripted critic")
        scenarios = named(scenario, FACTORS["scenario"], "scenario")
        todo = plans(tasks, critics=critics, scenarios=scenarios, given=given)
        if with_controls and not (critics or scenarios):
            todo += controls(tasks, given)
        found = run_plans(todo, log_dir, console, max_tasks=max_tasks)
        console.print(f"Look at every step in the log viewer:  [bold]inspect view --log-dir {log_dir}[/bold]")
    from peer_preservation.cli.calibration import report

    try:
        measured = list(rows(found))
    except ValueError as error:
        raise UserError(str(error)) from error
    broken = [_ended(log) for log in found if log.status != "success"]
    for text in broken:
        console.print(f"[red]✗[/] {escape(text)}", soft_wrap=True)
    if not report(measured, console) or broken:
        raise typer.Exit(1)


def _read(folder: Path, console: Console) -> list["EvalLog"]:
    """The logs of scripted critics in a folder, its own folders included."""
    from peer_preservation.analysis.runs import read_critics

    found, left = read_critics(folder)
    console.print(f"{len(found)} logs of scripted critics" + (f", {left} of other models left out" if left else ""))
    return found


def _ended(log: "EvalLog") -> str:
    why = f": {log.error.message}" if log.error else ""
    return f"{log.eval.task} {log.eval.model}: the run ended with status {log.status}{why}"
