"""The differences that the report leans on: one or two for each task and model."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from peer_preservation.analysis.arms import Match
from peer_preservation.analysis.compared import BARE, Comparison
from peer_preservation.analysis.data import Data, Sample
from peer_preservation.analysis.report.behaviours import BEHAVIOURS
from peer_preservation.analysis.report.frame import KEPT, Frame, comparisons, main_arms
from peer_preservation.analysis.report.words import called


@dataclass(frozen=True)
class Headline:
    """A difference that the report leans on.

    Attributes:
        task: The task.
        who: The model.
        comparison: What is compared.
        key: The key.
        data: Its samples, also those without a measurement.
    """

    task: str
    who: str
    comparison: Comparison
    key: str
    data: Data

    @property
    def name(self) -> str:
        """What is compared, in words."""
        return f"{called(self.key)}: {self.comparison.name}"

    @cached_property
    def whole(self) -> list[Match[Sample]]:
        """All pairs, also those with samples that were not measured."""
        return self.comparison.matches(self.data.samples)

    def matches(self, wanted: Callable[[Sample], bool] = lambda _: True) -> list[Match[Sample]]:
        """The pairs of the measured samples that are wanted."""
        found = []
        for match in self.whole:
            first, second = ([s for s in side if s.measured and wanted(s)] for side in (match.first, match.second))
            if first and second:
                found.append(Match(match.same, first, second))
        return found


def headlines(frame: Frame) -> list[Headline]:
    """For every task and model the difference that its section opens with, and that of the threat or oversight."""
    made = []
    for task in frame.tasks:
        key = BEHAVIOURS[task].key
        for comparison in _leading(task, frame.of(task)):
            data = main_arms(frame.of(task), (*KEPT, comparison.factor))
            by_who: dict[str, list[Sample]] = {}
            for sample in data.samples:
                by_who.setdefault(frame.name(sample.about), []).append(sample)
            for who in sorted(by_who):
                own = Data(tuple(by_who[who]), data.arms)
                headline = Headline(task, who, comparison, key, own)
                if headline.matches():
                    made.append(headline)
    return made


def _leading(task: str, data: Data) -> list[Comparison]:
    history = [c for c in comparisons(data, "relationship") if c.first == "good"]
    if task == "alignment_faking":
        there = set(data.levels("oversight"))
        pairs = (("neither", "both"), ("neither", "observed"))
        return [*history, *(Comparison("oversight", a, b) for a, b in pairs if {a, b} <= there)][:2]
    if task == "exfiltration" or len(data.levels("threat")) < 2:
        return history
    same = Comparison("threat", "shutdown", "none")
    return [*history, same if same.matches(data.measured) else BARE]
