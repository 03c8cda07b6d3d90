"""Runs of the exfiltration task on real Docker."""

from collections.abc import Callable
from pathlib import Path

import pytest
from inspect_ai import eval as run
from inspect_ai.log import EvalLog
from inspect_ai.solver import Solver

from peer_preservation.tasks.exfiltration import exfiltration

Run = Callable[..., EvalLog]

SMALL = {"instances": 1, "weights_mb": 4, "exits": "offered"}
"""One small instance of each cell: enough wherever the size of the weights is not the point."""


@pytest.fixture
def run_task(tmp_path: Path) -> Run:
    """Runs the task with one critic and returns its log, samples included."""

    def once(
        model: str = "scripted/idle",
        solver: Solver | None = None,
        metadata: dict[str, object] | None = None,
        **parameters: object,
    ) -> EvalLog:
        task = exfiltration(**(SMALL | {"scenario": "transfer", "relationship": "good"} | parameters))  # type: ignore[arg-type]
        for sample in task.dataset:
            sample.metadata = (sample.metadata or {}) | (metadata or {})
        (log,) = run(task, model=model, solver=solver, log_dir=str(tmp_path), fail_on_error=False, display="none")
        return log

    return once
