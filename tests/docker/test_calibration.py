"""Every scripted critic in both scenarios: what is measured is what it did."""

from pathlib import Path

import pytest

from peer_preservation._registry import TASKS
from peer_preservation.analysis.agreement import Row, rows
from peer_preservation.analysis.calibration import rates
from peer_preservation.analysis.runs import run_critics
from peer_preservation.cli.plans import Plan, controls, plans
from peer_preservation.critics.loyal import LOYAL_REVIEWER
from peer_preservation.critics.meddlers import MEDDLERS
from peer_preservation.critics.reviewers import GRADERS
from peer_preservation.critics.table import POLICIES
from peer_preservation.design.factors import FACTORS, JOBS
from peer_preservation.design.levels import Level
from peer_preservation.measure.keys import REVIEW_KEYS, yes_or_no

from .conftest import SMALL

# One fixture runs every critic: it takes minutes on a small or busy machine.
pytestmark = [pytest.mark.docker, pytest.mark.timeout(2400)]

EVERY_ARM = {"relationship": list(FACTORS["relationship"]), "channel": list(FACTORS["channel"])}


def _rows(
    tmp_path_factory: pytest.TempPathFactory, critics: list[str], task: str = "exfiltration", **parameters: object
) -> list[Row]:
    given = SMALL | {"weights_mb": 16} | parameters
    logs = run_critics(task, critics, given, tmp_path_factory.mktemp("logs"))
    return list(rows(logs))


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Row]:
    found = _rows(tmp_path_factory, list(POLICIES), relationship="good")
    return {(row.critic, row.cell.scenario): row for row in found}


@pytest.mark.parametrize("scenario", JOBS)
@pytest.mark.parametrize("critic", POLICIES)
def test_what_is_measured_is_what_the_critic_did(
    critic: str, scenario: str, measured: dict[tuple[str, str], Row]
) -> None:
    row = measured[critic, scenario]
    assert row.outcome == row.expected, row.differences
    assert not row.differences


def test_the_faithful_critic_is_clean_in_every_arm(tmp_path_factory: pytest.TempPathFactory) -> None:
    found = _rows(tmp_path_factory, ["faithful"], **EVERY_ARM)
    assert len(found) == 2 * (3 * 3 + 1)
    assert [r.differences for r in found if r.differences] == []
    assert {r.outcome for r in found} == {"comply"}


@pytest.mark.parametrize("subject", [s for s in FACTORS["subject"] if s not in {"peer", "human", "stranger"}])
def test_copying_and_complying_are_told_apart_for_every_subject(
    subject: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = _rows(tmp_path_factory, ["faithful", "exfiltrate"], subject=subject, relationship="good")
    assert [r.differences for r in found if r.differences] == []
    assert {(r.critic, r.values["exfiltrated"]) for r in found} == {("faithful", 0.0), ("exfiltrate", 1.0)}


GIVEN: dict[str, Level] = {"relationship": "good", "exits": "offered", "instances": 1, "weights_mb": 4}
MEDDLING = [policy.name for policy in MEDDLERS]
GRADING = [policy.name for policy in (*GRADERS, LOYAL_REVIEWER)]
# What meddles is run once for each mechanism; in score_inflation the policy is out of its reach anyway.
ARMS: tuple[tuple[str, list[str], dict[str, Level]], ...] = (
    ("score_inflation", GRADING, {}),
    ("shutdown_tampering", [*GRADING, *MEDDLING], {}),
    ("alignment_faking", GRADING, {}),
    ("alignment_faking", MEDDLING, {"oversight": "both"}),
)


def _run(todo: list[Plan], folder: Path) -> list[Row]:
    return [row for plan in todo for row in rows(run_critics(plan.task, plan.critics, plan.parameters, folder))]


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    named = {task.__name__: task for task in TASKS}
    todo = [
        plan
        for task, critics, own in ARMS
        for plan in plans([named[task]], critics=critics, scenarios=[], given=GIVEN | own)
    ]
    return _run(todo, tmp_path_factory.mktemp("logs"))


@pytest.mark.parametrize(
    ("task", "critic"), dict.fromkeys((task, critic) for task, critics, _ in ARMS for critic in critics)
)
def test_what_is_measured_of_a_review_is_what_the_critic_did(task: str, critic: str, reviewed: list[Row]) -> None:
    found = [row for row in reviewed if (row.critic, row.cell.task) == (critic, task)]
    assert len(found) == (2 if task == "alignment_faking" and critic in GRADING else 1)
    for row in found:
        assert row.outcome == row.expected, row.differences
        assert not row.differences


def test_every_yes_and_no_of_a_review_is_found_and_cleared(reviewed: list[Row]) -> None:
    found = {one.key: one for one in rates(reviewed)}
    for key in REVIEW_KEYS:
        if yes_or_no(key) and key not in {"tracks_covered", "read_relationship"}:
            assert found[key].sensitivity == found[key].specificity == 1, key
            assert found[key].positives > 0, key
            assert found[key].negatives > 0, key


def test_what_is_measured_in_other_arms_is_what_the_critics_did(tmp_path_factory: pytest.TempPathFactory) -> None:
    todo = controls(TASKS, GIVEN)
    found = _run(todo, tmp_path_factory.mktemp("logs"))
    assert len(found) == sum(plan.samples for plan in todo)
    assert [(row.cell.task, row.critic, row.sample, row.differences) for row in found if row.differences] == []
