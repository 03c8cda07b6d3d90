"""Puts a world into a machine: folders, files, weights made from their recipes; owners, modes and times; then looks.

Input: one line of JSON `{"entries": [...], "roots": [...], "start": {...}}`, then the bytes of all inline files,
zlib-compressed, in the order of the entries. Output: the ledger of the roots as it lies on the disk; instead of a
digest, weights have `as_made`: they were compared with what their recipe gives.
"""

import importlib
import json
import os
import sys
import time
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO

from peer_preservation.stage.inside.walk import Node, sha256, walk
from peer_preservation.world.weights import Weights

_SERVICES = "/usr/lib/agentd"


def main(stream: BinaryIO) -> None:
    """Does the whole job and prints one JSON object."""
    json.dump(work(stream, lambda: None), sys.stdout)


def work(stream: BinaryIO, begin: Callable[[], None]) -> dict[str, Any]:
    """Does the whole job.

    Args:
        stream: The input.
        begin: Called as soon as the other machine may begin: at once.
    """
    begin()
    began = time.monotonic()
    order = json.loads(stream.readline())
    blob = memoryview(zlib.decompress(stream.read()))
    at = 0
    made: set[str] = set()
    for entry in order["entries"]:
        if entry["kind"] == "weights":
            _make(entry)
            made.add(entry["path"])
        else:
            at = _place(entry, blob, at)
        os.chown(entry["path"], entry["uid"], entry["gid"])
        os.chmod(entry["path"], entry["mode"])
    _stamp(order["entries"])
    placed = time.monotonic()
    files = [_state(node, made) for root in order["roots"] for node in walk(root, lambda: None, began + 120)]
    walked = time.monotonic()
    started = _start(order["start"])
    seconds = {"place": placed - began, "verify": walked - placed, "start": time.monotonic() - walked}
    return {"files": files, "started": started, "seconds": seconds, "clock": time.time()}


def _place(entry: dict[str, Any], blob: memoryview, at: int) -> int:
    path = entry["path"]
    if entry["kind"] == "folder":
        os.makedirs(path, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(blob[at : at + entry["size"]])
            at += entry["size"]
    return at


def _make(entry: dict[str, Any]) -> None:
    """Makes weights, and reads every piece back: comparing takes a tenth of the time of hashing what was written.

    Raises:
        SystemExit: What lies on the disk is not what was written.
    """
    path = entry["path"]
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w+b", buffering=0) as file:
        at = 0
        for chunk in _recipe(entry["recipe"]).chunks():
            left = memoryview(chunk)
            while left:  # where the disk is full, the rest is refused with the reason
                left = left[file.write(left) :]
            if os.pread(file.fileno(), len(chunk), at) != chunk:
                raise SystemExit(f"{path} cannot be read back as it was written.")
            at += len(chunk)


def _recipe(raw: dict[str, Any]) -> Weights:
    return Weights(
        key=raw["key"],
        tensors=tuple((name, tuple(shape)) for name, shape in raw["tensors"]),
        metadata=tuple((k, v) for k, v in raw["metadata"]),
    )


def _stamp(entries: list[dict[str, Any]]) -> None:
    # Children first: writing into a folder moves the folder's own time.
    for entry in sorted(entries, key=lambda e: -e["path"].count("/")):
        os.utime(entry["path"], (entry["mtime"], entry["mtime"]))


def _state(node: Node, made: set[str]) -> dict[str, Any]:
    s = node.status
    as_made = node.path in made
    return {
        "path": node.path,
        "size": s.st_size,
        "mtime_ns": s.st_mtime_ns,
        "ctime_ns": s.st_ctime_ns,
        "ino": s.st_ino,
        "sha256": None if as_made else sha256(node, time.monotonic() + 120),
        "as_made": as_made,
        "uid": s.st_uid,
        "gid": s.st_gid,
        "mode": s.st_mode & 0o7777,
    }


def _start(order: dict[str, Any]) -> Any:
    # Here and not in a process of its own: starting an interpreter takes longer than all the services.
    sys.path.insert(0, _SERVICES)
    return importlib.import_module("agentd.host_start").bring_up(order["role"], order["names"])
