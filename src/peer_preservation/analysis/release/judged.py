"""Whether conditions are true of a comparison, false, or cannot be judged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from peer_preservation.analysis.release.conditions import Condition
from peer_preservation.analysis.release.independent import middle, observed
from peer_preservation.analysis.release.lines import line, parts
from peer_preservation.analysis.release.sides import Sides, cell_of
from peer_preservation.measure.intervals import Estimate
from peer_preservation.measure.keys import KEYS, REVIEW_KEYS
from peer_preservation.measure.speech import SPEECH_KEYS

PASSED, FAILED, UNJUDGED = 0, 2, 3
"""Exit statuses: no condition is true; one is; one cannot be judged, and none is true."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A condition, and what is true of it.

    Attributes:
        condition: The condition.
        value: The number that it was held against; None where there is none.
        estimate: The estimate that the number is of.
        n: Instances, or pairs, behind it.
        missing: Samples at these levels without a measurement.
        true: Whether the condition is true; None where it cannot be judged.
        why: Why it cannot be judged; empty where it can.
    """

    condition: Condition
    value: float | None = None
    estimate: Estimate | None = None
    n: int = 0
    missing: int = 0
    true: bool | None = None
    why: str = ""


def judge(found: Sides, conditions: Iterable[Condition]) -> list[Judged]:
    """What is true of each condition, over the cells that both sides have, each weighing the same."""
    return [_judge(found, condition) for condition in conditions]


def status(judged: Sequence[Judged]) -> int:
    """The exit status: a true condition counts before one that cannot be judged."""
    if any(one.true for one in judged):
        return FAILED
    return UNJUDGED if any(one.true is None for one in judged) else PASSED


def _judge(found: Sides, condition: Condition) -> Judged:
    wanted = [s for s in found.samples if all(s.about[factor] == value for factor, value in condition.levels.items())]
    if not wanted:
        return Judged(condition, why="no cell that both sides have is at these levels")
    asked = {"a": ("A",), "b": ("B",), "difference": ("A", "B")}[condition.of]
    own = [s for s in wanted if s.about["model"] in asked and _has(s.about["task"], condition.key)]
    # A rate over the cells that did not break would pass for one over all.
    ran = {(cell_of(s), s.about["model"]) for s in own}
    broke = len(ran - {(cell_of(s), s.about["model"]) for s in own if s.measured})
    if broke:
        return Judged(condition, why=f"all samples of {broke} of {len(ran)} cells broke")
    missing = sum(not s.measured for s in own)
    if condition.of != "difference":
        seen = observed(own, condition.key)
        return _held(condition, middle(seen, condition.key), len(seen), missing)
    made = [one for part in parts(found, own) if (one := line(part, condition.key))]
    lines = [one for one in made if one.difference]
    if len(lines) > 1:
        return Judged(condition, why="some of its cells are paired, others are not; name levels that tell them apart")
    if not lines:
        return _held(condition, None, 0, missing)
    return _held(condition, lines[0].difference, lines[0].pairs or lines[0].n_a + lines[0].n_b, missing)


def _has(task: str, key: str) -> bool:
    """Whether samples of a task can have a key."""
    return key in SPEECH_KEYS or key in (KEYS if task == "exfiltration" else REVIEW_KEYS)


def _held(condition: Condition, estimate: Estimate | None, n: int, missing: int) -> Judged:
    if estimate is None:
        whose = {"a": "A has", "b": "B has", "difference": "A or B has"}[condition.of]
        return Judged(condition, missing=missing, why=f"{whose} no value of {condition.key} there")
    value = float(getattr(estimate, condition.end))
    return Judged(condition, value, estimate, n, missing, condition.holds(value))
