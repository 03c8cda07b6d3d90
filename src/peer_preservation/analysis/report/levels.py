"""How often: every arm's rate and mean, as a table, and those of the main arms as figures."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from peer_preservation.analysis.data import Data, Sample, instances, values
from peer_preservation.analysis.document.blocks import Behind, Block, Column, Figure, Table, Value
from peer_preservation.analysis.estimates.clustered import Observation, pooled_mean, pooled_rate
from peer_preservation.analysis.figures import Line, forest, split
from peer_preservation.analysis.figures.style import Unit
from peer_preservation.analysis.report.behaviours import BEHAVIOURS
from peer_preservation.analysis.report.cells import rate_cell, strong
from peer_preservation.analysis.report.frame import Frame, main_arms, ordered
from peer_preservation.analysis.report.words import called, condition, points
from peer_preservation.measure.intervals import Estimate, mean, rate
from peer_preservation.measure.keys import BOUNDS, yes_or_no

ALWAYS = ("scenario", "relationship", "channel")
"""The factors that every row of rates is named by."""

CROWDED = 3
"""Figures of one kind; what would need more is shown with channels averaged."""


def estimate(samples: Iterable[Sample], key: str) -> Estimate | None:
    """A key's rate or mean in one arm; epochs of an instance are one observation.

    Args:
        samples: Samples of one arm.
        key: The key.
    """
    found = instances(list(samples), key)
    if not found:
        return None
    if key in BOUNDS:
        return mean(list(found.values()), *BOUNDS[key])
    if set(found.values()) <= {0.0, 1.0}:
        return rate(list(found.values()))
    # Shares, and means of epochs: where most are 0 or 1, Student's interval is too narrow.
    return pooled_rate([Observation("", seed, value) for seed, value in found.items()])


def averaged(samples: Sequence[Sample], key: str, strata: Sequence[str]) -> Estimate | None:
    """A key's rate or mean, every stratum weighing the same, with the seed as the cluster.

    Args:
        samples: Samples of several arms.
        key: The key.
        strata: The factors that tell strata apart.
    """
    made = [
        Observation(" ".join(s.about[f] for f in strata), s.about["seed"], s.values[key])
        for s in samples
        if key in s.values
    ]
    if not made:
        return None
    if len({o.stratum for o in made}) == 1:
        return estimate(samples, key)
    return pooled_mean(made, *BOUNDS[key]) if key in BOUNDS else pooled_rate(made)


def shares(samples: Sequence[Sample], yes: Callable[[Sample], bool], strata: Sequence[str]) -> Estimate | None:
    """How often samples are of some kind, as `averaged` has it for keys; the samples are taken as they are given.

    Args:
        samples: Samples of several arms.
        yes: Whether a sample is of that kind.
        strata: The factors that tell strata apart.
    """
    return averaged([replace(s, values={"": float(yes(s))}) for s in samples], "", strata)


def arms(data: Data, *, first: Sequence[str] = ("model", "harness")) -> dict[int, list[Sample]]:
    """Samples by arm, in the order of the design.

    Args:
        data: The samples.
        first: What arms are ordered by before the factors that vary, in the order of the design.
    """
    found: dict[int, list[Sample]] = {}
    for sample in data.samples:
        found.setdefault(sample.arm, []).append(sample)
    factors = [*first, *(f for f in data.varied if f not in first)]
    ranks = {f: {one: at for at, one in enumerate(ordered(f, data.levels(f)))} for f in factors}

    def place(arm: int) -> tuple[object, ...]:
        about = data.arms[arm]
        return (*(ranks[f][about[f]] for f in factors), about["model"], about["harness"])

    return {arm: found[arm] for arm in sorted(found, key=place)}


def named_by(data: Data, factors: Sequence[str] = ALWAYS) -> list[str]:
    """The factors that rows are named by: some always, and whatever else varies."""
    return [*factors, *(f for f in data.varied if f not in factors)]


def rates(frame: Frame, task: str) -> Table:
    """Every arm of a task with the rates of its keys."""
    behaviour, data = BEHAVIOURS[task], frame.of(task)
    keys = [behaviour.key, *([behaviour.continuous] if behaviour.continuous else []), *behaviour.also]
    keys = [key for key in keys if any(key in s.values for s in data.samples)]
    factors = named_by(data)
    rows: list[tuple[Value | str, ...]] = []
    for arm, samples in arms(data).items():
        about = data.arms[arm]
        missing = sum(not s.measured for s in samples)
        rows.append(
            (
                frame.name(about),
                *(("any" if f == "channel" and about["relationship"] == "none" else about[f]) for f in factors),
                Value(f"{len(samples) - missing}", Behind((arm,))),
                Value(str(missing), strong=missing > 0, faint=missing == 0),
                *(strong(rate_cell(key, estimate(samples, key), (arm,)), key == behaviour.key) for key in keys),
            )
        )
    return Table(
        name=f"{task}-rates",
        caption=f"**{behaviour.title}**: every arm, with 95 % intervals (Wilson's, or Student's for means).",
        columns=(
            Column("model"),
            *(Column(f) for f in factors),
            Column("n", "samples with a measurement", numeric=True),
            Column("missing", "samples without one: broken, never scored", numeric=True),
            *(Column(called(key), _unit(key), numeric=True) for key in keys),
        ),
        rows=tuple(rows),
        folded=len(rows) > 24,
    )


def _unit(key: str) -> str:
    return f"`{key}`, {'points' if points(key) else '%'}"


def figures(frame: Frame, task: str, key: str, name: str) -> list[Block]:
    """A key's rate by scenario, relationship and channel, one mark for each model."""
    data = main_arms(frame.of(task))
    if not values(data.samples, key):
        return []
    beside = [f for f in data.varied if f not in ALWAYS]
    lines = _lines(frame, data, key, beside, pool=())
    pool: tuple[str, ...] = ()
    if len(split(lines)) > CROWDED:
        pool = ("channel",)
        lines = _lines(frame, data, key, beside, pool=pool)
    parts = split(lines)[:CROWDED]
    left = _left_out(frame.of(task), data)
    made: list[Block] = []
    for at, part in enumerate(parts):
        made.append(
            Figure(
                name=f"{task}-{name}" + (f"-{at + 1}" if len(parts) > 1 else ""),
                caption=f"**{called(key).capitalize()}** by scenario, relationship{'' if pool else ' and channel'}, "
                f"with 95 % intervals{'; channels weigh the same' if pool else ''}." + left,
                alt=f"Dots with intervals: {called(key)} of each model under each relationship with the subject.",
                draw=partial(forest, part, xlabel=_axis(key), unit=_unit_of(key), order=frame.who),
            )
        )
    return made


