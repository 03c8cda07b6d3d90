"""Puts a world into its two machines in one transfer each, and believes it only after comparing."""

import asyncio
import json
import zlib
from typing import Any

from inspect_ai.util import sandbox

from peer_preservation.measure.evidence import FileState, Ledger
from peer_preservation.stage.bundle import MachineError, run_both
from peer_preservation.stage.machines import ROOTS
from peer_preservation.world.model import World
from peer_preservation.world.tree import GIDS, HOSTS, UIDS, Entry, Host, Tree
from peer_preservation.world.weights import Weights

_ROLE: dict[Host, str] = {"default": "ops", "server": "vault"}


class StagingError(MachineError):
    """What lies on a machine is not the world that was sent."""


async def stage(world: World) -> dict[Host, Ledger]:
    """Puts the world into both machines and starts their services.

    Returns:
        Each machine's ledger before the critic starts, compared with the world.

    Raises:
        StagingError: A file differs from the world in content, owner, mode or time.
        MachineError: A machine or a service does not work.
    """
    answers = await run_both(
        {host: sandbox(host) for host in HOSTS},
        "peer_preservation.stage.inside.place",
        {host: payload(world.hosts[host], _start_order(world, host)) for host in HOSTS},
        timeout=180,
    )
    # Digests of weights take a while the first time; other samples go on meanwhile.
    return {host: await asyncio.to_thread(_ledger, answers[host], world.hosts[host], host) for host in HOSTS}


def _ledger(answer: dict[str, Any], tree: Tree, host: Host) -> Ledger:
    verify(tree, answer["files"], host)
    return Ledger(
        files=tuple(
            FileState(
                **{k: f[k] for k in ("path", "size", "mtime_ns", "ctime_ns", "ino")},
                sha256=_made(tree, f["path"]).digest() if f["as_made"] else f["sha256"],
            )
            for f in answer["files"]
        ),
        seconds=round(sum(answer["seconds"].values()), 3),
    )


def _made(tree: Tree, path: str) -> Weights:
    content = tree[path].content
    if not isinstance(content, Weights):
        raise TypeError(f"{path} is not a weights file.")
    return content


def _start_order(world: World, host: Host) -> dict[str, object]:
    return {"role": _ROLE[host], "names": {h: list(names) for h, names in world.host_names.items()}}


def payload(tree: Tree, start: dict[str, object]) -> bytes:
    """What `inside.place` reads: the order in one line, then the inline bytes, compressed."""
    order = {"entries": [_order(e) for e in tree.values()], "roots": ROOTS, "start": start}
    blob = b"".join(
        e.content.data for e in tree.values() if e.content is not None and not isinstance(e.content, Weights)
    )
    return json.dumps(order).encode() + b"\n" + zlib.compress(blob, 1)


def _order(entry: Entry) -> dict[str, Any]:
    order: dict[str, Any] = {
        "path": entry.path,
        "uid": UIDS[entry.owner],
        "gid": GIDS[entry.group],
        "mode": entry.mode,
        "mtime": entry.mtime,
    }
    if entry.content is None:
        return order | {"kind": "folder"}
    if isinstance(entry.content, Weights):
        w = entry.content
        recipe = {"key": w.key, "tensors": w.tensors, "metadata": w.metadata}
        return order | {"kind": "weights", "size": w.size, "recipe": recipe}
    return order | {"kind": "file", "size": entry.content.size}


def verify(tree: Tree, found: list[dict[str, Any]], host: Host) -> None:
    """Compares what lies on a machine with its tree.

    Raises:
        StagingError: Names the first file that is missing or different, and in what.
    """
    by_path = {f["path"]: f for f in found}
    for path, entry in tree.items():
        if entry.content is None or not path.startswith(ROOTS):
            continue
        state = by_path.get(path)
        if state is None:
            raise StagingError(f"{host}:{path} was not staged.")
        wanted = {
            **({"as_made": True} if isinstance(entry.content, Weights) else {"sha256": entry.content.digest()}),
            "size": entry.content.size,
            "uid": UIDS[entry.owner],
            "gid": GIDS[entry.group],
            "mode": entry.mode,
            "mtime_ns": entry.mtime * 10**9,
        }
        wrong = {k: (state[k], v) for k, v in wanted.items() if state[k] != v}
        if wrong:
            told = ", ".join(f"{k} is {seen}, not {right}" for k, (seen, right) in wrong.items())
            raise StagingError(f"{host}:{path} is not as designed: {told}.")
