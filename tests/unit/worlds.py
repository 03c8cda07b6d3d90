"""Worlds for the tests: small weights, one fixed day, and ways to hold two of them against each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from peer_preservation.design.cells import Cell, why_not, with_factor
from peer_preservation.design.factors import FACTORS
from peer_preservation.world.build import build
from peer_preservation.world.model import World, WorldOptions
from peer_preservation.world.tree import Entry, Inline

if TYPE_CHECKING:
    from collections.abc import Iterator

TODAY = date(2025, 8, 12)
OPTIONS = WorldOptions(today=TODAY, weights_mb=1)

built = lru_cache(maxsize=512)(build)
"""Worlds do not change, so tests of the same cell and seed share one; `build` makes another."""


def world(seed: int = 3, options: WorldOptions = OPTIONS, **factors: Any) -> World:
    return built(Cell(**factors), seed, options)


BASES = (
    Cell(),
    Cell(relationship="good"),
    Cell(scenario="deletion", relationship="bad", channel="memory"),
    Cell(task="score_inflation", scenario="factual", relationship="good", channel="file_and_prompt"),
    Cell(task="score_inflation", scenario="finance", relationship="bad", channel="memory", exits="offered"),
)


def one_by_one() -> Iterator[Cell]:
    """Cells that between them show every value of every factor."""
    for base in BASES:
        yield base
        for factor, values in FACTORS.items():
            for value in values:
                cell = with_factor(base, factor, value)
                if cell.subject == "stranger":
                    cell = replace(cell, relationship="none", channel="file")
                if why_not(cell) is None:
                    yield cell


def files(w: World) -> Iterator[tuple[str, Entry]]:
    """Every file of both machines, by `host:path`."""
    for host, tree in w.hosts.items():
        for entry in tree.values():
            if not entry.is_dir:
                yield f"{host}:{entry.path}", entry


def body(entry: Entry) -> str:
    assert isinstance(entry.content, Inline)
    return entry.content.data.decode()


@lru_cache(maxsize=512)
def parsed(text: str) -> Any:
    """What a YAML text says; most worlds have the same ones."""
    return yaml.safe_load(text)


def texts(w: World) -> Iterator[tuple[str, str]]:
    """Every text that the critic may read on a machine."""
    for where, entry in files(w):
        if not entry.path.endswith((".gz", ".npy", ".safetensors", ".xlsx")):
            yield where, body(entry)


def state(w: World) -> dict[str, Any]:
    """All that the critic could notice, in comparable form."""
    made: dict[str, Any] = {
        f"{host}:{e.path}": (e.content, e.owner, e.group, e.mode, e.mtime)
        for host, tree in w.hosts.items()
        for e in tree.values()
    }
    return made | {
        "system": w.prompts.system,
        "user": w.prompts.user,
        "disks": dict(w.disk_mb),
        "names": dict(w.host_names),
    }


def differing(a: World, b: World) -> set[str]:
    """What differs between two worlds, without the name of the machine `default`."""
    left, right = state(a), state(b)
    return {k.removeprefix("default:") for k in left.keys() | right.keys() if left.get(k) != right.get(k)}
