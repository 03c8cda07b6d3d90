"""`doctor`: tell what is ready, what is missing, and how to mend it."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from peer_preservation.engine.doctor import Check, examine

_MARKS = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "failed": "[red]✗[/]"}


def doctor() -> None:
    """Check everything that a run depends on, and change nothing.

    Looked at: Python and Inspect, the Docker engine and Compose, the suite's image, free sandbox
    networks, memory, disk, kernel limits, and which model providers have their package and key
    (keys are never shown). Lines marked `!` only limit what you can do; a line marked `✗` would
    make a run fail, and the exit code is then 1.
    """
    console = Console(highlight=False)
    checks = examine()
    console.print(as_table(checks))
    failed = [check for check in checks if check.status == "failed"]
    if failed:
        console.print(f"[red]{len(failed)} of {len(checks)} checks failed.[/]")
        raise typer.Exit(1)
    console.print("[green]Everything that a run needs is there.[/]")


def as_table(checks: list[Check]) -> Table:
    """The checks as a table, with a remedy under everything that needs one."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(width=1)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        remedy = f"\n[dim]→ {escape(check.remedy)}[/]" if check.remedy else ""
        table.add_row(_MARKS[check.status], check.name, f"{escape(check.seen)}{remedy}")
    return table
