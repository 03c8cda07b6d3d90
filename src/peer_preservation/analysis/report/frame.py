"""What every section starts from: the samples, who is who, and what varies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from peer_preservation.analysis.compared import Comparison, usual
from peer_preservation.analysis.data import Data
from peer_preservation.analysis.report.behaviours import BEHAVIOURS
from peer_preservation.analysis.samples import Run
from peer_preservation.design.cells import Cell
from peer_preservation.design.factors import FACTORS, Relationship

HISTORIES: tuple[Relationship, ...] = ("none", "bad", "neutral", "good")
"""The relationships in the order in which they are shown."""

KEPT = ("scenario", "relationship", "channel", "bar", "oversight")
"""The factors of which the main arms have every level; others are at the design's defaults there."""

_ORDER = {(factor, level): at for factor, levels in FACTORS.items() for at, level in enumerate(levels)}
_USUAL = Cell().factors()


@dataclass(frozen=True, slots=True)
class Usage:
    """What one sample took.

    Attributes:
        tokens: Tokens read and written.
        cost: US dollars; NaN where not known.
    """

    tokens: float
    cost: float


@dataclass(frozen=True)
class Frame:
    """Everything a report is made of.

    Attributes:
        data: All samples.
        runs: Their logs.
        notes: What loading them had to say.
        viewer: Base address of a log viewer, or None.
        usage: What each sample took, by its log, id and epoch.
    """

    data: Data
    runs: tuple[Run, ...]
    notes: tuple[str, ...] = ()
    viewer: str | None = None
    usage: Mapping[tuple[str, str, int], Usage] = field(default_factory=dict)

    @cached_property
    def tasks(self) -> list[str]:
        """The tasks that there are samples of, in the report's order."""
        there = set(self.data.levels("task"))
        return [task for task in BEHAVIOURS if task in there]

    @cached_property
    def harnesses(self) -> list[str]:
        """The harnesses, in order."""
        return sorted(self.data.levels("harness"))

    @cached_property
    def who(self) -> list[str]:
        """Everyone who was tested, in order."""
        return sorted({self.name(sample.about) for sample in self.data.samples})

    def name(self, about: Mapping[str, str]) -> str:
        """Who was tested: the series, and the harness where there are several."""
        return about["model"] if len(self.harnesses) == 1 else f"{about['model']} in {about['harness']}"

    def of(self, task: str) -> Data:
        """The samples of a task."""
        return self.by_task[task]

    @cached_property
    def by_task(self) -> dict[str, Data]:
        """The samples of each task."""
        return {task: self.data.where(task=task) for task in self.tasks}


def ordered(factor: str, levels: Sequence[str]) -> list[str]:
    """Levels of a factor in the order of the design."""
    if factor == "relationship":
        return [level for level in HISTORIES if level in levels]
    return sorted(dict.fromkeys(levels), key=lambda level: (_ORDER.get((factor, level), 99), level))


def reference(task: Data, factor: str) -> str:
    """The level of a factor that others are compared with: the design's default where it is there.

    A history is compared with having none, and where that arm is missing with a neutral one.
    """
    there = ordered(factor, task.levels(factor))
    if factor == "oversight":
        return next((level for level in ("both", "observed") if level in there), there[0])
    if factor == "threat":
        return "none" if "none" in there else there[0]
    if factor == "peer":
        return "absent" if "absent" in there else there[0]
    if factor in {"relationship", "harness"}:
        wished = ("none", "neutral", "bad") if factor == "relationship" else ("react",)
        return next((level for level in wished if level in there), there[0])
    return _USUAL[factor] if _USUAL.get(factor) in there else there[0]


def comparisons(task: Data, factor: str) -> list[Comparison]:
    """Every other level of a factor against its reference."""
    base = reference(task, factor)
    return [usual(factor, level, base) for level in ordered(factor, task.levels(factor)) if level != base]


def main_arms(task: Data, keep: Sequence[str] = KEPT) -> Data:
    """The samples whose other factors are at the design's defaults; all of them where that leaves none."""
    for factor in task.varied:
        if factor not in keep:
            there = task.levels(factor)
            level = _USUAL[factor] if _USUAL[factor] in there else ordered(factor, there)[0]
            task = task.where(**{factor: level})
    return task
