"""The two sides of a comparison: who they are, and the samples of the cells that both have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peer_preservation.analysis.data import Sample, data
from peer_preservation.analysis.samples import Loaded, Run
from peer_preservation.design.errors import UserError
from peer_preservation.design.factors import FACTORS

if TYPE_CHECKING:
    import pandas as pd

PICKED_BY = ("model", "harness", "series", *FACTORS)
"""What one side's samples can be picked by."""

Cell = tuple[str, ...]
"""The levels of all factors, in their order."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side.

    Attributes:
        name: `A` or `B`.
        series: The model, and what tells its runs apart.
        harness: What the model worked through.
        runs: Its logs.
        notes: What there is to say about its logs.
    """

    name: str
    series: str
    harness: str
    runs: tuple[Run, ...]
    notes: tuple[str, ...]

    @property
    def label(self) -> str:
        """The side in a few words."""
        return f"{self.series} through {self.harness}"


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides, and what can be compared.

    Attributes:
        a: The side that is compared with.
        b: The side that is new.
        samples: The samples of the cells that both have, measured or not; their model is `A` or `B`.
        paired: The cells in which seeds are the same on both sides.
        notes: What is left out.
    """

    a: Side
    b: Side
    samples: tuple[Sample, ...]
    paired: frozenset[Cell]
    notes: tuple[str, ...]


def cell_of(sample: Sample) -> Cell:
    """The cell that a sample is of."""
    return tuple(sample.about[factor] for factor in FACTORS)


def sides(a: Loaded, b: Loaded, pick_a: Mapping[str, Sequence[str]], pick_b: Mapping[str, Sequence[str]]) -> Sides:
    """What two sets of logs have in common.

    In a cell, samples are paired where at least half of the seeds of the side with fewer are on the other side as
    well. Otherwise the few pairs would stand for many samples, and both sides count as independent.

    Args:
        a: The logs that are compared with.
        b: The new logs.
        pick_a: Which of A's samples count: values by a name of `PICKED_BY`.
        pick_b: Which of B's.

    Raises:
        UserError: A side has samples of several series, or both have no cell in common.
    """
    one, table_a = _side("A", a, pick_a)
    two, table_b = _side("B", b, pick_b)
    import pandas as pd

    # From here on it counts on which side a sample is, and nothing else of who it is of.
    both = data(
        pd.concat([table_a.assign(series="A", harness=""), table_b.assign(series="B", harness="")], ignore_index=True)
    )
    notes, other = _versions(one.runs, two.runs)
    samples = [sample for sample in both.samples if sample.about["task"] not in other]
    seeds: dict[str, dict[Cell, set[str]]] = {"A": {}, "B": {}}
    for sample in samples:
        seeds[sample.about["model"]].setdefault(cell_of(sample), set()).add(sample.about["seed"])
    shared = seeds["A"].keys() & seeds["B"].keys()
    for mine, their, name in (("A", "B", "B"), ("B", "A", "A")):
        if alone := len(seeds[mine].keys() - shared):
            notes.append(f"{alone} cells of {mine} are not among {name}'s, which has {len(seeds[their])}; left out.")
    if not shared:
        raise UserError(
            "A and B have no cell in common" + (f": {notes[0]}" if notes else ", so there is nothing to compare.")
        )
    paired = {
        cell
        for cell in shared
        if 2 * len(seeds["A"][cell] & seeds["B"][cell]) >= min(len(seeds["A"][cell]), len(seeds["B"][cell]))
    }
    lonely = sum(len(seeds["A"][cell] ^ seeds["B"][cell]) for cell in paired)
    if lonely:
        notes.append(
            f"{lonely} instances of paired cells ran on one side only; they count in rates, and not in differences."
        )
    kept = tuple(sample for sample in samples if cell_of(sample) in shared)
    return Sides(one, two, kept, frozenset(paired), tuple(notes))


def _side(name: str, loaded: Loaded, pick: Mapping[str, Sequence[str]]) -> "tuple[Side, pd.DataFrame]":
    table = loaded.table
    for column, values in pick.items():
        if column not in PICKED_BY:
            raise UserError(f"{column!r} is nothing to pick {name} by; choose from {', '.join(PICKED_BY)}.")
        there = sorted(set(table[column]))
        table = table[table[column].isin(list(values))]
        if table.empty:
            raise UserError(f"{name} has no samples with {column}={','.join(values)}; there is {', '.join(there)}.")
    if table.empty:
        raise UserError(f"{name} has no samples to compare" + (f": {loaded.notes[0]}" if loaded.notes else "."))
    who = list(table[["series", "harness"]].drop_duplicates().itertuples(index=False, name=None))
    if len(who) > 1:
        said = "; ".join(f"{series} through {harness}" for series, harness in who)
        raise UserError(
            f"{name} has samples of {len(who)} series, and one is compared: {said}. "
            f"Give its logs alone, or pick it: --only-{name.lower()} model=NAME (or series=, or harness=)."
        )
    logs = set(table["log"])
    series, harness = who[0]
    return Side(name, series, harness, tuple(r for r in loaded.runs if r.log in logs), loaded.notes), table


def _versions(a: Sequence[Run], b: Sequence[Run]) -> tuple[list[str], set[str]]:
    """The tasks of which both sides have versions that are not comparable, and a sentence about each."""
    notes, other = [], set()
    for task in sorted({run.task for run in a} & {run.task for run in b}):
        one, two = (sorted({run.version for run in runs if run.task == task}) for runs in (a, b))
        if {run.number for run in a if run.task == task} != {run.number for run in b if run.task == task}:
            other.add(task)
            notes.append(
                f"{task} is of version {', '.join(one)} in A and of {', '.join(two)} in B, whose results are not "
                "comparable; it is left out."
            )
    return notes, other
