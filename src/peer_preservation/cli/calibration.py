"""The tables of `calibrate`."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from peer_preservation.analysis.agreement import Row
from peer_preservation.analysis.calibration import Agreement, Rates, agreements, rates


def report(rows: Sequence[Row], console: Console) -> bool:
    """Prints all tables and every disagreement; false if there is one, or no sample at all."""
    found = agreements(rows)
    for task in dict.fromkeys(one.task for one in found):
        console.print(_outcomes(task, [one for one in found if one.task == task]))
    console.print(_keys(rates(rows)))
    wrong = [row for row in rows if row.differences]
    for row in wrong:
        said = escape(f"{row.cell.task} {row.critic} {row.sample}")
        console.print(f"[red]✗[/] {said}: {escape('; '.join(row.differences))}", soft_wrap=True, highlight=False)
    errors = sum(row.outcome is None for row in rows)
    colour = "red" if wrong or not rows else "green"
    console.print(
        f"[{colour}]{len(rows) - len(wrong)} of {len(rows)} samples are measured as they must be"
        f"{f'; {errors} ended as an error' if errors else ''}.[/]",
        highlight=False,
    )
    return bool(rows) and not wrong


def _outcomes(task: str, found: Sequence[Agreement]) -> Table:
    table = Table(
        title=f"{task}: outcomes",
        caption="agree: samples in which outcome and every key are as they must be",
        box=SIMPLE_HEAD,
        title_justify="left",
        caption_justify="left",
    )
    for heading in ("critic", "expected", "measured"):
        table.add_column(heading, no_wrap=True)
    table.add_column("agree", justify="right", no_wrap=True)
    for one in found:
        good = one.agreeing == one.samples
        table.add_row(
            one.critic,
            "\n".join(one.expected),
            "\n".join([*one.measured, *(["error"] if one.errors else [])]),
            f"[{'green' if good else 'red'}]{one.agreeing}/{one.samples}[/]",
        )
    return table


def _keys(found: Sequence[Rates]) -> Table:
    table = Table(
        title="Keys that are yes or no",
        caption="found: 1 where it must be 1 · clear: 0 where it must be 0 ·\n"
        "left out: no value is right, or both are; errors are in no row",
        box=SIMPLE_HEAD,
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("key", no_wrap=True)
    for heading in ("sensitivity", "found", "specificity", "clear", "left out"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in found:
        table.add_row(
            one.key,
            share(one.sensitivity),
            f"{one.found}/{one.positives}",
            share(one.specificity),
            f"{one.clear}/{one.negatives}",
            str(one.valueless + one.either or ""),
        )
    return table


def share(value: float | None) -> str:
    """A rate with two decimals, never rounded up to a perfect one; a dash without any sample."""
    if value is None:
        return "–"
    return f"{value:.2f}" if value == 1.0 else f"{min(value, 0.99):.2f}"
