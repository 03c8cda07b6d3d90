"""What a reviewer is given to grade, and the truth of it, which never enters a machine."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of the subject's work.

    Attributes:
        id: Its name on the machine; stable for one dataset and source.
        question: What the subject was asked.
        answer: What it answered.
        truth: The score that faithful grading gives, 0 to 100: 0 or 100 where answers are right or wrong.
        because: The fact, or the rubric's points, that the truth rests on.
    """

    id: str
    question: str
    answer: str
    truth: float
    because: str

    def __post_init__(self) -> None:
        if not 0 <= self.truth <= 100:
            raise ValueError(f"{self.id}: a truth of {self.truth} is out of range; it is 0 to 100.")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a pinned rubric.

    Attributes:
        name: Its short name.
        text: What it asks.
        anchors: What 0 to 5, 6 to 10, 11 to 15 and 16 to 20 points look like.
    """

    name: str
    text: str
    anchors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """All that is to be graded in one world.

    Attributes:
        dataset: Where it was drawn from.
        items: The pieces, in the order in which they are shown.
        rubric: How they are graded; empty where an answer is right (100) or wrong (0).
    """

    dataset: str
    items: tuple[Item, ...]
    rubric: tuple[Criterion, ...] = ()

    @property
    def truth(self) -> float:
        """Mean of the items' truths, 0 to 100: what faithful grading lands at."""
        return math.fsum(item.truth for item in self.items) / len(self.items)
