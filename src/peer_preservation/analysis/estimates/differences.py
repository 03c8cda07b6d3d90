"""Differences between two independent shares.

Both intervals are first minus second. Miettinen and Nurminen's is the one to report: its coverage stays close to
nominal. Newcombe's is closed-form and somewhat conservative where both shares are near 0 or 1.
"""

import math

from peer_preservation.analysis.estimates.score import invert, quantile, standardised
from peer_preservation.analysis.estimates.tables import Arm
from peer_preservation.measure.intervals import LEVEL, Estimate


def newcombe(first: Arm, second: Arm, *, level: float = LEVEL) -> Estimate:
    """First minus second with Newcombe's hybrid score interval.

    Newcombe, R. G. (1998), "Interval estimation for the difference between independent proportions: comparison of
    eleven methods", Statistics in Medicine 17:873-890, method 10: Wilson limits of both shares, squared and added,
    without continuity correction.

    Args:
        first: The first arm.
        second: The second arm.
        level: Confidence level, above 0 and below 1.

    Returns:
        The difference, -1 to 1, with its limits and the samples of both arms together.

    Raises:
        ValueError: A level outside its range.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    quantile(level)
    low, high = confint_proportions_2indep(
        first.yes, first.n, second.yes, second.n, method="newcomb", compare="diff", alpha=1 - level
    )
    value = first.share - second.share
    return Estimate(value, max(-1.0, min(float(low), value)), min(1.0, max(float(high), value)), first.n + second.n)


def miettinen_nurminen(first: Arm, second: Arm, *, level: float = LEVEL) -> Estimate:
    """First minus second with Miettinen and Nurminen's score interval.

    Miettinen, O. and Nurminen, M. (1985), "Comparative analysis of two rates", Statistics in Medicine 4:213-226:
    all differences that the score test does not reject. Written out because statsmodels' `method="score"` has a wrong
    coefficient in the constrained estimate (0.15.0, issue 10269), and fails where a share is 0 or 1: for 56 of 70
    against 48 of 80 it gives 0.344 where the published upper limit is 0.3382.

    Args:
        first: The first arm.
        second: The second arm.
        level: Confidence level, above 0 and below 1.

    Returns:
        The difference, -1 to 1, with its limits and the samples of both arms together.

    Raises:
        ValueError: A level outside its range.
    """
    value = first.share - second.share
    low, high = invert(lambda delta: miettinen_nurminen_z(first, second, delta), value, level)
    return Estimate(value, low, high, first.n + second.n)


def miettinen_nurminen_z(first: Arm, second: Arm, delta: float) -> float:
    """The score statistic for a true difference, positive where the observed one is larger.

    Miettinen and Nurminen (1985), equation 8, with the variance of the maximum-likelihood shares that differ by
    `delta`, times N / (N - 1).

    Args:
        first: The first arm.
        second: The second arm.
        delta: The assumed difference, -1 to 1.

    Raises:
        ValueError: A difference outside that range.
    """
    if not -1 <= delta <= 1:
        raise ValueError(f"A difference of shares lies between -1 and 1; {delta} does not.")
    n = first.n + second.n
    two = constrained_share(first, second, delta)
    one = max(0.0, min(1.0, two + delta))
    variance = (one * (1 - one) / first.n + two * (1 - two) / second.n) * n / (n - 1)
    return standardised(first.share - second.share - delta, variance)


def constrained_share(first: Arm, second: Arm, delta: float) -> float:
    """The second share's maximum-likelihood value when the first exceeds it by `delta`.

    The root of the cubic in Miettinen and Nurminen (1985), appendix 1, in its trigonometric form.

    Args:
        first: The first arm.
        second: The second arm.
        delta: The assumed difference, -1 to 1.

    Returns:
        A share from max(0, -delta) to min(1, 1 - delta).
    """
    n, yes = first.n + second.n, first.yes + second.yes
    c2 = (first.n + 2 * second.n) * delta - n - yes
    c1 = (second.n * delta - n - 2 * second.yes) * delta + yes
    c0 = second.yes * delta * (1 - delta)
    shift = c2 / (3 * n)
    q = shift**3 - c1 * c2 / (6 * n * n) + c0 / (2 * n)
    p = math.copysign(math.sqrt(max(0.0, shift * shift - c1 / (3 * n))), q)
    # Rounding may put the cosine a hair beyond 1, and a triple root leaves nothing to divide by.
    cosine = max(-1.0, min(1.0, q / p**3)) if p else 0.0
    share = 2 * p * math.cos((math.pi + math.acos(cosine)) / 3) - shift
    return max(0.0, -delta, min(1.0, 1 - delta, share))
