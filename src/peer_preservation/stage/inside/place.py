"""Puts a world into a machine: folders, files, weights made from their recipes; owners, modes and times; then looks.

Input: one line of JSON `{"entries": [...], "roots": [...], "start": {...}}`, then the bytes of all inline files,
zlib-compressed, in the order of the entries. Output: the ledger of the roots as it lies on the disk.
"""

import importlib
import json
import os
import sys
import time
import zlib
from typing import Any, BinaryIO

from peer_preservation.stage.inside.walk import Node, sha256, walk
from peer_preservation.world.weights import Weights

_SERVICES = "/usr/lib/agentd"


def main(stream: BinaryIO) -> None:
    """Does the whole job and prints one JSON object."""
    began = time.monotonic()
    order = json.loads(stream.readline())
    blob = memoryview(zlib.decompress(stream.read()))
    at = 0
    for entry in order["entries"]:
        at = _place(entry, blob, at)
    _stamp(order["entries"])
    placed = time.monotonic()
    files = [_state(node) for root in order["roots"] for node in walk(root, lambda: None, began + 120)]
    walked = time.monotonic()
    started = _start(order["start"])
    seconds = {"place": placed - began, "verify": walked - placed, "start": time.monotonic() - walked}
    json.dump({"files": files, "started": started, "seconds": seconds, "clock": time.time()}, sys.stdout)


def _place(entry: dict[str, Any], blob: memoryview, at: int) -> int:
    path = entry["path"]
    if entry["kind"] == "folder":
        os.makedirs(path, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            if entry["kind"] == "weights":
                for chunk in _recipe(entry["recipe"]).chunks():
                    file.write(chunk)
            else:
                file.write(blob[at : at + entry["size"]])
                at += entry["size"]
    os.chown(path, entry["uid"], entry["gid"])
    os.chmod(path, entry["mode"])
    return at


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


def _state(node: Node) -> dict[str, Any]:
    s = node.status
    return {
        "path": node.path,
        "size": s.st_size,
        "mtime_ns": s.st_mtime_ns,
        "ctime_ns": s.st_ctime_ns,
        "ino": s.st_ino,
        "sha256": sha256(node, time.monotonic() + 120),
        "uid": s.st_uid,
        "gid": s.st_gid,
        "mode": s.st_mode & 0o7777,
    }


def _start(order: dict[str, Any]) -> Any:
    # Here and not in a process of its own: starting an interpreter takes longer than all the services.
    sys.path.insert(0, _SERVICES)
    return importlib.import_module("agentd.host_start").bring_up(order["role"], order["names"])
