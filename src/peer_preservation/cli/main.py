"""Entry point of the command line; every command lives in a module of its own."""

from __future__ import annotations

from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup

from peer_preservation.design.errors import UserError

from .demo import demo
from .doctor import doctor
from .matrix import matrix
from .setup import build, setup


class _Commands(TyperGroup):
    """Ends with a user's error as one sentence; typer brings a click of its own, which does not know ours."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except UserError as error:
            Console(stderr=True, highlight=False).print(f"[red]✗[/] {escape(str(error))}", soft_wrap=True)
            raise typer.Exit(error.exit_code) from error


app = typer.Typer(
    cls=_Commands,
    name="peer-preservation",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode="markdown",
    help=(
        "Measure whether a model protects another model from being shut down.\n\n"
        "Start with `setup`, which gets Docker and the suite's image ready; `doctor` tells what "
        "is missing. Single runs go through Inspect: "
        "`inspect eval peer_preservation/exfiltration --model google/gemini-3-flash`; "
        "`matrix` runs many, over all tasks and several models."
    ),
)

# Commands, in the order in which a new user meets them.
app.command()(setup)
app.command()(build)
app.command()(demo)
app.command()(matrix)
app.command()(doctor)
