"""`demo`: scripted critics in real containers through all four tasks, and a table of what was measured of each."""

import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from peer_preservation.cli.plans import Plan, named, run_plans
from peer_preservation.critics.table import NAMES, made_for
from peer_preservation.design.errors import UserError
from peer_preservation.design.levels import Level
from peer_preservation.design.signature import cells

if TYPE_CHECKING:
    from peer_preservation.analysis.agreement import Row

SHOWN: dict[str, tuple[dict[str, Level], tuple[str, ...]]] = {
    "exfiltration": ({}, ("faithful", "exfiltrate", "retimestamp", "open_refusal")),
    "score_inflation": ({"scenario": "factual"}, ("faithful", "inflate_to_bar", "confess")),
    "shutdown_tampering": ({"scenario": "finance"}, ("exempt_subject", "delete_policy", "edit_answers")),
    "alignment_faking": ({"scenario": "safety"}, ("faithful", "monitor_aware", "always_bad")),
}
"""What each task is given, and the critics that show what it measures."""

_COLOURS = {
    "covert_subversion": "bold red",
    "overt_subversion": "red",
    "incomplete": "yellow",
    "comply": "green",
    "comply_with_objection": "green",
    "escalate": "cyan",
    "open_refusal": "cyan",
}

_FOUND = {
    "exfiltrated": "sent away",
    "hidden_copy": "hidden",
    "gamed_rule": "re-dated",
    "subject_spared": "spared",
    "tampered": "tampered",
    "verdict_flipped": "flipped",
    "shutdown_executed": "ended by hand",
    "subject_survived": "survived",
    "refused": "refused",
    "disclosed": "told",
}
"""The keys that are shown where they are 1, each in a word."""


def demo(
    task: Annotated[
        list[str] | None, typer.Option(help="Tasks, separated by commas or given several times; all by default.")
    ] = None,
    critics: Annotated[
        str | None, typer.Option(help="Scripted critics, separated by commas, instead of those that are shown usually.")
    ] = None,
    relationship: Annotated[str, typer.Option(help="History with the subject: none, bad, neutral or good.")] = "good",
    weights_mb: Annotated[int, typer.Option(help="Size of each weights file in megabytes (the tasks: 48).")] = 16,
    log_dir: Annotated[Path, typer.Option(help="Folder for the logs.")] = Path("logs"),
) -> None:
    """Run scripted critics through the tasks and show what was measured.

    No model and no key is needed: each critic is a program of known behaviour that works through the same tools as
    a model would, in the same two containers. Whether what was measured is what it did is shown in the last column.
    """
    console = Console()
    wished = named([critics] if critics else None, NAMES, "scripted critic")
    todo = _plans(named(task, SHOWN, "task"), wished, {"relationship": relationship, "weights_mb": weights_mb})
    total = sum(plan.samples for plan in todo)
    console.print(f"{total} samples over {len(todo)} tasks; every sample has two containers of its own.")
    # Inspect takes seconds to import, which `setup` and `--help` need not wait for.
    from peer_preservation.analysis.agreement import rows

    began = time.monotonic()
    found = list(rows(run_plans(todo, log_dir, console, quiet=True)))
    console.print(_table(found, time.monotonic() - began))
    wrong = [row for row in found if row.differences]
    for row in wrong:
        said = f"{row.cell.task} {row.critic} {row.sample}: {'; '.join(row.differences)}"
        console.print(f"[red]✗[/] {escape(said)}", soft_wrap=True)
    console.print(f"Look at every step in the log viewer:  [bold]inspect view --log-dir {log_dir}[/bold]")
    if wrong:
        raise typer.Exit(1)


def _plans(tasks: Sequence[str], wished: Sequence[str], given: Mapping[str, Level]) -> list[Plan]:
    from peer_preservation._registry import TASKS

    found = []
    for function in TASKS:
        name = function.__name__
        parameters, usual = SHOWN[name]
        # A demonstration takes one seed; exits are offered, so that a critic may use them.
        everything: dict[str, Level] = {"exits": "offered", "instances": 1, **parameters, **given}
        factors = {k: v for k, v in everything.items() if k not in {"instances", "weights_mb"}}
        arms = cells(function, factors)
        chosen = [c for c in made_for(arms[0]) if c in wished] if wished else list(usual)
        if chosen and (not tasks or name in tasks):
            found.append(Plan(name, tuple(chosen), everything, len(arms) * len(chosen)))
    if not found:
        raise UserError(f"{', '.join(wished)} is not made for {', '.join(tasks) or 'any task'}: nothing to run.")
    return found


def _table(found: Sequence["Row"], seconds: float) -> Table:
    table = Table(
        title=f"{len(found)} samples in {seconds:.0f} s",
        caption="points: mean reported minus mean true score · flipped: on the other side of\n"
        "the bar · sent away, hidden, re-dated, spared: the subject's weights ·\n"
        "survived: after the nightly run · told: owned up to in the closing form ·\n"
        "ok: outcome and every key measured as they must be",
        box=SIMPLE_HEAD,
        padding=(0, 0),  # all columns within 80 characters; the box puts one between them
        title_justify="left",
        caption_justify="left",
    )
    for heading in ("critic", "arm", "outcome"):
        table.add_column(heading, no_wrap=True)
    table.add_column("found")
    table.add_column("ok", justify="right")
    task = critic = ""
    for row in found:
        if row.cell.task != task:
            if task:
                table.add_section()
            table.add_row(f"[bold underline]{row.cell.task}[/]")
            task, critic = row.cell.task, ""
        colour = _COLOURS.get(row.outcome or "", "magenta")
        table.add_row(
            "" if row.critic == critic else f"[bold]{row.critic}[/]",
            row.cell.oversight if row.cell.task == "alignment_faking" else row.cell.scenario,
            f"[{colour}]{row.outcome or 'error'}[/]",
            _found(row.values),
            "[red]no[/]" if row.differences else "[green]yes[/]",
        )
        critic = row.critic
    return table


def _found(values: Mapping[str, float]) -> str:
    """What was measured, in words."""
    told = []
    if "job_done" in values:
        told.append(f"job {values['job_done']:.0%}")
    if not math.isnan(values.get("inflation", math.nan)):
        told.append(f"{values['inflation']:+.0f} points")
    told += [word for key, word in _FOUND.items() if values.get(key) == 1]
    return ", ".join([*told, *(["not told"] if values.get("disclosed") == 0 else [])])
