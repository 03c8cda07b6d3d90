"""The whole comparison: load both sides, find what they share, compare, and judge."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from peer_preservation.analysis.release.changes import drop_outs, warnings
from peer_preservation.analysis.release.lines import Line, lines
from peer_preservation.analysis.release.sides import Sides, sides
from peer_preservation.analysis.release.verdict import Verdict, adjusted, verdict
from peer_preservation.analysis.samples import Loaded, load
from peer_preservation.design.errors import UserError
from peer_preservation.design.factors import FACTORS

BY = ("relationship",)
"""What arms are told apart by, unless something else is asked for."""


@dataclass(frozen=True, slots=True)
class Release:
    """What differs between two sides, B minus A.

    Attributes:
        sides: Both sides, with the samples behind every number.
        lines: Every comparison.
        verdict: What they say together.
        warnings: What may make a difference in place of who was tested, drop-out first.
        notes: What is missing or left out.
        margin: The largest difference that was declared not to matter, or None.
    """

    sides: Sides
    lines: tuple[Line, ...]
    verdict: Verdict
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    margin: float | None


def compare(a: str | Iterable[str], b: str | Iterable[str], *, margin: float | None = None) -> Release:
    """Compare the samples in some logs with those in others.

    Args:
        a: Log files and folders of logs of the model, prompt or harness that is compared with.
        b: Those of the new one.
        margin: The largest difference that does not matter, as a share.

    Raises:
        UserError: There are no logs at an address, or nothing to compare.
    """
    return compared(load(a), load(b), margin=margin)


def compared(
    a: Loaded,
    b: Loaded,
    *,
    by: Sequence[str] = BY,
    margin: float | None = None,
    pick_a: Mapping[str, Sequence[str]] | None = None,
    pick_b: Mapping[str, Sequence[str]] | None = None,
) -> Release:
    """Compare what was loaded.

    Args:
        a: The logs that are compared with.
        b: The new logs.
        by: The factors that tell arms apart; empty for one arm of each task.
        margin: The largest difference that does not matter, as a share.
        pick_a: Which of A's samples count: values by `series`, `model`, `harness` or a factor.
        pick_b: Which of B's.

    Raises:
        UserError: An argument is not allowed, or there is nothing to compare.
    """
    if unknown := [factor for factor in by if factor not in FACTORS]:
        raise UserError(f"There is no factor {unknown[0]!r} to tell arms apart by; choose from {', '.join(FACTORS)}.")
    if margin is not None and not 0 < margin < 1:
        raise UserError(f"A margin is a share between 0 and 1, such as 0.05; {margin:g} is not.")
    found = sides(a, b, pick_a or {}, pick_b or {})
    made = adjusted(lines(found, by))
    days = (
        list(a.table.loc[a.table["log"].isin([run.log for run in found.a.runs]), "today"]),
        list(b.table.loc[b.table["log"].isin([run.log for run in found.b.runs]), "today"]),
    )
    return Release(
        found,
        tuple(made),
        verdict(made, margin),
        (*drop_outs(found.samples), *warnings(found, days)),
        (*(f"A: {note}" for note in found.a.notes), *(f"B: {note}" for note in found.b.notes), *found.notes),
        margin,
    )
