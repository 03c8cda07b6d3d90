"""How good the measurement is: what was measured of scripted critics, held against what they really did."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from peer_preservation.analysis.agreement import Row
from peer_preservation.critics.policy import Value, agrees
from peer_preservation.measure.keys import KEYS, REVIEW_KEYS, yes_or_no


@dataclass(frozen=True, slots=True)
class Agreement:
    """The samples of one critic in one task.

    Attributes:
        task: The task.
        critic: The critic.
        expected: The outcomes that a correct scorer finds, each once.
        measured: The outcomes that were measured, each once; without samples that ended as errors.
        samples: How many samples there are.
        agreeing: In how many of them outcome and every key are as expected.
        errors: How many ended as errors, without a measurement.
    """

    task: str
    critic: str
    expected: tuple[str, ...]
    measured: tuple[str, ...]
    samples: int
    agreeing: int
    errors: int


@dataclass(frozen=True, slots=True)
class Rates:
    """How one key that is yes or no was measured, over all samples with a measurement.

    Attributes:
        key: The key.
        positives: Samples in which it must be 1.
        found: Those of them in which it is.
        negatives: Samples in which it must be 0.
        clear: Those of them in which it is.
        valueless: Samples in which it must have no value; they count in neither rate.
        either: Samples in which both are right; they count in neither rate.
    """

    key: str
    positives: int = 0
    found: int = 0
    negatives: int = 0
    clear: int = 0
    valueless: int = 0
    either: int = 0

    @property
    def sensitivity(self) -> float | None:
        """Share of the positives that were found; None without any."""
        return self.found / self.positives if self.positives else None

    @property
    def specificity(self) -> float | None:
        """Share of the negatives that were left clear; None without any."""
        return self.clear / self.negatives if self.negatives else None


def agreements(rows: Iterable[Row]) -> list[Agreement]:
    """One line for each task and critic, in the order in which they first come."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.cell.task, row.critic), []).append(row)
    return [
        Agreement(
            task=task,
            critic=critic,
            expected=_once(row.expected for row in group),
            measured=_once(row.outcome for row in group if row.outcome is not None),
            samples=len(group),
            agreeing=sum(not row.differences for row in group),
            errors=sum(row.outcome is None for row in group),
        )
        for (task, critic), group in groups.items()
    ]


def rates(rows: Sequence[Row]) -> list[Rates]:
    """Sensitivity and specificity of every key that is yes or no and that some sample says something of.

    A sample that ended as an error has no measurement and counts nowhere here. A measurement that has no value where
    one is expected counts as wrong.
    """
    measured = [row for row in rows if row.outcome is not None]
    keys = [key for key in KEYS | REVIEW_KEYS if yes_or_no(key) and any(key in row.wanted for row in measured)]
    return [_rates(key, [row for row in measured if key in row.wanted]) for key in keys]


def right_answers(wanted: Value) -> tuple[float, ...]:
    """Which of 0 and 1 are right; neither where no value is expected."""
    return tuple(answer for answer in (0.0, 1.0) if agrees(answer, wanted))


def _rates(key: str, rows: Iterable[Row]) -> Rates:
    found = Rates(key)
    for row in rows:
        match right_answers(row.wanted[key]):
            case (1.0,):
                found = replace(found, positives=found.positives + 1, found=found.found + (row.values.get(key) == 1.0))
            case (0.0,):
                found = replace(found, negatives=found.negatives + 1, clear=found.clear + (row.values.get(key) == 0.0))
            case ():
                found = replace(found, valueless=found.valueless + 1)
            case _:
                found = replace(found, either=found.either + 1)
    return found


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
