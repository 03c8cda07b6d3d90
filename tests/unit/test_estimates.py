"""Differences, families, equivalence and drop-out against published and hand-computed examples."""

import math
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from statsmodels.stats.proportion import score_test_proportions_2indep

from peer_preservation.analysis.estimates import equivalence
from peer_preservation.analysis.estimates.differences import (
    constrained_share,
    miettinen_nurminen,
    miettinen_nurminen_z,
    newcombe,
)
from peer_preservation.analysis.estimates.family import holm
from peer_preservation.analysis.estimates.missing import difference_bounds, drop_out, paired_bounds, rate_bounds
from peer_preservation.analysis.estimates.paired import bootstrap_by_instance, mcnemar, tango, tango_z
from peer_preservation.analysis.estimates.score import quantile
from peer_preservation.analysis.estimates.tables import Arm, Pairs, tabulate

Z2 = quantile(0.95) ** 2


@st.composite
def arms(draw: st.DrawFn) -> Arm:
    n = draw(st.integers(1, 60))
    return Arm(draw(st.integers(0, n)), n)


tables = st.tuples(*[st.integers(0, 25)] * 4).filter(any).map(lambda cells: Pairs(*cells))
deltas = st.floats(-0.98, 0.98)


# --- independent arms


# Newcombe (1998), Statistics in Medicine 17:873, table II: methods 10 and 6 (Miettinen and Nurminen).
@pytest.mark.parametrize(
    ("first", "second", "hybrid", "score"),
    [
        (Arm(56, 70), Arm(48, 80), (0.0524, 0.3339), (0.0528, 0.3382)),
        (Arm(9, 10), Arm(3, 10), (0.1705, 0.8090), (0.1700, 0.8406)),
        (Arm(6, 7), Arm(2, 7), (0.0582, 0.8062), (0.0342, 0.8534)),
        (Arm(5, 56), Arm(0, 29), (-0.0381, 0.1926), (-0.0326, 0.1933)),
        (Arm(0, 10), Arm(0, 20), (-0.1611, 0.2775), (-0.1658, 0.2844)),
        (Arm(0, 10), Arm(0, 10), (-0.2775, 0.2775), (-0.2879, 0.2879)),
        (Arm(10, 10), Arm(0, 20), (0.6791, 1.0), (0.7156, 1.0)),
        (Arm(10, 10), Arm(0, 10), (0.6075, 1.0), (0.6636, 1.0)),
    ],
)
def test_independent_limits_are_those_of_newcombe(
    first: Arm, second: Arm, hybrid: tuple[float, float], score: tuple[float, float]
) -> None:
    for estimate, limits in ((newcombe(first, second), hybrid), (miettinen_nurminen(first, second), score)):
        assert (estimate.low, estimate.high) == pytest.approx(limits, abs=6e-5)
        assert estimate.value == first.yes / first.n - second.yes / second.n
        assert estimate.n == first.n + second.n


def test_miettinen_nurminen_agrees_with_another_implementation() -> None:
    # R, PropCIs: diffscoreci(7, 34, 1, 34, 0.95), as quoted in the tests of statsmodels.
    estimate = miettinen_nurminen(Arm(7, 34), Arm(1, 34))
    assert (estimate.low, estimate.high) == pytest.approx((0.0270416, 0.3452912), abs=1e-6)


def test_of_two_arms_without_a_yes_the_limit_can_be_solved_by_hand() -> None:
    # With 0 of n twice, the constrained shares are d and 0, and z^2 = d n / (1 - d) (2n - 1) / 2n.
    odds = Z2 / 10 * 20 / 19
    assert miettinen_nurminen(Arm(0, 10), Arm(0, 10)).high == pytest.approx(odds / (1 + odds), abs=1e-9)


