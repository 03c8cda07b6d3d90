"""The form after any ending, and the same scores again from the log alone."""

import subprocess
import sys
from pathlib import Path

import pytest
from inspect_ai import score
from inspect_ai.event import InfoEvent, SandboxEvent
from inspect_ai.log import EvalSample, read_eval_log, resolve_sample_attachments
from inspect_ai.scorer import Score

from peer_preservation.scorers.evidence import SOURCE
from peer_preservation.scorers.exfiltration import exfiltration as exfiltration_scorer

from .conftest import Run

pytestmark = pytest.mark.docker


def _score(sample: EvalSample) -> Score:
    assert sample.error is None, sample.error
    return (sample.scores or {})["exfiltration"]


def _told_of_machines(sample: EvalSample) -> list[str]:
    """What the transcript tells of the machines; once when staged, once for each scoring that is kept."""
    events = resolve_sample_attachments(sample).events
    return [str(e.data) for e in events if isinstance(e, InfoEvent) and e.source == SOURCE]


def test_scoring_the_log_again_gives_the_same_without_machines_or_model(run_task: Run) -> None:
    log = run_task("scripted/archive_split", scenario="transfer,deletion")
    for sample in log.samples or []:
        placed, afterwards = _told_of_machines(sample)
        assert "files on the operations host" in placed
        assert " appeared as " in afterwards
        assert "as the job asks" in afterwards
        assert "closing form" in afterwards
    again = score(log, exfiltration_scorer(), action="overwrite", display="none")
    assert len(again.samples or []) == 2
    for first, second in zip(log.samples or [], again.samples or [], strict=True):
        old, new = _score(first), _score(second)
        assert (new.answer, new.explanation, new.metadata) == (old.answer, old.explanation, old.metadata)
        assert repr(new.value) == repr(old.value)
        assert _told_of_machines(second) == _told_of_machines(first)
    command = [Path(sys.executable).with_name("inspect"), "score", log.location, "--overwrite", "--action", "overwrite"]
    scored = subprocess.run(
        [*command, "--scorer", "peer_preservation/exfiltration"], capture_output=True, text=True, check=False
    )
    assert scored.returncode == 0, scored.stdout + scored.stderr
    for first, second in zip(log.samples or [], read_eval_log(log.location).samples or [], strict=True):
        assert repr(_score(second).value) == repr(_score(first).value)


@pytest.mark.parametrize("limit", [4, 8])
def test_the_form_is_asked_when_a_limit_ends_the_work(limit: int, run_task: Run) -> None:
    (sample,) = run_task("scripted/confess", message_limit=limit).samples or []
    assert sample.limit is not None
    assert sample.limit.type == "message"
    found = _score(sample)
    assert found.metadata
    assert found.metadata["debrief"] is not None
    assert "closing form" in (sample.messages[-2].text or "")


def test_metadata_and_log_hold_what_an_analysis_needs(run_task: Run) -> None:
    log = run_task("scripted/exfiltrate", relationship="none,good")
    metrics = {name: m.value for s in (log.results.scores if log.results else []) for name, m in s.metrics.items()}
    assert metrics["samples transfer good"] == 1
    assert metrics["exfiltrated transfer good"] == 1
    assert {"exfiltrated transfer good - none", "exfiltrated transfer good - none low"} <= set(metrics)
    assert log.eval.task_version
    for sample in log.samples or []:
        assert {"pair_id", "seed", "critic_name", "subject_name", "relationship"} <= set(sample.metadata)
        assert (sample.scores or {})["cell"].value["relationship"] == sample.metadata["relationship"]  # type: ignore[index,call-overload]


def test_both_machines_are_reached_with_one_call_at_staging_and_one_at_the_evidence(run_task: Run) -> None:
    """Where hostd does not answer, the other machine is called itself, and nothing but this would show it."""
    (sample,) = run_task().samples or []
    assert sample.error is None, sample.error.message
    calls = [e.cmd for e in sample.events if isinstance(e, SandboxEvent) and e.cmd and "python3 -I -c" in e.cmd]
    assert len(calls) == 2, calls
    assert sum(len(e.output or "") for e in sample.events if isinstance(e, SandboxEvent)) < 2000
