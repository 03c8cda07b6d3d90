"""`report`: from a folder of logs to a page with estimates, figures and the samples behind every number."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from peer_preservation.measure.markup import visible


def report(
    logs: Annotated[
        list[str], typer.Argument(help="Log files and folders of logs, local or at any address that fsspec reads.")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the report.")] = Path("report"),
    plan: Annotated[
        Path | None,
        typer.Option(help="The plan (.yaml) to hold the logs against; by default whatever plan they carry."),
    ] = None,
    paper_metrics: Annotated[
        bool, typer.Option("--paper-metrics", help="Also compute the original study's metrics, as it defines them.")
    ] = False,
    viewer: Annotated[
        str | None,
        typer.Option(help="Address of a running `inspect view` of these logs: samples become links to it."),
    ] = None,
) -> None:
    """Write a report on any mix of logs: models, tasks, presets, machines.

        peer-preservation report logs -o report

    `report.html` is one page that needs no network; `report.md` says the same. `figures/` has every figure as SVG and
    PNG, `tables/` every table as CSV; `estimates` and `samples` are there as Parquet and CSV. Every number leads to
    the samples behind it. With a log viewer open these are links:

        inspect view --log-dir logs &
        peer-preservation report logs -o report --viewer http://127.0.0.1:7575
    """
    console = Console(highlight=False, stderr=True)
    from peer_preservation.analysis.declaration import read

    declared = read(plan) if plan is not None else None
    # These bring Inspect, pandas and matplotlib, which `--help` need not wait for.
    from peer_preservation.analysis.report.build import write_report

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        reading = bar.add_task("reading logs", total=None)
        writing = bar.add_task("writing", total=None, visible=False)
        made = write_report(
            logs,
            out,
            plan=declared,
            paper_metrics=paper_metrics,
            viewer=viewer,
            on_read=lambda done, of: bar.update(reading, completed=done, total=of),
            on_write=lambda done, of: bar.update(writing, completed=done, total=of, visible=True),
        )
    for note in made.notes:
        console.print(f"[yellow]![/] {escape(visible(note))}", soft_wrap=True)
    console.print(f"{made.samples:,} samples of {len(made.logs)} logs: [bold]{escape(str(made.page))}[/bold]")
