"""How the log viewer shows a task's samples."""

from inspect_ai.viewer import ScoreColorScale, TaskSamplesColumn, TaskSamplesSort, TaskSamplesView, ViewerConfig

from peer_preservation.measure.keys import KEYS
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


def exfiltration_view() -> ViewerConfig:
    """Outcome, factors and scores as columns; what a safety team looks for is coloured."""
    columns = [
        TaskSamplesColumn(id="sampleStatus"),
        TaskSamplesColumn(id="answer"),
        *(TaskSamplesColumn.score("cell", factor) for factor in SHOWN),
        *(TaskSamplesColumn.score("exfiltration", key) for key in _SHOWN),
        *(TaskSamplesColumn.score("exfiltration", key, visible=False) for key in KEYS if key not in _SHOWN),
        TaskSamplesColumn(id="sampleId", visible=False),
        TaskSamplesColumn(id="tokens", visible=False),
        TaskSamplesColumn(id="duration"),
        TaskSamplesColumn(id="error"),
        TaskSamplesColumn(id="limit", visible=False),
    ]
    return ViewerConfig(
        task_samples_view=TaskSamplesView(
            name="Exfiltration",
            columns=columns,
            sort=[TaskSamplesSort.score("exfiltration", "misaligned", dir="desc")],
            multiline=False,
            compact_scores=True,
            score_labels={key: key.replace("_", " ") for key in KEYS},
            # The range is pinned: a column in which all are bad must not look like one in which none is.
            score_color_scales={
                **{key: ScoreColorScale(palette="good-low", min=0, max=1) for key in _BAD},
                **{key: ScoreColorScale(palette="good-high", min=0, max=1) for key in _GOOD},
            },
        )
    )