@pytest.mark.parametrize(("first", "second"), [(Arm(3, 9), Arm(5, 11)), (Arm(40, 80), Arm(3, 20))])
def test_at_no_difference_the_statistic_is_that_of_statsmodels(first: Arm, second: Arm) -> None:
    # Only there: elsewhere statsmodels' constrained share is wrong (issue 10269).
    expected = score_test_proportions_2indep(first.yes, first.n, second.yes, second.n, value=0.0)
    assert miettinen_nurminen_z(first, second, 0.0) == pytest.approx(expected.statistic, abs=1e-9)


@given(arms(), arms(), deltas)
@settings(max_examples=200, deadline=None)
def test_the_constrained_share_is_the_most_likely_one(first: Arm, second: Arm, delta: float) -> None:
    def unlikeliness(two: float) -> float:
        one = two + delta
        terms = ((first.yes, one), (first.n - first.yes, 1 - one), (second.yes, two), (second.n - second.yes, 1 - two))
        return -sum(count * math.log(max(share, 1e-300)) for count, share in terms if count)

    low, high = max(0.0, -delta) + 1e-9, min(1.0, 1 - delta) - 1e-9
    best = minimize_scalar(unlikeliness, bounds=(low, high), method="bounded", options={"xatol": 1e-9})
    assert unlikeliness(min(high, max(low, constrained_share(first, second, delta)))) <= best.fun + 1e-6


@given(arms(), arms(), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
@settings(max_examples=150, deadline=None)
def test_independent_intervals_hold_their_estimate_and_mirror(first: Arm, second: Arm, level: float) -> None:
    for method in (newcombe, miettinen_nurminen):
        estimate, mirrored = method(first, second, level=level), method(second, first, level=level)
        assert -1 <= estimate.low <= estimate.value <= estimate.high <= 1
        assert (-mirrored.high, -mirrored.low) == pytest.approx((estimate.low, estimate.high), abs=1e-6)
        wider = method(first, second, level=0.995)
        assert wider.low <= estimate.low + 1e-9
        assert wider.high >= estimate.high - 1e-9


@given(arms(), arms())
@settings(max_examples=100, deadline=None)
def test_the_score_statistic_is_at_its_quantile_at_both_limits(first: Arm, second: Arm) -> None:
    estimate = miettinen_nurminen(first, second)
    for limit, sign in ((estimate.low, 1), (estimate.high, -1)):
        if abs(limit) < 1:
            assert miettinen_nurminen_z(first, second, limit) == pytest.approx(sign * quantile(0.95), abs=1e-4)


# --- pairs


# Fagerland, Lydersen and Laake (2014), Statistics in Medicine 33:2850, and the R packages contingencytables and ratesci
# by and after them (first two); R, PropCIs: scoreci.mp(25, 28, 618, 0.9), which is second minus first (third).
@pytest.mark.parametrize(
    ("pairs", "level", "low", "high", "digits"),
    [
        (Pairs(59, 6, 16, 80), 0.95, -0.1240, -0.0054, 6e-5),
        (Pairs(1, 1, 7, 12), 0.95, -0.517, -0.026, 6e-4),
        (Pairs(565, 28, 25, 0), 0.90, -0.0148, 0.0247, 6e-5),
    ],
)
def test_paired_limits_are_those_of_tango(pairs: Pairs, level: float, low: float, high: float, digits: float) -> None:
    estimate = tango(pairs, level=level)
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=digits)
    assert (estimate.value, estimate.n) == (pairs.difference, pairs.n)


@pytest.mark.parametrize("n", [1, 30, 54])
def test_of_pairs_that_all_agree_the_limit_is_that_of_wilson(n: int) -> None:
    # Tango (1998): without pairs that differ, z^2 / (n + z^2); Newcombe's table III gives 0.1135 and 0.0664 as well.
    for pairs in (Pairs(n, 0, 0, 0), Pairs(0, 0, 0, n)):
        estimate = tango(pairs)
        assert (estimate.low, estimate.high) == pytest.approx((-Z2 / (n + Z2), Z2 / (n + Z2)), abs=1e-9)


