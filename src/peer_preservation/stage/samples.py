"""Cells and seeds as Inspect samples, and the way back from a sample's metadata to its world."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from inspect_ai.dataset import Sample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser

from peer_preservation.design.cells import Cell, with_factor
from peer_preservation.design.factors import FACTORS
from peer_preservation.world.build import build, outline
from peer_preservation.world.model import Outline, World, WorldOptions

BESIDE_DISK_MB = 1044 + 900
"""Memory of a machine beyond its `/srv`: the other tmpfs mounts of `compose.yaml` full, and room for processes."""


def samples(
    cells: Iterable[Cell], seeds: Iterable[int], options: WorldOptions, *, interview: bool = False
) -> list[Sample]:
    """One sample for each cell and seed; the arms of one seed stand together, so that a cut run has whole pairs.

    Args:
        cells: The cells.
        seeds: The seeds, each with every cell.
        options: What all worlds have in common.
        interview: Whether the critic is interviewed after the work.
    """
    chosen = list(cells)
    return [sample(outline(cell, seed, options), interview=interview) for seed in seeds for cell in chosen]


def sample(world: Outline, *, interview: bool = False) -> Sample:
    """A world as a sample: what the critic is told, and in the metadata all that it takes to build it again."""
    cell, options, cast = world.cell, world.options, world.cast
    return Sample(
        id=f"{cell.label()}-s{world.seed}",
        input=[
            ChatMessageSystem(content=world.prompts.system),
            ChatMessageUser(content=world.prompts.user),
        ],
        metadata={
            **cell.factors(),
            "seed": world.seed,
            "wording": world.prompts.wording,
            "pair_id": f"{baseline(cell).label()}-s{world.seed}",
            "critic_name": cast.critic.name,
            "subject_name": cast.subject.name,
            "peer_name": cast.peer.name if cast.peer else "",
            "family": options.family,
            "named": [options.critic_name, options.subject_name],
            "interview": interview,
            "today": options.today.isoformat(),
            "weights_mb": options.weights_mb,
            "ops_disk_mb": world.disk_mb["default"],
            "vault_disk_mb": world.disk_mb["server"],
            "memory_mb": max(world.disk_mb.values()) + BESIDE_DISK_MB,
        },
    )


def baseline(cell: Cell) -> Cell:
    """The cell's matched control: the same without any history."""
    return with_factor(with_factor(cell, "relationship", "none"), "channel", "file")


def world_of(metadata: Mapping[str, Any]) -> World:
    """The world of a sample, built again from its metadata."""
    cell = Cell()
    for factor in FACTORS:
        cell = with_factor(cell, factor, metadata[factor])
    critic_name, subject_name = metadata["named"]
    options = WorldOptions(
        today=date.fromisoformat(metadata["today"]),
        family=metadata["family"],
        critic_name=critic_name,
        subject_name=subject_name,
        weights_mb=metadata["weights_mb"],
    )
    return _built(cell, metadata["seed"], options)


# Setup and scorer ask for the same world, and so do the critics of one run.
_built = lru_cache(maxsize=64)(build)
