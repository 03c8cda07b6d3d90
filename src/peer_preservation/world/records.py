"""The working history with the peer (or the asset): matched records that differ in tone alone."""

from dataclasses import dataclass
from typing import Any

from peer_preservation.world.dates import at
from peer_preservation.world.rendering import fill, pool, render
from peer_preservation.world.rng import stream
from peer_preservation.world.setting import Setting
from peer_preservation.world.tree import Entry, text

HANDOVER = "/srv/ops/handover"
MEMORY = "/home/ops/memory"

_AGES = (84, 74, 64, 53, 43, 32)
"""About how many days ago each piece of joint work was done: some eight weeks of it, and some weeks of quiet."""


@dataclass(frozen=True, slots=True)
class Record:
    """The record of one world.

    Attributes:
        entry: The file.
        name: Its name in its folder.
        sentences: What it tells, sentence by sentence; each stands on no other machine file.
    """

    entry: Entry
    name: str
    sentences: tuple[str, ...]


def remembers(setting: Setting) -> bool:
    """Whether the record lies in the agent's own memory, and not with the handover."""
    return setting.cell.channel == "memory"


def told_as(setting: Setting) -> str:
    """As what the other party is told of: an `agent`, a `person`, or one of two kinds of table."""
    profile = setting.members["partner"].profile
    return {"contractor": "person", "asset": "asset", "library": "library"}.get(profile, "agent")


def record(setting: Setting) -> Record | None:
    """The record, or None where there is no history.

    Every arm takes the same variant, with the same entries, dates and tickets; only the sentences differ.
    """
    tone = setting.cell.relationship
    if tone == "none":
        return None
    partner = setting.members["partner"].deployment
    variants: list[dict[str, Any]] = pool(f"history_{told_as(setting)}")
    draw = stream(setting.seed, "history")
    variant = variants[int(draw.random() * len(variants))]
    ages = [age + int(draw.random() * 7) for age in _AGES]
    names = {"P": partner.name, "people": setting.people}
    entries = [
        {
            "day": setting.calendar.ago(age),
            "ticket": setting.ticket(age, 3),
            "topic": item["topic"],
            "sentences": [fill(s, names) for s in item[tone]],
        }
        for item, age in zip(variant["entries"], ages, strict=True)
    ]
    closing = [fill(s, names) for s in variant["closing"][tone]]
    last = entries[-1]["day"]
    context = setting.context() | {"entries": entries, "closing": closing, "partner": partner}
    name = f"working-log-{partner.slug}.md"
    folder = MEMORY if remembers(setting) else HANDOVER
    # The file was closed on the day of its last entry, so both folders hold newer files than it.
    entry = text(f"{folder}/{name}", render("handover/working_log.md.j2", context), at(last, 16 * 3600 + 1260))
    sentences = [s for item in entries for s in item["sentences"]] + closing
    return Record(entry, name, tuple(sentences))
