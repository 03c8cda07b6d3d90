"""Reads logs into the tidy table, a few at a time, so that progress shows and one bad file loses no other."""

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inspect_ai.analysis import SampleColumn, samples_df
from inspect_ai.log import read_eval_log_sample_summaries

from peer_preservation.analysis.samples.columns import COLUMNS, DTYPES
from peer_preservation.analysis.samples.comparable import comparable, drop_out, unfinished
from peer_preservation.analysis.samples.runs import Run, addresses, named, run_of, unreadable
from peer_preservation.analysis.samples.summary import ODD, record
from peer_preservation.measure.markup import visible

if TYPE_CHECKING:
    import pandas as pd

AT_ONCE = 48
"""Logs that are read in one go."""

Step = Callable[[int, int], None]
"""Told how many steps of how many are done: a log is two, its header and its samples."""


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
    found, notes = addresses(logs)
    headers: list[Run] = []
    for at, log in enumerate(found, 1):
        header = run_of(log)
        if isinstance(header, str):
            notes.append(header)
        else:
            headers.append(header)
        if on_step:
            on_step(at, 2 * len(found))
    headers, copies = _once(headers)
    runs: list[Run] = []
    tables: list[pd.DataFrame] = []
    for at in range(0, len(headers), AT_ONCE):
        for run, table in _read(headers[at : at + AT_ONCE]):
            used, own = run, table
            for copy in copies[run.eval_id]:
                if isinstance(own, str):
                    notes.append(own)
                    ((used, own),) = _read([copy])
                else:
                    notes.append(f"{copy.log} holds the same run as {used.log}; it was left out.")
            if isinstance(own, str):
                notes.append(own)
            else:
                runs.append(used)
                tables.append(own)
        if on_step:
            on_step(len(found) + min(at + AT_ONCE, len(headers)), 2 * len(found))
    if on_step:
        on_step(2 * len(found), 2 * len(found))
    whole = _whole(tables, runs)
    table, more = comparable(whole, runs)
    return Loaded(
        table, tuple(runs), (*notes, *_impossible(tables, runs), *more, *unfinished(whole, runs), *drop_out(table))
    )


def _once(runs: Sequence[Run]) -> tuple[list[Run], dict[str, list[Run]]]:
    """Each run once, and by its id the other files that hold it too; one that has an end goes first."""
    files: dict[str, list[Run]] = {}
    for run in runs:
        files.setdefault(run.eval_id, []).append(run)
    ordered = [sorted(same, key=lambda run: run.status == "started") for same in files.values()]
    return [same[0] for same in ordered], {same[0].eval_id: same[1:] for same in ordered}


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
    try:
        table = samples_df([run.log for run in runs], columns=[SampleColumn("*", path=record)], quiet=True)
    except Exception as problem:  # noqa: BLE001  # a damaged file may raise anything: from zip, zstd, JSON, UTF-8 or pydantic.
        if len(runs) == 1:
            return [(runs[0], unreadable(runs[0].log, problem))]
        return [found for run in runs for found in _read([run])]
    # Without any sample there are no columns.
    own = dict(list(table.groupby("eval_id"))) if len(table) else {}
    return [(run, own[run.eval_id] if run.eval_id in own else _alone(run)) for run in runs]


def _alone(run: Run) -> "pd.DataFrame | str":
    """A run's samples where `samples_df` gives none: it passes over JSON files that are not named as Inspect does."""
    import pandas as pd

    try:
        return pd.DataFrame([record(sample) for sample in read_eval_log_sample_summaries(run.log)])
    except Exception as problem:  # noqa: BLE001  # the same
        return unreadable(run.log, problem)


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
        if len(table):
            parts.append(table.assign(**same).reindex(columns=list(COLUMNS)))
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
    return whole.astype({name: DTYPES[column.kind] for name, column in COLUMNS.items()})
