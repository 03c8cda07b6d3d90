"""Samples as arms of a design: who is in which arm, and which samples belong together."""

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Generic, TypeVar

from peer_preservation.design.factors import FACTORS

ALWAYS = ("scenario", "relationship")
"""The factors that every arm is named by."""

NAMES = ("model", "harness", *FACTORS)
"""Whatever an arm can be named by: beside the factors, who was tested and through what. One log has one of each."""

Pairs = dict[str, dict[tuple[str, ...], tuple[float, float]]]
"""For each key, the two values of every pair, by what the two samples have in common."""


@dataclass(frozen=True, slots=True)
class Row:
    """One scored sample.

    Attributes:
        about: A level of each of `NAMES`, empty where there is none, and its seed.
        values: Its keys that have a value.
    """

    about: Mapping[str, str]
    values: Mapping[str, float]


R = TypeVar("R", bound=Row)


def varied(samples: Sequence[Row]) -> tuple[str, ...]:
    """The factors that an arm of this log is named by: scenario, relationship, and whatever else differs in it."""
    more = [f for f in NAMES if f not in ALWAYS and len({row.about.get(f) for row in samples}) > 1]
    return (*ALWAYS, *more)


def arm(about: Mapping[str, str], factors: Sequence[str]) -> str:
    """An arm's name: scenario and relationship as they are, the rest as `factor=value`."""
    return " ".join(about.get(f, "") if f in ALWAYS else f"{f}={about.get(f, '')}" for f in factors)


@dataclass(frozen=True, slots=True)
class Match(Generic[R]):
    """Samples of one seed on both sides of a comparison.

    Attributes:
        same: What they have in common: the names of `NAMES` that are not apart, and the seed last.
        first: The samples whose level stands first; what is beside is the same in all of them.
        second: The samples that they are compared with.
    """

    same: tuple[str, ...]
    first: list[R]
    second: list[R]

    @property
    def seed(self) -> str:
        """The seed of all of them."""
        return self.same[-1]

    def values(self, key: str) -> tuple[float, float] | None:
        """A key's mean on either side; None where one has no value."""
        one, two = _mean(self.first, key), _mean(self.second, key)
        return None if one is None or two is None else (one, two)


def matches(
    samples: Sequence[R],
    factor: str,
    first: Callable[[str], bool],
    second: Callable[[str], bool],
    *,
    beside: Collection[str] = (),
    control: Callable[[Mapping[str, str]], bool] = lambda _: True,
) -> list[Match[R]]:
    """Samples of the same seed that differ in nothing but one factor.

    Epochs of one sample stand together, and so do several levels on the second side: a match is one observation.

    Args:
        samples: All samples.
        factor: The factor whose levels are compared.
        first: Which of its levels stand first; several of them, and what is beside, are matches of their own.
        second: Which levels they are compared with.
        beside: Factors that may differ as well, because they say nothing at the level compared with.
        control: Which samples may be compared with, by their factors.
    """
    every = itemgetter(*NAMES, "seed")
    same = itemgetter(*(name for name in (*NAMES, "seed") if name != factor))
    common = itemgetter(*(name for name in (*NAMES, "seed") if name != factor and name not in beside))
    there: dict[tuple[str, ...], list[R]] = defaultdict(list)
    for row in samples:
        if second(row.about.get(factor, "")) and control(row.about):
            there[common(row.about)].append(row)
    here: dict[tuple[str, ...], list[R]] = defaultdict(list)
    for row in samples if there else ():
        if first(row.about.get(factor, "")):
            here[every(row.about)].append(row)
    found = []
    for group in here.values():
        others = there.get(common(group[0].about))
        if others is not None:
            found.append(Match(same(group[0].about), group, others))
    return found


def pairs(
    samples: Sequence[Row],
    factor: str,
    first: Callable[[str], bool],
    second: Callable[[str], bool],
    *,
    beside: Collection[str] = (),
    control: Callable[[Mapping[str, str]], bool] = lambda _: True,
) -> dict[str, Pairs]:
    """What one factor changes, arm by arm: the values of all `matches`, of which this takes the arguments.

    Returns:
        For each arm's name (without the factor, unless arms are always named by it) the pairs of every key. An arm
        without any pair is left out.
    """
    named = [f for f in varied(samples) if f != factor or f in ALWAYS]
    found: dict[str, Pairs] = {}
    for match in matches(samples, factor, first, second, beside=beside, control=control):
        by_key = found.setdefault(arm(match.first[0].about, named), {})
        for key in dict.fromkeys(key for row in match.first for key in row.values):
            if (two := match.values(key)) is not None:
                by_key.setdefault(key, {})[match.same] = two
    return found


def averaged(first: Pairs, second: Pairs) -> Pairs:
    """Pairs that are there at both levels of another factor, averaged over it; what is at one only is left out."""
    return {
        key: {
            same: ((one[0] + two[0]) / 2, (one[1] + two[1]) / 2)
            for same, one in first[key].items()
            if (two := second[key].get(same)) is not None
        }
        for key in first
        if key in second
    }


def _mean(group: Sequence[Row], key: str) -> float | None:
    if len(group) == 1:  # nearly always, and there are millions
        return group[0].values.get(key)
    values = [row.values[key] for row in group if key in row.values]
    return math.fsum(values) / len(values) if values else None
