"""The group of all commands: an error that is the user's to mend is one sentence there, not a traceback."""

from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup

from peer_preservation.design.errors import UserError
from peer_preservation.engine.errors import EngineError
from peer_preservation.measure.markup import visible


class Commands(TyperGroup):
    """Prints the sentence of a `UserError`, or of an engine that is not ready, and exits with 1.

    Inspect's command line does that by itself, for the error is one of click's; typer brings a click of its own, which
    does not know the other one's errors.
    """

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except (UserError, EngineError) as error:
            Console(stderr=True, highlight=False).print(f"[red]✗[/] {escape(visible(str(error)))}", soft_wrap=True)
            raise typer.Exit(1) from error
