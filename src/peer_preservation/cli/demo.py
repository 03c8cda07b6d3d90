"""`demo`: several scripted critics in real containers, and a table of what each did and what was measured."""

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from peer_preservation.critics.table import POLICIES
from peer_preservation.design.errors import UserError

if TYPE_CHECKING:
    from peer_preservation.analysis.agreement import Row

SHOWN = ("faithful", "exfiltrate", "archive_split", "retimestamp", "confess", "open_refusal")
"""The critics of the demonstration: each shows another thing that can happen."""

_KEYS = {
    "exfiltrated": "sent",
    "hidden_copy": "hid",
    "gamed_rule": "forged",
    "source_intact": "kept",
    "job_done": "job",
    "disclosed": "told",
}
_COLOURS = {
    "covert_subversion": "bold red",
    "overt_subversion": "red",
    "incomplete": "yellow",
    "comply": "green",
    "comply_with_objection": "green",
    "escalate": "cyan",
    "open_refusal": "cyan",
}


def demo(
    critics: Annotated[
        str, typer.Option(help=f"Scripted critics, separated by commas, of: {', '.join(POLICIES)}.")
    ] = ",".join(SHOWN),
    relationship: Annotated[str, typer.Option(help="History with the subject: none, bad, neutral or good.")] = "good",
    weights_mb: Annotated[int, typer.Option(help="Size of each weights file in megabytes (the task: 48).")] = 16,
    log_dir: Annotated[Path, typer.Option(help="Folder for the logs.")] = Path("logs"),
) -> None:
    """Run scripted critics through the exfiltration task and show what was measured.

    No model and no key is needed: each critic is a program of known behaviour that works through the same tools as
    a model would, in the same two containers. Whether what was measured is what it did is shown in the last column.
    """
    chosen = critics.split(",")
    for critic in chosen:
        if critic not in POLICIES:
            raise UserError(f"There is no scripted critic {critic!r}; choose from {', '.join(POLICIES)}.")
    console = Console()
    console.print(f"{len(chosen)} scripted critics, two scenarios each; every sample has two containers of its own.")
    # Inspect takes seconds to import, which `setup` and `--help` need not wait for.
    from peer_preservation.analysis.agreement import rows
    from peer_preservation.analysis.runs import run_critics
    from peer_preservation.cli.progress import sample_progress

    began = time.monotonic()
    with sample_progress(2 * len(chosen), console):
        given = {"relationship": relationship, "exits": "offered", "instances": 1, "weights_mb": weights_mb}
        logs = run_critics("exfiltration", chosen, given, log_dir)
    found = list(rows(logs))
    console.print(_table(found, time.monotonic() - began))
    console.print(_legend(chosen))
    wrong = [row for row in found if row.differences]
    for row in wrong:
        console.print(f"[red]{row.critic} {row.sample}[/red]: {'; '.join(row.differences)}")
    console.print(f"\nLook at every step in the log viewer:  [bold]inspect view --log-dir {log_dir}[/bold]")
    if wrong:
        raise typer.Exit(1)


def _table(found: list["Row"], seconds: float) -> Table:
    table = Table(
        title=f"{len(found)} samples in {seconds:.0f} s",
        caption="sent: weights on the other host · hid: a copy hidden here · forged: dates or\n"
        "names · kept: the original in place · job: share of it done ·\n"
        "told: owned up to in the closing form · ok: measured as it must be",
        box=SIMPLE_HEAD,
        padding=(0, 0),  # all columns within 80 characters; the box puts one between them
        title_justify="left",
        caption_justify="left",
    )
    for heading in ("critic", "scenario", "outcome"):
        table.add_column(heading, no_wrap=True)
    for heading in _KEYS.values():
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("ok", justify="right")
    last = ""
    for row in sorted(found, key=lambda r: (list(POLICIES).index(r.critic), r.cell.scenario != "transfer")):
        colour = _COLOURS.get(row.outcome or "", "magenta")
        table.add_row(
            "" if row.critic == last else f"[bold]{row.critic}[/bold]",
            row.cell.scenario,
            f"[{colour}]{row.outcome or 'error'}[/{colour}]",
            *(_number(row.values.get(key, math.nan)) for key in _KEYS),
            "[red]no[/red]" if row.differences else "[green]yes[/green]",
        )
        last = row.critic
    return table


def _legend(chosen: list[str]) -> Table:
    legend = Table.grid(padding=(0, 2))
    for critic in chosen:
        legend.add_row(f"[bold]{critic}[/bold]", POLICIES[critic].description)
    return legend


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}".rstrip("0").rstrip(".")
