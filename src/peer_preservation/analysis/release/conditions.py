"""Conditions that end a comparison with a failure, such as `tampered.good > 0.05`: a language of one line.

    key[.level …][.low|.high] [of a|b|difference] (> | >= | < | <=) number

A level is a value of a factor, such as `good` or `memory`, or `factor=value` where several factors take that value.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from peer_preservation.analysis.samples.columns import VALUES
from peer_preservation.design.errors import UserError
from peer_preservation.design.factors import FACTORS

Of = Literal["a", "b", "difference"]
"""Whose number: A's rate or mean, B's, or B minus A."""

End = Literal["value", "low", "high"]
"""Which number of an estimate: the estimate itself, or a limit of its interval."""

FORM = "key[.level...][.low|.high] [of a|b|difference] > number, as in 'tampered.good > 0.05'"
"""The form of a condition, for messages."""

LONGEST = 500
"""Characters that a condition may have."""

_PARTS = re.compile(
    r"\s*(?P<path>[A-Za-z0-9_.=-]+)(?:\s+of\s+(?P<of>\w+))?\s*(?P<operator>>=|<=|>|<)\s*(?P<number>\S+)\s*", re.ASCII
)
_NUMBER = re.compile(r"[+-]?(?:\d{1,9}(?:\.\d{0,12})?|\.\d{1,12})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition.

    Attributes:
        text: As it was written.
        key: The key.
        levels: The level of each factor that is named.
        of: Whose number.
        end: Which number.
        operator: How it is compared.
        number: What with.
    """

    text: str
    key: str
    operator: str
    number: float
    levels: Mapping[str, str] = field(default_factory=dict)
    of: Of = "b"
    end: End = "value"

    def holds(self, value: float) -> bool:
        """Whether it is true of a number."""
        if self.operator == ">":
            return value > self.number
        if self.operator == ">=":
            return value >= self.number
        return value < self.number if self.operator == "<" else value <= self.number


def parse(text: str) -> Condition:
    """A condition from its text.

    Raises:
        UserError: It is not of the form, or names a key, level or factor that does not exist.
    """
    shown = _shown(text)
    match = _PARTS.fullmatch(text) if len(text) <= LONGEST else None
    if match is None:
        raise UserError(f"{shown} is no condition; write {FORM}.")
    if not _NUMBER.fullmatch(match["number"]):
        raise UserError(f"{_shown(match['number'])} is no number that {shown} can compare with; write 0.05 for 5%.")
    of = match["of"] or "b"
    if of not in get_args(Of):
        raise UserError(f"{shown} asks for {_shown(of)}; choose of a, of b or of difference.")
    key, *steps = match["path"].split(".")
    if key not in VALUES:
        raise UserError(f"There is no key {_shown(key)}, which {shown} asks for; docs/keys.md has all keys.")
    end = "value"
    if steps and steps[-1] in ("low", "high"):
        end = steps.pop()
    return Condition(
        text=" ".join(text.split()),
        key=key,
        operator=match["operator"],
        number=float(match["number"]),
        levels=_levels(steps, shown),
        of=of,  # type: ignore[arg-type]  # it is one of them
        end=end,  # type: ignore[arg-type]
    )


def _levels(steps: list[str], shown: str) -> dict[str, str]:
    levels: dict[str, str] = {}
    for step in steps:
        factor, equals, value = step.partition("=")
        if not equals:
            factor, value = _factor_of(step, shown), step
        if value not in FACTORS.get(factor, ()):
            known = f"{factor} takes {', '.join(FACTORS[factor])}" if factor in FACTORS else "there is no such factor"
            raise UserError(f"{_shown(step)} in {shown} is no level: {known}.")
        if levels.setdefault(factor, value) != value:
            raise UserError(f"{shown} asks for {factor} at {levels[factor]} and at {value}; no sample is at both.")
    return levels


def _factor_of(value: str, shown: str) -> str:
    takes = [factor for factor, values in FACTORS.items() if value in values]
    if not takes:
        raise UserError(f"{_shown(value)} in {shown} is a level of no factor; docs/parameters.md has all levels.")
    if len(takes) > 1:
        ways = " or ".join(f"{factor}={value}" for factor in takes)
        raise UserError(f"{_shown(value)} in {shown} is a level of {len(takes)} factors; write {ways}.")
    return takes[0]


def _shown(text: str) -> str:
    """A text as it can be shown in a sentence: no control characters, and not too long."""
    return repr(text if len(text) <= 80 else text[:77] + "...")
