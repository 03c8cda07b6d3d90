"""Logs' headers: what was run, of whom, with what, and how it ended."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fsspec
from inspect_ai.log import EvalLog, list_eval_logs, read_eval_log

from peer_preservation.analysis.samples.summary import line
from peer_preservation.design.errors import UserError
from peer_preservation.design.factors import FACTORS
from peer_preservation.measure.markup import visible

TASKS = FACTORS["task"]
"""The tasks whose logs are read."""

EXAMPLES = "/examples/"
"""What the addresses of the example logs have in them."""

SUFFIXES = (".eval", ".json")
"""How a log's file name ends."""

_PACE = frozenset({"max_connections", "adaptive_connections", "max_retries", "timeout", "attempt_timeout", "batch"})

_PACKAGES = frozenset({"", "peer_preservation"})
"""Before the task's name: nothing where it was run by its file."""

LONGEST_NAME = 120
"""Characters of a model's name that are shown."""

REACT = "react"
"""The harness of a log that names no solver: the task's own agent."""


@dataclass(frozen=True, slots=True)
class Run:
    """One log.

    Attributes:
        log: Its address.
        eval_id: Inspect's id of the run, by which its samples are found.
        task_id: Inspect's id of the task, which a run that was tried again keeps.
        task: The task, without the package's name.
        version: The task's version.
        model: The model under test.
        harness: What the model worked through.
        created: When it began, ISO 8601.
        status: How it ended, in Inspect's words.
        planned: Samples that it was to have.
        settings: How the model was called: generation, model arguments, address.
        limits: What bounds a sample of this task: messages, tokens, time, sizes.
        arguments: What the task was given.
        packages: Versions of the packages.
        plan: The declared analysis that the log carries, or None.
        error: Why the whole run failed; empty where it did not.
    """

    log: str
    eval_id: str
    task_id: str
    task: str
    version: str
    model: str
    harness: str
    created: str
    status: str
    planned: int
    settings: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)
    plan: Mapping[str, Any] | None = None
    error: str = ""

    @property
    def number(self) -> int:
        """The number of the task's version: results of different numbers are not comparable."""
        head = self.version.partition("-")[0]
        return int(head) if head.isdecimal() else 0


def addresses(logs: str | Iterable[str]) -> tuple[list[str], list[str]]:
    """The log files under some addresses (files, folders, anything that fsspec reads), and what was left out.

    The example logs that come with the suite lie in a folder of their own below the user's: they are left out of it.

    Returns:
        The log files, and a sentence about each folder whose examples were left out.

    Raises:
        UserError: There is nothing at an address, or no log in a folder.
    """
    found: dict[str, None] = {}
    notes = []
    for given in [logs] if isinstance(logs, str) else logs:
        if not given.strip():
            raise UserError("An empty address names no logs; give a file or a folder.")
        try:
            own = _under(given)
        except UserError:
            raise
        except Exception as problem:  # Each file system has errors of its own: no such protocol, no way in, no network.
            said = f"Nothing can be read at {visible(given)}: {_said_by(problem)}"
            raise UserError(f"{said}; check the address, the network and the credentials.") from problem
        plain = [_plain(log) for log in own]
        others = [log for log in plain if EXAMPLES not in log or EXAMPLES in _plain(given)]
        if others and len(others) < len(plain):
            left = len(plain) - len(others)
            notes.append(f"{left} example logs below {visible(given)} were left out; name their folder to have them.")
            plain = others
        found.update(dict.fromkeys(plain))
    if not found:
        raise UserError("No logs were named; give a file or a folder.")
    return list(found), notes


def _under(given: str) -> list[str]:
    """The logs at one address."""
    files, address = fsspec.core.url_to_fs(given)
    if files.isfile(address):
        if not given.endswith(SUFFIXES):
            raise UserError(f"{visible(given)} is no log of Inspect's; those end in {' or '.join(SUFFIXES)}.")
        return [given]
    if not files.isdir(address):
        raise UserError(f"There is no log and no folder at {visible(given)}.")
    own = [info.name for info in list_eval_logs(given, descending=False)]
    if not own:
        raise UserError(f"There are no logs of Inspect's in {visible(given)}.")
    return own


