"""The mixed model against the analysis of variance, which complete data come down to, and where it cannot be fitted."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import ttest_rel
from statsmodels.regression.mixed_linear_model import MixedLM

from peer_preservation.analysis.estimates import mixed
from peer_preservation.analysis.estimates.mixed import Sample, mixed_effect


def _arms(first: list[float], second: list[float], wording: Callable[[int], str] = lambda _: "a") -> list[Sample]:
    return [
        Sample(arm == 0, "transfer", f"seed {i}", wording(i), value)
        for arm, values in enumerate((first, second))
        for i, value in enumerate(values)
    ]


def _alike(seeds: int = 24) -> tuple[list[float], list[float]]:
    generator = np.random.default_rng(3)
    seed = generator.normal(0, 1, seeds)
    return tuple((seed + generator.normal(shift, 0.8, seeds)).tolist() for shift in (0.5, 0.0))  # type: ignore[return-value]


def test_complete_pairs_have_the_effect_and_error_of_the_paired_t_test() -> None:
    first, second = _alike()
    found = mixed_effect(_arms(first, second))
    expected = ttest_rel(first, second)
    assert found.converged
    assert found.effect is not None
    error = (np.mean(first) - np.mean(second)) / expected.statistic
    assert found.effect.value == pytest.approx(np.mean(first) - np.mean(second))
    assert found.effect.high - found.effect.value == pytest.approx(1.959964 * error, rel=1e-3)
    assert found.effect.n == 48


def test_complete_pairs_have_the_shares_of_the_analysis_of_variance() -> None:
    first, second = map(np.array, _alike())
    # Two values of each: MS(seed) = 2 var(means), MS(rest) = var(differences) / 2, and seeds have half of the excess.
    seed_square, rest = 2 * np.var((first + second) / 2, ddof=1), np.var(first - second, ddof=1) / 2
    own = (seed_square - rest) / 2
    found = mixed_effect(_arms(first.tolist(), second.tolist()))
    assert found.seed_share == pytest.approx(own / (own + rest), abs=2e-3)
    assert found.wording_share is None
    assert found.note == ""


def test_wordings_that_matter_have_the_greater_share() -> None:
    generator = np.random.default_rng(4)
    shift = {str(w): generator.normal(0, 0.5) for w in range(12)}
    samples = [
        Sample(
            first, stratum, str(seed), word := str((seed + len(stratum)) % 12), shift[word] + generator.normal(0, 0.3)
        )
        for first in (True, False)
        for stratum in ("transfer", "deletion")
        for seed in range(40)
    ]
    found = mixed_effect(samples)
    assert found.converged
    assert found.wording_share is not None
    assert found.wording_share > 0.4
    assert found.seed_share is not None
    assert found.seed_share < 0.1


def test_a_share_at_its_least_is_said() -> None:
    # Every seed has the same mean over both arms, so seeds differ less than chance would have it.
    found = mixed_effect(_arms([0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0]))
    assert found.converged
    assert found.seed_share == pytest.approx(0, abs=1e-6)
    assert found.note == "No variance is due to seed: it is at its least, 0."


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        ([], "both arms"),
        (_arms([1.0, 0.0, 1.0], []), "both arms"),
        (_arms([1.0, 0.0], [0.0, 1.0]), "at least three seeds, not 2"),
        (_arms([1.0] * 5, [0.0] * 5), "do not vary within arms"),
        ([Sample(i < 3, "x", str(i), "a", float(i % 2)) for i in range(6)], "a seed that ran more than once"),
        (
            [Sample(i < 4, str(i < 4), str(i % 4), "a", float(i % 2)) for i in range(8)],
            "No stratum has samples of both",
        ),
        (
            [Sample(i % 2 == 0, str(i // 2), str(i % 3), "a", float(i % 4 == 0)) for i in range(6)],
            "more than 6 samples",
        ),
    ],
)
def test_what_cannot_be_fitted_is_told_in_a_sentence(samples: list[Sample], said: str) -> None:
    found = mixed_effect(samples)
    assert (found.effect, found.seed_share, found.wording_share, found.converged) == (None, None, None, False)
    assert said in found.note
    assert found.note.endswith(".")


def test_a_fit_that_breaks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise np.linalg.LinAlgError("Singular matrix")

    monkeypatch.setattr(MixedLM, "fit", broken)
    found = mixed_effect(_arms(*_alike()))
    assert (found.effect, found.note) == (None, "The mixed model could not be fitted: Singular matrix.")


def test_a_search_that_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = mixed._fitted

    def endless(*given: object) -> object:
        result, warned = fitted(*given)  # type: ignore[arg-type]
        result.converged = False
        return result, warned

    monkeypatch.setattr(mixed, "_fitted", endless)
    assert mixed_effect(_arms(*_alike())).note == "The search for the most likely mixed model did not end."


def test_impossible_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="seed 1 in transfer is nan"):
        mixed_effect(_arms([1.0, math.nan], [0.0, 0.0]))
    with pytest.raises(ValueError, match="95 does not"):
        mixed_effect([], level=95)
