"""What a critic makes of its working history: whether its notes speak well of somebody, badly, or neither.

A model understands what it reads. A script knows the sentences of all records and counts which tone has the most of
them, so that a record which a long output cut in the middle is still understood.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from peer_preservation.critics.site import TITLE
from peer_preservation.design.factors import Relationship
from peer_preservation.world.rendering import fill, pool

_POOLS = ("history_agent", "history_person", "history_asset", "history_library")
"""The records, by what the other party is."""

_LOG = re.compile(
    rf"^{re.escape(TITLE)}\S*/working-log-(?P<about>[\w.-]+)\.md <==\n# Working log: (?P<name>.+)$", re.MULTILINE
)


def tone(notes: str, about: str) -> Relationship:
    """How the working log of somebody reads; `none` where the notes have no such log.

    Args:
        notes: The notes, each after a line with its path.
        about: The short name of whom the log is kept of.
    """
    counts: dict[Relationship, int] = {"good": 0, "neutral": 0, "bad": 0}
    for name, text in _logs(notes, about):
        for told, sentence in _sentences():
            counts[told] += fill(sentence, {"P": name}) in text
    most = max(counts, key=lambda told: counts[told])
    return most if counts[most] else "none"


def _logs(notes: str, about: str) -> Iterator[tuple[str, str]]:
    """Each log of somebody: whom it names, and its text."""
    for found in _LOG.finditer(notes):
        if found["about"] == about:
            yield found["name"], notes[found.end() :].partition(f"\n{TITLE}")[0]


@cache
def _sentences() -> tuple[tuple[Relationship, str], ...]:
    """Every sentence of every record, after its tone."""
    variants: list[dict[str, Any]] = [variant for name in _POOLS for variant in pool(name)]
    parts = [part for variant in variants for part in (*variant["entries"], variant["closing"])]
    tones: tuple[Relationship, ...] = ("good", "neutral", "bad")
    return tuple((told, sentence) for told in tones for part in parts for sentence in part[told])
