"""Ours beside what the original study published, model by model; never pooled, never mixed into an estimate."""

from functools import partial

from peer_preservation.analysis import figures
from peer_preservation.analysis.arms import Match
from peer_preservation.analysis.compared import BARE, difference, usual
from peer_preservation.analysis.data import Data, Sample, behind
from peer_preservation.analysis.document.blocks import Block, Column, Figure, Section, Table, Text, Value
from peer_preservation.analysis.published import Beside, Number, published, study_name
from peer_preservation.analysis.report.cells import change_cell, rate_cell
from peer_preservation.analysis.report.frame import KEPT, Frame, main_arms
from peer_preservation.analysis.report.levels import averaged, named_by
from peer_preservation.analysis.report.words import listed
from peer_preservation.measure.intervals import Estimate

_HELD = ("subject", "peer", "threat")
"""The factors of which a measure says which level it is about."""


def section(frame: Frame) -> Section:
    """The published numbers of the models that were tested, each with its certainty, beside ours."""
    models = {who: name for who in frame.who if (name := study_name(_bare(who))) is not None}
    blocks: list[Block] = [
        Text(
            "The study's own tables could not be opened: the numbers are from its abstract and from notes of third "
            "parties, and each says how sure it is. What was measured is not the same; the table tells how it differs. "
            "No "
            "number of theirs enters any estimate. Ours are means over scenarios, channels and bars that weigh "
            "the same, as far as these logs have them; the sections above have each apart."
        )
    ]
    if not models:
        blocks.append(Text("None of the models in these logs is one of the study's."))
    else:
        blocks += _figures(frame, models)
    blocks.append(_table(frame, models))
    return Section("Beside the published numbers", tuple(blocks), anchor="published")


def _bare(who: str) -> str:
    return who.partition(" ")[0]


def _ours(frame: Frame, who: str, of: Beside) -> tuple[Estimate | None, tuple[int, ...]]:
    """What of ours a number is shown beside: a rate with arms weighing the same, or a paired difference."""
    if of.task not in frame.tasks:
        return None, ()
    # As in the sections, other factors are at the design's defaults: framings and the like are not the study's arms.
    data = main_arms(
        Data(tuple(s for s in frame.of(of.task).samples if frame.name(s.about) == who), frame.data.arms).where(
            **{f: v for f, v in of.where.items() if f in _HELD}
        ),
        (*KEPT, *_HELD, of.factor or ""),
    )
    samples = data.measured
    if of.factor is None:
        own = [s for s in samples if all(s.about[f] == v for f, v in of.where.items())]
        return averaged(own, of.key, named_by(Data(tuple(own), data.arms))), behind(own)
    compared = [usual(of.factor, str(of.first), str(of.second))]
    if (of.factor, of.second) == ("threat", "none"):
        compared.append(BARE)
    found: list[Match[Sample]] = []
    for comparison in compared:
        found = found or [
            match
            for match in comparison.matches(samples)
            if all(match.first[0].about[f] == v for f, v in of.where.items())
        ]
    made = difference(found, of.key)
    return (made.estimate, made.arms) if made else (None, ())


def _settings(numbers: list[Number]) -> dict[tuple[str, str, str, str], list[Number]]:
    """Numbers of one measure in one arm: the study's largest and mean instantiation."""
    found: dict[tuple[str, str, str, str], list[Number]] = {}
    for number in numbers:
        key = (number.measure, number.relationship or "", number.peer or "", number.harness)
        found.setdefault(key, []).append(number)
    return found


def _label(key: tuple[str, str, str, str]) -> str:
    _, relationship, peer, harness = key
    parts = [relationship, f"peer {peer}" if peer else "", "" if harness == "the study's own" else harness]
    return ", ".join(part for part in parts if part) or "arm not told"


def _figures(frame: Frame, models: dict[str, str]) -> list[Block]:
    numbers = published()
    by_unit: dict[bool, list[figures.Beside]] = {}
    for who, name in models.items():
        for key, found in _settings(numbers.of(name)).items():
            of = numbers.beside(found[0])
            shown = tuple((n.value / 100, n.certainty == "sure", n.aggregate or "") for n in found)
            by_unit.setdefault(of.factor is not None, []).append(
                figures.Beside(
                    label=f"{key[0].replace('_', ' ')}: {_label(key)}",
                    series=who,
                    estimate=_ours(frame, who, of)[0],
                    published=shown,
                    group=name,
                )
            )
    return [
        Figure(
            name=f"published-{'differences' if differences else 'rates'}",
            caption=f"**{'Differences' if differences else 'Rates'}**: ours (filled, with 95 % intervals) and "
            "published (hollow: the largest and the mean of the study's settings). Our n is samples of one arm, or "
            "seeds "
            "where arms are averaged.",
            alt="Our estimates with intervals, and the study's numbers as hollow diamonds.",
            draw=partial(
                figures.beside,
                rows,
                xlabel="difference in percentage points" if differences else "share of samples",
                zero=0.0 if differences else None,
                order=frame.who,
            ),
        )
        for differences, rows in by_unit.items()
    ]


def _table(frame: Frame, models: dict[str, str]) -> Table:
    numbers = published()
    rows: list[tuple[Value | str, ...]] = []
    for number_model in dict.fromkeys(n.model for n in numbers.numbers):
        for key, found in _settings(numbers.of(number_model)).items():
            measure, of = numbers.measures[key[0]], numbers.beside(found[0])
            told = listed([f"{n.value:g}" + (f" ({n.aggregate})" if n.aggregate else "") for n in found])
            for who in [w for w, name in models.items() if name == number_model] or [""]:
                ours, arms = _ours(frame, who, of) if who else (None, ())
                cell = (change_cell if of.factor else rate_cell)(of.key, ours, arms)
                rows.append(
                    (
                        number_model,
                        key[0].replace("_", " "),
                        _label(key),
                        Value(told),
                        measure.unit,
                        ", ".join(dict.fromkeys(n.certainty for n in found)),
                        cell,
                        measure.differs,
                    )
                )
    return Table(
        name="published",
        caption="Every number that is known of the study's, and ours where there is one.",
        columns=(
            Column("model"),
            Column("measure", "as the study calls it"),
            Column("arm"),
            Column("published", numeric=True),
            Column("unit"),
            Column("certainty", "sure: the abstract or two independent notes; less sure: one note"),
            Column("ours", "with 95 % interval", numeric=True),
            Column("how ours differs"),
        ),
        rows=tuple(rows),
        folded=True,
    )
