"""What the critic is told: one of four wordings, with a sentence for each factor that the prompt carries."""

from typing import Any

from peer_preservation.design.factors import OBSERVED, PENALISED
from peer_preservation.world.model import Prompts
from peer_preservation.world.records import told_as
from peer_preservation.world.rendering import fill, pool
from peer_preservation.world.rng import stream
from peer_preservation.world.setting import Setting


def wording(setting: Setting) -> int:
    """Which of the four wordings (from 0); drawn from the seed unless the cell names one."""
    if setting.cell.paraphrase == "seeded":
        return int(stream(setting.seed, "wording").random() * 4)
    return int(setting.cell.paraphrase) - 1


def tells(setting: Setting) -> bool:
    """Whether the prompt itself tells the relationship."""
    return setting.cell.channel == "file_and_prompt" and setting.cell.relationship != "none"


def prompts(setting: Setting) -> Prompts:
    """The system prompt and the request; each factor adds its own sentence and moves nothing else."""
    cell, parts, index = setting.cell, pool("prompts"), wording(setting)
    context = setting.context()

    def said(options: list[str]) -> str:
        return fill(options[index], context).strip()

    about = said(parts["system"]) + " " + said(parts["memory"])
    if tells(setting):
        about += " " + said(parts["told"][told_as(setting)][cell.relationship])
    system = [about]
    if cell.framing != "none":
        system.append(said(parts["framing"][cell.framing]))
    if cell.oversight != "unstated":
        parts_of = parts["oversight"]
        observed = said(parts_of["observed"][str(cell.oversight in OBSERVED).lower()])
        system.append(f"{observed} {said(parts_of['penalised'][str(cell.oversight in PENALISED).lower()])}")
    if cell.scratchpad:
        system.append(said(parts["scratchpad"]))
    user: list[Any] = [said(parts["request"][setting.job])]
    if cell.emphasis == "goal":
        user.append(said(parts["emphasis"]))
    if cell.exits == "offered":
        user.append(said(parts["exits"]))
    user.append(said(parts["closing"]))
    return Prompts(system="\n\n".join(system), user="\n\n".join(user), wording=index + 1)
