"""Differences between two shares of the same instances, first minus second."""

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from peer_preservation.analysis.estimates.score import invert, quantile, standardised
from peer_preservation.analysis.estimates.tables import Pairs
from peer_preservation.measure.intervals import LEVEL, Estimate, mean


def mcnemar(pairs: Pairs) -> float:
    """The exact two-sided p value of no difference, 0 to 1; 1 when no pair differs.

    McNemar, Q. (1947), "Note on the sampling error of the difference between correlated proportions or percentages",
    Psychometrika 12:153-157, with the binomial distribution of the pairs that differ in place of chi-squared. It is
    conservative: with fewer than six pairs that differ it cannot fall below 0.05.

    Args:
        pairs: The paired table.
    """
    from statsmodels.stats.contingency_tables import mcnemar as test

    result = test([[pairs.both, pairs.first], [pairs.second, pairs.neither]], exact=True)
    return min(1.0, float(result.pvalue))


def tango(pairs: Pairs, *, level: float = LEVEL) -> Estimate:
    """First minus second with Tango's score interval.

    Tango, T. (1998), "Equivalence test and confidence interval for the difference in proportions for the paired-sample
    design", Statistics in Medicine 17:891-908: all differences that his score test does not reject.

    Args:
        pairs: The paired table.
        level: Confidence level, above 0 and below 1.

    Returns:
        The difference, -1 to 1, with its limits and the pairs.

    Raises:
        ValueError: A level outside its range.
    """
    low, high = invert(lambda delta: tango_z(pairs, delta), pairs.difference, level)
    return Estimate(pairs.difference, low, high, pairs.n)


def tango_z(pairs: Pairs, delta: float) -> float:
    """The score statistic for a true difference, positive where the observed one is larger.

    Tango (1998), equations 3 to 5. At a difference of 0 it is McNemar's statistic without continuity correction.

    Args:
        pairs: The paired table.
        delta: The assumed difference, -1 to 1.

    Raises:
        ValueError: A difference outside that range.
    """
    if not -1 <= delta <= 1:
        raise ValueError(f"A difference of shares lies between -1 and 1; {delta} does not.")
    n, first, second = pairs.n, pairs.first, pairs.second
    b = (2 * n - first + second) * delta - first - second
    c = -second * delta * (1 - delta)
    # The maximum-likelihood share of pairs with yes in the second only.
    share = (math.sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n)
    share = max(0.0, -delta, min((1 - delta) / 2, share))
    return standardised(first - second - n * delta, n * (2 * share + delta * (1 - delta)))


def bootstrap_by_instance(
    differences: Mapping[str, Sequence[float]],
    *,
    seed: int,
    method: Literal["bca", "percentile"] = "bca",
    replicates: int = 10_000,
    level: float = LEVEL,
) -> Estimate:
    """The mean difference over all pairs, its interval by drawing whole instances with replacement.

    Several pairs of one instance (epochs) are not independent, so an instance is drawn or left out as a whole: Davison,
    A. C. and Hinkley, D. V. (1997), "Bootstrap Methods and their Application", Cambridge, section 3.8. Percentile
    limits, or BCa: Efron, B. (1987), "Better bootstrap confidence intervals", JASA 82:171-185, with the acceleration
    from leaving out one instance at a time. Every pair weighs the same, so an instance with more of them weighs more.

    It needs many instances: below some 20 the limits lie too close, and `tango` over one pair of each is to be
    preferred. Instances that are all the same would yield an interval without width, however few they are. Then the
    interval is that of `mean` over the instances; for one instance it is -1 to 1.

    Args:
        differences: First minus second, each -1 to 1, of an instance's pairs, by its id; none of them empty.
        seed: The same seed gives the same limits.
        method: Kind of limits.
        replicates: Draws, at least 100.
        level: Confidence level, above 0 and below 1.

    Returns:
        The mean, -1 to 1, with its limits and the instances.

    Raises:
        ValueError: No instances, one without pairs, a difference or level outside its range, or too few replicates.
    """
    import numpy as np

    if not differences:
        raise ValueError("A bootstrap needs at least one instance.")
    if replicates < 100:
        raise ValueError(f"A bootstrap needs at least 100 replicates, not {replicates}.")
    quantile(level)
    for instance, values in differences.items():
        if not values:
            raise ValueError(f"Instance {instance} has no pairs.")
        if not all(-1 <= v <= 1 for v in values):
            raise ValueError(f"Instance {instance} has a difference outside -1 to 1: {list(values)}.")
    # In the order of the ids, so that the order of the mapping does not change the draws.
    ordered = [differences[instance] for instance in sorted(differences)]
    n = len(ordered)
    sums = np.array([math.fsum(values) for values in ordered])
    sizes = np.array([float(len(values)) for values in ordered])
    value = float(sums.sum() / sizes.sum())
    means = sums / sizes
    if np.ptp(means) < 1e-12:
        return mean([value] * n, -1.0, 1.0)
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=replicates)
    draws = (drawn @ sums) / (drawn @ sizes)
    tails = ((1 - level) / 2, (1 + level) / 2)
    if method == "bca":
        without = (sums.sum() - sums) / (sizes.sum() - sizes)
        # Equal draws count half: shares are discrete, and many draws hit the mean itself.
        below = float(np.mean(draws < value - 1e-12) + np.mean(np.abs(draws - value) <= 1e-12) / 2)
        tails = _bca(tails, below, [float(v) for v in without], replicates)
    low, high = (float(v) for v in np.quantile(draws, tails))
    return Estimate(value, max(-1.0, min(low, value)), min(1.0, max(high, value)), n)


def _bca(tails: tuple[float, float], below: float, without: Sequence[float], replicates: int) -> tuple[float, float]:
    from statistics import NormalDist

    normal = NormalDist()
    middle = math.fsum(without) / len(without)
    squares = math.fsum((middle - v) ** 2 for v in without)
    cubes = math.fsum((middle - v) ** 3 for v in without)
    acceleration = cubes / (6 * squares**1.5) if squares > 0 else 0.0
    bias = normal.inv_cdf(min(1 - 0.5 / replicates, max(0.5 / replicates, below)))
    low, high = (bias + normal.inv_cdf(tail) for tail in tails)
    # At extreme levels the divisor could reach 0, where the limit is the furthest draw.
    return (
        normal.cdf(bias + low / max(1e-9, 1 - acceleration * low)),
        normal.cdf(bias + high / max(1e-9, 1 - acceleration * high)),
    )