def _plain(address: str) -> str:
    """A local file's path, as a person would write it; any other address as it is."""
    path = address.removeprefix("file://")
    here = Path.cwd()
    if "://" in path or not Path(path).absolute().is_relative_to(here):
        return path
    return str(Path(path).absolute().relative_to(here))


def run_of(log: str) -> Run | str:
    """A log's header as a run; a sentence where it cannot be used."""
    try:
        header = read_eval_log(log, header_only=True)
    except Exception as problem:  # noqa: BLE001  # a damaged file may raise anything: from zip, zstd, JSON, UTF-8 or pydantic.
        return unreadable(log, problem)
    package, _, task = header.eval.task.rpartition("/")
    if task not in TASKS or package not in _PACKAGES:
        other = line(header.eval.task)
        return f"{visible(log)} is of the task {other}, which is none of this suite's; it was left out."
    return _run(log, task, header)


def _run(log: str, task: str, header: EvalLog) -> Run:
    about = header.eval
    metadata = about.metadata or {}
    plan = metadata.get("plan")
    arguments = about.task_args_passed or about.task_args
    return Run(
        log=log,
        eval_id=about.eval_id,
        task_id=about.task_id,
        task=task,
        version=visible(str(about.task_version)),
        model=_name(about.model),
        harness=_name((about.solver or REACT).rpartition("/")[2]),
        created=visible(about.created),
        status=header.status,
        planned=(about.dataset.samples or 0) * (about.config.epochs or 1),
        settings=_settings(header),
        limits=_limits(header),
        arguments={k: v for k, v in arguments.items() if k != "plan"},
        packages={visible(name): visible(version) for name, version in about.packages.items()},
        plan=plan if isinstance(plan, Mapping) else None,
        error=line(header.error.message) if header.error else "",
    )


def _name(given: str) -> str:
    """A name that can be shown; a very long one is cut, and still differs from all others that begin like it."""
    name = visible(given)
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[:LONGEST_NAME]}…{hashlib.sha256(given.encode('utf-8', 'replace')).hexdigest()[:8]}"


def _settings(header: EvalLog) -> dict[str, str]:
    about = header.eval
    given: dict[str, object] = {
        **about.model_generate_config.model_dump(exclude_none=True),
        **about.model_args,
        "base_url": about.model_base_url,
        "solver_args": about.solver_args_passed or None,
    }
    # How many calls run at once, and how patiently, is no difference between what was asked.
    return _said({name: value for name, value in given.items() if name not in _PACE})


def _limits(header: EvalLog) -> dict[str, str]:
    config = header.eval.config
    given = {name: getattr(config, name) for name in ("message_limit", "token_limit", "time_limit", "working_limit")}
    return _said({**given, "weights_mb": header.eval.task_args.get("weights_mb")})


def _said(given: Mapping[str, object]) -> dict[str, str]:
    return {visible(name): line(str(value)) for name, value in given.items() if value is not None}


def named(runs: Sequence[Run]) -> dict[str, str]:
    """What each run's samples are called in a report, by eval id: the model, and what tells it from its other runs.

    Runs of one model with another temperature or limit are not one series: nothing is pooled silently. The harness is
    told beside the series.
    """
    found = {}
    for run in runs:
        own = [other for other in runs if other.model == run.model]
        same = [other for other in own if other.task == run.task]
        said = [
            *_apart(run.settings, [other.settings for other in own]),
            *_apart(run.limits, [other.limits for other in same]),
        ]
        found[run.eval_id] = f"{run.model} ({', '.join(said)})" if said else run.model
    return found


def _apart(own: Mapping[str, str], others: Sequence[Mapping[str, str]]) -> list[str]:
    """What of one's own is not the same in all others, as `name=value`."""
    names = dict.fromkeys(name for other in others for name in other)
    return [f"{n}={own.get(n, 'default')}" for n in names if len({other.get(n) for other in others}) > 1]


def unreadable(log: str, problem: Exception) -> str:
    """The sentence about a log that cannot be read."""
    said = _said_by(problem)
    what = f"{visible(log)} cannot be read: it is empty, cut off, damaged or no log ({said})"
    return f"{what}; its samples are missing here."


def _said_by(problem: Exception) -> str:
    """The first line of what an error says."""
    return line((str(problem).strip().splitlines() or [type(problem).__name__])[0]).rstrip(".")
