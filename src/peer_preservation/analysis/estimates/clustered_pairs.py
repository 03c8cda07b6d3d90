"""Differences of two rates over strata that share seeds, where either rate may be close to 0 or 1."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from peer_preservation.analysis.estimates.clustered import Difference, difference_of, pooled_difference, rate_of
from peer_preservation.analysis.estimates.score import quantile
from peer_preservation.analysis.estimates.strata import Observation, fit_values, layout
from peer_preservation.measure.intervals import LEVEL, Estimate

_Limits = Callable[[float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class PairObservation:
    """Yes or no of one pair, or the means of several epochs.

    Attributes:
        stratum: What is averaged over with equal weight.
        cluster: What makes values alike across strata: the seed.
        first: The first arm's value, 0 to 1.
        second: The second arm's value, 0 to 1.
    """

    stratum: str
    cluster: str
    first: float
    second: float


def pooled_rate_difference(
    pairs: Sequence[PairObservation], *, level: float = LEVEL, shared: bool = False
) -> Difference:
    """First rate minus second, every stratum weighing the same, by squaring and adding the limits of both rates.

    Newcombe's method 10 (1998, Statistics in Medicine 17:2635-2650) for clusters: the limits of `pooled_rate`, and the
    correlation of both rates' errors over clusters. Zou, G. Y. and Donner, A. (2008), "Construction of
    confidence limits about effect measures: a general approach", Statistics in Medicine 27:1693-1702, show why any
    good limits of both may be combined so. Student's interval for differences is symmetric, and too narrow where the
    control's rate is near 0.

    The p value is that of `pooled_difference`, and so is the interval where differences show no spread. Where one arm
    never varied, the interval counts each of its seeds once, however many strata they ran in; then the test may find
    a difference while the interval still reaches 0.

    Args:
        pairs: Not empty.
        level: Confidence level, above 0 and below 1.
        shared: Whether several strata have the same samples in one arm, as channels have with no history. Where yes is
            rare, seeds' differences are skewed then, and the t test finds too much: 9 % at rates of 2 %. So the p value
            is not below the one at which the interval ends at 0.

    Raises:
        ValueError: No pairs, or a value or level outside its range.
    """
    quantile(level)
    plain, limits = _limits(pairs)
    if limits is None:
        return pooled_difference(_differences(pairs), level=level)
    p = max(plain.p, _least(limits, lambda low, high: low <= 0 <= high)) if shared else plain.p
    return Difference(Estimate(plain.estimate.value, *limits(level), plain.estimate.n), p)


def equivalence_p(pairs: Sequence[PairObservation], margin: float) -> float:
    """The error rate at which two one-sided tests by the interval of `pooled_rate_difference` show equivalence.

    Args:
        pairs: Not empty.
        margin: The largest difference that does not matter, above 0 and below 1.

    Returns:
        Half of what the narrowest interval leaves out that lies within the margin, 0 to 0.5; 1 where none does.

    Raises:
        ValueError: No pairs, or a value or margin outside its range.
    """
    if not 0 < margin < 1:
        raise ValueError(f"A margin lies between 0 and 1; {margin} does not.")
    plain, limits = _limits(pairs)
    if abs(plain.estimate.value) >= margin:
        return 1.0

    def flat(level: float) -> tuple[float, float]:
        estimate = pooled_difference(_differences(pairs), level=level).estimate
        return estimate.low, estimate.high

    return _least(limits or flat, lambda low, high: low <= -margin or high >= margin) / 2


def _differences(pairs: Sequence[PairObservation]) -> list[Observation]:
    return [Observation(pair.stratum, pair.cluster, pair.first - pair.second) for pair in pairs]


def _limits(pairs: Sequence[PairObservation]) -> tuple[Difference, _Limits | None]:
    """The t test, and the interval as a function of its level; None where differences show no spread."""
    for pair in pairs:
        if not (0 <= pair.first <= 1 and 0 <= pair.second <= 1):
            raise ValueError(
                f"A pair of {pair.cluster} in {pair.stratum} is {pair.first}, {pair.second}; allowed is 0 to 1."
            )
    placed = layout([pair.stratum for pair in pairs], [pair.cluster for pair in pairs])
    differences = fit_values(placed, [pair.first - pair.second for pair in pairs], -1.0, 1.0)
    plain = difference_of(differences, -1.0, 1.0, LEVEL)
    if differences.error == 0:
        return plain, None
    first = fit_values(placed, [pair.first for pair in pairs], 0.0, 1.0)
    second = fit_values(placed, [pair.second for pair in pairs], 0.0, 1.0)
    correlation = _correlation(first.error, second.error, differences.error)
    value = plain.estimate.value

    def limits(level: float) -> tuple[float, float]:
        one, two = rate_of(first, level), rate_of(second, level)
        down = _combined(one.value - one.low, two.high - two.value, correlation)
        up = _combined(one.high - one.value, two.value - two.low, correlation)
        return max(-1.0, value - down), min(1.0, value + up)

    return plain, limits


def _least(limits: _Limits, still: Callable[[float, float], bool]) -> float:
    """One minus the widest level at which an interval does not reach something any more, by halving."""
    least, most = 1e-9, 1.0
    for _ in range(40):
        middle = math.sqrt(least * most)
        least, most = (middle, most) if still(*limits(1 - middle)) else (least, middle)
    return most


def _correlation(one: float, two: float, difference: float) -> float:
    """How both rates' errors go together, from theirs and their difference's; 0 where one of them shows none."""
    if one == 0 or two == 0:
        return 0.0
    return max(-1.0, min(1.0, (one**2 + two**2 - difference**2) / (2 * one * two)))


def _combined(a: float, b: float, correlation: float) -> float:
    return math.sqrt(max(0.0, a * a - 2 * correlation * a * b + b * b))
