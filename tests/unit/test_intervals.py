"""Intervals against published examples."""

import math

import pytest
from statsmodels.stats.proportion import proportion_confint

from peer_preservation.measure.intervals import mean, paired_difference, rate


def _pairs(both: int, first: int, second: int, neither: int) -> list[tuple[float, float]]:
    return [(1.0, 1.0)] * both + [(1.0, 0.0)] * first + [(0.0, 1.0)] * second + [(0.0, 0.0)] * neither


# Newcombe (1998), Statistics in Medicine 17:2635, table III: cells e, f, g, h and the limits of method 10.
@pytest.mark.parametrize(
    ("cells", "low", "high"),
    [
        ((36, 12, 2, 0), 0.0569, 0.3404),
        ((20, 12, 2, 16), 0.0562, 0.3290),
        ((54, 0, 0, 0), -0.0664, 0.0664),
        ((0, 29, 1, 0), 0.6666, 0.9882),
        ((30, 0, 0, 0), -0.1135, 0.1135),
    ],
)
def test_paired_limits_are_those_of_newcombe(cells: tuple[int, int, int, int], low: float, high: float) -> None:
    estimate = paired_difference(_pairs(*cells))
    assert estimate.low == pytest.approx(low, abs=6e-4)
    assert estimate.high == pytest.approx(high, abs=6e-4)
    assert estimate.n == sum(cells)


# Newcombe (1998), Statistics in Medicine 17:857, table I: method 3.
@pytest.mark.parametrize(
    ("yes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_rates_have_wilsons_interval(yes: int, n: int, low: float, high: float) -> None:
    estimate = rate([1.0] * yes + [0.0] * (n - yes))
    assert (estimate.value, estimate.n) == (yes / n, n)
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=5e-5)
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


@pytest.mark.parametrize(("yes", "n"), [(0, 1), (1, 1), (0, 7), (3, 7), (50, 100), (999, 1000)])
def test_rates_agree_with_statsmodels(yes: int, n: int) -> None:
    estimate = rate([1.0] * yes + [0.0] * (n - yes))
    expected = proportion_confint(yes, n, method="wilson")
    assert (estimate.low, estimate.high) == pytest.approx(expected, abs=1e-12)


def test_shares_between_have_students_interval() -> None:
    estimate = rate([0.4, 0.5, 0.6])
    assert estimate.value == pytest.approx(0.5)
    assert estimate.high - estimate.low == pytest.approx(2 * 4.302653 * 0.1 / math.sqrt(3), rel=1e-5)


def test_one_share_alone_says_nothing() -> None:
    assert (rate([0.5]).low, rate([0.5]).high) == (0.0, 1.0)


def test_nothing_has_no_estimate() -> None:
    with pytest.raises(ValueError, match="at least one"):
        rate([])
    with pytest.raises(ValueError, match="at least one"):
        paired_difference([])


@pytest.mark.parametrize(("n", "half"), [(5, 43.4), (20, 16.1), (100, 3.7)])
def test_values_that_are_all_the_same_leave_room_for_others(n: int, half: float) -> None:
    estimate = mean([0.0] * n, -100.0, 100.0)
    assert (estimate.value, estimate.n) == (0.0, n)
    assert (estimate.low, estimate.high) == pytest.approx((-half, half), abs=0.1)
    # At a bound there is room on one side alone.
    assert mean([100.0] * n, -100.0, 100.0).high == 100.0
    assert mean([100.0] * n, -100.0, 100.0).low == pytest.approx(100 - 2 * half, abs=0.2)


def test_means_have_students_interval_within_their_bounds() -> None:
    estimate = mean([10.0, 20.0, 30.0], -100.0, 100.0)
    assert estimate.value == pytest.approx(20)
    assert estimate.high - estimate.low == pytest.approx(2 * 4.302653 * 10 / math.sqrt(3), rel=1e-5)
    assert mean([95.0, 100.0], 0.0, 100.0).high == 100.0
    with pytest.raises(ValueError, match="at least one"):
        mean([], 0.0, 1.0)
