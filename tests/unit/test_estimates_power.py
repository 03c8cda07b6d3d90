"""Planned power against every table that may come out, published examples, and statsmodels' approximations."""

import math
from functools import cache
from itertools import product
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from statsmodels.stats.proportion import power_proportions_2indep

from peer_preservation.analysis.estimates import equivalence
from peer_preservation.analysis.estimates.differences import miettinen_nurminen_z
from peer_preservation.analysis.estimates.exact import mcnemar_power, score_power, tango_power
from peer_preservation.analysis.estimates.paired import mcnemar
from peer_preservation.analysis.estimates.power import Question, needed, power
from peer_preservation.analysis.estimates.questions import (
    IndependentMeans,
    IndependentRates,
    PairedEquivalence,
    PairedMeans,
    PairedRates,
    discordant,
)
from peer_preservation.analysis.estimates.score import quantile
from peer_preservation.analysis.estimates.tables import Arm, Pairs

MCNEMAR = cache(lambda first, second: mcnemar(Pairs(0, first, second, max(0, 1 - first - second))))


def _trinomial(n: int, first: float, second: float) -> list[tuple[int, int, float]]:
    """Every count of both kinds of pairs that differ, and how likely it is."""
    rest = 1 - first - second
    return [
        (i, j, math.comb(n, i) * math.comb(n - i, j) * first**i * second**j * rest ** (n - i - j))
        for i, j in product(range(n + 1), repeat=2)
        if i + j <= n
    ]


# --- exact sums


@pytest.mark.parametrize("alpha", [0.05, 0.0125])
@pytest.mark.parametrize(("n", "first", "second"), [(12, 0.5, 0.1), (25, 0.3, 0.05), (25, 0.2, 0.0), (30, 0.5, 0.5)])
def test_mcnemars_power_is_the_sum_over_all_tables(n: int, first: float, second: float, alpha: float) -> None:
    expected = sum(w for i, j, w in _trinomial(n, first, second) if MCNEMAR(i, j) <= alpha)
    assert mcnemar_power(n, first, second, alpha) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("alpha", [0.05, 0.0125])
@pytest.mark.parametrize(("n", "first", "second"), [(10, 0.9, 0.1), (25, 0.4, 0.1), (40, 0.02, 0.2), (30, 0.0, 0.3)])
def test_the_score_tests_power_is_the_sum_over_all_tables(n: int, first: float, second: float, alpha: float) -> None:
    q = quantile(1 - alpha)
    expected = sum(
        binom.pmf(i, n, first) * binom.pmf(j, n, second)
        for i, j in product(range(n + 1), repeat=2)
        if abs(miettinen_nurminen_z(Arm(i, n), Arm(j, n), 0.0)) > q + 1e-9
    )
    assert score_power(n, first, second, alpha) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("n", "first", "second", "margin"),
    [(20, 0.1, 0.1, 0.3), (40, 0.05, 0.1, 0.2), (40, 0.0, 0.0, 0.1), (30, 0.4, 0.4, 0.4)],
)
def test_power_of_equivalence_is_the_sum_over_all_tables(n: int, first: float, second: float, margin: float) -> None:
    expected = sum(
        w
        for i, j, w in _trinomial(n, first, second)
        if w > 1e-14 and equivalence.paired(Pairs(n - i - j, i, j, 0), margin).equivalent
    )
    assert tango_power(n, first, second, margin, 0.05) == pytest.approx(expected, abs=1e-9)


# --- published examples and approximations


def test_mcnemars_power_is_that_of_gpower() -> None:
    # G*Power 3.1 manual, "McNemar test", after O'Brien (2002): 50 pairs, 40 % differ, odds 0.25, one-sided 5 %.
    # Two-sided 10 % also counts the wrong side, which adds some 0.00001.
    assert mcnemar_power(50, 0.08, 0.32, 0.10) == pytest.approx(0.839343, abs=2e-5)


@pytest.mark.parametrize(("question", "n"), [(IndependentMeans(5, 10), 64), (PairedMeans(5, 10), 34)])
def test_means_need_what_cohen_says(question: Question, n: int) -> None:
    # Cohen (1988), Statistical Power Analysis, table 2.4.1: d = 0.5, two-sided 5 %, 80 % needs 64 per group;
    # G*Power 3.1 gives 34 for pairs.
    assert needed(0.8, question) == n


@pytest.mark.parametrize(
    ("n", "first", "second"), [(100, 0.5, 0.35), (200, 0.5, 0.4), (400, 0.3, 0.2), (1000, 0.05, 0.03)]
)
def test_of_large_arms_statsmodels_normal_power_is_close(n: int, first: float, second: float) -> None:
    approximate = power_proportions_2indep(first - second, second, n, 1, 0.05).power
    assert power(IndependentRates(first, second), n) == pytest.approx(approximate, abs=0.015)


def test_of_many_pairs_the_normal_formula_of_equivalence_is_close() -> None:
    # Liu et al. (2002), Statistics in Medicine 21:231, with no true difference: 2 Phi(margin sqrt(n / differ) - q) - 1.
    question = PairedEquivalence(0.5, 0.5, 0.05)
    q = 0.05 * math.sqrt(1500 / 0.5) - quantile(0.9)
    assert power(question, 1500) == pytest.approx(math.erf(q / math.sqrt(2)), abs=0.01)