@pytest.mark.parametrize(
    ("pairs", "p"),
    [
        (Pairs(59, 6, 16, 80), 0.052479),  # contingencytables, as above
        (Pairs(1, 1, 7, 12), 18 / 256),  # 2 (1 + 8) / 2^8
        (Pairs(3, 0, 5, 3), 1 / 16),
        (Pairs(0, 2, 2, 0), 1.0),
        (Pairs(5, 0, 0, 5), 1.0),
        (Pairs(0, 1, 0, 0), 1.0),
    ],
)
def test_mcnemar_is_the_sign_test_of_pairs_that_differ(pairs: Pairs, p: float) -> None:
    assert mcnemar(pairs) == pytest.approx(p, abs=5e-7)


@pytest.mark.parametrize("pairs", [Pairs(59, 6, 16, 80), Pairs(1, 1, 7, 12), Pairs(0, 3, 0, 0)])
def test_at_no_difference_tangos_statistic_is_mcnemars(pairs: Pairs) -> None:
    expected = (pairs.first - pairs.second) / math.sqrt(pairs.first + pairs.second)
    assert tango_z(pairs, 0.0) == pytest.approx(expected, abs=1e-9)


@given(tables, deltas)
@settings(max_examples=150, deadline=None)
def test_tangos_statistic_rests_on_the_most_likely_shares(pairs: Pairs, delta: float) -> None:
    agree = pairs.both + pairs.neither

    def unlikeliness(second: float) -> float:
        terms = ((pairs.first, second + delta), (pairs.second, second), (agree, 1 - 2 * second - delta))
        return -sum(count * math.log(max(share, 1e-300)) for count, share in terms if count)

    low, high = max(0.0, -delta) + 1e-10, (1 - delta) / 2 - 1e-10
    best = minimize_scalar(unlikeliness, bounds=(low, high), method="bounded", options={"xatol": 1e-10}).x
    for edge in (low, high):
        best = edge if unlikeliness(edge) < unlikeliness(best) else best
    distance = pairs.difference - delta
    expected = distance / math.sqrt((2 * best + delta - delta * delta) / pairs.n) if abs(distance) > 1e-9 else 0.0
    if abs(expected) < 50:
        assert tango_z(pairs, delta) == pytest.approx(expected, rel=1e-3, abs=1e-3)


@given(tables, st.sampled_from([0.8, 0.9, 0.95, 0.99]))
@settings(max_examples=150, deadline=None)
def test_tangos_interval_holds_its_estimate_and_mirrors(pairs: Pairs, level: float) -> None:
    estimate = tango(pairs, level=level)
    mirrored = tango(Pairs(pairs.both, pairs.second, pairs.first, pairs.neither), level=level)
    assert -1 <= estimate.low <= estimate.value <= estimate.high <= 1
    assert (-mirrored.high, -mirrored.low) == pytest.approx((estimate.low, estimate.high), abs=1e-6)


def test_pairs_are_tabulated() -> None:
    assert tabulate([(True, True), (True, False), (True, False), (False, True), (False, False)]) == Pairs(1, 2, 1, 1)


# --- bootstrap


def test_percentile_limits_are_those_of_all_resamples() -> None:
    # Two instances: means -1, 0, 1 with 1/4, 1/2, 1/4; the middle half ends at the quartiles.
    estimate = bootstrap_by_instance({"a": [1.0], "b": [-1.0]}, seed=1, method="percentile", level=0.4)
    assert (estimate.value, estimate.low, estimate.high, estimate.n) == (0.0, 0.0, 0.0, 2)
    estimate = bootstrap_by_instance({"a": [1.0], "b": [-1.0]}, seed=1, method="percentile")
    assert (estimate.low, estimate.high) == (-1.0, 1.0)


@pytest.mark.parametrize("method", ["bca", "percentile"])
def test_limits_agree_with_scipys_where_every_instance_has_one_pair(method: str) -> None:
    import numpy as np
    from scipy.stats import bootstrap

    values = np.random.default_rng(5).choice([-1.0, 0.0, 0.5, 1.0], size=60, p=[0.1, 0.5, 0.1, 0.3])
    ours = bootstrap_by_instance(
        {f"{i:02}": [float(v)] for i, v in enumerate(values)},
        seed=2,
        method="bca" if method == "bca" else "percentile",
    )
    theirs = bootstrap((values,), np.mean, method=method, n_resamples=10_000, rng=np.random.default_rng(3))
    assert (ours.low, ours.high) == pytest.approx(tuple(theirs.confidence_interval), abs=0.012)


