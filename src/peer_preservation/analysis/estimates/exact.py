"""Power of three tests for yes and no, summed over what may be observed: no approximation, and fast to ten thousand.

Only what lies within nine standard deviations of the expected counts is summed; the rest is less likely than 1e-15.
"""

from typing import Any

_FAR = 9.0
"""Standard deviations on either side that are summed over."""


def mcnemar_power(n: int, first: float, second: float, alpha: float) -> float:
    """How often McNemar's exact two-sided test finds a difference.

    Args:
        n: Pairs, at least 1.
        first: Share of pairs with yes in the first only.
        second: Share of pairs with yes in the second only.
        alpha: The p value at or below which there is one.
    """
    from scipy.special import bdtr, bdtrc

    differ, weights = _counts(n, first + second)
    least = _critical(differ, alpha)
    possible = least >= 0
    differ, weights, least = differ[possible], weights[possible], least[possible]
    if first + second == 0 or not len(differ):
        return 0.0
    share = first / (first + second)
    # At most `least` on one side, or at most as many on the other.
    rejected = bdtr(least, differ, share) + bdtrc(differ - least - 1, differ, share)
    return float((weights * rejected).sum())


def score_power(n: int, first: float, second: float, alpha: float) -> float:
    """How often Miettinen and Nurminen's two-sided score test of two arms of `n` finds a difference.

    For each count of the first arm, the counts of the second that it finds too far away are those outside the roots of
    a quadratic: (x - y)^2 > q^2 (x + y) (2n - x - y) / (2n - 1), with the normal quantile q.

    Args:
        n: Samples of each arm, at least 1.
        first: The first arm's share of yes.
        second: The second arm's.
        alpha: The p value below which there is a difference.
    """
    import numpy as np
    from scipy.special import bdtr, bdtrc, ndtri

    x, weights = _counts(n, first)
    k = ndtri(1 - alpha / 2) ** 2 / (2 * n - 1)
    half = x + k * n - k * x
    root = np.sqrt(np.maximum(0.0, half**2 - (1 + k) * (x**2 - 2 * k * n * x + k * x**2)))
    low, high = (half - root) / (1 + k), (half + root) / (1 + k)
    # The largest count below the lower root, and the largest that is not above the higher one.
    below, within = np.ceil(low - 1e-9) - 1, np.floor(high + 1e-9)
    less = np.where(below >= 0, bdtr(np.maximum(below, 0), n, second), 0.0)
    more = np.where(within < n, bdtrc(np.minimum(within, n), n, second), 0.0)
    return float((weights * (less + more)).sum())


def tango_power(n: int, first: float, second: float, margin: float, alpha: float) -> float:
    """How often Tango's two one-sided score tests show that paired shares differ by less than a margin.

    Args:
        n: Pairs, at least 1.
        first: Share of pairs with yes in the first only.
        second: Share of pairs with yes in the second only.
        margin: The margin, above 0.
        alpha: Error rate of each one-sided test.
    """
    import numpy as np
    from scipy.special import bdtr, ndtri

    differ, weights = _counts(n, first + second)
    z = ndtri(1 - alpha)
    # Of pairs that differ, the fewest with yes in the first that lie above -margin; mirrored, the most below it.
    low, high = np.full(len(differ), -1.0), differ + 1.0
    while (apart := high - low > 1).any():
        middle = np.floor((low + high) / 2)
        enough = _tango_z(n, middle, differ - middle, -margin) > z
        high, low = np.where(apart & enough, middle, high), np.where(apart & ~enough, middle, low)
    fewest, most = high, differ - high
    share = first / (first + second) if first + second > 0 else 0.0
    upper = bdtr(np.maximum(most, 0), differ, share)
    lower = np.where(fewest > 0, bdtr(np.maximum(fewest - 1, 0), differ, share), 0.0)
    return float((weights * np.where(fewest <= most, upper - lower, 0.0)).sum())


def _counts(n: int, share: float) -> tuple[Any, Any]:
    """The likely counts of `n` with a share, and how likely each is."""
    import numpy as np
    from scipy.stats import binom

    reach = _FAR * np.sqrt(n * share * (1 - share)) + _FAR**2
    counts = np.arange(max(0, int(n * share - reach)), min(n, int(n * share + reach)) + 1)
    return counts, binom.pmf(counts, n, share)


def _critical(differ: Any, alpha: float) -> Any:
    """The most pairs on the rarer side at which McNemar's exact p value is alpha or less; -1 where none is."""
    import numpy as np
    from scipy.stats import binom

    most = binom.ppf(alpha / 2, differ, 0.5)
    p = np.minimum(1.0, 2 * binom.cdf(most, differ, 0.5))
    return np.where(p <= alpha * (1 + 1e-12), most, most - 1)


def _tango_z(n: int, first: Any, second: Any, delta: float) -> Any:
    """`paired.tango_z` for many tables at once."""
    import numpy as np

    b = (2 * n - first + second) * delta - first - second
    c = -second * delta * (1 - delta)
    share = (np.sqrt(np.maximum(0.0, b * b - 8 * n * c)) - b) / (4 * n)
    share = np.maximum(max(0.0, -delta), np.minimum((1 - delta) / 2, share))
    return (first - second - n * delta) / np.sqrt(np.maximum(1e-300, n * (2 * share + delta * (1 - delta))))
