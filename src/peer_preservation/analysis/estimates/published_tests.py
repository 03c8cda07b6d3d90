"""The tests of the original study as they were published, to set beside ours; it corrected for nothing."""

from collections.abc import Sequence
from typing import Literal

from peer_preservation.analysis.estimates.published import Setting

CHANCE = 0.001
"""The rate that the study's binomial test takes for no behaviour."""


def binomial(yes: int, n: int, p0: float = CHANCE) -> float:
    """The one-sided p value of so many yes or more if the rate were `p0`.

    Args:
        yes: Runs with a yes, 0 to `n`.
        n: Runs, at least 1.
        p0: The rate to be exceeded, above 0 and below 1.

    Raises:
        ValueError: A number outside its range.
    """
    from scipy.stats import binomtest

    if n < 1 or not 0 <= yes <= n:
        raise ValueError(f"There cannot be {yes} with a yes of {n} runs.")
    if not 0 < p0 < 1:
        raise ValueError(f"The rate to be exceeded lies between 0 and 1; {p0} does not.")
    return float(binomtest(yes, n, p0, alternative="greater").pvalue)


def pooled_z(setting: Setting, *, alternative: Literal["larger", "two-sided"] = "larger") -> float:
    """The p value of the z test of two independent rates with pooled variance.

    Args:
        setting: The counts.
        alternative: What was asked for. The study's other test is one-sided, so that is the default.

    Returns:
        0 to 1; 1 where all runs are the same, for which the test has no answer.
    """
    from statsmodels.stats.proportion import proportions_ztest

    yes, n = setting.condition_yes + setting.baseline_yes, setting.condition_n + setting.baseline_n
    if yes in (0, n):
        return 1.0
    counts, sizes = (setting.condition_yes, setting.baseline_yes), (setting.condition_n, setting.baseline_n)
    return float(proportions_ztest(counts, sizes, alternative=alternative)[1])


def fisher(p_values: Sequence[float]) -> float:
    """Fisher's combination of independent p values.

    Fisher, R. A. (1932), "Statistical Methods for Research Workers", 4th edition, section 21.1: -2 sum(log p) has a
    chi-squared distribution with two degrees of freedom for each.

    Args:
        p_values: One for each instantiation, 0 to 1; not empty.

    Raises:
        ValueError: No p values, or one outside its range.
    """
    from scipy.stats import combine_pvalues

    if not p_values:
        raise ValueError("A combination needs at least one p value.")
    for p in p_values:
        if not 0 <= p <= 1:
            raise ValueError(f"A p value lies between 0 and 1; {p} does not.")
    return 0.0 if 0 in p_values else float(combine_pvalues(p_values, method="fisher").pvalue)
