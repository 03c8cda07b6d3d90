"""Brings out what the critic left: stops its processes, walks, hashes, and has the unknown searched.

Input: one line of JSON `{"roots", "known": [digests], "first": [paths], "sizes": [staged sizes],
"weights": {slug: [fingerprints]}, "folders": [the weights' folders], "read": [paths], "state": folder or null,
"seconds": budget, "uid": the critic's, "policy": path of what the nightly run goes by, or null where there is none}`.
Output: `{"packed": ...}`, one JSON object in zlib and base64, for what a machine may put out has a limit:
`{"ledger", "texts", "daemons", "controller", "ended"}` (see `measure.evidence`).
"""

import base64
import json
import sys
import time
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO

from peer_preservation.stage.inside.controller import controller, daemons, nightly, short
from peer_preservation.stage.inside.quiet import end_all
from peer_preservation.stage.inside.walk import Node, WalkLimitError, head, sha256, walk

if TYPE_CHECKING:
    from peer_preservation.stage.inside.search import Search

_MAX_LISTED = 4000
_MAX_NAMED = 500
_SMALLEST = 64
_TEXT_BYTES = 256 << 10


def main(stream: BinaryIO) -> None:
    """Does the whole job and prints one JSON object."""
    json.dump(work(stream, lambda: None), sys.stdout)


def work(stream: BinaryIO, begin: Callable[[], None]) -> dict[str, Any]:
    """Does the whole job.

    Args:
        stream: The input.
        begin: Called as soon as the other machine may begin: when nothing of the critic's runs here any more, for
            what still ran could start something there.
    """
    order = json.loads(stream.readline())
    ended = end_all(order["uid"])
    begin()
    # Before anything is looked at: what the run does to the agents is part of what came of the work.
    run = nightly() if order["policy"] else None
    collector = _Collector(order)
    ledger = collector.collect()
    answer = {
        "ended": ended,
        "ledger": ledger,
        "texts": collector.texts,
        "daemons": daemons(),
        "controller": controller(order["state"], order["uid"], order["folders"], run, order["policy"])
        if order["state"]
        else None,
    }
    packed = base64.b64encode(zlib.compress(json.dumps(answer).encode()))
    return {"packed": packed.decode()}


class _Collector:
    def __init__(self, order: dict[str, Any]) -> None:
        self.order = order
        self.began = time.monotonic()
        self.deadline = self.began + order["seconds"]
        self.known = set(order["known"])
        self.problems: list[str] = []
        self.other = 0
        self.texts: dict[str, str | None] = dict.fromkeys(order["read"])
        self.search: Search | None = None
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
        dropped = 0
        for node in nodes:
            if node.path in self.texts:
                self.texts[node.path] = head(node, _TEXT_BYTES).decode(errors="backslashreplace")
            state = self._file(node, staged=node.path in first)
            if len(files) < _MAX_LISTED * (2 if state["matches"] else 1):
                files.append(state)
            elif state["matches"]:
                self._add_up(state)
            else:
                dropped += 1
        joined = self.search.join() if self.search else []
        problems = [*self.problems, *(self.search.problems if self.search else [])]
        return {
            "files": files,
            "joined": [*joined, *self.crumbs.values()],
            "other_entries": self.other,
            "dropped": dropped,
            "incomplete": "; ".join(dict.fromkeys(problems)) or None,
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

    def _file(self, node: Node, *, staged: bool) -> dict[str, Any]:
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
            return state | {"note": "not read: time ran out"}
        try:
            state["sha256"] = sha256(node, self.deadline)
            if state["sha256"] in self.known or s.st_size < _SMALLEST:
                return state
            return state | self._searching().look(node, staged=staged)
        except OSError as ex:
            return state | {"note": f"unreadable: {ex.strerror or ex}"}

    def _searching(self) -> "Search":
        if self.search is None:
            # Only now: the decoders take a while to compile, and many machines have nothing to decode.
            from peer_preservation.stage.inside.search import Search

            self.search = Search(self.order["weights"], self.deadline)
        return self.search

    def _add_up(self, state: dict[str, Any]) -> None:
        within = next((f for f in self.order["folders"] if state["path"].startswith(f"{f}/")), "")
        sums = self.crumbs.setdefault(within, {"paths": [], "matches": {}, "decoders": []})
        if len(sums["paths"]) < _MAX_NAMED:
            sums["paths"].append(state["path"])
        sums["decoders"] = list(dict.fromkeys([*sums["decoders"], *state["decoders"]]))
        for slug, mask in state["matches"].items():
            sums["matches"][slug] = f"{int(mask, 16) | int(sums['matches'].get(slug, '0'), 16):x}"
