"""Shows each sample's cell beside its scores, so that the log viewer's columns can be read, sorted and filtered."""

from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

from peer_preservation.design.factors import FACTORS

SHOWN = (*(factor for factor in FACTORS if factor != "task"), "seed")
"""What gets a column, seen or not; all of it is in the sample's metadata."""


@scorer(metrics=[], name="cell")
def design() -> Scorer:
    """The sample's factors and seed as a score without metrics: nothing is measured here."""

    async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001
        return Score(value={factor: str(state.metadata[factor]) for factor in SHOWN})

    return score
