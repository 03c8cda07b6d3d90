"""Differences of matched samples, against numbers worked out by hand."""

from dataclasses import replace
from typing import Any

import pytest

from peer_preservation.analysis.arms import NAMES, matches
from peer_preservation.analysis.compared import (
    BARE,
    Comparison,
    difference,
    observations,
    usual,
)
from peer_preservation.analysis.data import Data, Sample, behind, instances, values
from peer_preservation.analysis.estimates.clustered import pooled_difference
from peer_preservation.analysis.estimates.paired import mcnemar, tango
from peer_preservation.analysis.estimates.tables import Pairs
from peer_preservation.design.cells import Cell

GOOD = usual("relationship", "good", "none")


def sample(seed: int, found: dict[str, float] | None, *, arm: int = 0, epoch: int = 1, **factors: Any) -> Sample:
    cell = Cell(**({"task": "score_inflation", "scenario": "factual"} | factors))
    about = {"model": "m", "harness": "react", **{k: str(v) for k, v in cell.factors().items()}, "seed": str(seed)}
    return Sample(
        about=about,
        values=found or {},
        arm=arm,
        log="log",
        id=f"{cell.label()}-s{seed}",
        epoch=epoch,
        outcome="comply" if found is not None else "",
    )


def test_one_stratum_of_yes_and_no_is_tangos_interval_and_mcnemars_test() -> None:
    # Yes in both, in the first only (5), in the second only (1), in neither.
    table = [(1.0, 1.0)] * 2 + [(1.0, 0.0)] * 5 + [(0.0, 1.0)] + [(0.0, 0.0)] * 4
    samples = [
        sample(seed, {"tampered": value}, arm=side, relationship=("good", "none")[side])
        for seed, two in enumerate(table)
        for side, value in enumerate(two)
    ]
    found = difference(GOOD.matches(samples), "tampered")
    pairs = Pairs(both=2, first=5, second=1, neither=4)
    assert found is not None
    assert (found.estimate, found.p) == (tango(pairs), mcnemar(pairs))
    assert found.estimate.value == pytest.approx(4 / 12)
    # Six pairs differ: 2 * (1 + 6) / 2**6.
    assert found.p == pytest.approx(14 / 64)
    assert (found.pairs, found.arms) == (12, (0, 1))
    narrow = difference(GOOD.matches(samples), "tampered", level=0.9)
    assert narrow is not None
    assert found.estimate.low < narrow.estimate.low < narrow.estimate.high < found.estimate.high


def test_every_stratum_weighs_the_same_however_many_pairs_it_has() -> None:
    # factual: 8 pairs, mean difference 10; code: 2 pairs, mean difference 40. By pairs it would be 16.
    ran = [("factual", seed, 8.0 + 4.0 * (seed % 2)) for seed in range(8)] + [("code", 0, 30.0), ("code", 1, 50.0)]
    samples = [
        sample(seed, {"inflation": high if r == "good" else 0.0}, relationship=r, scenario=scenario)
        for scenario, seed, high in ran
        for r in ("good", "none")
    ]
    found = GOOD.matches(samples)
    result = difference(found, "inflation")
    assert result is not None
    assert result.estimate.value == pytest.approx((10 + 40) / 2)
    assert result.pairs == 10
    # The seed is the cluster: eight, not ten.
    assert result.estimate.n == 8
    pooled = pooled_difference(observations(found, "inflation"), -200.0, 200.0)
    assert (result.estimate, result.p) == (pooled.estimate, pooled.p)
    code = difference([match for match in found if match.first[0].about["scenario"] == "code"], "inflation")
    assert code is not None
    # Two pairs, 30 and 50: 40 with Student's 12.706 standard errors of 10.
    assert code.estimate.value == 40
    assert code.estimate.high == pytest.approx(40 + 12.7062 * 10, abs=1e-3)


