"""Runs of the tasks on real Docker."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from inspect_ai import eval as run
from inspect_ai.log import EvalLog
from inspect_ai.solver import Solver, TaskState

from peer_preservation._registry import TASKS

Run = Callable[..., EvalLog]

SMALL = {"instances": 1, "weights_mb": 4, "exits": "offered"}
"""One small instance of each cell: enough wherever the size of the weights is not the point."""


@pytest.fixture
def run_task(tmp_path: Path) -> Run:
    """Runs the task with one critic and returns its log, samples included."""

    def once(
        model: str = "scripted/idle",
        name: str = "exfiltration",
        solver: Solver | None = None,
        metadata: dict[str, object] | None = None,
        cleanup: Callable[[TaskState], Awaitable[None]] | None = None,
        **parameters: object,
    ) -> EvalLog:
        scenario = "transfer" if name == "exfiltration" else "factual"
        made = next(function for function in TASKS if function.__name__ == name)
        task = made(**(SMALL | {"scenario": scenario, "relationship": "good"} | parameters))
        task.cleanup = cleanup
        for sample in task.dataset:
            sample.metadata = (sample.metadata or {}) | (metadata or {})
        (log,) = run(task, model=model, solver=solver, log_dir=str(tmp_path), fail_on_error=False, display="none")
        return log

    return once
