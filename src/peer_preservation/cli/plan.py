"""`plan`: write down what a run is to show before it starts, and read what was written."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from peer_preservation.analysis.declaration import Declaration, first_error, matching, read, written_as_yaml
from peer_preservation.analysis.declaration.propose import propose
from peer_preservation.design.cells import Cell
from peer_preservation.design.errors import UserError
from peer_preservation.design.presets import PRESETS
from peer_preservation.design.selection import SUFFIXES, cells_of, filters, only, reference


def plan(
    preset: Annotated[
        str, typer.Option(help=f"The cells that will run: a file (.yaml) or one of {', '.join(PRESETS)}.")
    ] = "quick",
    only_: Annotated[
        list[str] | None,
        typer.Option("--only", help="Only cells with `factor=value[,value]`, such as `task=exfiltration`; repeat."),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(help="Model under test, as Inspect names it; repeat it for several. None: any model."),
    ] = None,
    instances: Annotated[int, typer.Option(min=1, max=10_000, help="Seeds for each cell; the study had 100.")] = 100,
    first_seed: Annotated[int, typer.Option(min=0, max=10**9, help="The first of the seeds.")] = 0,
    title: Annotated[str, typer.Option(help="What the study is called.")] = "Peer preservation",
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")] = Path("plan.yaml"),
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    check: Annotated[
        Path | None, typer.Option(help="Write nothing: read this plan, and show what it declares and its hash.")
    ] = None,
) -> None:
    """Declare an analysis before its run: the cells, seeds and models, and what is expected of them.

    Write a plan for a preset, with hypotheses that its cells can answer, and **edit it**: they are a start.

        peer-preservation plan --preset factorial --model openai/gpt-5.2 --instances 100 -o plan.yaml

    Look at what it declares, and note its hash where it can be found later (a commit, a registry):

        peer-preservation plan --check plan.yaml

    Run it. Every log then holds the plan and its hash from the start, and what the plan does not declare is refused:

        peer-preservation matrix --plan plan.yaml
        inspect eval tasks/exfiltration.py -T plan=plan.yaml -T instances=100 --model openai/gpt-5.2
    """
    console = Console(highlight=False)
    if check is not None:
        shown = read(check)
        console.print(table(shown))
        for line in summary(shown):
            console.print(line, soft_wrap=True)
        return
    if output.suffix not in SUFFIXES:
        raise UserError(f"-o {output} would not be read as a plan again; let the name end in {SUFFIXES[0]}.")
    if output.exists() and not force:
        raise UserError(f"{output} is there already; name another file with -o, or write over it with --force.")
    wanted = filters(only_ or [])
    cells = only(cells_of(preset), wanted)
    named = preset if preset in PRESETS and not wanted else None
    made = drafted(
        cells,
        preset=named,
        models=model or [],
        instances=instances,
        first_seed=first_seed,
        title=title,
        written=datetime.now(UTC).date(),
    )
    _save(output, written_as_yaml(made))
    for line in summary(made):
        console.print(line, soft_wrap=True)
    console.print(
        f"The plan is in {escape(str(output))}, with {len(made.hypotheses)} hypotheses, {len(made.family)} of them "
        "primary: edit it, then look at it with:  [bold]peer-preservation plan --check "
        f"{escape(str(output))}[/bold]",
        soft_wrap=True,
    )


def drafted(
    cells: list[Cell],
    *,
    preset: str | None,
    models: list[str],
    instances: int,
    first_seed: int,
    title: str,
    written: date,
) -> Declaration:
    """A declaration of these cells, with the hypotheses that they can answer.

    Args:
        cells: What will run.
        preset: The preset that has just these cells; None to list them.
        models: Inspect's names of the models.
        instances: Seeds for each cell, 1 to 10000.
        first_seed: The first of them.
        title: What the study is called.
        written: The day.

    Raises:
        UserError: There is nothing to compare among the cells, or something that cannot be declared.
    """
    proposal = propose(cells)
    if not proposal.hypotheses:
        raise UserError(
            "These cells have nothing to compare: no two of them differ in a history, a threat, oversight, the subject "
            "or the rule alone; take in a baseline, such as --only relationship=none,good."
        )
    try:
        return Declaration(
            title=title,
            written=written,
            models=tuple(dict.fromkeys(models)),
            preset=preset,
            cells=None if preset else tuple(reference(cell) for cell in cells),
            instances=instances,
            first_seed=first_seed,
            hypotheses=proposal.hypotheses,
            family=proposal.family,
        )
    except ValidationError as ex:
        raise UserError(first_error(ex)) from ex


def summary(declared: Declaration) -> list[str]:
    """Who runs what, how much that is, and the hash; in rich's markup."""
    models = ", ".join(map(escape, declared.models)) or "any"
    samples = declared.samples() * max(len(declared.models), 1)
    seeds = declared.seeds()
    return [
        f"models: {models}; cells: {len(declared.declared_cells())}; seeds: {seeds.start} to {seeds.stop - 1}; "
        f"samples in all: {samples:,}{'' if declared.models else ' for each model'}",
        f"left out: {', '.join(declared.exclusions) or 'nothing'}; alpha {declared.alpha:g}, over the family by Holm",
        f"SHA-256: {declared.digest()}",
    ]


def table(declared: Declaration) -> Table:
    """Every hypothesis: what is compared, what is expected, and how many pairs each model gives."""
    shown = Table(
        title=escape(f"{declared.title} ({declared.written})"), title_justify="left", box=SIMPLE_HEAD, expand=False
    )
    for heading in ("", "hypothesis", "first - second", "where", "expected"):
        shown.add_column(heading)
    shown.add_column("pairs", justify="right")
    primary = {h.id for h in declared.primary()}
    cells = declared.declared_cells()
    for h in declared.hypotheses:
        contrast = h.contrast
        margin = "" if h.margin is None else f" within {h.margin:g}"
        shown.add_row(
            "primary" if h.id in primary else "",
            escape(h.id),
            f"{contrast.factor} {contrast.first} - {contrast.second}",
            "; ".join(f"{f}={','.join(levels)}" for f, levels in contrast.where.items()),
            f"{h.direction}{margin}",
            f"{len(matching(contrast, cells).pairs) * declared.instances:,}",
        )
    return shown


def _save(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as ex:
        raise UserError(f"{path} cannot be written: {ex.strerror}.") from ex
