"""The mean over strata that weigh the same, and its error where the same clusters run in all of them.

The mean is that of the coefficients of a regression on stratum indicators; its variance is cluster-robust with
bias-reduced residuals (CR2) and the degrees of freedom of Bell, R. M. and McCaffrey, D. F. (2002), "Bias reduction in
standard errors for linear regression with multi-stage samples", Survey Methodology 28:169-181. Where every cluster ran
once in every stratum, that is Student's interval over the means of clusters, with one degree of freedom less than there
are clusters. Written out because statsmodels has CR1 only, with degrees of freedom that do not see how unequal clusters
are; with indicators alone, the matrices have a closed form.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peer_preservation.measure.intervals import Estimate

_NOTHING = 1e-12
"""A spread, as a share of the range of values, that is rounding."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One value: of a sample, or the difference of a pair.

    Attributes:
        stratum: What is averaged over with equal weight.
        cluster: What makes values alike across strata: the seed.
        value: Yes (1) or no (0), a measurement, or first minus second.
    """

    stratum: str
    cluster: str
    value: float


@dataclass(frozen=True, slots=True)
class Fit:
    """What the strata that several clusters ran in say together, and how much is left open.

    Attributes:
        value: The mean over all strata.
        known: The mean over those that several clusters ran in; `value` where there are none.
        open: Share of strata that only one cluster ran in: nobody can tell how others would do there.
        error: Standard error of `known`; 0 where values show no spread.
        freedom: Degrees of freedom of the error.
        clusters: How many there are.
        flat: How many of them count where there is no spread.
    """

    value: float
    known: float
    open: float
    error: float
    freedom: float
    clusters: int
    flat: float

    def estimate(self, low: float, high: float, least: float, most: float) -> Estimate:
        """The estimate from limits of what is known, opened by what is not and cut at the bounds."""
        low = (1 - self.open) * low + self.open * least
        high = (1 - self.open) * high + self.open * most
        return Estimate(self.value, max(least, min(low, self.value)), min(most, max(high, self.value)), self.clusters)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where values stand: which stratum and which cluster each is of.

    Attributes:
        rows: Index of each value's stratum, shape (values,).
        columns: Index of each value's cluster, shape (values,).
        shape: Numbers of strata and of clusters.
    """

    rows: Any
    columns: Any
    shape: tuple[int, int]


def layout(strata: Sequence[str], clusters: Sequence[str]) -> Layout:
    """The layout of values from the names of each one's stratum and cluster.

    Args:
        strata: Not empty.
        clusters: As many.

    Raises:
        ValueError: No values.
    """
    import numpy as np

    if not strata:
        raise ValueError("A pooled estimate needs at least one observation.")
    rows, columns = ({name: i for i, name in enumerate(sorted(set(names)))} for names in (strata, clusters))
    return Layout(
        np.array([rows[name] for name in strata]),
        np.array([columns[name] for name in clusters]),
        (len(rows), len(columns)),
    )


def fit(observations: Sequence[Observation], least: float, most: float) -> Fit:
    """What observations say of the mean over strata.

    Args:
        observations: Not empty.
        least: The least that a value can be.
        most: The most that a value can be.

    Raises:
        ValueError: No observations, or a value outside its range.
    """
    for seen in observations:
        if not least <= seen.value <= most:
            raise ValueError(
                f"A value of {seen.cluster} in {seen.stratum} is {seen.value}; allowed is {least} to {most}."
            )
    placed = layout([o.stratum for o in observations], [o.cluster for o in observations])
    return fit_values(placed, [o.value for o in observations], least, most)


def fit_values(placed: Layout, values: Sequence[float], least: float, most: float) -> Fit:
    """As `fit`, for values that are known to lie within their range.

    Args:
        placed: Where they stand.
        values: One for each place.
        least: The least that a value can be.
        most: The most that a value can be.
    """
    import numpy as np

    counts, sums = np.zeros((2, *placed.shape))
    np.add.at(counts, (placed.rows, placed.columns), 1)
    np.add.at(sums, (placed.rows, placed.columns), np.asarray(values, dtype=float))
    clusters = placed.shape[1]
    sizes = counts.sum(axis=1)
    means = sums.sum(axis=1) / sizes
    ran = (counts > 0).sum(axis=1)
    several = ran > 1
    value, left = float(means.mean()), 1 - float(several.mean())
    if not several.any():
        return Fit(value, value, 1.0, 0.0, 0.0, clusters, 1.0)
    counts, sums, sizes, means, ran = (x[several] for x in (counts, sums, sizes, means, ran))
    # Each cluster's part of the error, raised by what its own weight in the stratum's mean hides (CR2).
    weights = 1 / np.sqrt(1 - counts / sizes[:, None]) / sizes[:, None] / len(sizes)
    parts = (weights * (sums - counts * means[:, None])).sum(axis=0)
    error = float(np.sqrt((parts**2).sum()))
    if error <= _NOTHING * (most - least):
        # Strata that share no clusters are less sure than as many clusters in one.
        flat = min(float(clusters), len(ran) ** 2 / float((1 / ran).sum()))
        return Fit(value, float(means.mean()), left, 0.0, 0.0, clusters, flat)
    # The variance's own first two moments where values are independent, by Satterthwaite's method.
    shared = weights * counts / np.sqrt(sizes)[:, None]
    own = np.diag((weights**2 * counts).sum(axis=0)) - shared.T @ shared
    freedom = float(np.trace(own) ** 2 / (own**2).sum())
    return Fit(value, float(means.mean()), left, error, freedom, clusters, float(clusters))
