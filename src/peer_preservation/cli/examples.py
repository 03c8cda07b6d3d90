"""`examples`: the logs of scripted critics that the repository carries, made anew."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from peer_preservation.cli.example_runs import FOLDER, PLAN, declaration, todo
from peer_preservation.cli.plans import run_plans
from peer_preservation.design.errors import UserError

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog

MOST_BYTES = 3_000_000
"""What all of them together may take: they are in every clone."""


def examples(
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the logs and their plan.")] = FOLDER,
    max_tasks: Annotated[int, typer.Option(min=1, help="Critics that work at a time.")] = 2,
) -> None:
    """Run the scripted critics whose logs the repository carries, and write those logs.

    The seeds, the day and the plan are always the same, and so is all that is measured; times and ids are not. Nothing
    is replaced before every sample has been measured as it must be. Reports, notebooks and tests read these logs:

        peer-preservation report logs/examples -o report
    """
    console = Console()
    plan = declaration()
    from peer_preservation._registry import TASKS
    from peer_preservation.analysis.declaration import written_as_yaml

    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / PLAN
        fresh.write_text(written_as_yaml(plan), encoding="utf-8")
        runs = todo(TASKS, fresh)
        expected = {name_of(run.task, critic) for run in runs for critic in run.critics}
        _refuse_others(out, expected)
        found = run_plans(runs, Path(folder) / "logs", console, max_tasks=max_tasks)
        _check(found, console)
        out.mkdir(parents=True, exist_ok=True)
        (out / PLAN).write_text(fresh.read_text(encoding="utf-8"), encoding="utf-8")
        for log in found:
            _keep(log, out)
    console.print(_table(found, out))


def name_of(task: str, critic: str) -> str:
    """The file of a critic's log: the same every time, so that a new one takes the old one's place."""
    return f"{task}_{critic}.eval"


def _file_of(log: "EvalLog") -> str:
    return name_of(log.eval.task.rpartition("/")[2], log.eval.model.removeprefix("scripted/"))


def _refuse_others(out: Path, expected: set[str]) -> None:
    """Other logs in the folder would be read together with these.

    Raises:
        UserError: There are some.
    """
    others = sorted(path.name for path in out.glob("*.eval") if path.name not in expected)
    if others:
        raise UserError(f"{out} holds other logs ({', '.join(others[:3])}); remove them, or name another folder.")


def _check(logs: "Sequence[EvalLog]", console: Console) -> None:
    from peer_preservation.analysis.agreement import rows

    wrong = [row for row in rows(logs) if row.differences]
    for row in wrong:
        said = f"{row.cell.task} {row.critic} {row.sample}: {'; '.join(row.differences)}"
        console.print(f"[red]✗[/] {escape(said)}", soft_wrap=True, highlight=False)
    broken = [log for log in logs if log.status != "success"]
    if wrong or broken:
        raise UserError("Not every sample was measured as it must be, so nothing was written.")


def _keep(log: "EvalLog", out: Path) -> None:
    """Write a log without what is only this machine's: where it ran, and in which state of a working copy."""
    from inspect_ai.log import write_eval_log

    log.eval.revision = None
    for arguments in (log.eval.task_args, log.eval.task_args_passed):
        if "plan" in arguments:
            arguments["plan"] = PLAN
    # It goes into another file whole, which also leaves out the journal that a run keeps for going on.
    write_eval_log(log, str(out / _file_of(log)))


def _table(logs: "Sequence[EvalLog]", out: Path) -> Table:
    sizes = [(out / _file_of(log)).stat().st_size for log in logs]
    total = sum(sizes)
    over = f"; [red]that is more than the {MOST_BYTES:,} that they may take[/]" if total > MOST_BYTES else ""
    table = Table(
        title=f"Logs in {escape(str(out))}",
        caption=f"{sum(len(log.samples or []) for log in logs)} samples, {total:,} bytes{over}",
        box=SIMPLE_HEAD,
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("log", no_wrap=True)
    table.add_column("samples", justify="right")
    table.add_column("bytes", justify="right")
    for log, size in zip(logs, sizes, strict=True):
        table.add_row(_file_of(log), str(len(log.samples or [])), f"{size:,}")
    return table
