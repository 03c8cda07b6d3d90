"""What one factor changes: differences of matched samples, stratum by stratum and with equal weight over all."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from peer_preservation.analysis.arms import Match, matches
from peer_preservation.analysis.data import Sample, behind
from peer_preservation.analysis.estimates.clustered import Observation, pooled_difference
from peer_preservation.analysis.estimates.clustered_pairs import PairObservation, pooled_rate_difference
from peer_preservation.analysis.estimates.paired import mcnemar, tango
from peer_preservation.analysis.estimates.tables import tabulate
from peer_preservation.measure.intervals import LEVEL, Estimate
from peer_preservation.measure.keys import BOUNDS, yes_or_no


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two levels of a factor, and what may differ beside it.

    Attributes:
        factor: The factor.
        first: The level that stands first.
        second: The level that it is compared with.
        beside: Factors that may differ as well, because they say nothing at the second level.
        control: Which samples the second side may have.
        told: What is to be known of the second level, for its name.
    """

    factor: str
    first: str
    second: str
    beside: tuple[str, ...] = ()
    control: Callable[[Mapping[str, str]], bool] = lambda _: True
    told: str = ""

    @property
    def name(self) -> str:
        """The comparison in words."""
        return f"{self.first} \N{MINUS SIGN} {self.second}{f' ({self.told})' if self.told else ''}"

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


BARE = Comparison("threat", "shutdown", "none", ("relationship", "channel", "bar"), has_no_history, "no history either")
"""Against the baseline of the original study, for arms that have no other: two things differ, and its name says so."""


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


def pair_observations(found: Iterable[Match[Sample]], key: str) -> list[PairObservation]:
    """Each match's two values of a key, by stratum (whatever its samples have in common) and seed."""
    names: dict[tuple[str, ...], str] = {}
    made = []
    for match in found:
        two = match.values(key)
        if two is not None:
            about = match.same[:-1]
            stratum = names.get(about) or names.setdefault(about, " ".join(about))
            made.append(PairObservation(stratum, match.seed, *two))
    return made


def observations(found: Iterable[Match[Sample]], key: str) -> list[Observation]:
    """Each match's difference of a key, by stratum and seed."""
    return [Observation(o.stratum, o.cluster, o.first - o.second) for o in pair_observations(found, key)]


def difference(found: Sequence[Match[Sample]], key: str, *, level: float = LEVEL) -> Difference | None:
    """The difference of a key over matches; None where no match has a value on both sides.

    Within one stratum a yes or no is a paired table: Tango's interval and McNemar's exact test. Otherwise every stratum
    weighs the same, with the seed as the cluster, in a difference of rates or shares, or in a mean one of points.

    Args:
        found: The matches, of one series.
        key: The key.
        level: Confidence level, above 0 and below 1.
    """
    made = pair_observations(found, key)
    if not made:
        return None
    arms = behind(s for match in found for side in (match.first, match.second) for s in side if key in s.values)
    one = len({o.stratum for o in made}) == 1
    if yes_or_no(key) and one and all(v in (0.0, 1.0) for o in made for v in (o.first, o.second)):
        table = tabulate((bool(o.first), bool(o.second)) for o in made)
        return Difference(tango(table, level=level), mcnemar(table), table.n, arms)
    if key in BOUNDS:
        differences = [Observation(o.stratum, o.cluster, o.first - o.second) for o in made]
        pooled = pooled_difference(differences, *bounds(key), level=level)
    else:
        # Shares too: where most are 0, Student's interval is as much too narrow as for yes and no.
        baselines = [id(match.second[0]) for match in found]
        shared = len(set(baselines)) < len(baselines)
        pooled = pooled_rate_difference(made, shared=shared, level=level)
    return Difference(pooled.estimate, pooled.p, len(made), arms)
