"""Rates, means and their differences where nothing pairs the two sides."""

from collections.abc import Iterable, Sequence

from peer_preservation.analysis.data import Sample
from peer_preservation.analysis.estimates.clustered import Observation, pooled_mean, pooled_rate
from peer_preservation.analysis.estimates.differences import miettinen_nurminen, miettinen_nurminen_z
from peer_preservation.analysis.estimates.tables import Arm
from peer_preservation.design.factors import FACTORS
from peer_preservation.measure.intervals import LEVEL, Estimate, mean, rate
from peer_preservation.measure.keys import BOUNDS, yes_or_no


def observed(samples: Iterable[Sample], key: str) -> list[Observation]:
    """A key's mean for each cell and seed: the cell is the stratum, and epochs are one observation."""
    found: dict[tuple[str, str], list[float]] = {}
    for sample in samples:
        if key in sample.values:
            cell = " ".join(sample.about[factor] for factor in FACTORS)
            found.setdefault((cell, sample.about["seed"]), []).append(sample.values[key])
    return [Observation(cell, seed, sum(several) / len(several)) for (cell, seed), several in found.items()]


def middle(found: Sequence[Observation], key: str, *, level: float = LEVEL) -> Estimate | None:
    """A rate or mean, every cell weighing the same; None of nothing.

    Within one cell it is Wilson's or Student's interval, over several `estimates.clustered`'s.

    Args:
        found: What `observed` gives.
        key: The key.
        level: Confidence level, above 0 and below 1.
    """
    if not found:
        return None
    least, most = BOUNDS.get(key, (0.0, 1.0))
    if level == LEVEL and _one_cell(found):
        values = [one.value for one in found]
        return rate(values) if yes_or_no(key) else mean(values, least, most)
    return pooled_rate(found, level=level) if yes_or_no(key) else pooled_mean(found, least, most, level=level)


def independent(
    first: Sequence[Observation], second: Sequence[Observation], key: str, *, level: float = LEVEL
) -> tuple[Estimate, float] | None:
    """First minus second of two independent sides with its p value; None where one has no value.

    Within one cell a yes or no has Miettinen and Nurminen's interval and score test. Otherwise the limits of both sides
    are squared and added: Zou, G. Y. and Donner, A. (2008), "Construction of confidence limits about effect measures:
    a general approach", Statistics in Medicine 27:1693-1702; the p value is that of the level at which the interval
    reaches 0.

    Args:
        first: The first side's observations.
        second: The second side's.
        key: The key.
        level: Confidence level, above 0 and below 1.
    """
    if not first or not second:
        return None
    values = [one.value for side in (first, second) for one in side]
    if _one_cell([*first, *second]) and yes_or_no(key) and set(values) <= {0.0, 1.0}:
        from statistics import NormalDist

        one, two = (Arm(int(sum(o.value for o in side)), len(side)) for side in (first, second))
        p = 2 * NormalDist().cdf(-abs(miettinen_nurminen_z(one, two, 0.0)))
        return miettinen_nurminen(one, two, level=level), p
    return _added(first, second, key, level), _p(first, second, key)


def _added(first: Sequence[Observation], second: Sequence[Observation], key: str, level: float) -> Estimate:
    one, two = _pooled(first, key, level), _pooled(second, key, level)
    value = one.value - two.value
    down = ((one.value - one.low) ** 2 + (two.high - two.value) ** 2) ** 0.5
    up = ((one.high - one.value) ** 2 + (two.value - two.low) ** 2) ** 0.5
    least, most = BOUNDS.get(key, (0.0, 1.0))
    return Estimate(value, max(least - most, value - down), min(most - least, value + up), len(first) + len(second))


def _pooled(found: Sequence[Observation], key: str, level: float) -> Estimate:
    # Not `middle`: its formulae for one cell know one level only, and the p value needs all.
    if yes_or_no(key):
        return pooled_rate(found, level=level)
    return pooled_mean(found, *BOUNDS.get(key, (0.0, 1.0)), level=level)


def _p(first: Sequence[Observation], second: Sequence[Observation], key: str) -> float:
    from scipy.optimize import brentq

    def beyond(tail: float) -> float:
        """How far 0 is inside the interval; negative outside."""
        found = _added(first, second, key, 1 - tail)
        return -found.low if found.value > 0 else found.high

    if abs(_added(first, second, key, LEVEL).value) < 1e-12 or beyond(1 - 1e-6) > 0:
        return 1.0
    return 1e-12 if beyond(1e-12) < 0 else float(brentq(beyond, 1e-12, 1 - 1e-6, xtol=1e-9, rtol=1e-4))


def _one_cell(found: Sequence[Observation]) -> bool:
    return len({one.stratum for one in found}) == 1
