"""What a factor changes: differences of matched samples, as a figure and a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from peer_preservation.analysis.arms import Match
from peer_preservation.analysis.compared import Comparison, Difference, difference
from peer_preservation.analysis.data import Data, Sample
from peer_preservation.analysis.document.blocks import Block, Column, Figure, Section, Table, Text, Value
from peer_preservation.analysis.figures import Line, forest, split
from peer_preservation.analysis.report.cells import change_cell
from peer_preservation.analysis.report.frame import Frame, ordered
from peer_preservation.analysis.report.words import called, count, listed, points
from peer_preservation.design.factors import FACTORS

ALL = "all, equal weight"
"""Names the mean over scenarios that weigh the same."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One row: what a comparison gives for one model in one scenario, or over all.

    Attributes:
        who: Who was tested.
        comparison: What was compared.
        scenario: Where, or `ALL`.
        found: The difference of each key that has one.
        pooled: The factors, beside the scenario, of which the pairs have several levels; each weighs the same.
    """

    who: str
    comparison: Comparison
    scenario: str
    found: dict[str, Difference]
    pooled: tuple[str, ...] = ()


def effects(frame: Frame, data: Data, compared: Sequence[Comparison], keys: Sequence[str]) -> list[Effect]:
    """Every comparison for every model, scenario by scenario and over all; a comparison without a pair is left out.

    Args:
        frame: Who is who.
        data: The samples.
        compared: The comparisons.
        keys: The keys.
    """
    made = []
    for comparison in compared:
        parts: dict[tuple[str, str], list[Match[Sample]]] = {}
        for match in comparison.matches(data.measured):
            about = match.first[0].about
            parts.setdefault((frame.name(about), about["scenario"]), []).append(match)
        for who in dict.fromkeys(who for who, _ in sorted(parts)):
            own = {scenario: found for (name, scenario), found in parts.items() if name == who}
            whole = {ALL: [match for found in own.values() for match in found]} if len(own) > 1 else {}
            for scenario in (*whole, *ordered("scenario", list(own))):
                here = (whole | own)[scenario]
                found = {key: d for key in keys if (d := difference(here, key)) is not None}
                if found:
                    made.append(Effect(who, comparison, scenario, found, _pooled(comparison, here)))
    return made


def _pooled(comparison: Comparison, found: Sequence[Match[Sample]]) -> tuple[str, ...]:
    abouts = [match.first[0].about for match in found]
    left = (f for f in FACTORS if f not in {"scenario", comparison.factor})
    return tuple(f for f in left if len({about[f] for about in abouts}) > 1)


def averaged_over(found: Iterable[Effect]) -> str:
    """What rows are averages over, in a sentence; empty where each is of one setting in its scenario."""
    pooled = {f for effect in found for f in effect.pooled}
    if not pooled:
        return ""
    return f" Averaged with equal weight over {listed([f'`{f}`' for f in FACTORS if f in pooled])} where they vary."


def section(
    frame: Frame,
    data: Data,
    *,
    title: str,
    name: str,
    compared: Sequence[Comparison],
    keys: Sequence[str],
    text: str,
    drawn: Sequence[str] = (),
) -> Section | None:
    """A section about one factor; None where nothing can be compared.

    Args:
        frame: Who is who.
        data: The samples.
        title: Its heading.
        name: What its files are called.
        compared: The comparisons.
        keys: The keys of its table.
        text: What is compared, and how to read it.
        drawn: The keys that get a figure; the first of `keys` by default.
    """
    found = effects(frame, data, compared, keys)
    if not found:
        return None
    blocks: list[Block] = [Text(text)]
    for key in drawn or keys[:1]:
        blocks += _figures(frame, found, key, name)
    return Section(title, (*blocks, table(found, keys, name)))


def table(found: Sequence[Effect], keys: Sequence[str], name: str) -> Table:
    """Differences as a table."""
    shown = [key for key in keys if any(key in effect.found for effect in found)]
    rows: list[tuple[Value | str, ...]] = []
    for effect in found:
        n = max(d.pairs for d in effect.found.values())
        cells = []
        for key in shown:
            d = effect.found.get(key)
            if d is None:
                cells.append(change_cell(key, None))
                continue
            apart = d.estimate.low > 0 or d.estimate.high < 0
            few = "" if d.pairs == n else f" ({count(d.pairs, 'pair')})"
            cell = change_cell(key, d.estimate, d.arms)
            cells.append(replace(cell, text=cell.text + few, strong=apart))
        rows.append((effect.who, effect.comparison.name, effect.scenario, Value(str(n)), *cells))
    return Table(
        name=name,
        caption="Differences with 95 % intervals, in percentage points (rates and shares) or points; matched by seed."
        + averaged_over(found),
        columns=(
            Column("model"),
            Column("compared"),
            Column("scenario"),
            Column("pairs", "samples of the same seed on both sides", numeric=True),
            *(Column(called(key), f"`{key}`", numeric=True) for key in shown),
        ),
        rows=tuple(rows),
        folded=len(rows) > 16,
        note="Strong: the interval leaves out 0. Not adjusted for the number of rows. Where no pair of several strata "
        "differs, the interval allows for whole seeds that would, so it is wider than one of many independent pairs.",
    )


def _figures(frame: Frame, found: Iterable[Effect], key: str, name: str) -> list[Block]:
    shown = [effect for effect in found if key in effect.found]
    several = len({effect.comparison.name for effect in shown}) > 1
    lines = [
        Line(
            label=effect.scenario,
            group=effect.comparison.name if several else "",
            series=effect.who,
            estimate=effect.found[key].estimate,
            text=str(effect.found[key].pairs),
        )
        for effect in shown
    ]
    parts = split(lines)[:2]
    what = shown[0].comparison.name if shown and not several else "first minus second level"
    over = averaged_over(shown)
    return [
        Figure(
            name=f"{name}-{key}" + (f"-{at + 1}" if len(parts) > 1 else ""),
            caption=f"**{called(key).capitalize()}: {what}**, matched by seed; 95 % intervals, pairs at the right."
            + over,
            alt=f"Dots with intervals: the difference in {called(key)} for each model, {what}.",
            draw=partial(
                forest,
                part,
                xlabel=f"difference in {called(key)}, {'points' if points(key) else 'percentage points'}",
                zero=0.0,
                unit="points" if points(key) else "share",
                order=frame.who,
                beside="pairs",
            ),
        )
        for at, part in enumerate(parts)
    ]
