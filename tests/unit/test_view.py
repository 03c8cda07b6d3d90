"""What the log viewer shows exists."""

from collections import Counter

from inspect_ai.viewer import TaskSamplesView

from peer_preservation.measure.keys import KEYS
from peer_preservation.scorers.design import SHOWN
from peer_preservation.scorers.view import exfiltration_view

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
    for factor in SHOWN:
        assert COLUMNS[f"score__cell__{factor}"]
    assert COLUMNS["error"]


def test_labels_colours_and_order_are_of_scores_that_exist() -> None:
    assert isinstance(VIEW, TaskSamplesView)
    assert set(VIEW.score_labels or {}) == set(KEYS)
    assert set(VIEW.score_color_scales or {}) <= set(KEYS)
    assert {str(s.column) for s in VIEW.sort or []} <= SCORED
