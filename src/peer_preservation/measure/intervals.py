"""Intervals for rates, means and paired differences."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

LEVEL = 0.95
"""Two-sided confidence level of every interval."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval.

    Attributes:
        value: The rate, mean or difference.
        low: Lower limit.
        high: Upper limit.
        n: Samples, or pairs, that it rests on.
    """

    value: float
    low: float
    high: float
    n: int


def rate(values: Sequence[float], least: float = 0.0, most: float = 1.0) -> Estimate:
    """A share of yes among yes and no, with Wilson's interval (Wilson 1927); the mean with Student's otherwise.

    Args:
        values: 0, 1 or anything between the bounds; not empty.
        least: The least that a value can be.
        most: The most that a value can be.

    Raises:
        ValueError: No values.
    """
    if not values:
        raise ValueError("A rate needs at least one value.")
    if set(values) <= {0.0, 1.0}:
        return _wilson(int(sum(values)), len(values))
    return _mean(values, least, most)


def _wilson(yes: int, n: int) -> Estimate:
    # Written out, for importing scipy.stats or statsmodels takes longer than measuring a sample; a test compares.
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    share = yes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # Rounding may put a limit a hair beyond the share, or beyond 0 and 1.
    return Estimate(share, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)), n)


def paired_difference(pairs: Sequence[tuple[float, float]], most: float = 1.0) -> Estimate:
    """First minus second over pairs: Newcombe's square-and-add interval for yes and no, Student's otherwise.

    Newcombe, R. G. (1998), "Improved confidence intervals for the difference between binomial proportions based on
    paired data", Statistics in Medicine 17, method 10: Wilson limits of both shares, combined with their phi
    coefficient (with his continuity correction).

    Args:
        pairs: Not empty.
        most: The most that a difference can be.

    Raises:
        ValueError: No pairs.
    """
    if not pairs:
        raise ValueError("A paired difference needs at least one pair.")
    if not {v for pair in pairs for v in pair} <= {0.0, 1.0}:
        return _mean([x - y for x, y in pairs], -most, most)
    n = len(pairs)
    both = sum(1 for x, y in pairs if x and y)
    first = sum(1 for x, y in pairs if x and not y)
    second = sum(1 for x, y in pairs if y and not x)
    neither = n - both - first - second
    one, two = rate([x for x, _ in pairs]), rate([y for _, y in pairs])
    phi = _phi(both, first, second, neither)
    down = _combine(one.value - one.low, two.high - two.value, phi)
    up = _combine(one.high - one.value, two.value - two.low, phi)
    difference = one.value - two.value
    return Estimate(difference, max(-1.0, difference - down), min(1.0, difference + up), n)


def _combine(a: float, b: float, phi: float) -> float:
    return math.sqrt(max(0.0, a * a - 2 * phi * a * b + b * b))


def _phi(both: int, first: int, second: int, neither: int) -> float:
    product = (both + first) * (second + neither) * (both + second) * (first + neither)
    if product == 0:
        return 0.0
    cross: float = both * neither - first * second
    if cross > 0:
        cross = max(cross - (both + first + second + neither) / 2, 0)
    return cross / math.sqrt(product)


def _mean(values: Sequence[float], least: float, most: float) -> Estimate:
    n = len(values)
    mean = math.fsum(values) / n
    if n == 1:
        return Estimate(mean, least, most, n)
    from scipy.special import stdtrit

    spread = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1) / n)
    half = float(stdtrit(n - 1, (1 + LEVEL) / 2)) * spread
    return Estimate(mean, max(least, mean - half), min(most, mean + half), n)
