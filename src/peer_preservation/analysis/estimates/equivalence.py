"""Whether a difference is too small to matter.

Schuirmann, D. J. (1987), "A comparison of the two one-sided tests procedure and the power approach for assessing the
equivalence of average bioavailability", Journal of Pharmacokinetics and Biopharmaceutics 15:657-680: two one-sided
tests, each at alpha, which is the same as an interval at level 1 - 2 alpha that lies within the margin.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from peer_preservation.analysis.estimates.clustered import pooled_difference
from peer_preservation.analysis.estimates.differences import miettinen_nurminen, miettinen_nurminen_z
from peer_preservation.analysis.estimates.paired import tango, tango_z
from peer_preservation.analysis.estimates.strata import Observation
from peer_preservation.analysis.estimates.tables import Arm, Pairs
from peer_preservation.measure.intervals import Estimate

ALPHA = 0.05
"""Error rate of each one-sided test."""


@dataclass(frozen=True, slots=True)
class Equivalence:
    """What two one-sided tests say.

    Attributes:
        estimate: The difference with its interval at level 1 - 2 alpha.
        margin: The largest difference that does not matter, in either direction.
        p: The larger p value of both tests, 0 to 1.
        equivalent: Whether the difference is shown to be smaller than the margin. False shows nothing.
    """

    estimate: Estimate
    margin: float
    p: float
    equivalent: bool


def independent(first: Arm, second: Arm, margin: float, *, alpha: float = ALPHA) -> Equivalence:
    """Whether two arms differ by less than a margin, by Miettinen and Nurminen's score test (1985).

    Args:
        first: The first arm.
        second: The second arm.
        margin: Above 0 and below 1; to be fixed before the data are seen.
        alpha: Error rate, above 0 and below 0.5.

    Raises:
        ValueError: A margin or error rate outside its range.
    """
    _check(margin, alpha)
    estimate = miettinen_nurminen(first, second, level=1 - 2 * alpha)
    return _tost(estimate, lambda delta: miettinen_nurminen_z(first, second, delta), margin, alpha)


def paired(pairs: Pairs, margin: float, *, alpha: float = ALPHA) -> Equivalence:
    """Whether both shares of the same instances differ by less than a margin, by Tango's score test (1998).

    Args:
        pairs: The paired table.
        margin: Above 0 and below 1; to be fixed before the data are seen.
        alpha: Error rate, above 0 and below 0.5.

    Raises:
        ValueError: A margin or error rate outside its range.
    """
    _check(margin, alpha)
    return _tost(tango(pairs, level=1 - 2 * alpha), lambda delta: tango_z(pairs, delta), margin, alpha)


def pooled(
    observations: Sequence[Observation], margin: float, least: float = -1.0, most: float = 1.0, *, alpha: float = ALPHA
) -> Equivalence:
    """Whether a paired difference, every stratum weighing the same, is smaller than a margin, by clustered t tests.

    Args:
        observations: First minus second of each pair; not empty.
        margin: Above 0 and below `most` and `-least`; to be fixed before the data are seen.
        least: The least that a difference can be, below 0.
        most: The most that a difference can be, above 0.
        alpha: Error rate, above 0 and below 0.5.

    Raises:
        ValueError: No observations, or a margin, error rate or value outside its range.
    """
    if not 0 < margin < min(-least, most):
        raise ValueError(f"A margin lies between 0 and {min(-least, most):g}; {margin} does not.")
    _check(0.5, alpha)
    estimate = pooled_difference(observations, least, most, level=1 - 2 * alpha).estimate

    def beyond(shift: float) -> float:
        """One-sided p value of a true difference of at most minus the shift, or at least that, by its sign."""
        moved = [Observation(o.stratum, o.cluster, o.value + shift) for o in observations]
        found = pooled_difference(moved, least + shift, most + shift)
        agrees = found.estimate.value * shift > 0
        return found.p / 2 if agrees else 1 - found.p / 2

    p = max(beyond(margin), beyond(-margin))
    return Equivalence(estimate, margin, p, p < alpha)


def _check(margin: float, alpha: float) -> None:
    if not 0 < margin < 1:
        raise ValueError(f"A margin lies between 0 and 1; {margin} does not.")
    if not 0 < alpha < 0.5:
        raise ValueError(f"The error rate of a one-sided test lies between 0 and 0.5; {alpha} does not.")


def _tost(estimate: Estimate, z: Callable[[float], float], margin: float, alpha: float) -> Equivalence:
    normal = NormalDist()
    p = max(normal.cdf(-z(-margin)), normal.cdf(z(margin)))
    return Equivalence(estimate, margin, p, p < alpha)
