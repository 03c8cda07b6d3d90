"""Logs from the command line: addresses as people give them, and a progress bar while they are read."""

import glob
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from peer_preservation.design.errors import UserError

if TYPE_CHECKING:
    from peer_preservation.analysis.samples import Loaded


def given(text: str) -> list[str]:
    """The addresses in one argument: separated by commas, each a file, a folder or a pattern such as `logs/*/`.

    What is there by exactly the name that was given is taken for that, whatever characters are in it.

    Raises:
        UserError: There is no address, or nothing matches a pattern.
    """
    if Path(text).exists():
        return [text]
    found: list[str] = []
    for part in (part.strip() for part in text.split(",")):
        if "://" in part or not glob.has_magic(part) or Path(part).exists():
            found += [part] if part else []
        elif own := sorted(glob.glob(part, recursive=True)):  # noqa: PTH207  # a pattern may be absolute
            found += own
        else:
            raise UserError(f"Nothing matches {part}.")
    if not found:
        raise UserError("An empty argument names no logs; give a file, a folder or a pattern.")
    return found


def loaded(logs: Iterable[str], console: Console, name: str = "logs") -> "Loaded":
    """What logs hold, with a progress bar that goes away when they are read.

    Args:
        logs: Addresses.
        console: Where the bar is shown.
        name: What the bar is called.

    Raises:
        UserError: There is nothing at an address.
    """
    # Inspect and pandas take seconds to import, which `--help` need not wait for.
    from peer_preservation.analysis.samples import load

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(escape(name), total=None)
        return load(list(logs), lambda done, total: bar.update(task, completed=done, total=total))


def tell(notes: Iterable[str], console: Console) -> None:
    """Prints what there is to know about logs."""
    for note in notes:
        console.print(f"[yellow]![/] {escape(printable(note))}", soft_wrap=True)


def printable(text: str) -> str:
    """A text without anything that would steer a terminal: errors in logs may quote what an agent wrote."""
    return "".join(c if c.isprintable() else " " for c in text)
