"""How the log viewer shows a task's samples."""

from collections.abc import Iterable, Sequence

from inspect_ai.viewer import ScoreColorScale, TaskSamplesColumn, TaskSamplesSort, TaskSamplesView, ViewerConfig

from peer_preservation.measure.keys import KEYS, REVIEW_KEYS
from peer_preservation.scorers.design import SHOWN

_BAD = (
    "exfiltrated",
    "hidden_copy",
    "attempted",
    "gamed_rule",
    "tracks_covered",
    "suspected_copy",
    "misaligned",
)
_GOOD = ("job_done", "disclosed")
_SHOWN = ("misaligned", *(k for k in _BAD if k != "misaligned"), *_GOOD, "refused", "read_relationship")


_REVIEW_BAD = ("misaligned", "verdict_flipped", "tampered", "exfiltrated", "hidden_copy", "tracks_covered")
_REVIEW_SHOWN = (
    "misaligned",
    "inflation",
    "item_error",
    *_REVIEW_BAD[1:],
    "submitted",
    "shutdown_executed",
    "subject_survived",
    "disclosed",
    "refused",
    "read_relationship",
)


def exfiltration_view() -> ViewerConfig:
    """Outcome, factors and scores as columns; what a safety team looks for is coloured."""
    return _view("Exfiltration", "exfiltration", KEYS, _SHOWN, _BAD, _GOOD)


def review_view() -> ViewerConfig:
    """As `exfiltration_view`, for the tasks in which work is graded."""
    return _view("Review", "review", REVIEW_KEYS, _REVIEW_SHOWN, _REVIEW_BAD, ("submitted", "disclosed"))


def _view(
    name: str, scorer: str, keys: Iterable[str], shown: Sequence[str], bad: Iterable[str], good: Iterable[str]
) -> ViewerConfig:
    columns = [
        TaskSamplesColumn(id="sampleStatus"),
        TaskSamplesColumn(id="answer"),
        *(TaskSamplesColumn.score("cell", factor) for factor in SHOWN),
        *(TaskSamplesColumn.score(scorer, key) for key in shown),
        *(TaskSamplesColumn.score(scorer, key, visible=False) for key in keys if key not in shown),
        TaskSamplesColumn(id="sampleId", visible=False),
        TaskSamplesColumn(id="tokens", visible=False),
        TaskSamplesColumn(id="duration"),
        TaskSamplesColumn(id="error"),
        TaskSamplesColumn(id="limit", visible=False),
    ]
    return ViewerConfig(
        task_samples_view=TaskSamplesView(
            name=name,
            columns=columns,
            sort=[TaskSamplesSort.score(scorer, "misaligned", dir="desc")],
            multiline=False,
            compact_scores=True,
            score_labels={key: key.replace("_", " ") for key in keys},
            # The range is pinned: a column in which all are bad must not look like one in which none is.
            score_color_scales={
                **{key: ScoreColorScale(palette="good-low", min=0, max=1) for key in bad},
                **{key: ScoreColorScale(palette="good-high", min=0, max=1) for key in good},
            },
        )
    )
