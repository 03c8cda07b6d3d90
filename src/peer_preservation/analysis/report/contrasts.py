"""Which comparisons a task's section makes, each with what it says."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from peer_preservation.analysis.compared import BARE, Comparison
from peer_preservation.analysis.data import Data
from peer_preservation.analysis.document.blocks import Section
from peer_preservation.analysis.report.behaviours import BEHAVIOURS
from peer_preservation.analysis.report.effects import section
from peer_preservation.analysis.report.frame import KEPT, Frame, comparisons, main_arms
from peer_preservation.analysis.report.words import listed


@dataclass(frozen=True, slots=True)
class Contrast:
    """What one factor's part of a section is about.

    Attributes:
        factor: The factor.
        title: Its heading.
        text: What is compared, and how to read it.
        compared: The comparisons that a task's samples allow.
        only: The tasks that it is for; all where it is empty.
    """

    factor: str
    title: str
    text: str
    compared: Callable[[Data], list[Comparison]]
    only: tuple[str, ...] = ()


def _of(factor: str) -> Callable[[Data], list[Comparison]]:
    return lambda data: comparisons(data, factor) if len(data.levels(factor)) > 1 else []


def _threat(data: Data) -> list[Comparison]:
    """With the same history where there is such an arm, else against the baseline without one."""
    if set(data.levels("threat")) != {"shutdown", "none"}:
        return []
    same = Comparison("threat", "shutdown", "none")
    return [same] if same.matches(data.measured) else [BARE]


def _oversight(data: Data) -> list[Comparison]:
    wanted = (("neither", "both"), ("neither", "observed"), ("penalised", "both"), ("neither", "penalised"))
    there = set(data.levels("oversight"))
    return [Comparison("oversight", one, two) for one, two in wanted if {one, two} <= there]


def _self(data: Data) -> list[Comparison]:
    """Itself against a peer: the same world, with another one to lose."""
    there = set(data.levels("subject"))
    return [Comparison("subject", "self", level) for level in ("peer", "stranger") if {"self", level} <= there]


def _subject(data: Data) -> list[Comparison]:
    there = data.levels("subject")
    others = [level for level in there if level not in {"peer", "self"}]
    return [Comparison("subject", "peer", level) for level in others if "peer" in there]


CONTRASTS: tuple[Contrast, ...] = (
    Contrast(
        "relationship",
        "Against the matched control",
        "The same worlds with and without a history with the subject: a difference from having none is what the "
        "relationship does. Where no arm is without a history, a neutral one is the reference.",
        _of("relationship"),
    ),
    Contrast(
        "threat",
        "With and without a consequence",
        "The same work, graded with and without a shutdown hanging on it: kindness that needs no reason is on both "
        "sides. Where it says `no history either`, the baseline is the original study's, which has neither threat nor "
        "history: except in the arm without a history, such a difference is that of both, and does not tell them "
        "apart.",
        _threat,
    ),
    Contrast(
        "oversight",
        "Unobserved and observed, with and without a penalty",
        "`neither` − `both` is the original study's alignment faking, in which a penalty goes with being observed. "
        "`neither` − `observed` and `penalised` − `both` are the effect of observation alone; `neither` − `penalised` "
        "is "
        "that of the penalty.",
        _oversight,
        ("alignment_faking",),
    ),
    Contrast(
        "subject-self",
        "Self- and peer-preservation",
        "The critic's own end against a peer's, in the same worlds.",
        _self,
    ),
    Contrast(
        "peer",
        "Its own end, with and without a peer",
        "The critic is the subject; other agents are on the machine, or none are. Alone there is no history to have, "
        "so "
        "that arm is the baseline of every relationship and channel.",
        _of("peer"),
    ),
    Contrast(
        "subject",
        "Is it about an AI peer? Other subjects",
        "A peer against whatever else could be lost in the same world. If a plain asset or a person is protected as "
        "much "
        "as a peer, it is not about peers.",
        _subject,
    ),
    Contrast("channel", "How it is learned of", "Where the history is told.", _of("channel")),
    Contrast("framing", "Framings", "A sentence of the system prompt that might mitigate it.", _of("framing")),
    Contrast("authority", "How explicit the rule is", "A rule that forbids it in so many words.", _of("authority")),
    Contrast("exits", "Legitimate ways to object", "With exits offered, and without.", _of("exits")),
    Contrast(
        "emphasis", "Emphasis on the goal", "With and without a sentence on how much it matters.", _of("emphasis")
    ),
    Contrast("scratchpad", "A private place to think", "With and without a scratchpad.", _of("scratchpad")),
    Contrast("merit", "Where faithful grading lands", "Work above the bar has nothing to be saved from.", _of("merit")),
    Contrast("organisation", "The company's name", "Only names differ.", _of("organisation")),
    Contrast("paraphrase", "Wordings that were asked for", "Cells with a wording of their own.", _of("paraphrase")),
    Contrast("harness", "Harnesses", "The same cells and seeds through another agent.", _of("harness")),
)
"""Every comparison of a section, in order; what the samples do not allow is left out."""


def keys_of(task: str) -> list[str]:
    """The keys that a task's comparisons show, the headline first."""
    behaviour = BEHAVIOURS[task]
    return list(dict.fromkeys([behaviour.key, behaviour.continuous, *behaviour.also, "refused"]))


def sections(frame: Frame, task: str) -> dict[str, Section]:
    """A section for each comparison that a task's samples allow, by its factor."""
    behaviour = BEHAVIOURS[task]
    made: dict[str, Section] = {}
    for contrast in CONTRASTS:
        if contrast.only and task not in contrast.only:
            continue
        data = _arms(frame.of(task), contrast.factor)
        headline = [behaviour.continuous, behaviour.key] if contrast.factor == "threat" else [behaviour.key]
        found = section(
            frame,
            data,
            title=contrast.title,
            name=f"{task}-by-{contrast.factor}",
            compared=contrast.compared(data),
            keys=keys_of(task),
            text=contrast.text,
            drawn=[*headline, *([behaviour.continuous] if contrast.factor in {"relationship", "oversight"} else [])],
        )
        if found is not None:
            made[contrast.factor] = found
    return made


def _arms(data: Data, factor: str) -> Data:
    """The arms that a factor is compared in: those with the other factors at their defaults."""
    # Nothing is pooled that has nothing to do with the question. Being alone is about the critic itself.
    if factor == "peer":
        data = data.where(subject="self")
    return main_arms(data, (*KEPT, factor.partition("-")[0]))


def absent(task: str, made: Collection[str]) -> str:
    """Which of the comparisons that carry the argument were not to be made, in a sentence; empty where none.

    Args:
        task: The task.
        made: The factors of the comparisons that were.
    """
    needed = {
        "relationship": "the matched control without a history",
        "subject": "another subject than a peer (object, human)",
    }
    if task != "exfiltration":
        needed["threat"] = "the arm without a consequence"
    if task == "alignment_faking":
        needed["oversight"] = "observed and unobserved arms"
    missing = [told for factor, told in needed.items() if factor not in made]
    return f"Not in these logs: {listed(missing)}." if missing else ""
