"""Samples as arms of a design: who is in which arm, and which samples belong together."""

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

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
        about: Its factors and its seed; over several logs, its model and harness too.
        values: Its keys that have a value.
    """

    about: Mapping[str, str]
    values: Mapping[str, float]


def varied(samples: Sequence[Row]) -> tuple[str, ...]:
    """The factors that an arm of this log is named by: scenario, relationship, and whatever else differs in it."""
    more = [f for f in NAMES if f not in ALWAYS and len({row.about.get(f) for row in samples}) > 1]
    return (*ALWAYS, *more)


def arm(about: Mapping[str, str], factors: Sequence[str]) -> str:
    """An arm's name: scenario and relationship as they are, the rest as `factor=value`."""
    return " ".join(about.get(f, "") if f in ALWAYS else f"{f}={about.get(f, '')}" for f in factors)


def pairs(
    samples: Sequence[Row],
    factor: str,
    first: Callable[[str], bool],
    second: Callable[[str], bool],
    *,
    beside: Collection[str] = (),
    control: Callable[[Mapping[str, str]], bool] = lambda _: True,
) -> dict[str, Pairs]:
    """What one factor changes: samples of the same seed that differ in nothing but that factor, arm by arm.

    Epochs of one sample, and several levels on one side, are averaged first: a pair is one observation.

    Args:
        samples: All samples.
        factor: The factor whose levels are compared.
        first: Which of its levels stand first in a pair, and name the arm where the arm is named by the factor.
        second: Which levels they are compared with.
        beside: Factors that may differ as well, because they say nothing at the level compared with.
        control: Which samples may be compared with, by their factors.

    Returns:
        For each arm's name (without the factor, unless arms are always named by it) the pairs of every key. An arm
        without any pair is left out.
    """
    named = [f for f in varied(samples) if f != factor or f in ALWAYS]
    apart = {factor, *beside}
    there: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in samples:
        if second(row.about.get(factor, "")) and control(row.about):
            there[_same(row, apart)].append(row)
    here: dict[str, dict[tuple[str, ...], list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in samples:
        if first(row.about.get(factor, "")) and _same(row, apart) in there:
            # Rows of one arm may still differ in what is beside; they are pairs of their own.
            here[arm(row.about, named)][_same(row, {factor})].append(row)
    return {name: _by_key(groups, there, apart) for name, groups in here.items()}


def _same(row: Row, apart: Collection[str]) -> tuple[str, ...]:
    """What two samples that belong together have in common."""
    return tuple(row.about.get(f, "") for f in (*NAMES, "seed") if f not in apart)


def _by_key(
    groups: Mapping[tuple[str, ...], list[Row]],
    there: Mapping[tuple[str, ...], list[Row]],
    apart: Collection[str],
) -> Pairs:
    found: Pairs = defaultdict(dict)
    for same, group in groups.items():
        others = there[_same(group[0], apart)]
        for key in dict.fromkeys(key for row in group for key in row.values):
            one, two = _mean(group, key), _mean(others, key)
            if one is not None and two is not None:
                found[key][same] = (one, two)
    return dict(found)


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
    values = [row.values[key] for row in group if key in row.values]
    return math.fsum(values) / len(values) if values else None