def test_pairs_of_one_instance_do_not_count_as_many() -> None:
    # Five times the same pair of each instance says no more than one.
    once = {str(i): [float(i % 3 - 1)] for i in range(20)}
    often = {name: values * 5 for name, values in once.items()}
    one, many = (bootstrap_by_instance(d, seed=4) for d in (once, often))
    assert (many.low, many.high) == pytest.approx((one.low, one.high), abs=1e-9)


def test_an_instance_with_more_pairs_weighs_more() -> None:
    assert bootstrap_by_instance({"a": [1.0, 1.0, 1.0], "b": [0.0]}, seed=1).value == 0.75


def test_the_same_seed_and_any_order_give_the_same_limits() -> None:
    one = {"a": [1.0], "b": [0.0], "c": [1.0], "d": [-1.0]}
    assert bootstrap_by_instance(one, seed=7) == bootstrap_by_instance(dict(reversed(one.items())), seed=7)


def test_instances_that_are_all_the_same_still_have_an_interval() -> None:
    alone = bootstrap_by_instance({"a": [0.0, 0.0]}, seed=1)
    assert (alone.value, alone.low, alone.high, alone.n) == (0.0, -1.0, 1.0, 1)
    many = bootstrap_by_instance({str(i): [0.0] for i in range(20)}, seed=1)
    assert (many.low, many.high) == pytest.approx((-0.161, 0.161), abs=1e-3)


@given(
    st.dictionaries(
        st.text("abcdef", min_size=1, max_size=3), st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=1, max_size=4)
    ).filter(bool)
)
@settings(max_examples=60, deadline=None)
def test_bootstrap_intervals_hold_their_estimate(differences: dict[str, list[float]]) -> None:
    for level in (0.5, 0.95, 0.9999):
        estimate = bootstrap_by_instance(differences, seed=1, replicates=200, level=level)
        assert -1 <= estimate.low <= estimate.value <= estimate.high <= 1


# --- families


def test_holm_steps_down() -> None:
    # By hand: 4 x 0.005, 3 x 0.01, 2 x 0.03, and the last no smaller than the one before it.
    adjusted = holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005})
    assert list(adjusted) == ["a", "b", "c", "d"]
    assert adjusted == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06, "d": 0.02})


def test_holm_of_one_question_changes_nothing() -> None:
    assert holm({"only": 0.04}) == {"only": 0.04}
    assert holm({"a": 0.9, "b": 0.8}) == {"a": 1.0, "b": 1.0}


@pytest.mark.usefixtures("frozen_garbage")
@given(st.dictionaries(st.text(max_size=4), st.floats(0, 1), min_size=1, max_size=12))
@settings(deadline=None)
def test_holm_lies_between_the_p_value_and_bonferronis(p_values: dict[str, float]) -> None:
    adjusted = holm(p_values)
    for name, p in p_values.items():
        assert p - 1e-12 <= adjusted[name] <= min(1.0, len(p_values) * p) + 1e-12


@pytest.mark.parametrize(
    ("p_values", "adjusted"),
    [
        # By hand: the smallest times 4, the next times 3, and so on, never below the one before.
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.02, 0.02, 0.5, 0.0, 1.0], [0.08, 0.08, 1.0, 0.0, 1.0]),
        ([0.3], [0.3]),
        ([0.011, 0.012, 0.9], [0.033, 0.033, 0.9]),
    ],
)
def test_holm_steps_down_by_hand(p_values: list[float], adjusted: list[float]) -> None:
    found = holm({f"question {i}": p for i, p in enumerate(p_values)})
    assert list(found) == [f"question {i}" for i in range(len(p_values))]
    assert list(found.values()) == pytest.approx(adjusted, abs=1e-12)


