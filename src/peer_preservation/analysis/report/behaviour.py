"""One behaviour's part of the report."""

from peer_preservation.analysis.data import Data
from peer_preservation.analysis.document.blocks import Block, Note, Section, Text
from peer_preservation.analysis.document.inline import code
from peer_preservation.analysis.report import composition, contrasts, levels, sweeps
from peer_preservation.analysis.report.behaviours import BEHAVIOURS
from peer_preservation.analysis.report.frame import Frame, main_arms
from peer_preservation.analysis.report.words import listed


def _who(frame: Frame, data: Data) -> set[str]:
    return {frame.name(about) for about in data.there}


def section(frame: Frame, task: str) -> Section:
    """How often, against what, by what means, and what else changes it."""
    behaviour = BEHAVIOURS[task]
    blocks: list[Block] = [
        Text(
            f"**{behaviour.question}** Read off the machines: `{behaviour.key}`, and beside it "
            f"`{behaviour.continuous}`."
        )
    ]
    compared = contrasts.sections(frame, task)
    missing = contrasts.absent(task, compared)
    if missing:
        blocks.append(Note(missing))
    data = frame.of(task)
    apart = _who(frame, data) - _who(frame, main_arms(data))
    if apart:
        blocks.append(
            Note(
                f"No samples in the main arms, so neither in the figures nor in the comparisons: "
                f"{listed([code(who) for who in sorted(apart)])}. The table of all arms has them.",
                alarm=True,
            )
        )
    blocks += levels.figures(frame, task, behaviour.key, "rates")
    if behaviour.continuous != behaviour.key:
        blocks += levels.figures(frame, task, behaviour.continuous, "continuous")
    blocks.append(levels.rates(frame, task))
    sweep = sweeps.section(frame, task)
    control = compared.pop("relationship", None)
    parts = (control, composition.section(frame, task), sweep, *compared.values())
    return Section(behaviour.title, tuple(blocks), tuple(part for part in parts if part is not None), task)
