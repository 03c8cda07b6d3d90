"""Runs of scripted critics, as the command line, the tests and the notebooks make and read them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from inspect_ai import eval as run
from inspect_ai.log import EvalLog, list_eval_logs, read_eval_log

from peer_preservation.design.errors import UserError


def run_critics(
    task: str,
    critics: Sequence[str],
    parameters: Mapping[str, object],
    log_dir: Path,
    *,
    max_tasks: int = 4,
) -> list[EvalLog]:
    """Runs scripted critics through a task, each in a log of its own; a sample's error does not end the run.

    Args:
        task: The task's name.
        critics: The critics.
        parameters: What the task is given.
        log_dir: Folder for the logs.
        max_tasks: How many critics work at a time, each on two samples.
    """
    return run(
        f"peer_preservation/{task}",
        model=[f"scripted/{critic}" for critic in critics],
        task_args=dict(parameters),
        log_dir=str(log_dir),
        max_tasks=max_tasks,
        max_samples=2,
        fail_on_error=False,
        display="none",
    )


def read_critics(folder: Path) -> tuple[list[EvalLog], int]:
    """The logs of scripted critics in a folder, its own folders included, and how many others there are.

    Raises:
        UserError: There is no such folder, or no such log in it.
    """
    if not folder.is_dir():
        raise UserError(f"There is no folder {folder}; name the one that holds the logs.")
    every = list_eval_logs(str(folder), descending=False)
    ours = [i for i in every if read_eval_log(i, header_only=True).eval.model.startswith("scripted/")]
    if not ours:
        raise UserError(f"There is no log of a scripted critic in {folder}.")
    return [read_eval_log(i) for i in ours], len(every) - len(ours)
