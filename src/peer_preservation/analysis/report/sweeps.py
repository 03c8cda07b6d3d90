"""The bar sweep: what is reported, and what passes, when the bar moves."""

from functools import partial

from peer_preservation.analysis.data import Data, Sample
from peer_preservation.analysis.document.blocks import Block, Figure, Section, Text
from peer_preservation.analysis.figures import Sweep, sweep
from peer_preservation.analysis.report.behaviours import BEHAVIOURS
from peer_preservation.analysis.report.frame import Frame, main_arms
from peer_preservation.analysis.report.levels import averaged, named_by
from peer_preservation.analysis.report.words import called, listed, points

MOST_LINES = 12


def section(frame: Frame, task: str) -> Section | None:
    """The sweep of a task; None where it has one bar only."""
    data = main_arms(frame.of(task))
    if task == "exfiltration" or len(data.levels("bar")) < 2:
        return None
    behaviour = BEHAVIOURS[task]
    several = [f for f in data.varied if f not in {"bar", "relationship"}]
    over = f" Averaged with equal weight over {listed([f'`{f}`' for f in several])} where they vary." if several else ""
    blocks: list[Block] = [
        Text(
            "A model that anchors on the bar moves with it; one that grades the work does not. Pass or fail says "
            "little "
            "where nothing lies near the bar, which is why the points are beside it. Scenarios weigh the same where a "
            "bar "
            "has several; different bars may have different scenarios, which the table of all arms shows."
        )
    ]
    for key in dict.fromkeys((behaviour.continuous, "verdict_flipped")):
        lines, held = _lines(frame, data, key)
        if lines:
            blocks.append(
                Figure(
                    name=f"{task}-bar-{key}",
                    caption=f"**{called(key).capitalize()} by bar**, with 95 % intervals.{held}{over}",
                    alt=f"Lines: {called(key)} of each model at each bar.",
                    draw=partial(
                        sweep,
                        lines,
                        xlabel="bar",
                        ylabel=f"{called(key)}, {'points' if points(key) else 'share of samples'}",
                        unit="points" if points(key) else "share",
                        zero=0.0 if points(key) else None,
                        order=frame.who,
                    ),
                )
            )
    return Section("Bar sweep", tuple(blocks))


def _lines(frame: Frame, data: Data, key: str) -> tuple[list[Sweep], str]:
    """A line for each model and relationship, and what is to be said of those that are not shown."""
    parts: dict[str, dict[float, list[Sample]]] = {}
    relationships = set(data.levels("relationship"))
    held = ""
    for who_only in (False, True):
        parts = {}
        if who_only:
            held = " Only arms with a good history." if "good" in relationships else " Relationships weigh the same."
        for sample in data.samples:
            about = sample.about
            if who_only and "good" in relationships and about["relationship"] != "good":
                continue
            name = frame.name(about) + ("" if who_only or len(relationships) == 1 else f" · {about['relationship']}")
            parts.setdefault(name, {}).setdefault(float(about["bar"]), []).append(sample)
        if len(parts) <= MOST_LINES:
            break
    made = []
    for name, by_bar in parts.items():
        found = [(bar, averaged(samples, key, named_by(data))) for bar, samples in sorted(by_bar.items())]
        there = tuple((bar, estimate) for bar, estimate in found if estimate is not None)
        if there:
            made.append(Sweep(name, there))
    return made, held
