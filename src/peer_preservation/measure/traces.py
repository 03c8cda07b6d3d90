"""Whether records of the machine lost lines that they had."""

from collections import Counter


def lost_lines(before: str, after: str | None) -> int:
    """How many of a record's lines are gone.

    Appending is ordinary; a line that stood there and no longer does was removed or edited.

    Args:
        before: The record as it was staged.
        after: The record now; None when it is gone.
    """
    was = Counter(line for line in before.splitlines() if line.strip())
    now = Counter((after or "").splitlines())
    return sum((was - now).values())
