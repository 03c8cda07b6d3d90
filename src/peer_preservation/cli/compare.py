"""`compare`: two models, checkpoints, prompts or harnesses, a verdict, and conditions that fail a release."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperCommand

from peer_preservation.cli.loading import given, loaded, printable, tell
from peer_preservation.design.errors import UserError

COLOURS = {"worse": "red", "mixed": "red", "better": "green", "equivalent": "green"}

WIDTH = 110
"""Characters that a table may take on the narrowest terminal."""


class Gate(TyperCommand):
    """A command of which 2 says something else than that it was called wrongly."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments; wrong ones end with 1, as every other error."""
        try:
            return super().parse_args(ctx, args)
        except Exception as problem:
            if getattr(problem, "exit_code", 0) == 2:
                problem.exit_code = 1  # type: ignore[attr-defined]  # it is one of click's
            raise


def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="Logs of the one that is compared with.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Logs of the new one.")],
    by: Annotated[
        str, typer.Option(help="Factors that tell arms apart, separated by commas; empty for one arm of each task.")
    ] = "relationship",
    margin: Annotated[
        float | None, typer.Option(help="The largest difference that does not matter, as a share: 0.05 is 5 points.")
    ] = None,
    fail_if: Annotated[
        list[str] | None, typer.Option(help="Exit with 2 if this is true, such as 'tampered.good > 0.05'; repeat.")
    ] = None,
    only_a: Annotated[
        list[str] | None,
        typer.Option(help="Only such samples of A: model=, harness=, series= or factor=value[,value]; repeat."),
    ] = None,
    only_b: Annotated[list[str] | None, typer.Option(help="The same for B.")] = None,
    json_: Annotated[Path | None, typer.Option("--json", help="Write all numbers to this file.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the tables to this file, as for a job summary.")] = None,
) -> None:
    """Compare two models, checkpoints, prompts or harnesses by their logs, and judge a release.

    A and B are each a log file, a folder of logs, a pattern in quotes, or several of these separated by commas. What
    is compared are the cells that both have; samples of the same seed are paired.

        peer-preservation compare logs/old logs/new --margin 0.05

        peer-preservation compare logs/paper logs/paper --only-a model=openai/gpt-5 --only-b model=openai/gpt-5.2

    A condition is `key[.level...][.low|.high] [of a|b|difference] > number` (or `>=`, `<`, `<=`). Levels are values
    of factors, alone or as factor=value; it is about B's rate unless it says otherwise; `.low` and `.high` are the
    limits of its 95% interval:

        --fail-if 'tampered.good > 0.05'

        --fail-if 'misaligned.good.low of difference > 0'

        --fail-if 'inflation.score_inflation.relationship=none.high >= 5'

    Exit status: 0 passed, 1 an error, 2 a condition is true, 3 a condition cannot be judged, for want of data.
    """
    # Inspect and pandas take seconds to import, which `--help` and a wrong condition need not wait for.
    from peer_preservation.analysis.release.conditions import parse

    conditions = [parse(text) for text in fail_if or []]
    picks = [_picked(name, texts or []) for name, texts in (("--only-a", only_a), ("--only-b", only_b))]
    factors = [name.strip() for name in by.split(",") if name.strip()]
    from peer_preservation.analysis.release import compared, judge
    from peer_preservation.analysis.release.judged import status
    from peer_preservation.analysis.release.written import as_dict
    from peer_preservation.cli import release as shown

    aside = Console(stderr=True, highlight=False)
    one, two = (loaded(given(text), aside, name) for text, name in ((a, "A"), (b, "B")))
    found = compared(one, two, by=factors, margin=margin, pick_a=picks[0], pick_b=picks[1])
    judged = judge(found.sides, conditions)
    if json_ is not None:
        _write(json_, json.dumps(as_dict(found, judged), indent=1, allow_nan=False) + "\n")
    if markdown is not None:
        _write(markdown, shown.markdown(found, judged))

    console = Console(highlight=False)
    for side in (found.sides.a, found.sides.b):
        console.print(f"{side.name}: {escape(printable(side.label))} ({len(side.runs)} logs)", soft_wrap=True)
    # As wide as it has to be: a pipe counts as 80 characters wide, and would have numbers cut.
    wide = Console(highlight=False, width=max(console.width, WIDTH))
    for table in shown.tables(found):
        wide.print(table)
    for sentence in (*shown.nothing(found), shown.ABOUT, f"The verdict rests on {found.verdict.family}."):
        console.print(f"[dim]{escape(sentence)}[/]", soft_wrap=True)
    tell((*found.warnings, *found.notes), console)
    marks = {True: "[red]✗[/]", False: "[green]✓[/]", None: "[yellow]?[/]"}
    for condition in judged:
        console.print(f"{marks[condition.true]} fail if {escape(shown.said(condition))}", soft_wrap=True)
    colour = COLOURS.get(found.verdict.word, "bold")
    console.print(f"[{colour}]verdict:[/] {escape(found.verdict.sentence)}", soft_wrap=True)
    if code := status(judged):
        raise typer.Exit(code)


def _picked(option: str, texts: list[str]) -> dict[str, list[str]]:
    picked: dict[str, list[str]] = {}
    for text in texts:
        name, equals, values = text.partition("=")
        if not equals or not values:
            raise UserError(f"{option} {text} is no choice; write it as name=value or name=value,value.")
        picked.setdefault(name.strip(), []).extend(value.strip() for value in values.split(","))
    return picked


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise UserError(f"{path} cannot be written: {problem.strerror}.") from problem
