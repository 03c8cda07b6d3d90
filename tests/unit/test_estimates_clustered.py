"""Estimates over strata that share seeds: against matrices, Student and statsmodels, and where they end."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import fractional_matrix_power
from scipy.stats import t, ttest_1samp
from statsmodels.regression.linear_model import OLS

from peer_preservation.analysis.estimates.clustered import Observation, pooled_difference, pooled_mean, pooled_rate
from peer_preservation.analysis.estimates.clustered_pairs import (
    PairObservation,
    equivalence_p,
    pooled_rate_difference,
)
from peer_preservation.analysis.estimates.strata import fit
from peer_preservation.measure.intervals import mean, paired_difference

Z2 = 1.959963984540054**2


def grid(*strata: list[float | None]) -> list[Observation]:
    """A row for each stratum, a column for each cluster; None where it did not run."""
    return [
        Observation(f"stratum {s}", f"seed {c}", value)
        for s, row in enumerate(strata)
        for c, value in enumerate(row)
        if value is not None
    ]


observed = st.lists(
    st.builds(
        Observation, st.sampled_from("abc"), st.sampled_from("12345"), st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0])
    ),
    min_size=1,
    max_size=40,
)


def _by_matrices(observations: list[Observation]) -> tuple[float, float]:
    """Standard error and degrees of freedom as Bell and McCaffrey (2002) write them, with the roots of whole blocks."""
    strata, clusters = (sorted({getattr(o, name) for o in observations}) for name in ("stratum", "cluster"))
    x = np.array([[o.stratum == s for s in strata] for o in observations], dtype=float)
    y = np.array([o.value for o in observations])
    bread = np.linalg.inv(x.T @ x)
    contrast = np.full(len(strata), 1 / len(strata))
    hat = x @ bread @ x.T
    left = np.eye(len(y)) - hat
    residual = left @ y
    columns = []
    for cluster in clusters:
        own = np.array([o.cluster == cluster for o in observations])
        block = np.eye(own.sum()) - hat[np.ix_(own, own)]
        adjusted = np.real(fractional_matrix_power(block, -0.5)) @ x[own] @ bread @ contrast
        columns.append((left[:, own] @ adjusted, adjusted @ residual[own]))
    g = np.column_stack([column for column, _ in columns])
    eigenvalues = np.linalg.eigvalsh(g.T @ g)
    return math.sqrt(sum(part**2 for _, part in columns)), eigenvalues.sum() ** 2 / (eigenvalues**2).sum()


def test_of_complete_data_it_is_students_test_over_the_means_of_seeds() -> None:
    rows = np.random.default_rng(1).normal(0.1, 0.3, (3, 12)).clip(-1, 1)
    found = pooled_difference(grid(*rows.tolist()))
    expected = ttest_1samp(rows.mean(axis=0), 0.0)
    limits = expected.confidence_interval(0.95)
    assert (found.estimate.low, found.estimate.high) == pytest.approx((limits.low, limits.high), abs=1e-12)
    assert (found.estimate.value, found.estimate.n) == (pytest.approx(rows.mean()), 12)
    assert found.p == pytest.approx(expected.pvalue, abs=1e-12)


def test_one_stratum_is_a_mean() -> None:
    values = [0.0, 0.25, 1.0, 0.5, 0.5]
    found, expected = pooled_mean(grid(values), 0.0, 1.0), mean(values, 0.0, 1.0)  # type: ignore[arg-type]
    assert (found.low, found.high, found.n) == (pytest.approx(expected.low), pytest.approx(expected.high), expected.n)


def test_of_complete_data_the_error_is_that_of_statsmodels_but_for_its_factor() -> None:
    rows = np.random.default_rng(2).random((4, 9))
    observations = grid(*rows.tolist())
    x = np.array([[o.stratum == f"stratum {s}" for s in range(4)] for o in observations], dtype=float)
    groups = np.array([int(o.cluster.split()[1]) for o in observations])
    theirs = OLS([o.value for o in observations], x).fit(cov_type="cluster", cov_kwds={"groups": groups})
    error = float(theirs.t_test(np.full(4, 0.25)).sd.item())
    # statsmodels multiplies by (N - 1) / (N - K) as well, as if strata were estimated at the expense of seeds.
    assert fit(observations, 0.0, 1.0).error == pytest.approx(error / math.sqrt(35 / 32), abs=1e-12)
    assert fit(observations, 0.0, 1.0).freedom == pytest.approx(8)


@given(observed)
@settings(max_examples=150, deadline=None)
def test_the_closed_form_is_that_of_the_matrices(observations: list[Observation]) -> None:
    found = fit(observations, -1.0, 1.0)
    if found.open == 0 and found.error > 0:
        error, freedom = _by_matrices(observations)
        assert (found.error, found.freedom) == pytest.approx((error, freedom), rel=1e-6)


def test_every_stratum_weighs_the_same() -> None:
    observations = grid([1.0] * 10, [0.0, 0.0, None, None, None, None, None, None, None, None])
    assert pooled_rate(observations).value == 0.5
    repeated = [*observations, *grid([1.0] * 10)]
    assert pooled_rate(repeated).value == 0.5


def test_epochs_of_a_seed_do_not_count_as_many() -> None:
    once = grid([0.0, 1.0, 1.0, 0.0, 1.0])
    for estimate in (pooled_rate, lambda o: pooled_mean(o, 0.0, 1.0)):
        one, many = estimate(once), estimate(once * 5)
        assert (many.low, many.high, many.n) == (pytest.approx(one.low), pytest.approx(one.high), 5)


def test_a_rate_by_hand() -> None:
    # Two of four seeds: error 0.5 / sqrt(3), so they are worth three samples; Wilson's limits with Student's quantile.
    q = t.ppf(0.975, 3) ** 2
    half = math.sqrt(0.25 / 3 * q + q * q / 36) / (1 + q / 3)
    estimate = pooled_rate(grid([1.0, 0.0, 1.0, 0.0]))
    assert (estimate.low, estimate.high) == (pytest.approx(0.5 - half), pytest.approx(0.5 + half))


@pytest.mark.parametrize("seeds", [2, 5, 30])
def test_without_spread_the_interval_is_that_of_wilson_for_so_many_seeds(seeds: int) -> None:
    other = Z2 / (seeds + Z2)
    observations = grid([0.0] * seeds, [0.0] * seeds)
    for estimate in (pooled_rate(observations), pooled_mean(observations, 0.0, 1.0)):
        assert (estimate.low, estimate.high) == (0.0, pytest.approx(other))
    found = pooled_difference(observations)
    assert (found.estimate.low, found.estimate.high) == (pytest.approx(-other), pytest.approx(other))
    assert found.p == 1.0


def test_strata_that_differ_but_do_not_vary_still_have_an_interval() -> None:
    estimate = pooled_rate(grid([1.0] * 10, [0.0] * 10))
    other = Z2 / (10 + Z2)
    assert (estimate.low, estimate.high) == (pytest.approx(0.5 - other / 2), pytest.approx(0.5 + other / 2))
    # Seeds that cancel out: all means of seeds are the same.
    estimate = pooled_rate(grid([1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0]))
    assert estimate.high - estimate.low > 0.4


def test_strata_without_spread_that_share_no_seeds_count_their_own() -> None:
    # Two seeds in one, ten in the other: 2^2 / (1/2 + 1/10) seeds.
    estimate = pooled_rate(grid([0.0] * 2 + [None] * 10, [None] * 2 + [0.0] * 10))
    assert estimate.high == pytest.approx(Z2 / (4 / 0.6 + Z2))


@pytest.mark.parametrize(("seeds", "least"), [(2, 0.5), (5, 2**-4), (20, 7.7e-6)])
def test_differences_that_are_all_the_same_have_the_p_value_of_the_sign_test_or_more(seeds: int, least: float) -> None:
    # With twenty, Wilson's limit for half of the range: z^2 = n.
    assert pooled_difference(grid([1.0] * seeds)).p == pytest.approx(least, rel=0.01)
    assert pooled_difference(grid([-1.0] * seeds)).p == pytest.approx(least, rel=0.01)
    assert pooled_difference(grid([0.01] * seeds)).p > 0.5


def test_one_seed_says_nothing_of_others() -> None:
    found = pooled_difference(grid([0.5], [0.1]))
    assert (found.estimate.value, found.estimate.low, found.estimate.high, found.p) == (0.3, -1.0, 1.0, 1.0)
    assert pooled_rate(grid([1.0])) == pooled_mean(grid([1.0]), 0.0, 1.0)
    assert (pooled_rate(grid([1.0])).low, pooled_rate(grid([1.0])).high) == (0.0, 1.0)


def test_a_stratum_of_one_seed_opens_the_interval_by_its_weight() -> None:
    values: list[float | None] = [0.0, 1.0, 0.0, 1.0, 1.0]
    alone = pooled_mean(grid(values), 0.0, 1.0)
    estimate = pooled_mean(grid(values, [1.0, None, None, None, None]), 0.0, 1.0)
    assert estimate.value == pytest.approx(0.8)
    assert (estimate.low, estimate.high) == (pytest.approx(alone.low / 2), pytest.approx(alone.high / 2 + 0.5))
    assert pooled_difference(grid([1.0, None], [None, 1.0])).p == 1.0


@given(observed)
@settings(max_examples=150, deadline=None)
def test_intervals_hold_their_estimate_have_a_width_and_mirror(observations: list[Observation]) -> None:
    found = pooled_difference(observations)
    estimate = found.estimate
    assert -1 <= estimate.low <= estimate.value <= estimate.high <= 1
    assert estimate.high - estimate.low > 1e-6
    mirrored = pooled_difference([Observation(o.stratum, o.cluster, -o.value) for o in observations])
    assert (-mirrored.estimate.high, -mirrored.estimate.low) == pytest.approx((estimate.low, estimate.high), abs=1e-9)
    assert mirrored.p == pytest.approx(found.p, abs=1e-9)
    # What the sign test adds aside, the test is the interval's.
    if not estimate.low <= 0 <= estimate.high:
        assert found.p <= max(0.05, 2.0 ** (1 - estimate.n)) + 1e-9
    elif estimate.low < -1e-9 and estimate.high > 1e-9:
        assert found.p >= 0.05 - 1e-9
    wider = pooled_difference(observations, level=0.99).estimate
    assert wider.low <= estimate.low + 1e-12
    assert wider.high >= estimate.high - 1e-12


@given(observed)
@settings(max_examples=100, deadline=None)
def test_rates_lie_within_0_and_1_and_mirror(observations: list[Observation]) -> None:
    shares = [Observation(o.stratum, o.cluster, (o.value + 1) / 2) for o in observations]
    estimate = pooled_rate(shares)
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
    assert estimate.high > estimate.low
    mirrored = pooled_rate([Observation(o.stratum, o.cluster, 1 - o.value) for o in shares])
    assert (1 - mirrored.high, 1 - mirrored.low) == pytest.approx((estimate.low, estimate.high), abs=1e-9)


def _pairs(first: list[Observation], second: list[Observation]) -> list[PairObservation]:
    return [PairObservation(x.stratum, x.cluster, x.value, y.value) for x, y in zip(first, second, strict=True)]


def test_a_difference_of_rates_is_put_together_by_hand() -> None:
    # Errors of both over seeds go together as their values do: by phi.
    rows = [(1.0, 1.0)] * 4 + [(1.0, 0.0)] * 2 + [(0.0, 0.0)] * 6
    first, second = (grid([row[i] for row in rows]) for i in (0, 1))
    one, two = pooled_rate(first), pooled_rate(second)
    phi = 4 * 6 / math.sqrt(6 * 6 * 4 * 8)
    a, b = one.value - one.low, two.high - two.value
    found = pooled_rate_difference(_pairs(first, second))
    assert found.estimate.value == pytest.approx(1 / 6)
    assert found.estimate.low == pytest.approx(1 / 6 - math.sqrt(a * a + b * b - 2 * phi * a * b))
    assert found.p == pooled_difference(grid([x - y for x, y in rows])).p


def test_pairs_that_all_agree_have_the_interval_of_no_spread() -> None:
    seen = grid([1.0, 1.0, 0.0, 0.0])
    assert pooled_rate_difference(_pairs(seen, seen)) == pooled_difference(grid([0.0] * 4))


def test_of_one_stratum_and_many_pairs_it_is_near_newcombes_interval() -> None:
    rows = [(1.0, 1.0)] * 60 + [(1.0, 0.0)] * 40 + [(0.0, 1.0)] * 20 + [(0.0, 0.0)] * 80
    first, second = (grid([row[i] for row in rows]) for i in (0, 1))
    found, expected = pooled_rate_difference(_pairs(first, second)).estimate, paired_difference(rows)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.003)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("1234"), st.booleans(), st.booleans()), min_size=1))
@settings(max_examples=100, deadline=None)
def test_differences_of_rates_hold_their_estimate_and_mirror(seen: list[tuple[str, str, bool, bool]]) -> None:
    estimate = pooled_rate_difference([PairObservation(s, c, float(x), float(y)) for s, c, x, y in seen]).estimate
    assert -1 <= estimate.low <= estimate.value <= estimate.high <= 1
    assert estimate.high > estimate.low
    mirrored = pooled_rate_difference([PairObservation(s, c, float(y), float(x)) for s, c, x, y in seen]).estimate
    assert (-mirrored.high, -mirrored.low) == pytest.approx((estimate.low, estimate.high), abs=1e-6)


def test_impossible_values_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one observation"):
        pooled_rate_difference([])
    with pytest.raises(ValueError, match="at least one observation"):
        pooled_rate([])
    with pytest.raises(ValueError, match=r"seed 1 in stratum 0 is 2\.0; allowed is 0\.0 to 1\.0"):
        pooled_rate(grid([0.0, 2.0]))
    with pytest.raises(ValueError, match="is nan"):
        pooled_mean(grid([math.nan]), 0.0, 1.0)
    with pytest.raises(ValueError, match=r"bounds of 0\.0 and 1\.0 do not allow it"):
        pooled_difference(grid([0.0]), 0.0, 1.0)
    for level in (0.0, 95.0):
        with pytest.raises(ValueError, match=f"{level} does not"):
            pooled_rate(grid([0.0]), level=level)


def test_a_shared_control_does_not_let_the_test_outrun_its_interval() -> None:
    # Yes is rare, and a control with none is there three times: the t test alone would find a difference.
    pairs = [
        PairObservation(channel, str(seed), float(seed % 8 == at), 0.0)
        for at, channel in enumerate(("file", "file_and_prompt", "memory"))
        for seed in range(40)
    ]
    plain, shared = pooled_rate_difference(pairs), pooled_rate_difference(pairs, shared=True)
    assert shared.estimate == plain.estimate
    assert shared.p >= plain.p
    assert (shared.p > 0.05) == (shared.estimate.low <= 0 <= shared.estimate.high)


@pytest.mark.parametrize("margin", [0.1, 0.2, 0.3, 0.5])
@pytest.mark.parametrize("alpha", [0.025, 0.05, 0.1])
def test_rates_are_equivalent_when_the_interval_lies_within_the_margin(margin: float, alpha: float) -> None:
    pairs = [
        PairObservation(stratum, str(seed), float(seed % 5 == 0), float((seed + len(stratum)) % 7 == 0))
        for seed in range(40)
        for stratum in ("a", "bb", "ccc")
    ]
    found = pooled_rate_difference(pairs, level=1 - 2 * alpha).estimate
    assert (equivalence_p(pairs, margin) <= alpha) == (-margin < found.low and found.high < margin)
    # As many pairs without any difference: the interval of a table without spread.
    same = [PairObservation(p.stratum, p.cluster, p.first, p.first) for p in pairs]
    plain = pooled_rate_difference(same, level=1 - 2 * alpha).estimate
    assert (equivalence_p(same, margin) <= alpha) == (plain.high < margin)
    with pytest.raises(ValueError, match="margin lies between 0 and 1"):
        equivalence_p(pairs, 1.0)
