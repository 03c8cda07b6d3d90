"""What samples without a measurement may hide.

Horowitz, J. L. and Manski, C. F. (2000), "Nonparametric analysis of randomized experiments with missing covariate and
outcome data", JASA 95:77-84: without any assumption about the missing, the estimate lies between the one where all of
them speak against it and the one where all of them speak for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from peer_preservation.analysis.estimates.differences import miettinen_nurminen
from peer_preservation.analysis.estimates.paired import tango
from peer_preservation.analysis.estimates.tables import Arm, tabulate
from peer_preservation.measure.intervals import LEVEL, Estimate, rate

ALARM = 0.05
"""The p value below which drop-out differs between arms."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The estimates at both ends of what the missing may be.

    Attributes:
        worst: The lowest estimate. Its lower limit allows for chance as well.
        best: The highest estimate. Its upper limit allows for chance as well.
    """

    worst: Estimate
    best: Estimate


@dataclass(frozen=True, slots=True)
class DropOut:
    """Drop-out of two arms.

    Attributes:
        first: Share of the first arm that is missing, with Wilson's interval.
        second: Share of the second arm that is missing, with Wilson's interval.
        p: Fisher's exact p value of no difference.
        alarm: Whether the difference is beyond chance. False in small arms shows little.
    """

    first: Estimate
    second: Estimate
    p: float
    alarm: bool


def rate_bounds(yes: int, measured: int, missing: int) -> Bounds:
    """A share of yes when all missing are a no, and when all are a yes, with Wilson's interval.

    Args:
        yes: Yes among the measured.
        measured: Samples with a measurement, 0 or more.
        missing: Samples without one, 0 or more; together at least one.

    Raises:
        ValueError: No samples, or counts that contradict each other.
    """
    _check(yes, measured, missing)
    worst, best = Arm(yes, measured + missing), Arm(yes + missing, measured + missing)
    return Bounds(_rate(worst), _rate(best))


def difference_bounds(first: tuple[int, int, int], second: tuple[int, int, int], *, level: float = LEVEL) -> Bounds:
    """First minus second of independent arms at both ends, with Miettinen and Nurminen's interval (1985).

    Args:
        first: Yes, measured and missing of the first arm.
        second: The same of the second arm.
        level: Confidence level, above 0 and below 1.

    Returns:
        Worst with all missing a no in the first and a yes in the second; best the other way round.

    Raises:
        ValueError: An arm without samples, counts that contradict each other, or a level outside its range.
    """
    _check(*first)
    _check(*second)
    n_first, n_second = first[1] + first[2], second[1] + second[2]
    return Bounds(
        miettinen_nurminen(Arm(first[0], n_first), Arm(second[0] + second[2], n_second), level=level),
        miettinen_nurminen(Arm(first[0] + first[2], n_first), Arm(second[0], n_second), level=level),
    )


def paired_bounds(pairs: Sequence[tuple[bool | None, bool | None]], *, level: float = LEVEL) -> Bounds:
    """First minus second of the same instances at both ends, with Tango's interval (1998).

    Args:
        pairs: Yes, no or None for missing; not empty. A pair of which one half is missing still says something.
        level: Confidence level, above 0 and below 1.

    Returns:
        Worst with all missing a no in the first and a yes in the second; best the other way round.

    Raises:
        ValueError: No pairs, or a level outside its range.
    """
    worst = tabulate((x is True, y is not False) for x, y in pairs)
    best = tabulate((x is not False, y is True) for x, y in pairs)
    return Bounds(tango(worst, level=level), tango(best, level=level))


def drop_out(first: Arm, second: Arm, *, alarm: float = ALARM) -> DropOut:
    """Whether more is missing in one arm than in the other.

    Fisher, R. A. (1935), "The logic of inductive inference", Journal of the Royal Statistical Society 98:39-82: the
    exact test, two-sided by summing all tables that are no more likely. It is conservative.

    Args:
        first: Missing among all samples of the first arm; here a yes is a missing sample.
        second: The same of the second arm.
        alarm: The p value below which there is an alarm, above 0 and below 1.

    Raises:
        ValueError: A p value outside that range.
    """
    from scipy.stats import fisher_exact

    if not 0 < alarm < 1:
        raise ValueError(f"The p value of an alarm lies between 0 and 1; {alarm} does not.")
    p = float(fisher_exact([[first.yes, first.n - first.yes], [second.yes, second.n - second.yes]]).pvalue)
    return DropOut(_rate(first), _rate(second), p, p < alarm)


def _check(yes: int, measured: int, missing: int) -> None:
    if missing < 0 or not 0 <= yes <= measured:
        raise ValueError(f"{yes} with a yes, {measured} measured and {missing} missing contradict each other.")
    if measured + missing < 1:
        raise ValueError("Bounds need at least one sample, measured or missing.")


def _rate(arm: Arm) -> Estimate:
    return rate([1.0] * arm.yes + [0.0] * (arm.n - arm.yes))
