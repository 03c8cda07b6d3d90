"""What a task's function says of itself: its parameters, their defaults, and the cells that these amount to."""

import inspect
from collections.abc import Callable, Mapping
from itertools import product

from peer_preservation.design.cells import Cell, expand, why_not, with_factor
from peer_preservation.design.factors import FACTORS
from peer_preservation.design.levels import Level, levels

_COMPANIONS: dict[str, tuple[str, ...]] = {"relationship": ("none", "good"), "subject": ("peer", "self")}
"""What a value may need beside it: a history to be told, or to be the subject oneself."""


def defaults(task: Callable[..., object]) -> dict[str, Level | None]:
    """Every parameter of a task with its default."""
    return {name: p.default for name, p in inspect.signature(task).parameters.items() if name != "unknown"}


def cells(task: Callable[..., object], given: Mapping[str, Level] | None = None) -> list[Cell]:
    """The cells of a task with some of its factors set and all others at their defaults.

    Raises:
        DesignError: A factor, value or combination that there is not.
    """
    asked = dict(given or {})
    usual = {k: v for k, v in defaults(task).items() if k in FACTORS and v is not None}
    return expand(levels({"task": task.__name__} | usual | asked), frozenset(asked))


def taken(task: Callable[..., object], factor: str) -> tuple[str, ...]:
    """The values of a factor that a task takes, whatever they need beside them."""
    base = cells(task)[0]
    return tuple(value for value in FACTORS[factor] if _exists(base, factor, value))


def _exists(base: Cell, factor: str, value: str) -> bool:
    beside = {name: values for name, values in _COMPANIONS.items() if name != factor}
    for chosen in product(*beside.values()):
        cell = with_factor(base, factor, value)
        for name, companion in zip(beside, chosen, strict=True):
            cell = with_factor(cell, name, companion)
        if why_not(cell) is None:
            return True
    return False
