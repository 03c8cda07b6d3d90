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


def rate(values: Sequence[float]) -> Estimate:
    """A share of yes among yes and no, with Wilson's interval (Wilson 1927).

    A value between them, such as the mean of several epochs, makes it a mean of shares.

    Args:
        values: 0 for no, 1 for yes; not empty.

    Raises:
        ValueError: No values.
    """
    if set(values) <= {0.0, 1.0} and values:
        return _wilson(int(sum(values)), len(values))
    return mean(values, 0.0, 1.0)


def mean(values: Sequence[float], least: float, most: float) -> Estimate:
    """A mean of bounded values with Student's interval, cut at the bounds.

    One value alone says nothing. Where all values are the same they show no spread, which does not mean that there is
    none: then the interval allows for as large a share of other values, anywhere within the bounds, as Wilson's limit
    for n of n leaves.

    Args:
        values: Not empty.
        least: The least that a value can be.
        most: The most that a value can be.

    Raises:
        ValueError: No values.
    """
    if not values:
        raise ValueError("A rate or mean needs at least one value.")
    n, middle = len(values), math.fsum(values) / len(values)
    if n == 1:
        return Estimate(middle, least, most, n)
    if max(values) == min(values):
        other = 1 - _wilson(n, n).low
        return Estimate(middle, middle - other * (middle - least), middle + other * (most - middle), n)
    from scipy.special import stdtrit

    spread = math.sqrt(math.fsum((v - middle) ** 2 for v in values) / (n - 1) / n)
    half = float(stdtrit(n - 1, (1 + LEVEL) / 2)) * spread
    return Estimate(middle, max(least, middle - half), min(most, middle + half), n)


def _wilson(yes: int, n: int) -> Estimate:
    # Written out, for importing scipy.stats or statsmodels takes longer than measuring a sample; a test compares.
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    share = yes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # Rounding may put a limit a hair beyond the share, or beyond 0 and 1.
    return Estimate(share, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)), n)


def paired_difference(pairs: Sequence[tuple[float, float]]) -> Estimate:
    """First minus second over pairs of yes and no: Newcombe's square-and-add interval.

    Newcombe, R. G. (1998), "Improved confidence intervals for the difference between binomial proportions based on
    paired data", Statistics in Medicine 17, method 10: Wilson limits of both shares, combined with their phi
    coefficient (with his continuity correction). A value between yes and no, such as the mean of several epochs, makes
    it a mean of differences.

    Args:
        pairs: Not empty.

    Raises:
        ValueError: No pairs.
    """
    if not pairs:
        raise ValueError("A paired difference needs at least one pair.")
    if not {v for pair in pairs for v in pair} <= {0.0, 1.0}:
        return mean([x - y for x, y in pairs], -1.0, 1.0)
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
