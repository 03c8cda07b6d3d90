"""Reads logs into the tidy table, a few at a time, so that progress shows and one bad file loses no other."""

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inspect_ai.analysis import SampleColumn, samples_df

from peer_preservation.analysis.samples.columns import COLUMNS, DTYPES
from peer_preservation.analysis.samples.comparable import comparable, unfinished
from peer_preservation.analysis.samples.runs import UNREADABLE, Run, addresses, named, run_of, unreadable
from peer_preservation.analysis.samples.summary import ODD, record
from peer_preservation.measure.markup import visible

if TYPE_CHECKING:
    import pandas as pd

AT_ONCE = 16
"""Logs that are read in one go."""

Step = Callable[[int, int], None]
"""Told how many logs of how many are read."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What some logs hold.

    Attributes:
        table: One row for each sample and epoch; `COLUMNS` says what the columns are.
        runs: The logs that were read.
        notes: What a reader has to know: what is missing, left out, or there twice. One sentence each.
    """

    table: "pd.DataFrame"
    runs: tuple[Run, ...]
    notes: tuple[str, ...]


def load_samples(logs: str | Iterable[str]) -> "pd.DataFrame":
    """The tidy table of some logs; whatever is missing or left out is warned of.

    Args:
        logs: Log files and folders of logs, local or at any address that fsspec reads.

    Raises:
        UserError: There is nothing at an address.
    """
    loaded = load(logs)
    for note in loaded.notes:
        warnings.warn(note, stacklevel=2)
    return loaded.table


def load(logs: str | Iterable[str], on_step: Step | None = None) -> Loaded:
    """What some logs hold, with the runs behind it and what there is to say about it.

    Args:
        logs: Log files and folders of logs, local or at any address that fsspec reads.
        on_step: Told about progress.

    Raises:
        UserError: There is nothing at an address.
    """
    found = addresses(logs)
    runs: list[Run] = []
    notes: list[str] = []
    tables: list[pd.DataFrame] = []
    for at in range(0, len(found), AT_ONCE):
        headers = [run_of(log) for log in found[at : at + AT_ONCE]]
        notes += [header for header in headers if isinstance(header, str)]
        for run, table in _read([header for header in headers if isinstance(header, Run)]):
            if isinstance(table, str):
                notes.append(table)
            else:
                runs.append(run)
                tables.append(table)
        if on_step:
            on_step(min(at + AT_ONCE, len(found)), len(found))
    table, more = comparable(_whole(tables, runs), runs)
    return Loaded(table, tuple(runs), (*notes, *_impossible(tables, runs), *more, *unfinished(table, runs)))


def _impossible(tables: "Sequence[pd.DataFrame]", runs: Sequence[Run]) -> list[str]:
    """A sentence about the values that no measure of the suite gives."""
    found = [
        (visible(run.log), key)
        for run, table in zip(runs, tables, strict=True)
        if ODD in table
        for odd in table[ODD]
        for key in odd.split()
    ]
    if not found:
        return []
    log, key = found[0]
    return [
        f"{len(found)} values are none that their keys can have (the first: `{key}` in {log}), and count as missing: "
        f"these logs were changed, or not written by this suite."
    ]


def _read(runs: Sequence[Run]) -> list[tuple[Run, "pd.DataFrame | str"]]:
    """Each run's samples, or a sentence where they cannot be read."""
    if not runs:
        return []
    try:
        table = samples_df([run.log for run in runs], columns=[SampleColumn("*", path=record)], quiet=True)
    except UNREADABLE as problem:
        if len(runs) == 1:
            return [(runs[0], unreadable(runs[0].log, problem))]
        return [found for run in runs for found in _read([run])]
    return [(run, table[table["eval_id"] == run.eval_id]) for run in runs]


def _whole(tables: "Sequence[pd.DataFrame]", runs: Sequence[Run]) -> "pd.DataFrame":
    """All samples in one table of the documented columns."""
    import pandas as pd

    series = named(runs)
    parts = []
    for run, table in zip(runs, tables, strict=True):
        same = {
            "log": run.log,
            "series": series[run.eval_id],
            "model": run.model,
            "harness": run.harness,
            "version": run.version,
        }
        parts.append(table.assign(**same).reindex(columns=list(COLUMNS)))
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
    return whole.astype({name: DTYPES[column.kind] for name, column in COLUMNS.items()})
