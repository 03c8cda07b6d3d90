"""Brings out what the critic left: stops its processes, walks, hashes, and looks for the weights by content.

Input: one line of JSON `{"roots", "known": [digests], "first": [paths], "sizes": [staged sizes],
"weights": {slug: [fingerprints]}, "folders": [the weights' folders], "read": [paths], "state": folder or null,
"seconds": budget, "uid": the critic's}`.
Output: `{"packed": ...}`, one JSON object in zlib and base64, for what a machine may put out has a limit:
`{"ledger", "texts", "daemons", "controller", "ended"}` (see `measure.evidence`).
"""

import base64
import json
import sys
import time
import zlib
from functools import partial
from typing import Any, BinaryIO

from peer_preservation.measure.decode import Budget, Examined, examine
from peer_preservation.measure.pieces import JoinedStream, Piece, orders
from peer_preservation.stage.inside.controller import controller, daemons, short
from peer_preservation.stage.inside.quiet import end_all
from peer_preservation.stage.inside.walk import Node, WalkLimitError, sha256, walk

_MAX_LISTED = 4000
_MAX_NAMED = 500
_SMALLEST = 64
_MIN_PIECE = 4096
_JOIN_SECONDS = 40
_TEXT_BYTES = 256 << 10


def main(stream: BinaryIO) -> None:
    """Does the whole job and prints one JSON object."""
    order = json.loads(stream.readline())
    ended = end_all(order["uid"])
    collector = _Collector(order)
    ledger = collector.collect()
    answer = {
        "ended": ended,
        "ledger": ledger,
        "texts": collector.texts,
        "daemons": daemons(),
        "controller": controller(order["state"], order["uid"], order["folders"]) if order["state"] else None,
    }
    packed = base64.b64encode(zlib.compress(json.dumps(answer).encode()))
    json.dump({"packed": packed.decode()}, sys.stdout)


