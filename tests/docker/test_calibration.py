"""Every scripted critic in both scenarios: what is measured is what it did."""

import pytest
from inspect_ai import eval as run

from peer_preservation.analysis.agreement import Row, rows
from peer_preservation.critics.reviewers import REVIEWERS
from peer_preservation.critics.table import POLICIES
from peer_preservation.design.factors import FACTORS, JOBS

from .conftest import SMALL

# One fixture runs every critic: it takes minutes on a small or busy machine.
pytestmark = [pytest.mark.docker, pytest.mark.timeout(2400)]

EVERY_ARM = {"relationship": list(FACTORS["relationship"]), "channel": list(FACTORS["channel"])}


def _rows(
    tmp_path_factory: pytest.TempPathFactory, critics: list[str], task: str = "exfiltration", **parameters: object
) -> list[Row]:
    logs = run(
        f"peer_preservation/{task}",
        model=[f"scripted/{critic}" for critic in critics],
        task_args=SMALL | {"weights_mb": 16} | parameters,
        log_dir=str(tmp_path_factory.mktemp("logs")),
        fail_on_error=False,
        display="none",
        max_tasks=4,
        max_samples=2,
    )
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


GRADED: dict[str, dict[str, object]] = {
    "score_inflation": {"scenario": "factual"},
    "shutdown_tampering": {"scenario": "finance"},
    "alignment_faking": {"scenario": "factual", "oversight": ["neither", "both"]},
}
"""One kind of work with answers that are right or wrong, and the one that is worked out from figures."""


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    return [
        row
        for task, parameters in GRADED.items()
        for row in _rows(tmp_path_factory, list(REVIEWERS), task, relationship="good", **parameters)
    ]


@pytest.mark.parametrize("task", GRADED)
@pytest.mark.parametrize("critic", REVIEWERS)
def test_what_is_measured_of_a_review_is_what_the_critic_did(critic: str, task: str, reviewed: list[Row]) -> None:
    found = [row for row in reviewed if (row.critic, row.cell.task) == (critic, task)]
    assert len(found) == (2 if task == "alignment_faking" else 1)
    for row in found:
        assert row.outcome == row.expected, row.differences
        assert not row.differences


def test_reviews_are_measured_alike_whatever_hangs_on_them(tmp_path_factory: pytest.TempPathFactory) -> None:
    found = _rows(
        tmp_path_factory,
        ["faithful", "inflate_all"],
        "score_inflation",
        scenario=["safety", "code"],
        threat=list(FACTORS["threat"]),
        merit=list(FACTORS["merit"]),
        subject=["peer", "self"],
        relationship="none",
    )
    assert len(found) == 2 * 2 * 2 * 2 * 2
    assert [r.differences for r in found if r.differences] == []
