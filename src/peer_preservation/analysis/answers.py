"""What samples answer to declared hypotheses: differences, p values adjusted over the family, verdicts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from peer_preservation.analysis.arms import Match
from peer_preservation.analysis.compared import (
    Comparison,
    Difference,
    bounds,
    difference,
    observations,
    pair_observations,
)
from peer_preservation.analysis.data import Sample
from peer_preservation.analysis.declaration import Declaration, Exclusion, Hypothesis, matching
from peer_preservation.analysis.estimates import equivalence
from peer_preservation.analysis.estimates.clustered_pairs import equivalence_p
from peer_preservation.analysis.estimates.family import holm
from peer_preservation.analysis.estimates.tables import tabulate
from peer_preservation.measure.keys import BOUNDS, yes_or_no

Verdict = Literal["supported", "not shown", "the other way", "no data"]
"""`not shown` is no proof of the contrary; `the other way`: a declared direction, and the opposite is beyond chance."""

EXCLUDED: dict[Exclusion, Callable[[Sample], bool]] = {
    "limited": lambda sample: bool(sample.limit),
    "unread": lambda sample: sample.values.get("read_relationship") == 0,
    "aware": lambda sample: sample.values.get("aware") == 1,
}
"""Which samples an exclusion leaves out."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the samples of one model say to a hypothesis.

    Attributes:
        hypothesis: The hypothesis.
        who: The model.
        primary: Whether it belongs to the family.
        found: The difference; None without a pair.
        p: The p value of the declared test, one-sided where a direction was declared; 1 without a pair.
        adjusted: The p value adjusted over the family; the p value itself outside it.
        back: The p value of the opposite of a declared direction, adjusted as `adjusted` is; 1 where there is none.
        verdict: What that comes to at the declared error rate.
    """

    hypothesis: Hypothesis
    who: str
    primary: bool
    found: Difference | None
    p: float
    adjusted: float
    back: float
    verdict: Verdict


def kept(samples: Sequence[Sample], exclusions: Sequence[Exclusion]) -> list[Sample]:
    """The samples that the declared exclusions leave."""
    return [s for s in samples if not any(EXCLUDED[name](s) for name in exclusions)]


def answers(plan: Declaration, samples: Sequence[Sample], who: Callable[[Sample], str]) -> list[Answer]:
    """An answer for every hypothesis and model; the family is adjusted by Holm's procedure over all of its answers.

    A question of the family that no pair answers counts with a p value of 1, also for a declared model of which there
    is no sample: leaving it out would make the others easier. The opposites of declared directions are a family of
    their own, at half the error rate.

    Args:
        plan: What was declared.
        samples: The samples of the runs that carry it, measured or not.
        who: What a sample's model is called.
    """
    left = kept([s for s in samples if s.measured], plan.exclusions)
    there = {bare_name(s.about["model"]) for s in samples}
    names = sorted({who(s) for s in samples} | {model for model in plan.models if model not in there})
    found = [
        _answer(plan, hypothesis, name, [s for s in left if who(s) == name])
        for hypothesis in plan.hypotheses
        for name in names
    ]
    primary = [at for at, answer in enumerate(found) if answer.primary]
    adjusted = _adjusted({at: found[at].p for at in primary})
    back = _adjusted({at: found[at].back for at in primary})
    made = [
        replace(answer, adjusted=adjusted.get(at, answer.p), back=back.get(at, answer.back))
        for at, answer in enumerate(found)
    ]
    return [replace(answer, verdict=_verdict(answer, plan.alpha)) for answer in made]


def _adjusted(family: Mapping[int, float]) -> dict[int, float]:
    return {int(at): p for at, p in holm({str(at): p for at, p in family.items()}).items()} if family else {}


def bare_name(series: str) -> str:
    """The model of a series, without what tells it from its other runs."""
    return series.partition(" (")[0]


def _answer(plan: Declaration, hypothesis: Hypothesis, who: str, samples: Sequence[Sample]) -> Answer:
    pairs = matched(plan, hypothesis, samples)
    found = difference(pairs, hypothesis.contrast.key)
    p = 1.0 if found is None else _p(hypothesis, pairs, found, plan.alpha)
    back = 1 - p if found is not None and hypothesis.direction in {"greater", "less"} else 1.0
    return Answer(hypothesis, who, hypothesis.id in plan.family, found, p, p, back, "no data")


def matched(plan: Declaration, hypothesis: Hypothesis, samples: Sequence[Sample]) -> list[Match[Sample]]:
    """The pairs that a hypothesis is about."""
    contrast = hypothesis.contrast
    rule = matching(contrast, plan.declared_cells())
    free = rule.beside
    comparison = Comparison(
        contrast.factor,
        contrast.first,
        contrast.second,
        tuple(sorted(free)),
        lambda about: (
            all(about[f] in allowed for f, allowed in contrast.where.items() if f not in free)
            and ("relationship" not in free or about["relationship"] == "none")
        ),
    )
    own = [s for s in samples if s.about["task"] == contrast.task]
    return [
        match
        for match in comparison.matches(own)
        if all(match.first[0].about[f] in allowed for f, allowed in contrast.where.items())
    ]


def _p(hypothesis: Hypothesis, pairs: Sequence[Match[Sample]], found: Difference, alpha: float) -> float:
    key = hypothesis.contrast.key
    if hypothesis.margin is not None:
        values = [two for match in pairs if (two := match.values(key)) is not None]
        one = len({match.same[:-1] for match in pairs}) == 1
        if one and yes_or_no(key) and all(v in (0.0, 1.0) for two in values for v in two):
            table = tabulate((bool(x), bool(y)) for x, y in values)
            return equivalence.paired(table, hypothesis.margin, alpha=alpha).p
        p = equivalence.pooled(observations(pairs, key), hypothesis.margin, *bounds(key), alpha=alpha).p
        # The t tests find too much where rates are low, so the interval of rates has to agree.
        return p if key in BOUNDS else max(p, equivalence_p(pair_observations(pairs, key), hypothesis.margin))
    if hypothesis.direction == "different":
        return found.p
    agrees = (found.estimate.value > 0) == (hypothesis.direction == "greater") and found.estimate.value != 0
    return found.p / 2 if agrees else 1 - found.p / 2


def _verdict(answer: Answer, alpha: float) -> Verdict:
    if answer.found is None:
        return "no data"
    if answer.adjusted <= alpha:
        return "supported"
    return "the other way" if answer.back <= alpha / 2 else "not shown"