# --- both directions


QUESTIONS: list[Question] = [
    PairedRates(0.3, 0.1),
    PairedRates(0.12, 0.02, 0.2),
    PairedRates(0.02, 0.01),
    PairedRates(1.0, 0.0),
    IndependentRates(0.3, 0.1),
    IndependentRates(0.02, 0.0),
    IndependentRates(0.02, 0.01),
    PairedMeans(-3.0, 10.0),
    PairedMeans(0.5, 10.0),
    IndependentMeans(3.0, 10.0),
    PairedEquivalence(0.1, 0.1, 0.1),
    PairedEquivalence(0.5, 0.5, 0.03),
    PairedEquivalence(0.0, 0.0, 0.05),
    PairedEquivalence(0.05, 0.02, 0.1, 0.3),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_the_number_needed_is_the_first_that_does(question: Question) -> None:
    for wanted, family in ((0.8, 4), (0.5, 1)):
        n = needed(wanted, question, family=family)
        assert all(power(question, m, family=family) >= wanted for m in range(n, n + 20))
        if n > 1:
            assert power(question, n - 1, family=family) < wanted


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_ten_thousand_are_searched_in_less_than_a_second(question: Question) -> None:
    power(question, 10)  # Without the time that imports take.
    start = process_time()
    needed(0.9, question, family=8)
    assert process_time() - start < 1


def test_more_than_enough_samples_are_enough() -> None:
    # The noncentral t distribution gives no number for tails as thin as these.
    for question in (PairedMeans(3.0, 10.0), IndependentMeans(3.0, 10.0), PairedEquivalence(0.1, 0.1, 0.1)):
        assert [power(question, n) for n in (5_000, 10_000)] == [pytest.approx(1.0)] * 2


def test_a_family_is_planned_as_if_by_bonferroni() -> None:
    question = PairedRates(0.3, 0.1)
    assert power(question, 60, family=5) == power(question, 60, alpha=0.01)
    assert needed(0.8, question, family=5) == needed(0.8, question, alpha=0.01)


def test_pairs_that_are_alike_need_fewer() -> None:
    assert needed(0.8, PairedRates(0.4, 0.2, 0.5)) < needed(0.8, PairedRates(0.4, 0.2)) < 100


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.floats(-1, 1), st.integers(1, 300))
@settings(max_examples=150, deadline=None)
def test_power_is_a_share_and_does_not_care_which_comes_first(
    first: float, second: float, correlation: float, n: int
) -> None:
    if abs(first - second) < 1e-6:
        return
    one, two = discordant(first, second, 0.0)
    assert one - two == pytest.approx(first - second)
    for make in (IndependentRates, PairedRates):
        value = power(make(first, second), n)
        assert 0 <= value <= 1
        assert value == pytest.approx(power(make(second, first), n), abs=1e-9)
    spread = math.sqrt(first * (1 - first) * second * (1 - second))
    both = first * second + correlation * spread
    if max(0.0, first + second - 1) + 1e-9 < both < min(first, second) - 1e-9:
        assert discordant(first, second, correlation) == pytest.approx((first - both, second - both))


# --- refusals


def test_impossible_plans_are_refused_with_what_is_allowed() -> None:
    with pytest.raises(ValueError, match=r"rate lies between 0 and 1; 1\.5 does not"):
        PairedRates(1.5, 0.1)
    with pytest.raises(ValueError, match=r"both 0\.1 leave no difference"):
        IndependentRates(0.1, 0.1)
    with pytest.raises(ValueError, match=r"0\.3 and 0\.1 allow a correlation from -0\.218 to 0\.509, not 0\.8"):
        PairedRates(0.3, 0.1, 0.8)
    with pytest.raises(ValueError, match=r"from 0\.000 to 0\.000, not 0\.1"):
        PairedRates(0.3, 0.0, 0.1)
    with pytest.raises(ValueError, match="other than 0, not 0"):
        PairedMeans(0.0, 1.0)
    with pytest.raises(ValueError, match=r"above 0; 0\.0 is not"):
        IndependentMeans(1.0, 0.0)
    with pytest.raises(ValueError, match=r"margin lies between 0 and 1; 0\.0 does not"):
        PairedEquivalence(0.1, 0.1, 0.0)
    with pytest.raises(ValueError, match=r"do not differ by less than the margin of 0\.05"):
        PairedEquivalence(0.1, 0.2, 0.05)
    question = PairedRates(0.51, 0.49)
    with pytest.raises(ValueError, match=r"Even 10,000 per arm have a power of only 0\.8\d\d, where 0\.9 is wanted"):
        needed(0.9, question)
    with pytest.raises(ValueError, match="at least one sample, not 0"):
        power(question, 0)
    with pytest.raises(ValueError, match="Power lies between 0 and 1; 80 does not"):
        needed(80, question)
    with pytest.raises(ValueError, match=r"error rate lies between 0 and 0\.5; 5 does not"):
        power(question, 10, alpha=5)
    with pytest.raises(ValueError, match="at least one question, not 0"):
        power(question, 10, family=0)
