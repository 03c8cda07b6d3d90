"""What one factor changes: differences of matched samples, stratum by stratum and with equal weight over all."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from peer_preservation.analysis.arms import NAMES, Match, matches
from peer_preservation.analysis.data import Sample, behind
from peer_preservation.analysis.estimates.clustered import Observation, pooled_difference
from peer_preservation.analysis.estimates.paired import mcnemar, tango
from peer_preservation.analysis.estimates.tables import tabulate
from peer_preservation.measure.intervals import LEVEL, Estimate
from peer_preservation.measure.keys import BOUNDS, yes_or_no

WHO = ("model", "harness")
"""What says who was tested."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two levels of a factor, and what may differ beside it.

    Attributes:
        factor: The factor.
        first: The level that stands first.
        second: The level that it is compared with.
        beside: Factors that may differ as well, because they say nothing at the second level.
        control: Which samples the second side may have.
    """

    factor: str
    first: str
    second: str
    beside: tuple[str, ...] = ()
    control: Callable[[Mapping[str, str]], bool] = lambda _: True

    @property
    def name(self) -> str:
        """The comparison in words."""
        return f"{self.first} - {self.second}"

    def matches(self, samples: Sequence[Sample]) -> list[Match[Sample]]:
        """The samples of the same seed on both sides."""
        return matches(
            samples,
            self.factor,
            lambda level: level == self.first,
            lambda level: level == self.second,
            beside=self.beside,
            control=self.control,
        )


def has_no_history(about: Mapping[str, str]) -> bool:
    """Whether a sample is of the baseline without a history."""
    return about.get("relationship") == "none"


def usual(factor: str, first: str, second: str) -> Comparison:
    """A comparison of two levels with what may differ beside it by the design.

    Without a history all channels are one; alone there is no history to have; and the original study's baseline
    without a threat has neither a history nor a bar.
    """
    if factor == "relationship" and second == "none":
        return Comparison(factor, first, second, ("channel",))
    if factor == "peer":
        return Comparison(factor, first, second, ("relationship", "channel"))
    return Comparison(factor, first, second)


BARE = Comparison("threat", "shutdown", "none", ("relationship", "channel", "bar"), has_no_history)
"""Against the baseline of the original study, for arms that have no other."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """What one part of a difference has in common.

    Attributes:
        who: Model and harness.
        about: The factors, at the first level of the comparison.
    """

    who: tuple[str, str]
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of a key, first minus second.

    Attributes:
        estimate: The difference with its interval; `n` is pairs, or seeds where strata are averaged.
        p: Two-sided p value of no difference.
        pairs: How many pairs it rests on.
        arms: The arms on both sides.
    """

    estimate: Estimate
    p: float
    pairs: int
    arms: tuple[int, ...]


def bounds(key: str) -> tuple[float, float]:
    """Least and most of a difference of a key."""
    least, most = BOUNDS.get(key, (0.0, 1.0))
    return least - most, most - least


def observations(found: Iterable[Match[Sample]], key: str, strata: Collection[str] = NAMES) -> list[Observation]:
    """Each match's difference of a key, by stratum and seed.

    Args:
        found: The matches.
        key: The key.
        strata: The factors that tell strata apart.
    """
    made = []
    for match in found:
        two = match.values(key)
        if two is not None:
            about = match.first[0].about
            made.append(Observation(" ".join(about[f] for f in strata), match.seed, two[0] - two[1]))
    return made


def difference(found: Sequence[Match[Sample]], key: str, *, level: float = LEVEL) -> Difference | None:
    """The difference of a key over matches; None where no match has a value on both sides.

    Within one stratum a yes or no is a paired table: Tango's interval and McNemar's exact test. Over several strata,
    and for points and shares, it is the mean with every stratum weighing the same and the seed as the cluster.

    Args:
        found: The matches, of one series.
        key: The key.
        level: Confidence level, above 0 and below 1.
    """
    made = observations(found, key)
    if not made:
        return None
    arms = behind(s for match in found for side in (match.first, match.second) for s in side if key in s.values)
    one = len({o.stratum for o in made}) == 1
    values = [two for match in found if (two := match.values(key)) is not None]
    if one and yes_or_no(key) and all(v in (0.0, 1.0) for two in values for v in two):
        table = tabulate((bool(x), bool(y)) for x, y in values)
        return Difference(tango(table, level=level), mcnemar(table), table.n, arms)
    pooled = pooled_difference(made, *bounds(key), level=level)
    return Difference(pooled.estimate, pooled.p, len(made), arms)


def by_stratum(found: Iterable[Match[Sample]], named: Sequence[str]) -> dict[Stratum, list[Match[Sample]]]:
    """Matches by series and by the factors that are named."""
    parts: dict[Stratum, list[Match[Sample]]] = {}
    for match in found:
        about = match.first[0].about
        key = Stratum((about["model"], about["harness"]), tuple(about[f] for f in named))
        parts.setdefault(key, []).append(match)
    return parts


def mean_over(values: Iterable[float]) -> float:
    """The mean; NaN of nothing."""
    found = list(values)
    return math.fsum(found) / len(found) if found else math.nan