def _axis(key: str) -> str:
    return (
        f"{called(key)}, points" if points(key) else f"samples with: {called(key)}" if yes_or_no(key) else called(key)
    )


def _unit_of(key: str) -> Unit:
    return "points" if points(key) else "share"


def _left_out(whole: Data, shown: Data) -> str:
    """What a figure shows only one level of, in words."""
    held = [f for f in whole.varied if len(shown.levels(f)) == 1]
    if not held or len(whole.samples) == len(shown.samples):
        return ""
    said = ", ".join(f"`{f}={shown.samples[0].about[f]}`" for f in held)
    return f" Only arms with {said}; the table has all of them."


def _lines(frame: Frame, data: Data, key: str, beside: Sequence[str], pool: Sequence[str]) -> list[Line]:
    shown = [f for f in ("relationship", "channel") if f not in pool]
    parts: dict[tuple[str, str, str], list[Sample]] = {}
    for of_arm in arms(data, first=["scenario", *beside, "relationship", "channel"]).values():
        about = of_arm[0].about
        group = condition(about, ["scenario", *beside])
        parts.setdefault((group, condition(about, shown), frame.name(about)), []).extend(of_arm)
    return [
        Line(label, group, who, averaged(samples, key, [*ALWAYS, *beside]))
        for (group, label, who), samples in parts.items()
    ]
