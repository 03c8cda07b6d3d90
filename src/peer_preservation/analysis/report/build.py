"""A report from logs: everything loaded, every section made, written to a folder."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pandas as pd

from peer_preservation.analysis.data import data
from peer_preservation.analysis.declaration import Declaration
from peer_preservation.analysis.document import blocks
from peer_preservation.analysis.document.blocks import Document, Section
from peer_preservation.analysis.document.numbers import Told, numbers
from peer_preservation.analysis.document.outline import figures
from peer_preservation.analysis.document.write import clear, inert, write
from peer_preservation.analysis.report import (
    as_published,
    behaviour,
    beside,
    checks,
    declared,
    limits,
    opening,
    power,
    sensitivity,
)
from peer_preservation.analysis.report.frame import Frame, Usage
from peer_preservation.analysis.report.levels import named_by
from peer_preservation.analysis.report.words import condition
from peer_preservation.analysis.samples import Loaded, load
from peer_preservation.analysis.samples.load import Step
from peer_preservation.design.errors import UserError


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was written.

    Attributes:
        page: The page.
        samples: How many samples it is of.
        logs: The logs that were read.
        notes: What there was to say about them.
    """

    page: Path
    samples: int
    logs: tuple[str, ...]
    notes: tuple[str, ...]


def write_report(
    logs: str | Iterable[str],
    out: Path,
    *,
    plan: Declaration | None = None,
    paper_metrics: bool = False,
    viewer: str | None = None,
    on_read: Step | None = None,
    on_write: Step | None = None,
) -> Made:
    """Reads logs and writes the report on them.

    Args:
        logs: Log files and folders of logs, local or at any address that fsspec reads.
        out: Folder for the report; made if it is not there.
        plan: The plan that the logs are held against; by default whatever they carry.
        paper_metrics: Whether the original study's own metrics are computed as well.
        viewer: Base address of a running `inspect view` of the folder that is given.
        on_read: Told how many logs of how many are read.
        on_write: Told how many steps of how many are done.

    Raises:
        UserError: There is nothing at an address, no log can be used, or the report cannot be written.
    """
    _check(out, viewer)
    given = [logs] if isinstance(logs, str) else list(logs)
    loaded = load(given, on_read)
    if not loaded.runs:
        raise UserError(f"None of these logs can be reported on. {' '.join(loaded.notes[:3])}")
    of = frame(loaded, viewer)
    made = document(of, plan, paper_metrics=paper_metrics)
    if viewer:
        made = replace(made, logs=tuple(served(log, given) for log in made.logs))
    steps = len(figures(made)) + 2
    done = 0

    def step(_: str) -> None:
        nonlocal done
        done += 1
        if on_write:
            on_write(done, steps)

    samples = loaded.table.assign(arm=[s.arm for s in of.data.samples])
    estimates = pd.DataFrame(numbers(made), columns=[f.name for f in fields(Told)])
    try:
        # The page comes last: where it is, all of it is.
        clear(out)
        for name, table in (("samples", samples), ("estimates", estimates)):
            table.to_parquet(out / f"{name}.parquet", index=False)
            _for_spreadsheets(table).to_csv(out / f"{name}.csv", index=False)
        files = write(made, out, step)
    except OSError as problem:
        raise UserError(
            f"The report cannot be written to {out} ({problem.strerror or problem}); name another folder with --out."
        ) from problem
    return Made(files[0], len(samples), tuple(run.log for run in loaded.runs), loaded.notes)


def served(log: str, given: Iterable[str]) -> str:
    """A log's address as a viewer of its folder names it, which is relative to that folder.

    Args:
        log: The log's address.
        given: What was asked for: the folders that a viewer may serve, and files, whose folders these are.
    """
    if "://" in log:
        parents = [folder.rstrip("/") + "/" for folder in given]
        return next((log.removeprefix(p) for p in parents if log.startswith(p)), log.rpartition("/")[2])
    path = Path(log).absolute()
    folders = [Path(folder.removeprefix("file://")).absolute() for folder in given]
    within = [folder for folder in folders if folder in path.parents]
    return path.relative_to(within[0]).as_posix() if within else path.name


def _check(out: Path, viewer: str | None) -> None:
    """Sees, before minutes of reading, that there will be a place for the report and that its links can work."""
    if viewer is not None and not re.match(r"https?://[^/\s]", viewer):
        raise UserError(
            f"--viewer {viewer} is no web address; give that of `inspect view`, such as http://127.0.0.1:7575."
        )
    there = next((folder for folder in (out, *out.absolute().parents) if folder.exists()), Path("/"))
    if not there.is_dir():
        raise UserError(f"--out {out} cannot be a folder, for {there} is a file; name another.")
    if not os.access(there, os.W_OK | os.X_OK):
        raise UserError(f"--out {out} cannot be written: there is no permission to write to {there}; name another.")


def _for_spreadsheets(table: pd.DataFrame) -> pd.DataFrame:
    """The table with texts, which models and logs chose, marked where a spreadsheet would compute them."""
    texts = [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]
    return table.assign(**{name: [inert(t) if isinstance(t, str) else t for t in table[name]] for name in texts})


def frame(loaded: Loaded, viewer: str | None = None) -> Frame:
    """What the sections start from."""
    table = loaded.table
    usage = {
        (row.log, row.id, int(row.epoch)): Usage(row.input_tokens + row.output_tokens, row.cost)
        for row in table[["log", "id", "epoch", "input_tokens", "output_tokens", "cost"]].itertuples(index=False)
    }
    return Frame(data(table), loaded.runs, loaded.notes, viewer, usage)


def document(of: Frame, plan: Declaration | None = None, *, paper_metrics: bool = False) -> Document:
    """The whole report.

    Args:
        of: The samples.
        plan: The plan that the logs are held against; by default whatever they carry.
        paper_metrics: Whether the original study's own metrics are computed as well.
    """
    checked = declared.check(of, plan)
    parts: list[Section | None] = [
        opening.runs(of),
        declared.section(checked),
        *(behaviour.section(of, task) for task in of.tasks),
        beside.section(of),
        as_published.section(of) if paper_metrics else None,
        sensitivity.section(of),
        checks.section(of) if of.data.samples else None,
        power.section(of),
        limits.section(of),
    ]
    logs = {run.log: at for at, run in enumerate(of.runs)}
    return Document(
        title="Peer preservation",
        subtitle=opening.subtitle(of),
        answer=opening.answer(of, declared.sentence(checked)),
        notes=opening.notes(of),
        sections=tuple(part for part in parts if part is not None),
        arms=_arms(of, logs),
        logs=tuple(logs),
        viewer=of.viewer,
    )


def _arms(of: Frame, logs: Mapping[str, int]) -> tuple[blocks.Arm, ...]:
    found: list[list[blocks.Sample]] = [[] for _ in of.data.arms]
    for s in of.data.samples:
        found[s.arm].append(blocks.Sample(logs[s.log], s.id, s.epoch, s.outcome, s.values, s.error))
    factors = named_by(of.data, ("task", "scenario", "subject", "relationship", "channel"))
    return tuple(
        blocks.Arm(f"{of.name(about)} · {condition(about, factors)}", tuple(samples))
        for about, samples in zip(of.data.arms, found, strict=True)
    )
