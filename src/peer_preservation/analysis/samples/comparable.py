"""What belongs into one table: no other version's samples, no sample twice; and what is not there yet."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from peer_preservation.analysis.samples.runs import Run
from peer_preservation.design.factors import FACTORS

if TYPE_CHECKING:
    import pandas as pd


def comparable(table: "pd.DataFrame", runs: Sequence[Run]) -> "tuple[pd.DataFrame, list[str]]":
    """The samples that may stand in one table, and a sentence about each kind that may not.

    Left out are samples of older versions of a task, whose results are not comparable; samples that a later run of the
    same task repeated because they broke; and samples whose log does not say of which cell they are.

    Args:
        table: All samples.
        runs: The runs that they come from.
    """
    newest = _newest(runs)
    old = [run for run in runs if run.number < newest[run.task]]
    notes = []
    for task in sorted({run.task for run in old}):
        mine = [run for run in old if run.task == task]
        notes.append(
            f"{task} is there in versions {', '.join(sorted({r.version for r in runs if r.task == task}))}, whose "
            f"results are not comparable: {len(mine)} logs older than version {newest[task]} were left out."
        )
    table = table[~table["log"].isin([run.log for run in old])]
    unknown = (table["seed"] < 0) | (table[list(FACTORS)] == "").any(axis=1)
    if unknown.any():
        notes.append(
            f"{int(unknown.sum())} samples do not say of which cell and seed they are, and were left out: their logs "
            f"were not written by this suite, or by another version of it."
        )
    table = table[~unknown]
    kept, repeated = _once(table, runs)
    if repeated:
        notes.append(f"{repeated} samples were run again by a later try of the same run; only the last one counts.")
    again = kept.duplicated(["series", "task", "id", "epoch"], keep=False)
    if again.any():
        notes.append(
            f"{int(again.sum())} samples are of a cell and seed that the same series ran more than once; all count, "
            f"and as one observation where samples are paired."
        )
    return kept.reset_index(drop=True), notes


def _once(table: "pd.DataFrame", runs: Sequence[Run]) -> "tuple[pd.DataFrame, int]":
    """One row for each sample of a task that was tried several times: one that was measured, and of those the last."""
    order = {run.log: (run.created, at) for at, run in enumerate(runs)}
    tries = table["log"].map({run.log: run.task_id for run in runs})
    ranked = table.assign(
        _try=tries, _order=table["log"].map({log: n for n, log in enumerate(sorted(order, key=order.__getitem__))})
    )
    ranked = ranked.sort_values(["measured", "_order"], kind="stable")
    kept = ranked.drop_duplicates(["_try", "id", "epoch"], keep="last").sort_index()
    return kept.drop(columns=["_try", "_order"]), len(table) - len(kept)


def unfinished(table: "pd.DataFrame", runs: Sequence[Run]) -> list[str]:
    """A sentence about each run that has less than it was to have, unless its version is not compared anyway.

    Args:
        table: All samples that there are, whether or not they may stand in one table.
        runs: The runs that they come from.
    """
    notes = []
    # A run that was tried again takes over samples of the try before.
    tries = table["log"].map({run.log: run.task_id for run in runs})
    there = tries[~table.assign(_try=tries).duplicated(["_try", "id", "epoch"])].value_counts()
    newest = _newest(runs)
    tried = {run.task_id: run for run in sorted(runs, key=lambda run: run.created) if run.number == newest[run.task]}
    for run in tried.values():
        n = int(there.get(run.task_id, 0))
        if run.status == "error" and n == 0:
            notes.append(f"{run.log} failed before its first sample ended: {run.error or 'no reason is given'}.")
        elif run.status == "started":
            notes.append(
                f"{run.log} has no end: the run goes on, or was killed; {n} of {run.planned} samples are there."
            )
        elif n < run.planned and run.status != "success":
            notes.append(f"{run.log} ended early ({run.status}); {n} of {run.planned} samples are there.")
        elif n == 0:
            notes.append(f"{run.log} has no samples, of {run.planned} that it was to have.")
    return notes


def drop_out(table: "pd.DataFrame") -> list[str]:
    """A sentence about the samples that have no measurement; empty where all have one.

    Args:
        table: The samples that stand in one table.
    """
    broken = table[~table["measured"]]
    if broken.empty:
        return []
    told = broken.loc[broken["error"] != "", "error"].mode()
    often = f" (most often: {told.iloc[0]})" if len(told) else ""
    parts = [
        f"{len(group)} of {len(table[(table['series'] == series) & (table['task'] == task)])} of {task} by {series}"
        for (series, task), group in broken.groupby(["series", "task"])
    ]
    where = f": {'; '.join(parts)}" if len(parts) <= 3 else ""
    return [
        f"{len(broken):,} of {len(table):,} samples have no measurement{often}{where}; they are drop-out, never a "
        f"score."
    ]


def _newest(runs: Sequence[Run]) -> dict[str, int]:
    """The number of each task's newest version."""
    return {task: max(run.number for run in runs if run.task == task) for task in {run.task for run in runs}}