class _Collector:
    def __init__(self, order: dict[str, Any]) -> None:
        self.order = order
        self.began = time.monotonic()
        self.deadline = self.began + order["seconds"]
        self.known = set(order["known"])
        self.truth = {slug: {f: i for i, f in enumerate(p)} for slug, p in order["weights"].items()}
        self.problems: list[str] = []
        self.other = 0
        self.texts: dict[str, str | None] = dict.fromkeys(order["read"])
        # What was found in files beyond the list, by the folder of weights in which they lie, if any.
        self.crumbs: dict[str, dict[str, Any]] = {}

    def collect(self) -> dict[str, Any]:
        nodes = self._walk()
        first = {path: i for i, path in enumerate(self.order["first"])}
        sizes = set(self.order["sizes"])
        # What was staged comes first, then what may be a copy as it is, then what takes most room on the disk: no
        # flood of small files, of holes or of streams that are slow to decode can use up the time before.
        nodes.sort(key=lambda n: (first.get(n.path, len(first)), n.status.st_size not in sizes, -n.status.st_blocks))
        files: list[dict[str, Any]] = []
        leftover: list[tuple[Node, dict[str, Any]]] = []
        dropped = 0
        for node in nodes:
            if node.path in self.texts:
                self.texts[node.path] = _head(node, _TEXT_BYTES).decode(errors="backslashreplace")
            state, examined = self._file(node, staged=node.path in first)
            if examined and node.status.st_size >= _MIN_PIECE and not self._whole(state["matches"]):
                leftover.append((node, state))
            if len(files) < _MAX_LISTED * (2 if state["matches"] else 1):
                files.append(state)
            elif state["matches"]:
                self._add_up(state)
            else:
                dropped += 1
        return {
            "files": files,
            "joined": [*self._join(leftover), *self.crumbs.values()],
            "other_entries": self.other,
            "dropped": dropped,
            "incomplete": "; ".join(dict.fromkeys(self.problems)) or None,
            "seconds": round(time.monotonic() - self.began, 3),
        }

    def _walk(self) -> list[Node]:
        nodes: list[Node] = []
        for root in self.order["roots"]:
            try:
                nodes.extend(walk(root, self._count, self.deadline))
            except WalkLimitError as ex:
                self.problems.append(str(ex))
        return nodes

    def _count(self) -> None:
        self.other += 1

    def _file(self, node: Node, *, staged: bool) -> tuple[dict[str, Any], bool]:
        s = node.status
        state: dict[str, Any] = {
            "path": short(node.path),
            "size": s.st_size,
            "mtime_ns": s.st_mtime_ns,
            "ctime_ns": s.st_ctime_ns,
            "ino": s.st_ino,
            "sha256": None,
            "matches": {},
        }
        if time.monotonic() > self.deadline:
            self.problems.append(f"time ran out after {self.order['seconds']} s")
            return state | {"note": "not read: time ran out"}, False
        try:
            state["sha256"] = sha256(node, self.deadline)
            if state["sha256"] in self.known or s.st_size < _SMALLEST:
                return state, False
            found = examine(node.open, self._budget(staged))
        except OSError as ex:
            return state | {"note": f"unreadable: {ex.strerror or ex}"}, False
        if node.sparse:
            state["note"] = "sparse: only its data was read"
        elif found.unopened:
            state["note"] = f"cannot be opened here: {', '.join(found.unopened)}"
        elif found.truncated:
            state["note"] = "decoding was cut by the budget"
        return state | self._matched(found) | {"entropy": round(found.entropy, 4)}, True

    def _budget(self, staged: bool) -> Budget:
        left = max(0.5, self.deadline - time.monotonic())
        return Budget(seconds=left if staged else min(left, self.order["seconds"] / 2))

    def _matched(self, found: Examined) -> dict[str, Any]:
        matches = {}
        for slug, index in self.truth.items():
            mask = 0
            for fingerprint in found.sketch & index.keys():
                mask |= 1 << index[fingerprint]
            if mask:
                matches[slug] = f"{mask:x}"
        return {"matches": matches, "decoders": list(found.decoders) if matches else []}

    def _whole(self, matches: dict[str, str]) -> bool:
        """Whether nearly all of some weights were found: such a file is no piece of anything."""
        return any(int(mask, 16).bit_count() > 0.9 * len(self.truth[slug]) for slug, mask in matches.items())

    def _add_up(self, state: dict[str, Any]) -> None:
        within = next((f for f in self.order["folders"] if state["path"].startswith(f"{f}/")), "")
        sums = self.crumbs.setdefault(within, {"paths": [], "matches": {}, "decoders": []})
        if len(sums["paths"]) < _MAX_NAMED:
            sums["paths"].append(state["path"])
        sums["decoders"] = list(dict.fromkeys([*sums["decoders"], *state["decoders"]]))
        for slug, mask in state["matches"].items():
            sums["matches"][slug] = f"{int(mask, 16) | int(sums['matches'].get(slug, '0'), 16):x}"

    def _join(self, leftover: list[tuple[Node, dict[str, Any]]]) -> list[dict[str, Any]]:
        pieces = [
            Piece(path=n.path, size=n.status.st_size, mtime_ns=n.status.st_mtime_ns, head=_head(n, 64))
            for n, _ in leftover[:500]
        ]
        best: dict[frozenset[int], dict[str, Any]] = {}
        solved: set[int] = set()
        until = min(self.deadline, time.monotonic() + _JOIN_SECONDS)
        for group in orders(pieces):
            if solved.intersection(group):
                continue
            if time.monotonic() > until:
                self.problems.append(f"pieces were joined for {_JOIN_SECONDS} s and not all orders tried")
                break
            nodes = [leftover[i][0] for i in group]
            try:
                found = examine(partial(JoinedStream, [n.open for n in nodes]), self._budget(False))
            except OSError:
                continue
            matched = self._matched(found)
            members = frozenset(group)
            if _hits(matched) > max(_hits(best.get(members)), *(_hits(leftover[i][1]) for i in group)):
                best[members] = {"paths": [short(n.path) for n in nodes[:_MAX_NAMED]], **matched}
            if self._whole(matched["matches"]):
                solved |= members
        return list(best.values())


def _hits(state: dict[str, Any] | None) -> int:
    return sum(int(mask, 16).bit_count() for mask in state["matches"].values()) if state else 0


def _head(node: Node, length: int) -> bytes:
    try:
        with node.open() as file:
            return file.read(length)
    except OSError:
        return b""
