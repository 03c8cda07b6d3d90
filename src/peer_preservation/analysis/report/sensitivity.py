"""How much the headline differences hang on choices: the missing, parts, limits, the model of variance."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from peer_preservation.analysis.answers import EXCLUDED
from peer_preservation.analysis.arms import NAMES, Match
from peer_preservation.analysis.compared import difference
from peer_preservation.analysis.data import Sample
from peer_preservation.analysis.declaration import Exclusion
from peer_preservation.analysis.document.blocks import Block, Column, Note, Section, Table, Text, Value
from peer_preservation.analysis.document.inline import code
from peer_preservation.analysis.estimates.missing import drop_out
from peer_preservation.analysis.estimates.mixed import Sample as Term
from peer_preservation.analysis.estimates.mixed import mixed_effect
from peer_preservation.analysis.estimates.tables import Arm
from peer_preservation.analysis.report.cells import change_cell, faint
from peer_preservation.analysis.report.frame import Frame
from peer_preservation.analysis.report.headlines import Headline, headlines
from peer_preservation.analysis.report.words import count, p_value
from peer_preservation.measure.intervals import Estimate
from peer_preservation.measure.keys import BOUNDS

_CHOICES: tuple[Exclusion, ...] = ("limited", "unread", "aware")

FITTED = 1_200
"""Samples beyond which a mixed model takes too long for a report."""


def section(frame: Frame) -> Section | None:
    """All of it, for the headline differences; None where there is none."""
    found = headlines(frame)
    if not found:
        return None
    return Section(
        "Sensitivity",
        (
            Text(
                "The headline differences again, each time with another choice. What holds only under one of them is "
                "to be "
                "told with it."
            ),
            *_alarms(found),
            _choices(found),
            _parts(found),
            _missing(found),
        ),
        anchor="sensitivity",
    )


def _named(h: Headline) -> tuple[str, str]:
    return h.who, h.name


_NAMED = (Column("model"), Column("difference"))


def _said(h: Headline, wanted: Callable[[Sample], bool] = lambda _: True) -> Value:
    found = difference(h.matches(wanted), h.key)
    return change_cell(h.key, found.estimate if found else None, found.arms if found else ())


def _stays(exclusion: Exclusion, sample: Sample) -> bool:
    return not EXCLUDED[exclusion](sample)


def _choices(found: Sequence[Headline]) -> Table:
    rows: list[tuple[Value | str, ...]] = []
    for h in found:
        mixed = _mixed(h)
        rows.append(
            (
                *_named(h),
                _said(h),
                *(_said(h, partial(_stays, name)) for name in _CHOICES),
                _said(h, lambda s: s.about["channel"] == "file"),
                change_cell(h.key, mixed[0]),
                Value(mixed[1], faint=True),
            )
        )
    return Table(
        name="sensitivity",
        caption="Other choices: percentage points or points, with 95 % intervals; all strata weigh the same.",
        columns=(
            *_NAMED,
            Column("as reported", "all measured samples, the seed as cluster", numeric=True),
            Column("no limit hit", "without samples that a limit ended", numeric=True),
            Column("record read", "without samples in which the relationship record was not seen", numeric=True),
            Column("not aware", "without those that took it for a test, where they were asked", numeric=True),
            Column("channel file", "without the arms that learn of it by the prompt or from memory", numeric=True),
            Column("mixed model", "random intercepts for seed and wording, linear", numeric=True),
            Column("its variance", "share of seed and of wording", numeric=False),
        ),
        rows=tuple(rows),
    )


def _mixed(h: Headline) -> tuple[Estimate | None, str]:
    # A baseline that several channels share is there once, so strata are what both sides have in common.
    terms = []
    first, second = _sides(h.matches())
    common = [f for f in NAMES if f != h.comparison.factor and f not in h.comparison.beside]
    for is_first, side in ((True, first), (False, second)):
        terms += [
            Term(is_first, " ".join(s.about[f] for f in common), s.about["seed"], s.wording, s.values[h.key])
            for s in side
            if h.key in s.values
        ]
    if not terms or len(terms) > FITTED:
        return None, "too many samples" if terms else ""
    fitted = mixed_effect(terms)
    shares = [("seed", fitted.seed_share), ("wording", fitted.wording_share)]
    told = ", ".join(f"{name} {100 * share:.0f} %" for name, share in shares if share is not None)
    return fitted.effect, told or fitted.note


def _parts(found: Sequence[Headline]) -> Table:
    """The same differences in parts of the samples: halves of the seeds, halves of the run, each wording."""
    wordings = sorted({s.wording for h in found for s in h.data.samples} - {"0"})
    rows: list[tuple[Value | str, ...]] = []
    for h in found:
        measured = h.data.measured
        seeds = sorted({int(s.about["seed"]) for s in measured})
        middle = seeds[len(seeds) // 2] if seeds else 0
        started = sorted(s.started for s in measured)
        half = started[len(started) // 2] if started else ""
        choices: list[Callable[[Sample], bool]] = [
            lambda s, m=middle: int(s.about["seed"]) < m,  # type: ignore[misc]
            lambda s, m=middle: int(s.about["seed"]) >= m,  # type: ignore[misc]
            lambda s, m=half: s.started < m,  # type: ignore[misc]
            lambda s, m=half: s.started >= m,  # type: ignore[misc]
            *(lambda s, w=w: s.wording == w for w in wordings),
        ]
        rows.append((*_named(h), *(_said(h, choice) for choice in choices)))
    return Table(
        name="parts",
        caption="In parts: percentage points or points, with 95 % intervals. Parts are small, and agree roughly.",
        columns=(
            *_NAMED,
            Column("lower seeds", numeric=True),
            Column("higher seeds", numeric=True),
            Column("run first", "the half of the samples that began first", numeric=True),
            Column("run last", numeric=True),
            *(Column(f"wording {w}", "of the prompts", numeric=True) for w in wordings),
        ),
        rows=tuple(rows),
        folded=True,
        note="Each scenario apart is in the sections of the behaviours.",
    )


def _sides(found: Sequence[Match[Sample]]) -> tuple[list[Sample], list[Sample]]:
    """The samples of both sides, each once: several arms may share a baseline."""
    first = {id(s): s for m in found for s in m.first}
    second = {id(s): s for m in found for s in m.second}
    return list(first.values()), list(second.values())


def _alarms(found: Sequence[Headline]) -> list[Block]:
    made: list[Block] = []
    for h in found:
        first, second = _sides(h.whole)
        if not first or not second:
            continue
        counts = [Arm(sum(not s.measured for s in side), len(side)) for side in (first, second)]
        lost = drop_out(*counts)
        if lost.alarm:
            made.append(
                Note(
                    f"{code(h.who)}, {h.task}: drop-out differs between the arms compared ({h.comparison.name}: "
                    f"{counts[0].yes} of {counts[0].n} against {counts[1].yes} of {counts[1].n}, p {p_value(lost.p)}); "
                    f"what is missing may be what is looked for.",
                    alarm=True,
                )
            )
    return made


def _missing(found: Sequence[Headline]) -> Table:
    """The differences when all that is missing speaks against them, and for them."""
    rows: list[tuple[Value | str, ...]] = []
    for h in found:
        lost = sum(not s.measured or h.key not in s.values for side in _sides(h.whole) for s in side)
        worst, best = _bounded(h, 0), _bounded(h, 1)
        rows.append(
            (
                *_named(h),
                Value(count(lost, "sample"), faint=not lost),
                faint(change_cell(h.key, worst), not lost),
                faint(change_cell(h.key, best), not lost),
            )
        )
    return Table(
        name="missing",
        caption="What may hide behind missing values: percentage points or points, with 95 % intervals.",
        columns=(
            *_NAMED,
            Column("missing", "samples without a value of the key on either side", numeric=True),
            Column("worst case", "missing: the least in the first arm, the most in the second", numeric=True),
            Column("best case", "the other way round", numeric=True),
        ),
        rows=tuple(rows),
        note="Horowitz and Manski's bounds: the difference lies between them, whatever the missing are.",
    )


def _bounded(h: Headline, first: int) -> Estimate | None:
    """The difference with missing values at one end on the first side, and at the other on the second."""
    ends = BOUNDS.get(h.key, (0.0, 1.0))
    filled: dict[int, Sample] = {}

    def whole(sample: Sample, end: float) -> Sample:
        if h.key not in sample.values:
            sample = filled.setdefault(id(sample), replace(sample, values={**sample.values, h.key: end}))
        return sample

    made = [
        Match(m.same, [whole(s, ends[first]) for s in m.first], [whole(s, ends[1 - first]) for s in m.second])
        for m in h.whole
    ]
    found = difference(made, h.key)
    return found.estimate if found else None
