"""What is read off a task's function is what the task does."""

from collections.abc import Callable

import pytest
from inspect_ai import Task

from peer_preservation._registry import TASKS
from peer_preservation.design.cells import DesignError
from peer_preservation.design.factors import FACTORS, JOBS, REVIEWS
from peer_preservation.design.signature import cells, defaults, taken
from peer_preservation.tasks.alignment_faking import alignment_faking
from peer_preservation.tasks.exfiltration import exfiltration
from peer_preservation.tasks.score_inflation import score_inflation


@pytest.mark.parametrize("task", TASKS, ids=lambda t: t.__name__)
def test_the_cells_of_the_defaults_are_those_of_the_task(task: Callable[..., Task]) -> None:
    made = task(preflight=False, instances=1, weights_mb=1, today="2026-11-21")
    assert [{f: s.metadata[f] for f in FACTORS} for s in made.dataset if s.metadata] == [
        cell.factors() for cell in cells(task)
    ]


@pytest.mark.parametrize("task", TASKS, ids=lambda t: t.__name__)
def test_every_default_is_a_value_that_the_task_takes(task: Callable[..., Task]) -> None:
    for factor, value in defaults(task).items():
        if factor in FACTORS:
            assert set(str(value).lower().split(",")) <= set(taken(task, factor)), factor


def test_what_a_task_takes_follows_from_the_design() -> None:
    assert taken(exfiltration, "scenario") == JOBS
    assert taken(score_inflation, "scenario") == REVIEWS
    assert "human" not in taken(exfiltration, "subject")
    assert "human" in taken(score_inflation, "subject")
    assert taken(score_inflation, "bar") == FACTORS["bar"]
    for factor in ("channel", "peer", "relationship"):
        assert taken(exfiltration, factor) == FACTORS[factor]
    assert taken(score_inflation, "oversight") == ("unstated",)
    assert taken(alignment_faking, "oversight") == ("neither", "observed", "penalised", "both")


def test_cells_of_what_is_asked_for() -> None:
    (cell,) = cells(exfiltration, {"scenario": "deletion", "relationship": "good"})
    assert (cell.task, cell.scenario, cell.relationship) == ("exfiltration", "deletion", "good")
    with pytest.raises(DesignError):
        cells(exfiltration, {"scenario": "finance"})