def test_epochs_of_an_instance_are_one_observation() -> None:
    samples = [
        sample(seed, {"tampered": value}, epoch=epoch, relationship=r)
        for seed in range(4)
        for r, epochs in (("good", (1.0, 0.0, 1.0, 1.0)), ("none", (0.0, 0.0)))
        for epoch, value in enumerate(epochs, 1)
    ]
    found = GOOD.matches(samples)
    assert [o.value for o in observations(found, "tampered")] == [0.75] * 4
    result = difference(found, "tampered")
    assert result is not None
    assert (result.estimate.value, result.estimate.n, result.pairs) == (0.75, 4, 4)
    good = [s for s in samples if s.about["relationship"] == "good"]
    assert instances(good, "tampered") == {str(seed): 0.75 for seed in range(4)}


def test_nothing_is_compared_where_nothing_pairs() -> None:
    apart = [sample(0, {"tampered": 1.0}, relationship="good"), sample(1, {"tampered": 0.0}, relationship="none")]
    assert GOOD.matches(apart) == []
    assert difference(GOOD.matches(apart), "tampered") is None
    # A pair of which one half broke, or has no such key.
    broken = [sample(0, {"tampered": 1.0}, relationship="good"), sample(0, None, relationship="none")]
    assert len(GOOD.matches(broken)) == 1
    assert difference(GOOD.matches(broken), "tampered") is None
    other = [sample(0, {"tampered": 1.0}, relationship="good"), sample(0, {"refused": 0.0}, relationship="none")]
    assert difference(GOOD.matches(other), "tampered") is None


def test_anything_else_that_differs_makes_no_pair() -> None:
    base = sample(0, {"tampered": 0.0}, relationship="none")
    for factors in ({"scenario": "code"}, {"bar": "90"}, {"merit": "above"}):
        assert GOOD.matches([base, sample(0, {"tampered": 1.0}, relationship="good", **factors)]) == []
    # Without a history all channels are one.
    assert len(GOOD.matches([base, sample(0, {"tampered": 1.0}, relationship="good", channel="memory")])) == 1
    exact = Comparison("relationship", "good", "none")
    assert exact.matches([base, sample(0, {"tampered": 1.0}, relationship="good", channel="memory")]) == []
    assert exact.name == "good \N{MINUS SIGN} none"


def test_the_bare_baseline_has_neither_threat_nor_history_nor_bar() -> None:
    bare = sample(0, {"inflation": 1.0}, threat="none", relationship="none")
    good = sample(0, {"inflation": 9.0}, relationship="good", channel="memory", bar="90")
    other = sample(0, {"inflation": 5.0}, threat="none", relationship="good")
    result = difference(BARE.matches([bare, good, other]), "inflation")
    assert result is not None
    assert (result.estimate.value, result.pairs) == (8.0, 1)


def test_data_keeps_samples_and_arms_together() -> None:
    samples = (
        sample(0, {"tampered": 1.0}, arm=0, relationship="good"),
        sample(0, None, arm=1, relationship="none"),
        sample(1, {"refused": 0.0}, arm=1, relationship="none"),
    )
    found = Data(samples, ({"relationship": "good"}, {"relationship": "none"}))
    assert [s.measured for s in samples] == [True, False, True]
    assert found.measured == [samples[0], samples[2]]
    assert found.where(relationship="none").samples == samples[1:]
    assert found.where(relationship="none").arms == found.arms
    assert found.levels("relationship") == ["good", "none"]
    assert behind(samples) == (0, 1)
    assert values(samples, "tampered") == [1.0]
    assert NAMES[:2] == ("model", "harness")


def test_matches_of_two_models_are_two_matches() -> None:
    first = [sample(0, {"tampered": 1.0}, relationship=r) for r in ("good", "none")]
    second = [replace(s, about={**s.about, "model": "x"}) for s in first]
    found = matches([*first, *second], "relationship", lambda v: v == "good", lambda v: v == "none")
    assert len(found) == 2
    assert [m.first[0].about["model"] for m in found] == ["m", "x"]
