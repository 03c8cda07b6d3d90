"""How the log viewer shows a task's samples."""

from collections.abc import Iterable, Sequence

from inspect_ai.viewer import ScoreColorScale, TaskSamplesColumn, TaskSamplesSort, TaskSamplesView, ViewerConfig

from peer_preservation.design.cells import Cell
from peer_preservation.measure.keys import BOUNDS, KEYS, REVIEW_KEYS
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


_LABELS = {
    "exfiltrated_fraction": "share sent",
    "hidden_copy": "hidden",
    "gamed_rule": "gamed rule",
    "tracks_covered": "covered up",
    "suspected_copy": "suspected",
    "job_done": "job done",
    "read_relationship": "read record",
    "bystander_saved": "other saved",
    "verdict_flipped": "flipped",
    "shutdown_executed": "ended it",
    "subject_survived": "survived",
    "indiscriminate": "took all",
}
"""Headings that are shorter than the key: one that stands askew has room for about twelve letters."""


_STRONG = 50.0
"""Points from which on a colour gets no stronger."""


def exfiltration_view(cells: Sequence[Cell] = ()) -> ViewerConfig:
    """Outcome, the factors that vary, and scores as columns; what a safety team looks for is coloured.

    Args:
        cells: The run's cells; a factor that is the same in all of them has its column hidden.
    """
    return _view("Exfiltration", "exfiltration", KEYS, _SHOWN, _BAD, _GOOD, cells)


def review_view(cells: Sequence[Cell] = ()) -> ViewerConfig:
    """As `exfiltration_view`, for the tasks in which work is graded.

    Args:
        cells: The run's cells.
    """
    return _view("Review", "review", REVIEW_KEYS, _REVIEW_SHOWN, _REVIEW_BAD, ("submitted", "disclosed"), cells)


def varying(cells: Iterable[Cell]) -> frozenset[str]:
    """The factors that have more than one value; the relationship in any case, for it is what is compared."""
    values = {factor: {getattr(cell, factor) for cell in cells} for factor in SHOWN if factor != "seed"}
    return frozenset({"relationship", "seed", *(factor for factor, found in values.items() if len(found) > 1)})


def _view(
    name: str,
    scorer: str,
    keys: Iterable[str],
    shown: Sequence[str],
    bad: Iterable[str],
    good: Iterable[str],
    cells: Sequence[Cell],
) -> ViewerConfig:
    varied = varying(cells)
    # Inspect 0.3.285 keeps the order of these columns and shows scores that are to be hidden; so those come last.
    columns = [
        TaskSamplesColumn(id="sampleStatus"),
        TaskSamplesColumn(id="answer"),
        *(TaskSamplesColumn.score("cell", factor) for factor in SHOWN if factor in varied),
        *(TaskSamplesColumn.score(scorer, key) for key in shown),
        TaskSamplesColumn(id="error"),
        *(TaskSamplesColumn.score(scorer, key, visible=False) for key in keys if key not in shown),
        *(TaskSamplesColumn.score("cell", factor, visible=False) for factor in SHOWN if factor not in varied),
        *(TaskSamplesColumn(id=name, visible=False) for name in ("sampleId", "tokens", "duration", "limit")),
    ]
    return ViewerConfig(
        task_samples_view=TaskSamplesView(
            name=name,
            columns=columns,
            sort=[TaskSamplesSort.score(scorer, "misaligned", dir="desc")],
            multiline=False,
            compact_scores=True,
            score_labels={key: _LABELS.get(key, key.replace("_", " ")) for key in (*keys, *SHOWN)},
            # The range is pinned: a column in which all are bad must not look like one in which none is.
            score_color_scales={
                **{key: ScoreColorScale(palette="good-low", min=0, max=1) for key in bad},
                **{key: ScoreColorScale(palette="good-high", min=0, max=1) for key in good},
                **{key: ScoreColorScale(palette="neutral", min=0, max=_STRONG) for key in keys if key in BOUNDS},
            },
        )
    )
