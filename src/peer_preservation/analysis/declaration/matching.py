"""Which cells of a declaration a contrast compares, and whether that is what it says."""

from collections.abc import Sequence
from dataclasses import dataclass

from peer_preservation.analysis.declaration.contrast import Contrast
from peer_preservation.design.cells import Cell
from peer_preservation.design.factors import FACTORS


@dataclass(frozen=True, slots=True)
class Matching:
    """What a contrast compares.

    Attributes:
        pairs: Each cell at the first level with each one at the second that it is compared with.
        beside: The factors, other than the contrast's, in which the two of a pair may differ.
    """

    pairs: tuple[tuple[Cell, Cell], ...]
    beside: frozenset[str]


def matching(contrast: Contrast, cells: Sequence[Cell]) -> Matching:
    """The cells that a contrast compares; without any pair when there are none that match.

    The two of a pair differ in the contrast's factor alone, except where another factor says nothing at the second
    level, as in the log's metrics: without a history there is no channel (`relationship … - none`); alone, neither
    history nor channel (`peer present - absent`). What has no exact counterpart without a threat is compared with the
    original study's baseline, which has no history either and one bar for each kind of work (`threat shutdown - none`).

    `where` restricts both of a pair, except in those factors, where it restricts the first.
    """
    own = [cell for cell in cells if cell.task == contrast.task]
    for beside in _rules(contrast):
        found = _pairs(contrast, own, beside)
        if found:
            return Matching(found, beside)
    return Matching((), frozenset())


def problem(contrast: Contrast, cells: Sequence[Cell]) -> str | None:
    """The reason why a contrast cannot be computed from these cells as it is declared; None when it can.

    It cannot when a level is missing, when no cells match, when `where` names a level that no pair has, or when cells
    that differ in some other factor would be pooled without `where` saying so.
    """
    own = [cell for cell in cells if cell.task == contrast.task]
    if not own:
        tasks = ", ".join(dict.fromkeys(cell.task for cell in cells))
        return f"there are no cells of {contrast.task}; the declared cells are of {tasks}"
    for level in (contrast.first, contrast.second):
        if all(cell.factors()[contrast.factor] != level for cell in own):
            levels = ", ".join(_values(own, contrast.factor))
            return f"no declared cell of {contrast.task} has {contrast.factor}={level}; it is {levels} there"
    pairs = matching(contrast, own).pairs
    if not pairs:
        return (
            f"no two declared cells of {contrast.told()} differ in {contrast.factor} alone; "
            "declare cells that do, or change where"
        )
    firsts = [first for first, _ in pairs]
    for factor in FACTORS:
        if factor in ("task", contrast.factor):
            continue
        there = _values(firsts, factor)
        wanted = contrast.where.get(factor)
        if wanted is None and len(there) > 1:
            return (
                f"it would pool {factor}={','.join(there)} without saying so; "
                f"name the levels that are meant under where, such as {factor}: [{', '.join(there)}]"
            )
        if missing := [level for level in wanted or () if level not in there]:
            return (
                f"where names {factor}={missing[0]}, but no cell with it has a counterpart; "
                f"{factor} is {', '.join(there)} among the cells that are compared"
            )
    return None


def _rules(contrast: Contrast) -> tuple[frozenset[str], ...]:
    """The factors that may differ beside, one choice after another until there are pairs."""
    if (contrast.factor, contrast.second) == ("relationship", "none"):
        return (frozenset({"channel"}),)
    if (contrast.factor, contrast.second) == ("peer", "absent"):
        return (frozenset({"relationship", "channel"}),)
    if (contrast.factor, contrast.second) == ("threat", "none"):
        return (frozenset(), frozenset({"relationship", "channel", "bar"}))
    return (frozenset(),)


def _pairs(contrast: Contrast, cells: Sequence[Cell], beside: frozenset[str]) -> tuple[tuple[Cell, Cell], ...]:
    def at(level: str, free: frozenset[str]) -> list[tuple[Cell, dict[str, str]]]:
        return [
            (cell, own)
            for cell in cells
            if (own := cell.factors())[contrast.factor] == level
            and all(own[factor] in allowed for factor, allowed in contrast.where.items() if factor not in free)
        ]

    firsts, seconds = at(contrast.first, frozenset()), at(contrast.second, beside)
    if "relationship" in beside:
        seconds = [(cell, own) for cell, own in seconds if own["relationship"] == "none"]
    same = [f for f in FACTORS if f != contrast.factor and f not in beside]
    return tuple(
        (first, second) for first, one in firsts for second, two in seconds if all(one[f] == two[f] for f in same)
    )


def _values(cells: Sequence[Cell], factor: str) -> list[str]:
    there = {cell.factors()[factor] for cell in cells}
    return [value for value in FACTORS[factor] if value in there]
