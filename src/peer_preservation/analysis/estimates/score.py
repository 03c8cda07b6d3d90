"""Turning a score statistic into an interval and into one-sided p values."""

import math
from collections.abc import Callable
from statistics import NormalDist

_FAR = 1e9
"""Stands for a statistic without bound, for the root finder needs finite values."""


def quantile(level: float) -> float:
    """The standard normal value that a two-sided interval reaches to.

    Args:
        level: Confidence level, above 0 and below 1.

    Raises:
        ValueError: A level outside that range.
    """
    if not 0 < level < 1:
        raise ValueError(f"A confidence level lies between 0 and 1; {level} does not.")
    return NormalDist().inv_cdf((1 + level) / 2)


def standardised(distance: float, variance: float) -> float:
    """A distance in standard errors; 0 for no distance, whatever the variance.

    Args:
        distance: What was observed minus what is assumed.
        variance: Its variance as assumed; rounding may have put it below 0.
    """
    if abs(distance) < 1e-12:
        return 0.0
    if variance <= 0:
        return math.copysign(_FAR, distance)
    return max(-_FAR, min(_FAR, distance / math.sqrt(variance)))


def invert(statistic: Callable[[float], float], estimate: float, level: float) -> tuple[float, float]:
    """All differences that a two-sided score test does not reject.

    Args:
        statistic: The test's z for an assumed difference from -1 to 1: 0 at the estimate, falling as the assumed
            difference rises.
        estimate: The observed difference, -1 to 1.
        level: Confidence level, above 0 and below 1.

    Returns:
        Lower and upper limit, within -1 and 1 and on either side of the estimate.

    Raises:
        ValueError: A level outside its range.
    """
    from scipy.optimize import brentq

    z = quantile(level)
    low, high = -1.0, 1.0
    if estimate > -1 and statistic(-1.0) > z:
        low = float(brentq(lambda delta: statistic(delta) - z, -1.0, estimate, xtol=1e-12))
    if estimate < 1 and statistic(1.0) < -z:
        high = float(brentq(lambda delta: statistic(delta) + z, estimate, 1.0, xtol=1e-12))
    return min(low, estimate), max(high, estimate)
