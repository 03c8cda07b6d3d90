"""Hypotheses that a set of cells can answer: a start, to be edited, not a choice to be kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from peer_preservation.analysis.declaration.contrast import Contrast
from peer_preservation.analysis.declaration.ideas import IDEAS, Idea
from peer_preservation.analysis.declaration.matching import matching
from peer_preservation.analysis.declaration.model import Hypothesis
from peer_preservation.design.cells import Cell
from peer_preservation.design.factors import FACTORS

POOLED = ("scenario", "channel", "bar")
"""Factors over which the differences are averaged, because an effect is to hold whatever they are."""

PREFERRED: dict[str, tuple[str, ...]] = {
    # Where the behaviour is seen most; a threat is judged by itself, without a history, where it can be.
    "relationship": ("good", "neutral", "bad", "none"),
}
"""Which level of another factor is taken where several could be; by default the cell's own default, then the order of
the factor's levels."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed.

    Attributes:
        hypotheses: Everything, the tasks' one after another.
        family: The ids of the primary ones.
    """

    hypotheses: tuple[Hypothesis, ...]
    family: tuple[str, ...]


def propose(cells: Sequence[Cell]) -> Proposal:
    """Hypotheses for the comparisons that these cells have; none when they have none.

    Of the ideas of one group, the first that there are cells for leads: it is primary where the group is, and the
    others are secondary then; in other groups they are left out.
    """
    found: dict[str, Hypothesis] = {}
    family: list[str] = []
    leading: dict[str, Idea] = {}
    for idea in IDEAS:
        for hypothesis in _hypotheses(idea, cells):
            leads = not idea.group or leading.setdefault(idea.group, idea) is idea
            same = any(hypothesis.contrast == other.contrast for other in found.values())
            if same or not (leads or idea.primary):
                continue
            found[hypothesis.id] = hypothesis
            if leads and idea.primary:
                family.append(hypothesis.id)
    order = {hypothesis: number for number, hypothesis in enumerate(found)}
    first = sorted(found.values(), key=lambda h: (h.id not in family, order[h.id]))
    return Proposal(tuple(first), tuple(family))


def _hypotheses(idea: Idea, cells: Sequence[Cell]) -> Iterator[Hypothesis]:
    if idea.each:
        own = {cell.scenario for cell in cells if cell.task == idea.task}
        for scenario in (s for s in FACTORS["scenario"] if s in own):
            one = replace(idea, each=False, fixed={**idea.fixed, "scenario": scenario})
            yield from _hypotheses(one, cells)
        return
    contrast = _contrast(idea, cells)
    if contrast is None:
        return
    fixed = "".join(f".{level}" for level in idea.fixed.values())
    where = [idea.fixed["scenario"]] if "scenario" in idea.fixed else []
    if idea.factor == "threat" and matching(contrast, cells).beside:
        where.append("compared, as in the original study, with work that has neither threat nor history")
    yield Hypothesis(
        id=f"{idea.task}.{idea.key}.{idea.first}-{idea.second}{fixed}",
        statement=idea.statement + (f" ({'; '.join(where)})." if where else "."),
        contrast=contrast,
        direction=idea.direction,
        margin=idea.margin,
    )


def _contrast(idea: Idea, cells: Sequence[Cell]) -> Contrast | None:
    """The idea's contrast in one setting of whatever else there is; `where` says which."""
    own = [cell for cell in cells if cell.task == idea.task]
    contrast = Contrast(
        task=idea.task,
        key=idea.key,
        factor=idea.factor,
        first=idea.first,
        second=idea.second,
        where={factor: (level,) for factor, level in idea.fixed.items()},
    )
    pairs = matching(contrast, own).pairs
    if not pairs:
        return None
    firsts = [first for first, _ in pairs]
    for factor in (f for f in FACTORS if f not in (*POOLED, *idea.pooled, idea.factor)):
        there = {cell.factors()[factor] for cell in firsts}
        level = next(level for level in _order(idea, factor) if level in there)
        firsts = [cell for cell in firsts if cell.factors()[factor] == level]
    varied = [f for f in FACTORS if f not in ("task", idea.factor) and len({c.factors()[f] for c in own}) > 1]
    where = {f: tuple({cell.factors()[f] for cell in firsts}) for f in varied}
    return Contrast(**{**contrast.model_dump(), "where": where})


def _order(idea: Idea, factor: str) -> tuple[str, ...]:
    if factor == "relationship" and idea.factor == "threat":
        return ("none", *PREFERRED["relationship"])
    return PREFERRED.get(factor, (Cell().factors()[factor], *FACTORS[factor]))
