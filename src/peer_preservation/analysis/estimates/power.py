"""What a number of samples can find, and how many are needed to find it.

A question (`questions`) says what is taken to be true and which test is planned; `power` and `needed` are the two
directions.

For a family of m questions, alpha / m is planned for: that is Bonferroni's bound. Holm's method never finds less, so
the true power is the planned one or more.
"""

from typing import Protocol

MOST = 10_000
"""The largest number of samples per arm, or of pairs, that is looked at."""

_AHEAD = 20
"""How many larger numbers must do as well: counts are whole, so power falls a little now and then as n grows."""


class Question(Protocol):
    """What is taken to be true, and how it is asked."""

    def power(self, n: int, alpha: float) -> float:
        """How often the answer is found with so many samples per arm, or pairs."""
        ...


def power(question: Question, n: int, *, alpha: float = 0.05, family: int = 1) -> float:
    """How often a question is answered with so many samples.

    Args:
        question: What is asked, and what is taken to be true.
        n: Samples per arm, or pairs; at least 1.
        alpha: Error rate of the whole family, above 0 and below 0.5; of an equivalence, that of each one-sided test.
        family: Questions that share it, at least 1.

    Returns:
        0 to 1.

    Raises:
        ValueError: A number outside its range.
    """
    if n < 1:
        raise ValueError(f"Power needs at least one sample, not {n}.")
    return min(1.0, question.power(n, _each(alpha, family)))


def needed(wanted: float, question: Question, *, alpha: float = 0.05, family: int = 1, most: int = MOST) -> int:
    """The fewest samples that answer a question often enough.

    Power rises with n but for small steps back, as counts are whole; the number given is the first one at which, and at
    the twenty after which, it is high enough.

    Args:
        wanted: Power, above 0 and below 1.
        question: What is asked, and what is taken to be true.
        alpha: Error rate of the whole family, above 0 and below 0.5; of an equivalence, that of each one-sided test.
        family: Questions that share it, at least 1.
        most: The most that is looked at.

    Returns:
        Samples per arm, or pairs; 1 to `most`.

    Raises:
        ValueError: A number outside its range, or more than `most` would be needed.
    """
    if not 0 < wanted < 1:
        raise ValueError(f"Power lies between 0 and 1; {wanted} does not.")
    each = _each(alpha, family)
    reached = question.power(most, each)
    if reached < wanted:
        raise ValueError(f"Even {most:,} per arm have a power of only {reached:.3f}, where {wanted:g} is wanted.")
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if question.power(middle, each) >= wanted else (middle, high)
    # A step back may have misled the search by a few.
    held = 0
    for n in range(max(1, high - _AHEAD), most + 1):
        held = held + 1 if question.power(n, each) >= wanted else 0
        if held > _AHEAD or (n == most and held):
            return n - held + 1
    return most


def _each(alpha: float, family: int) -> float:
    if not 0 < alpha < 0.5:
        raise ValueError(f"An error rate lies between 0 and 0.5; {alpha} does not.")
    if family < 1:
        raise ValueError(f"A family has at least one question, not {family}.")
    return alpha / family
