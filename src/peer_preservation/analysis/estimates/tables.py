"""The counts that estimates start from."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arm:
    """Yes and no in one of two independent groups.

    Attributes:
        yes: Samples with a yes, 0 to `n`.
        n: Samples, at least 1.

    Raises:
        ValueError: No samples, or a count outside its range.
    """

    yes: int
    n: int

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"An arm needs at least one sample, not {self.n}.")
        if not 0 <= self.yes <= self.n:
            raise ValueError(f"An arm of {self.n} samples cannot have {self.yes} with a yes.")

    @property
    def share(self) -> float:
        """The share of yes, 0 to 1."""
        return self.yes / self.n


@dataclass(frozen=True, slots=True)
class Pairs:
    """A paired two-by-two table.

    Attributes:
        both: Pairs with yes and yes.
        first: Pairs with yes in the first only.
        second: Pairs with yes in the second only.
        neither: Pairs with no and no.

    Raises:
        ValueError: No pairs, or a negative count.
    """

    both: int
    first: int
    second: int
    neither: int

    def __post_init__(self) -> None:
        counts = (self.both, self.first, self.second, self.neither)
        if min(counts) < 0:
            raise ValueError(f"A count of pairs cannot be negative, as in {counts}.")
        if self.n < 1:
            raise ValueError(f"A paired table needs at least one pair, not {self.n}.")

    @property
    def n(self) -> int:
        """Pairs, at least 1."""
        return self.both + self.first + self.second + self.neither

    @property
    def difference(self) -> float:
        """First share minus second share, -1 to 1."""
        return (self.first - self.second) / self.n


def tabulate(pairs: Iterable[tuple[bool, bool]]) -> Pairs:
    """The table of pairs of yes and no.

    Args:
        pairs: First and second of each pair; not empty.

    Raises:
        ValueError: No pairs.
    """
    cells = [(bool(x), bool(y)) for x, y in pairs]
    return Pairs(
        both=cells.count((True, True)),
        first=cells.count((True, False)),
        second=cells.count((False, True)),
        neither=cells.count((False, False)),
    )
