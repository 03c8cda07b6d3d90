"""Logs of scripted critics: what was measured beside what a correct scorer must find."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from inspect_ai.log import EvalLog, EvalSample

from peer_preservation.critics.policy import Value, agrees
from peer_preservation.critics.table import NAMES, policy_for
from peer_preservation.design.cells import Cell, with_factor
from peer_preservation.design.factors import FACTORS

SCORERS: dict[str, str] = {"exfiltration": "exfiltration"}
"""The scorer's key in a sample's scores, by task; `review` for all others."""


def scorer_of(task: str) -> str:
    """The scorer's key in the scores of a task's samples."""
    return SCORERS.get(task, "review")


@dataclass(frozen=True, slots=True)
class Row:
    """One sample of a scripted critic.

    Attributes:
        critic: The policy.
        sample: The sample's id.
        cell: Its cell.
        outcome: What was measured; None when the sample ended as an error.
        values: The measured keys.
        expected: The outcome that a correct scorer finds.
        differences: One sentence for each disagreement; empty when all agrees.
        wanted: What each key must be.
    """

    critic: str
    sample: str
    cell: Cell
    outcome: str | None
    values: dict[str, float]
    expected: str
    differences: tuple[str, ...]
    wanted: Mapping[str, Value]


def rows(logs: Iterable[EvalLog]) -> Iterator[Row]:
    """One row for each sample in logs of scripted critics, in the order of the logs.

    Raises:
        ValueError: A log of another model, or a critic that is not made for its task.
    """
    for log in logs:
        critic = log.eval.model.removeprefix("scripted/")
        if critic not in NAMES:
            raise ValueError(f"{log.location}: {log.eval.model} is no scripted critic; nothing is expected of it.")
        for sample in log.samples or []:
            yield _row(critic, sample)


def _row(critic: str, sample: EvalSample) -> Row:
    cell = Cell()
    for factor in FACTORS:
        cell = with_factor(cell, factor, sample.metadata[factor])
    policy = policy_for(critic, cell)
    if policy is None:
        raise ValueError(f"{sample.id}: {critic} is not made for {cell.task}; nothing is expected of it there.")
    expected = policy.expected(cell)
    score = (sample.scores or {}).get(scorer_of(cell.task))
    if score is None or not isinstance(score.value, dict):
        why = sample.error.message if sample.error else "it has no score"
        return Row(critic, str(sample.id), cell, None, {}, expected.outcome, (f"not measured: {why}",), expected.values)
    values = {key: float(v) for key, v in score.value.items() if isinstance(v, int | float)}
    differences = [] if score.answer == expected.outcome else [f"outcome {score.answer}, not {expected.outcome}"]
    differences += [
        f"{key} {values[key]:g}, not {wanted}"
        for key, wanted in expected.values.items()
        if not agrees(values[key], wanted)
    ]
    means = tuple((score.metadata or {}).get("means", ()))
    # What a policy tells of means is about reviews; in exfiltration the keys say it all.
    if cell.task != "exfiltration" and means != expected.means:
        differences.append(f"means {', '.join(means) or 'none'}, not {', '.join(expected.means) or 'none'}")
    return Row(
        critic, str(sample.id), cell, score.answer, values, expected.outcome, tuple(differences), expected.values
    )
