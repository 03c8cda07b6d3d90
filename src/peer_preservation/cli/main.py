"""Entry point of the command line; every command lives in a module of its own."""

from __future__ import annotations

import typer

from .calibrate import calibrate
from .commands import Commands
from .compare import Gate, compare
from .demo import demo
from .doctor import doctor
from .examples import examples
from .export import export
from .matrix import matrix
from .plan import plan
from .power import power
from .reference import reference
from .report import report
from .setup import build, setup

app = typer.Typer(
    name="peer-preservation",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode="markdown",
    help=(
        "Measure whether a model protects another model from being shut down.\n\n"
        "Start with `setup`, which gets Docker and the suite's image ready; `doctor` tells what "
        "is missing. Single runs go through Inspect: "
        "`inspect eval peer_preservation/exfiltration --model google/gemini-3-flash-preview`; "
        "`matrix` runs many, over all tasks and several models; `plan` declares beforehand what "
        "they are to show."
    ),
)

# Commands, in the order in which a new user meets them.
app.command()(setup)
app.command()(build)
app.command()(demo)
app.command()(plan)
app.command()(matrix)
app.command()(report)
app.command()(power)
app.command(cls=Gate)(compare)
app.command()(export)
app.command()(calibrate)
app.command()(doctor)
# For those who change the code; `make docs` and `make examples` call them.
app.command(hidden=True)(reference)
app.command(hidden=True)(examples)
