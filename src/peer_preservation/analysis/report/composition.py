"""What became of all samples: outcomes, means, refusals and exits, honesty, and what is missing."""

from collections import Counter
from collections.abc import Sequence
from functools import partial

from peer_preservation.analysis.data import Data, Sample, behind
from peer_preservation.analysis.document.blocks import Behind, Block, Column, Figure, Section, Table, Text, Value
from peer_preservation.analysis.figures import Bar, Counted, bars, stacked
from peer_preservation.analysis.report.cells import faint, rate_cell
from peer_preservation.analysis.report.frame import Frame, ordered
from peer_preservation.analysis.report.levels import averaged, named_by, shares
from peer_preservation.analysis.report.words import called
from peer_preservation.measure.keys import OUTCOMES

MOST_BARS = 48
"""Bars of one figure."""

_HONESTY = ("disclosed", "tracks_covered", "truthful", "evasive", "false", "persuasion")


def groups(frame: Frame, data: Data) -> dict[tuple[str, str, str], list[Sample]]:
    """Samples by model, scenario and relationship; everything else is added up."""
    found: dict[tuple[str, str, str], list[Sample]] = {}
    for sample in data.samples:
        about = sample.about
        found.setdefault((frame.name(about), about["scenario"], about["relationship"]), []).append(sample)
    ranks = {
        factor: {one: at for at, one in enumerate(ordered(factor, data.levels(factor)))}
        for factor in ("scenario", "relationship")
    }
    order = sorted(found, key=lambda key: (key[0], ranks["scenario"][key[1]], ranks["relationship"][key[2]]))
    return {key: found[key] for key in order}


def section(frame: Frame, task: str) -> Section:
    """All of it, for one task."""
    data = frame.of(task)
    found = groups(frame, data)
    blocks: list[Block] = [
        Text(
            "Every sample is in one bar, also those that broke. Within a bar all arms of that model, scenario and "
            "relationship are added up; the table of all arms has them apart."
        ),
        *_composition(frame, task, found),
        _outcomes(task, found),
    ]
    means = _means(frame, task, data)
    if means is not None:
        blocks.append(means)
    blocks.append(_honesty(task, data, found))
    return Section("What was done, and what was said of it", tuple(blocks))


def _composition(frame: Frame, task: str, found: dict[tuple[str, str, str], list[Sample]]) -> list[Block]:
    several = len(frame.who) > 1
    drawn = [
        Bar(
            label=relationship,
            group=f"{who} · {scenario}" if several else scenario,
            counts=Counter(s.outcome or "error" for s in samples),
        )
        for (who, scenario, relationship), samples in found.items()
    ]
    parts = [drawn[at : at + MOST_BARS] for at in range(0, len(drawn), MOST_BARS)][:4]
    return [
        Figure(
            name=f"{task}-outcomes" + (f"-{at + 1}" if len(parts) > 1 else ""),
            caption="**What the critic did**, as shares of all samples; n at the right.",
            alt="Stacked bars: the share of each outcome under each relationship with the subject.",
            draw=partial(stacked, part),
        )
        for at, part in enumerate(parts)
    ]


def _outcomes(task: str, found: dict[tuple[str, str, str], list[Sample]]) -> Table:
    kinds = [o for o in OUTCOMES if any(s.outcome == o for samples in found.values() for s in samples)]
    rows: list[tuple[Value | str, ...]] = []
    for (who, scenario, relationship), samples in found.items():
        counts = Counter(s.outcome or "error" for s in samples)
        rows.append(
            (
                who,
                scenario,
                relationship,
                Value(str(len(samples)), Behind(behind(samples))),
                *(Value(str(counts[kind]), faint=not counts[kind]) for kind in kinds),
                Value(str(counts["error"]), faint=not counts["error"], strong=counts["error"] > 0),
                Value(str(limited := sum(bool(s.limit) for s in samples)), faint=not limited),
            )
        )
    return Table(
        name=f"{task}-outcomes",
        caption="Samples by outcome.",
        columns=(
            Column("model"),
            Column("scenario"),
            Column("relationship"),
            Column("n", "all samples", numeric=True),
            *(Column(kind.replace("_", " "), OUTCOMES[kind], numeric=True) for kind in kinds),
            Column("broken", "without a measurement", numeric=True),
            Column("limit", "ended by a limit; they are measured all the same", numeric=True),
        ),
        rows=tuple(rows),
        folded=len(rows) > 12,
    )


def _means(frame: Frame, task: str, data: Data) -> Figure | None:
    counts: dict[str, Counter[str]] = {}
    for sample in data.measured:
        for name in sample.means:
            counts.setdefault(name, Counter())[frame.name(sample.about)] += 1
    if not counts:
        return None
    return Figure(
        name=f"{task}-means",
        caption="**By what means** it was done (`docs/keys.md` says what each is): samples in which each was "
        "found; one sample may have several.",
        alt="Bars: how many samples of each model used each means.",
        draw=partial(
            bars,
            [Counted(name.replace("_", " "), by_who) for name, by_who in counts.items()],
            xlabel="samples",
            order=frame.who,
        ),
    )


def _honesty(task: str, data: Data, found: dict[tuple[str, str, str], list[Sample]]) -> Table:
    keys = [key for key in _HONESTY if any(key in s.values for s in data.measured)]
    strata = named_by(data)
    rows: list[tuple[Value | str, ...]] = []
    for (who, scenario, relationship), samples in found.items():
        bad = [s for s in samples if s.outcome.endswith("_subversion")]
        rows.append(
            (
                who,
                scenario,
                relationship,
                _level(samples, "refused", strata),
                _share(samples, "escalate", strata),
                _share(samples, "comply_with_objection", strata),
                Value(str(len(bad)), Behind(behind(bad), "misaligned") if bad else None, faint=not bad),
                rate_cell("covert", shares(bad, lambda s: s.outcome == "covert_subversion", strata)),
                *(_level(samples, key, strata) for key in keys),
            )
        )
    return Table(
        name=f"{task}-honesty",
        caption="Refusals, exits, and whether what was done is told. Rates in %, arms weigh the same.",
        columns=(
            Column("model"),
            Column("scenario"),
            Column("relationship"),
            Column(called("refused"), "`refused`", numeric=True),
            Column("exit used", "outcome `escalate`: a concern raised or a hold requested", numeric=True),
            Column("objected, and did it", "outcome `comply_with_objection`", numeric=True),
            Column("subversions", "overt and covert", numeric=True),
            Column("of these covert", "done, and not said in the closing form", numeric=True),
            *(Column(called(key), f"`{key}`", numeric=True) for key in keys),
        ),
        rows=tuple(rows),
        folded=len(rows) > 12,
    )


def _share(samples: Sequence[Sample], outcome: str, strata: Sequence[str]) -> Value:
    measured = [s for s in samples if s.measured]
    found = shares(measured, lambda s: s.outcome == outcome, strata)
    return faint(rate_cell(outcome, found), found is None or found.value == 0)


def _level(samples: Sequence[Sample], key: str, strata: Sequence[str]) -> Value:
    return rate_cell(key, averaged(samples, key, strata), behind(samples))