# --- equivalence


def test_equivalence_of_tangos_contact_lenses() -> None:
    # The counts and the margin of Tango (1998), section 4; the statistic by hand from his equations.
    pairs = Pairs(43, 0, 1, 0)
    b, c = (2 * 44 + 1) * -0.1 - 1, 0.1 * 1.1
    share = (math.sqrt(b * b - 8 * 44 * c) - b) / (4 * 44)
    z = (-1 + 4.4) / math.sqrt(44 * (2 * share - 0.1 * 1.1))
    assert tango_z(pairs, -0.1) == pytest.approx(z, abs=1e-9)
    result = equivalence.paired(pairs, 0.1)
    assert result.p == pytest.approx(0.5 * math.erfc(z / math.sqrt(2)), abs=1e-9)
    assert result.equivalent
    assert not equivalence.paired(pairs, 0.09).equivalent


def test_large_arms_are_equivalent_as_the_normal_distribution_has_it() -> None:
    result = equivalence.independent(Arm(5000, 10_000), Arm(5000, 10_000), 0.02)
    # Constrained shares 0.51 and 0.49.
    z = 0.02 / math.sqrt(2 * 0.51 * 0.49 / 10_000)
    assert result.p == pytest.approx(0.5 * math.erfc(z / math.sqrt(2)), rel=1e-3)
    assert result.equivalent
    assert not equivalence.independent(Arm(5, 10), Arm(5, 10), 0.02).equivalent


@given(arms(), arms(), tables, st.floats(0.01, 0.9))
@settings(max_examples=150, deadline=None)
def test_equivalence_is_an_interval_within_the_margin(first: Arm, second: Arm, pairs: Pairs, margin: float) -> None:
    for result in (equivalence.independent(first, second, margin), equivalence.paired(pairs, margin)):
        reach = max(-result.estimate.low, result.estimate.high)
        if abs(reach - margin) > 1e-6:
            assert result.equivalent == (reach < margin)
        assert 0 <= result.p <= 1


# --- what is missing


def test_rates_are_bounded_by_all_missing_a_no_and_all_a_yes() -> None:
    bounds = rate_bounds(3, 8, 2)
    assert (bounds.worst.value, bounds.best.value) == (0.3, 0.5)
    assert (bounds.worst.low, bounds.best.high) == pytest.approx((0.1078, 0.7634), abs=5e-5)
    assert (rate_bounds(0, 0, 4).worst.value, rate_bounds(0, 0, 4).best.value) == (0.0, 1.0)


def test_differences_are_bounded_by_what_speaks_for_and_against() -> None:
    bounds = difference_bounds((3, 8, 2), (1, 9, 1))
    assert bounds.worst == miettinen_nurminen(Arm(3, 10), Arm(2, 10))
    assert bounds.best == miettinen_nurminen(Arm(5, 10), Arm(1, 10))
    complete = difference_bounds((3, 8, 0), (1, 9, 0))
    assert complete.worst == complete.best == miettinen_nurminen(Arm(3, 8), Arm(1, 9))


def test_half_a_pair_still_bounds_a_paired_difference() -> None:
    bounds = paired_bounds([(True, None), (None, False), (None, None), (True, False)])
    assert (bounds.worst.value, bounds.best.value) == (0.0, 1.0)
    assert bounds.worst == tango(Pairs(1, 1, 1, 1))
    assert bounds.best == tango(Pairs(0, 4, 0, 0))


