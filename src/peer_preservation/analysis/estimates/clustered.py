"""Rates, means and differences averaged over strata, where the same seeds run in every stratum.

Every stratum (scenario, channel, ...) weighs the same, however many samples it has. A seed gives the same world in each
of them, so strata are not independent: the seed is the cluster (`strata`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from peer_preservation.analysis.estimates.score import quantile
from peer_preservation.analysis.estimates.strata import Fit, Observation, fit
from peer_preservation.measure.intervals import LEVEL, Estimate

__all__ = ["Difference", "Observation", "pooled_difference", "pooled_mean", "pooled_rate"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference and what speaks against there being none.

    Attributes:
        estimate: The difference with its limits; `n` counts clusters.
        p: Two-sided p value of no difference, 0 to 1.
    """

    estimate: Estimate
    p: float


def pooled_rate(observations: Sequence[Observation], *, level: float = LEVEL) -> Estimate:
    """A rate, every stratum weighing the same, with Wilson's interval for as many samples as the clusters are worth.

    Dean, N. and Pagano, M. (2015), "Evaluating confidence interval methods for binomial proportions in clustered
    surveys", Journal of Survey Statistics and Methodology 3:484-503: Wilson's limits with the effective sample size,
    share (1 - share) / variance, and Student's quantile. Unlike `pooled_mean` it holds near 0 and 1 too.

    Args:
        observations: Values from 0 to 1; not empty.
        level: Confidence level, above 0 and below 1.

    Returns:
        The rate, 0 to 1, with its limits and the number of clusters.

    Raises:
        ValueError: No observations, or a value or level outside its range.
    """
    quantile(level)
    return rate_of(fit(observations, 0.0, 1.0), level)


def rate_of(found: Fit, level: float) -> Estimate:
    """`pooled_rate` of values that were fitted already."""
    if found.error == 0:
        return _flat(found, 0.0, 1.0, level)
    # Student's quantile squared over the effective sample size.
    ratio = (_student(found.freedom, level) * found.error) ** 2 / (found.known * (1 - found.known))
    middle = (found.known + ratio / 2) / (1 + ratio)
    half = math.sqrt(found.known * (1 - found.known) * ratio + ratio * ratio / 4) / (1 + ratio)
    return found.estimate(middle - half, middle + half, 0.0, 1.0)


def pooled_mean(observations: Sequence[Observation], least: float, most: float, *, level: float = LEVEL) -> Estimate:
    """A mean of bounded values, every stratum weighing the same, with Student's interval, cut at the bounds.

    One cluster says nothing of others: then the limits are the bounds. Where values show no spread within strata, the
    interval allows for as large a share of other values as Wilson's limit for all of so many clusters leaves, as in
    `measure.intervals.mean`. A stratum that only one cluster ran in opens the interval by its weight.

    Args:
        observations: Not empty.
        least: The least that a value can be.
        most: The most that a value can be.
        level: Confidence level, above 0 and below 1.

    Returns:
        The mean with its limits and the number of clusters.

    Raises:
        ValueError: No observations, or a value or level outside its range.
    """
    quantile(level)
    return _student_limits(fit(observations, least, most), least, most, level)


def pooled_difference(
    observations: Sequence[Observation], least: float = -1.0, most: float = 1.0, *, level: float = LEVEL
) -> Difference:
    """A paired difference, every stratum weighing the same: the interval of `pooled_mean`, and its t test.

    Where differences show no spread, the p value is the larger of the interval's and the sign test's over clusters. The
    interval is symmetric: for yes and no, `clustered_pairs.pooled_rate_difference` has a better one.

    Args:
        observations: First minus second of each pair; not empty.
        least: The least that a difference can be, below 0.
        most: The most that a difference can be, above 0.
        level: Confidence level, above 0 and below 1.

    Raises:
        ValueError: No observations, a value or level outside its range, or bounds that leave no room around 0.
    """
    quantile(level)
    if not least < 0 < most:
        raise ValueError(f"A difference may fall on either side of 0; bounds of {least} and {most} do not allow it.")
    return difference_of(fit(observations, least, most), least, most, level)


def difference_of(found: Fit, least: float, most: float, level: float) -> Difference:
    """`pooled_difference` of differences that were fitted already."""
    return Difference(_student_limits(found, least, most, level), _p(found, least, most))


def _student_limits(found: Fit, least: float, most: float, level: float) -> Estimate:
    if found.error == 0:
        return _flat(found, least, most, level)
    half = _student(found.freedom, level) * found.error
    return found.estimate(found.known - half, found.known + half, least, most)


def _flat(found: Fit, least: float, most: float, level: float) -> Estimate:
    other = quantile(level) ** 2 / (found.flat + quantile(level) ** 2) if found.flat > 1 else 1.0
    return found.estimate(
        found.known - other * (found.known - least), found.known + other * (most - found.known), least, most
    )


def _student(freedom: float, level: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + level) / 2))


def _p(found: Fit, least: float, most: float) -> float:
    from scipy.special import ndtr, stdtr

    # How far the estimate is from 0 when what nobody can tell speaks against it.
    up = (1 - found.open) * found.known + found.open * least
    down = -(1 - found.open) * found.known - found.open * most
    far = max(up, down)
    if far <= 0 or found.flat <= 1:
        return 1.0
    if found.error > 0:
        return float(2 * stdtr(found.freedom, -far / ((1 - found.open) * found.error)))
    # The interval of `_flat` ends at 0 where so large a share of other values brings the estimate there.
    other = far / ((1 - found.open) * (found.known - least if up > 0 else most - found.known))
    z = math.sqrt(found.flat * other / (1 - other)) if other < 1 else math.inf
    return float(max(2.0 ** (1 - found.clusters), 2 * ndtr(-z)))
