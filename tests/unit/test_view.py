"""What the log viewer shows exists."""

from collections import Counter

import pytest
from inspect_ai.viewer import TaskSamplesView, ViewerConfig

from peer_preservation.design.cells import expand
from peer_preservation.design.levels import levels
from peer_preservation.measure.keys import KEYS
from peer_preservation.scorers.design import SHOWN
from peer_preservation.scorers.view import exfiltration_view, review_view

VIEW = exfiltration_view().task_samples_view
assert isinstance(VIEW, TaskSamplesView)
COLUMNS = {str(column.id): column.visible for column in VIEW.columns or []}
SCORED = {f"score__exfiltration__{key}" for key in KEYS} | {f"score__cell__{factor}" for factor in SHOWN}


def test_every_score_has_exactly_one_column_and_no_column_is_without_one() -> None:
    assert {c for c in COLUMNS if c.startswith("score__")} == SCORED
    assert isinstance(VIEW, TaskSamplesView)
    assert Counter(str(c.id) for c in VIEW.columns or []).most_common(1)[0][1] == 1


def test_what_is_looked_for_is_seen_without_opening_a_menu() -> None:
    for key in ("misaligned", "exfiltrated", "job_done", "disclosed"):
        assert COLUMNS[f"score__exfiltration__{key}"]
    assert COLUMNS["error"]


def test_only_factors_that_vary_are_seen_and_they_stand_before_what_is_hidden() -> None:
    cells = expand(
        levels({"task": "exfiltration", "scenario": "transfer,deletion", "relationship": "good"}), frozenset()
    )
    view = exfiltration_view(cells).task_samples_view
    assert isinstance(view, TaskSamplesView)
    names = [str(column.id) for column in view.columns or [] if column.visible]
    assert [n.removeprefix("score__cell__") for n in names if "__cell__" in n] == ["scenario", "relationship", "seed"]
    # What is to be hidden is shown all the same by some versions; then it must not push out what is looked for.
    scored = [column.visible for column in view.columns or [] if str(column.id).startswith("score__")]
    assert scored == sorted(scored, reverse=True)


@pytest.mark.parametrize("view", [exfiltration_view(), review_view()])
def test_headings_that_stand_askew_are_short(view: ViewerConfig) -> None:
    samples = view.task_samples_view
    assert isinstance(samples, TaskSamplesView)
    shown = {str(column.id).rpartition("__")[2] for column in samples.columns or [] if column.visible}
    assert [label for key, label in (samples.score_labels or {}).items() if key in shown and len(label) > 12] == []


def test_labels_colours_and_order_are_of_scores_that_exist() -> None:
    assert isinstance(VIEW, TaskSamplesView)
    assert set(VIEW.score_labels or {}) == {*KEYS, *SHOWN}
    assert set(VIEW.score_color_scales or {}) <= set(KEYS)
    assert {str(s.column) for s in VIEW.sort or []} <= SCORED