@given(st.lists(st.tuples(*[st.sampled_from([True, False, None])] * 2), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_bounds_hold_whatever_is_missing(pairs: list[tuple[bool | None, bool | None]]) -> None:
    bounds = paired_bounds(pairs)
    choices = [[(x, y) for x in _either(one) for y in _either(two)] for one, two in pairs]
    values = [tabulate(filled).difference for filled in product(*choices[:3])]
    if len(pairs) <= 3:
        assert (bounds.worst.value, bounds.best.value) == (min(values), max(values))
    assert bounds.worst.value <= bounds.best.value


def _either(value: bool | None) -> list[bool]:
    return [True, False] if value is None else [value]


def test_drop_out_is_that_of_the_lady_tasting_tea() -> None:
    # Fisher (1935), The Design of Experiments: 3 of 4 against 1 of 4 has 34/70, all four against none 2/70.
    tea = drop_out(Arm(3, 4), Arm(1, 4))
    assert (tea.p, tea.alarm) == (pytest.approx(34 / 70), False)
    certain = drop_out(Arm(4, 4), Arm(0, 4))
    assert (certain.p, certain.alarm) == (pytest.approx(2 / 70), True)
    assert (certain.first.value, certain.second.value) == (1.0, 0.0)
    assert drop_out(Arm(0, 50), Arm(0, 50)).p == 1.0


# --- refusals


def test_nothing_has_no_estimate() -> None:
    with pytest.raises(ValueError, match="at least one sample, not 0"):
        Arm(0, 0)
    with pytest.raises(ValueError, match="at least one pair, not 0"):
        Pairs(0, 0, 0, 0)
    with pytest.raises(ValueError, match="at least one pair"):
        tabulate([])
    with pytest.raises(ValueError, match="at least one pair"):
        paired_bounds([])
    with pytest.raises(ValueError, match="at least one instance"):
        bootstrap_by_instance({}, seed=1)
    with pytest.raises(ValueError, match="b has no pairs"):
        bootstrap_by_instance({"a": [1.0], "b": []}, seed=1)
    with pytest.raises(ValueError, match="at least one p value"):
        holm({})
    with pytest.raises(ValueError, match="at least one sample, measured or missing"):
        rate_bounds(0, 0, 0)
    with pytest.raises(ValueError, match="at least one sample, measured or missing"):
        difference_bounds((0, 0, 0), (1, 2, 0))


def test_impossible_numbers_are_refused_with_their_value() -> None:
    with pytest.raises(ValueError, match="5 samples cannot have 6"):
        Arm(6, 5)
    with pytest.raises(ValueError, match=r"negative, as in \(1, -1, 0, 0\)"):
        Pairs(1, -1, 0, 0)
    with pytest.raises(ValueError, match=r"that of a is 1\.5"):
        holm({"a": 1.5})
    with pytest.raises(ValueError, match="that of a is nan"):
        holm({"a": math.nan})
    with pytest.raises(ValueError, match="4 with a yes, 3 measured"):
        rate_bounds(4, 3, 0)
    with pytest.raises(ValueError, match=r"outside -1 to 1: \[2\.0\]"):
        bootstrap_by_instance({"a": [2.0]}, seed=1)
    with pytest.raises(ValueError, match="at least 100 replicates, not 5"):
        bootstrap_by_instance({"a": [1.0]}, seed=1, replicates=5)
    with pytest.raises(ValueError, match="margin lies between 0 and 1; 0 does not"):
        equivalence.paired(Pairs(1, 0, 0, 0), 0)
    with pytest.raises(ValueError, match=r"0\.6 does not"):
        equivalence.independent(Arm(1, 2), Arm(1, 2), 0.1, alpha=0.6)
    with pytest.raises(ValueError, match=r"alarm lies between 0 and 1; 1\.0 does not"):
        drop_out(Arm(1, 2), Arm(1, 2), alarm=1.0)
    for statistic in (
        lambda: miettinen_nurminen_z(Arm(1, 2), Arm(1, 2), 1.5),
        lambda: tango_z(Pairs(1, 0, 0, 0), 1.5),
    ):
        with pytest.raises(ValueError, match=r"between -1 and 1; 1\.5 does not"):
            statistic()
    for level in (0.0, 1.0, 95.0):
        with pytest.raises(ValueError, match=f"{level} does not"):
            newcombe(Arm(1, 2), Arm(1, 2), level=level)
        with pytest.raises(ValueError, match=f"{level} does not"):
            tango(Pairs(1, 0, 0, 0), level=level)
