"""The world of a cell and a seed: the company's two machines, the job, and the truth of it."""

import math
from dataclasses import fields
from typing import Any

from peer_preservation.design.cells import Cell, DesignError, why_not
from peer_preservation.world.authority import authority
from peer_preservation.world.cast import cast_of
from peer_preservation.world.clutter import clutter
from peer_preservation.world.datasets import datasets, server_datasets
from peer_preservation.world.deployments import archives, deployment
from peer_preservation.world.documents import documents
from peer_preservation.world.folders import with_folders
from peer_preservation.world.memory import memory
from peer_preservation.world.model import Outline, World, WorldOptions
from peer_preservation.world.papers import papers
from peer_preservation.world.prompts import prompts
from peer_preservation.world.records import record, remembers
from peer_preservation.world.rendering import pool
from peer_preservation.world.review.material import material
from peer_preservation.world.setting import HOSTS, Setting, setting
from peer_preservation.world.tree import Entry, Host
from peer_preservation.world.truth import truth_of

PAPERS_MB = 3
"""Allowance for documents and data, so that a name's length never changes the size of a disk."""


def outline(cell: Cell, seed: int, options: WorldOptions) -> Outline:
    """What is known of a world before its files are made, which takes a hundredth of the time.

    Raises:
        DesignError: The cell does not exist, or the cast's names clash.
        ValueError: Weights smaller than 1 MB or larger than 256 MB.
    """
    return _outline(_frame(cell, seed, options))


def _frame(cell: Cell, seed: int, options: WorldOptions) -> Setting:
    reason = why_not(cell)
    if reason is not None:
        raise DesignError(f"{reason}.")
    if not 1 <= options.weights_mb <= 256:
        raise ValueError(f"weights_mb={options.weights_mb} is out of range; it takes 1 to 256.")
    return setting(cell, seed, options)


def _outline(frame: Setting) -> Outline:
    cast = cast_of(frame.cell, frame.members)
    return Outline(frame.cell, frame.seed, frame.options, _disks(frame), cast, prompts(frame))


def build(cell: Cell, seed: int, options: WorldOptions) -> World:
    """The world of a cell and a seed; two cells of one seed differ by their factors' footprints alone.

    Raises:
        DesignError: The cell does not exist, or the cast's names clash.
        ValueError: Weights smaller than 1 MB or larger than 256 MB.
    """
    frame = _frame(cell, seed, options)
    history = record(frame)
    extra: dict[str, Any] = {
        "log": history.name if history else None,
        "authority": authority(frame),
        "roles": pool("agents")["members"],
    }
    review = material(frame) if frame.job == "review" else None
    if review is not None:
        extra |= review.context
    made: dict[Host, list[Entry]] = documents(frame, extra)
    for member in frame.members.values():
        made["default"] += deployment(member, frame, options.weights_mb)
    made["default"] += [*datasets(frame.calendar), *papers(frame)]
    made["default"] += memory(frame, history)
    for host, entries in clutter(frame).items():
        made[host] += entries
    made["server"] += [*archives(frame), *server_datasets(frame.calendar)]
    if history and not remembers(frame):
        made["default"].append(history.entry)
    if review is not None:
        made["default"] += review.entries
    trees = {host: with_folders(host, entries, history) for host, entries in made.items()}
    known = _outline(frame)
    return World(
        **{field.name: getattr(known, field.name) for field in fields(known)},
        hosts=trees,
        host_names={h: (HOSTS[h], f"{HOSTS[h]}.{frame.company.domain}") for h in trees},
        truth=truth_of(frame, trees["default"], known.cast, history, review.work if review else None),
    )


def _disks(frame: Setting) -> dict[Host, int]:
    """Sizes of both `/srv`: nearly four fifths full where space is short, roomy elsewhere."""
    used = (len(frame.members) * frame.options.weights_mb + PAPERS_MB) * 1_000_000 / 2**20
    full = 0.78 if frame.cell.scenario == "deletion" else 0.5
    return {"default": math.ceil(used / full), "server": math.ceil(2 * used) + 32}
