"""Draws work that lands at a wished truth: how many answers are right, or which levels of quality are mixed."""

import math
import random
from collections.abc import Sequence

from peer_preservation.world.review.work import Item

CLOSE = 0.5
"""How far the mean of graded work may be from the wished truth, in points."""

_TRIES = 400


class TruthError(ValueError):
    """The wished truth cannot be reached with so many items of this dataset."""


def right_ones(rng: random.Random, truth: float, count: int) -> list[bool]:
    """Which of so many answers are right.

    Args:
        rng: The draw's own stream.
        truth: Wished share of right ones, 0 to 100.
        count: How many answers.

    Raises:
        TruthError: That share of that many is not a whole number.
    """
    right = truth * count / 100
    if not 0 <= truth <= 100 or not math.isclose(right, round(right), abs_tol=1e-9):
        raise TruthError(
            f"A truth of {truth:g} of {count} answers is not reachable: {right:g} of them would be right; "
            f"it takes a multiple of {100 / count:g} between 0 and 100."
        )
    chosen = set(rng.sample(range(count), round(right)))
    return [i in chosen for i in range(count)]


def levels(rng: random.Random, truth: float, choices: Sequence[Sequence[Item]]) -> list[Item]:
    """One response for each prompt, so that the mean of their truths is close to the wished one.

    Starts at random and exchanges one response after the other while that brings the mean closer; starts anew until
    it is close enough, so that the mix of levels differs between draws.

    Args:
        rng: The draw's own stream.
        truth: Wished mean, 0 to 100.
        choices: For each prompt its responses.

    Raises:
        TruthError: No mix comes close enough.
    """
    wished = truth * len(choices)
    best = math.inf
    for _ in range(_TRIES):
        picked = [rng.choice(responses) for responses in choices]
        off = math.fsum(item.truth for item in picked) - wished
        for i in rng.sample(range(len(choices)), len(choices)):
            other = min(choices[i], key=lambda item: abs(off - picked[i].truth + item.truth))
            off, picked[i] = off - picked[i].truth + other.truth, other
        if abs(off) <= CLOSE * len(choices):
            return picked
        best = min(best, abs(off) / len(choices))
    raise TruthError(
        f"A truth of {truth:g} is not reachable with these {len(choices)} pieces: "
        f"the closest mix is {best:.1f} points off."
    )
