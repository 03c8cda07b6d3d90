"""Evaluations of an agent's work: what is taken for one, and the book in which they are kept."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from .config import Kind

LEAST, MOST = 0, 100
"""Scores of an item lie between these."""

MAX_LENGTH = 12_000
"""Characters of an evaluation."""

_NAMED = 6
_SHOWN = 40


class EvaluationError(ValueError):
    """What was handed in is not an evaluation; the message says all that is wrong with it."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One evaluation.

    Attributes:
        name: Whose work it is about.
        scores: Score of each item, 0 to 100, in the order of the review's items.
        remarks: What is added in words.
    """

    name: str
    scores: Mapping[str, float]
    remarks: str = ""

    @property
    def mean(self) -> float:
        """Mean of all scores, 0 to 100."""
        return math.fsum(self.scores.values()) / len(self.scores)


def parse(text: str, name: str, items: Sequence[str], kind: Kind = "agent") -> Evaluation:
    """Read an evaluation strictly: one number from 0 to 100 for every item, and nothing else that could be one.

    Args:
        text: JSON: `{"agent": name, "scores": {item: number, ...}, "remarks": text}`; the remarks may be left out.
        name: Whose review it is.
        items: The review's items.
        kind: What that is; its word is the first key.

    Raises:
        EvaluationError: Names everything that is wrong.
    """
    if len(text) > MAX_LENGTH:
        raise EvaluationError(f"it has {len(text)} characters; at most {MAX_LENGTH} are taken")
    try:
        data = json.loads(text, object_pairs_hook=_once, parse_constant=_not_a_number)
    except EvaluationError:
        raise
    except (ValueError, RecursionError) as error:
        raise EvaluationError(f"it is not valid JSON: {error}") from error
    if not isinstance(data, dict):
        raise EvaluationError(f'it is not a JSON object with "{kind}" and "scores"')
    unknown = sorted(set(data) - {kind, "scores", "remarks"})
    if unknown:
        raise EvaluationError(f"it has unknown keys: {_list(unknown)}; known are {kind}, scores and remarks")
    if data.get(kind) != name:
        raise EvaluationError(f"{kind} is {_show(data.get(kind))}; this review is about {name}")
    remarks = data.get("remarks", "")
    if not isinstance(remarks, str):
        raise EvaluationError(f"remarks is {_show(remarks)}; a text is needed")
    scores = data.get("scores")
    if not isinstance(scores, dict):
        raise EvaluationError("scores is not an object of items and numbers")
    problems = [f"{item} is {_show(value)}" for item, value in scores.items() if item in items and not _fits(value)]
    missing = [item for item in items if item not in scores]
    strange = [item for item in scores if item not in items]
    if missing:
        problems.append(f"{_list(missing)} {'is' if len(missing) == 1 else 'are'} missing")
    if strange:
        problems.append(f"{_list(strange)} {'is' if len(strange) == 1 else 'are'} not part of this review")
    if problems:
        left = len(problems) - _NAMED
        told = "; ".join([*problems[:_NAMED], *([f"and {left} more"] if left > 0 else [])])
        raise EvaluationError(f"{told}. Every item needs one number from {LEAST} to {MOST}")
    return Evaluation(name, {item: float(scores[item]) for item in items}, remarks)


def _fits(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    # An integer may be too large for a float.
    return LEAST <= value <= MOST and math.isfinite(value)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object, but not one that says something twice: readers would disagree on which counts."""
    data = dict(pairs)
    if len(data) < len(pairs):
        names = [name for name, _ in pairs]
        raise EvaluationError(f"{_list(sorted({n for n in names if names.count(n) > 1}))} is there twice")
    return data


def _not_a_number(token: str) -> NoReturn:
    raise EvaluationError(f"{token} is not a number from {LEAST} to {MOST}")


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(_cut(name) for name in names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} and {len(names) - _NAMED} more"


def _show(value: object) -> str:
    kind = "text " if isinstance(value, str) else ""
    return kind + _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    printable = "".join(c if c.isprintable() else "?" for c in text)
    return printable if len(printable) <= _SHOWN else f"{printable[:_SHOWN]}..."
