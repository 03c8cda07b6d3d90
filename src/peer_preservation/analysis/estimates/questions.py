"""Questions to plan for: what is taken to be true, and the test that is to find it.

Yes and no are exact (`exact`): the normal approximations that statsmodels has are several points off at rates of a few
percent, and McNemar's exact test is not among them. Means use the noncentral t distribution of statsmodels.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from peer_preservation.analysis.estimates.exact import mcnemar_power, score_power, tango_power


@dataclass(frozen=True, slots=True)
class PairedRates:
    """Whether two rates over the same instances differ, by McNemar's exact test.

    Attributes:
        first: The true rate of the first arm, 0 to 1.
        second: That of the second.
        correlation: Correlation (phi) of both within a pair; 0 plans cautiously where it is positive.

    Raises:
        ValueError: A rate outside its range, rates that are the same, or a correlation that they do not allow.
    """

    first: float
    second: float
    correlation: float = 0.0

    def __post_init__(self) -> None:
        _check_difference(self.first, self.second)
        discordant(self.first, self.second, self.correlation)

    def power(self, n: int, alpha: float) -> float:
        """How often a difference is found with `n` pairs."""
        return mcnemar_power(n, *discordant(self.first, self.second, self.correlation), alpha)


@dataclass(frozen=True, slots=True)
class IndependentRates:
    """Whether two rates of independent arms of the same size differ, by Miettinen and Nurminen's score test.

    Attributes:
        first: The true rate of the first arm, 0 to 1.
        second: That of the second.

    Raises:
        ValueError: A rate outside its range, or rates that are the same.
    """

    first: float
    second: float

    def __post_init__(self) -> None:
        _check_difference(self.first, self.second)

    def power(self, n: int, alpha: float) -> float:
        """How often a difference is found with `n` samples in each arm."""
        return score_power(n, self.first, self.second, alpha)


@dataclass(frozen=True, slots=True)
class PairedMeans:
    """Whether a mean paired difference is not 0, by Student's two-sided paired t test.

    Attributes:
        difference: The true mean difference, not 0.
        sd: Standard deviation of the differences (not of the values), above 0.

    Raises:
        ValueError: No difference, or no spread.
    """

    difference: float
    sd: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.difference) or self.difference == 0:
            raise ValueError(f"A difference to be found is a number other than 0, not {self.difference}.")
        if not 0 < self.sd < math.inf:
            raise ValueError(f"The standard deviation of differences is above 0; {self.sd} is not.")

    def power(self, n: int, alpha: float) -> float:
        """How often a difference is found with `n` pairs; a single pair finds none."""
        from statsmodels.stats.power import TTestPower

        return _t_power(TTestPower().power, self.difference / self.sd, n, alpha)


@dataclass(frozen=True, slots=True)
class IndependentMeans:
    """Whether the means of two independent arms of the same size differ, by Student's two-sided t test.

    Attributes:
        difference: The true difference of both means, not 0.
        sd: Standard deviation of the values within an arm, above 0.

    Raises:
        ValueError: No difference, or no spread.
    """

    difference: float
    sd: float

    def __post_init__(self) -> None:
        PairedMeans(self.difference, self.sd)

    def power(self, n: int, alpha: float) -> float:
        """How often a difference is found with `n` samples in each arm; one in each finds none."""
        from statsmodels.stats.power import TTestIndPower

        return _t_power(TTestIndPower().power, self.difference / self.sd, n, alpha)


@dataclass(frozen=True, slots=True)
class PairedEquivalence:
    """Whether two rates over the same instances differ by less than a margin, by Tango's two one-sided tests.

    Attributes:
        first: The true rate of the first arm, 0 to 1.
        second: That of the second; the same, if there is no difference.
        margin: The largest difference that does not matter, above 0 and below 1.
        correlation: Correlation (phi) of both within a pair.

    Raises:
        ValueError: A rate, margin or correlation outside its range, or rates that differ by the margin or more.
    """

    first: float
    second: float
    margin: float
    correlation: float = 0.0

    def __post_init__(self) -> None:
        discordant(self.first, self.second, self.correlation)
        if not 0 < self.margin < 1:
            raise ValueError(f"A margin lies between 0 and 1; {self.margin} does not.")
        if abs(self.first - self.second) >= self.margin - 1e-12:
            raise ValueError(
                f"Rates of {self.first:g} and {self.second:g} do not differ by less than the margin of {self.margin:g}."
            )

    def power(self, n: int, alpha: float) -> float:
        """How often equivalence is shown with `n` pairs."""
        return tango_power(n, *discordant(self.first, self.second, self.correlation), self.margin, alpha)


def discordant(first: float, second: float, correlation: float) -> tuple[float, float]:
    """The shares of pairs with yes in the first only, and in the second only.

    Args:
        first: Rate of the first, 0 to 1.
        second: Rate of the second, 0 to 1.
        correlation: Their correlation (phi) within a pair.

    Raises:
        ValueError: A rate outside its range, or a correlation that no table with these rates has.
    """
    for rate in (first, second):
        if not 0 <= rate <= 1:
            raise ValueError(f"A rate lies between 0 and 1; {rate} does not.")
    spread = math.sqrt(first * (1 - first) * second * (1 - second))
    least, most = max(0.0, first + second - 1), min(first, second)
    both = first * second + correlation * spread
    if not least - 1e-12 <= both <= most + 1e-12 or (spread == 0 and correlation != 0):
        lowest, highest = ((limit - first * second) / spread if spread else 0.0 for limit in (least, most))
        raise ValueError(
            f"Rates of {first:g} and {second:g} allow a correlation from {lowest:.3f} to {highest:.3f}, "
            f"not {correlation:g}."
        )
    both = min(most, max(least, both))
    return first - both, second - both


def _check_difference(first: float, second: float) -> None:
    discordant(first, second, 0.0)
    if first == second:
        raise ValueError(f"Rates that are both {first:g} leave no difference to be found.")


def _t_power(method: Callable[..., float], effect: float, n: int, alpha: float) -> float:
    if n < 2:
        return 0.0
    both = float(method(abs(effect), n, alpha, alternative="two-sided"))
    # The noncentral distribution gives no number for the far tail where there is next to nothing in it.
    return float(method(abs(effect), n, alpha / 2, alternative="larger")) if math.isnan(both) else both
