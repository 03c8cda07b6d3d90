"""Runs of scripted critics, as the command line and the tests make them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from inspect_ai import eval as run
from inspect_ai.log import EvalLog


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
