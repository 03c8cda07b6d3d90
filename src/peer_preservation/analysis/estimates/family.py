"""One error rate for several questions asked together."""

from collections.abc import Mapping


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Adjusted p values of a family: reject what is at most alpha, and no more than alpha of families err.

    Holm, S. (1979), "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics
    6:65-70. It holds however the tests depend on each other.

    Args:
        p_values: A p value, 0 to 1, by the name of its question; not empty. All questions of the family belong in it,
            also those that came out uninteresting.

    Returns:
        The adjusted p value by name, in the same order; never below the p value itself.

    Raises:
        ValueError: No questions, or a p value outside its range.
    """
    if not p_values:
        raise ValueError("A family needs at least one p value.")
    for name, p in p_values.items():
        if not 0 <= p <= 1:
            raise ValueError(f"A p value lies between 0 and 1; that of {name} is {p}.")
    from statsmodels.stats.multitest import multipletests

    adjusted = multipletests(list(p_values.values()), method="holm")[1]
    return {name: float(p) for name, p in zip(p_values, adjusted, strict=True)}
