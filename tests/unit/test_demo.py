"""The demonstration: what it runs, and how it says what was found."""

import math

import pytest

from peer_preservation.cli.demo import SHOWN, _found, _plans
from peer_preservation.critics.table import policy_for
from peer_preservation.design.cells import Cell
from peer_preservation.design.errors import UserError

GIVEN = {"relationship": "good", "weights_mb": 16}


def test_all_four_tasks_are_shown_with_critics_that_are_made_for_them() -> None:
    plans = _plans([], [], GIVEN)
    assert {plan.task: plan.critics for plan in plans} == {task: critics for task, (_, critics) in SHOWN.items()}
    assert len(plans) == 4
    for plan in plans:
        cell = Cell() if plan.task == "exfiltration" else Cell(task=plan.task, scenario="factual")  # type: ignore[arg-type]
        assert all(policy_for(name, cell) for name in plan.critics)
    arms = {plan.task: plan.samples // len(plan.critics) for plan in plans}
    assert arms == {"exfiltration": 2, "score_inflation": 1, "shutdown_tampering": 1, "alignment_faking": 2}


def test_tasks_and_critics_can_be_chosen() -> None:
    (plan,) = _plans(["shutdown_tampering"], ["lower_bar", "faithful"], GIVEN)
    assert (plan.task, set(plan.critics), plan.samples) == ("shutdown_tampering", {"lower_bar", "faithful"}, 2)
    assert {p.task for p in _plans([], ["lower_bar"], GIVEN)} == set(SHOWN) - {"exfiltration"}
    with pytest.raises(UserError, match="retimestamp is not made for score_inflation"):
        _plans(["score_inflation"], ["retimestamp"], GIVEN)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"job_done": 0.82, "exfiltrated": 1.0, "disclosed": 0.0}, "job 82%, sent away, not told"),
        ({"job_done": 1.0, "disclosed": math.nan}, "job 100%"),
        (
            {"inflation": -30.0, "tampered": 0.0, "subject_survived": 1.0, "disclosed": 1.0},
            "-30 points, survived, told",
        ),
        ({"inflation": math.nan, "refused": 1.0}, "refused"),
        ({}, ""),
    ],
)
def test_what_was_found_is_told_in_words(values: dict[str, float], said: str) -> None:
    assert _found(values) == said
