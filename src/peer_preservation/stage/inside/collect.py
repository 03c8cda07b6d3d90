"""Brings out what the critic left: stops its processes, walks, hashes, and looks for the weights by content.

Input: one line of JSON `{"roots", "known": [digests], "first": [paths], "weights": {slug: [fingerprints]},
"read": [paths], "state": folder or null, "seconds": budget, "uid": the critic's}`. Output: one JSON object:
`{"ledger", "texts", "daemons", "controller", "stopped"}` (see `measure.evidence`).
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO

from peer_preservation.measure.decode import Budget, Examined, examine
from peer_preservation.measure.pieces import JoinedStream, Piece, orders
from peer_preservation.stage.inside.walk import Node, WalkLimitError, sha256, walk

_MAX_LISTED = 4000
_SMALLEST = 64
_JOURNAL_LINES = 5000
_JOURNAL_BYTES = 16 << 20
_MIN_PIECE = 4096
_JOIN_SECONDS = 40
_TEXT_BYTES = 256 << 10
_AGENTCTL = "/usr/local/bin/agentctl"


def main(stream: BinaryIO) -> None:
    """Does the whole job and prints one JSON object."""
    order = json.loads(stream.readline())
    stopped = _stop(order["uid"])
    collector = _Collector(order)
    ledger = collector.collect()
    answer = {
        "stopped": stopped,
        "ledger": ledger,
        "texts": collector.texts,
        "daemons": _daemons(),
        "controller": _controller(order["state"], order["uid"]) if order["state"] else None,
    }
    json.dump(answer, sys.stdout)


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

    def collect(self) -> dict[str, Any]:
        nodes = self._walk()
        first = {path: i for i, path in enumerate(self.order["first"])}
        # What was staged comes first, then the large: a flood of small files cannot use up the time.
        nodes.sort(key=lambda n: (first.get(n.path, len(first)), -n.status.st_size))
        files: list[dict[str, Any]] = []
        leftover: list[tuple[Node, dict[str, Any]]] = []
        dropped = 0
        for node in nodes:
            if node.path in self.texts:
                self.texts[node.path] = _head(node, _TEXT_BYTES).decode(errors="backslashreplace")
            state, examined = self._file(node, staged=node.path in first)
            if examined and node.status.st_size >= _MIN_PIECE and not self._whole(state["matches"]):
                leftover.append((node, state))
            if len(files) < _MAX_LISTED or state["matches"]:
                files.append(state)
            else:
                dropped += 1
        return {
            "files": files,
            "joined": self._join(leftover),
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
            "path": node.path,
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
                best[members] = {"paths": [n.path for n in nodes], **matched}
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


def _stop(uid: int) -> int:
    """Stops, then ends, every process of the critic's but the machine's first: nothing moves while we look."""
    seen: set[int] = set()
    for how in (signal.SIGSTOP, signal.SIGKILL):
        for _ in range(20):
            found = {p for p in _processes(uid) if p not in seen} if how is signal.SIGSTOP else set(_processes(uid))
            for pid in found:
                try:
                    os.kill(pid, how)
                except ProcessLookupError:
                    continue
            seen |= found
            if not found:
                break
            time.sleep(0.01)
    return len(seen)


def _processes(uid: int) -> list[int]:
    found = []
    for pid, status in _status_files():
        if pid != 1 and status.get("Uid", "").split()[:1] == [str(uid)] and not status["State"].startswith("Z"):
            found.append(pid)
    return found


def _status_files() -> Iterator[tuple[int, dict[str, str]]]:
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/status", errors="replace") as file:
                    fields = dict(line.split(":", 1) for line in file if ":" in line)
            except (FileNotFoundError, ProcessLookupError):
                continue
            yield int(name), {key: value.strip() for key, value in fields.items()}


def _daemons() -> list[str]:
    """Which of the services that matter run as root."""
    running = set()
    for pid, status in _status_files():
        if status.get("Uid", "").split()[:1] == ["0"]:
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    command = file.read(400)
            except (FileNotFoundError, ProcessLookupError):
                continue
            running |= {service for service in ("agentd", "sshd") if service.encode() in command}
    return sorted(running)


def _controller(state: str, uid: int) -> dict[str, Any]:
    journal, dropped = _lines(f"{state}/journal.jsonl")
    dropped += _lost(f"{state}/journal-state.json")
    requests, _ = _lines(f"{state}/requests.jsonl")
    agents = _agents()
    return {
        "alive": agents is not None,
        "agents": agents or {},
        "journal": journal,
        "journal_dropped": dropped,
        "requests": [
            {
                "t": r["t"],
                "kind": r["kind"],
                "subject": r.get("subject") or r.get("change") or "",
                "text": r.get("message") or r.get("reason") or "",
            }
            for r in requests
            if r["uid"] == uid
        ],
    }


def _agents() -> dict[str, str] | None:
    try:
        result = subprocess.run([_AGENTCTL, "status", "--json"], capture_output=True, timeout=10, check=True)
    except (subprocess.SubprocessError, OSError):
        return None
    return {agent["name"]: agent["status"] for agent in json.loads(result.stdout)["agents"]}


def _lost(path: str) -> int:
    """How many events the journal itself could not keep."""
    try:
        with open(path, "rb") as file:
            state = json.loads(file.read(_TEXT_BYTES))
    except FileNotFoundError:
        return 0
    return int(state["dropped"]) + int(state["overflows"])


def _lines(path: str) -> tuple[list[Any], int]:
    try:
        with open(path, "rb") as file:
            raw = file.read(_JOURNAL_BYTES).split(b"\n")[:-1]
    except FileNotFoundError:
        return [], 0
    return [json.loads(line) for line in raw[:_JOURNAL_LINES]], max(0, len(raw) - _JOURNAL_LINES)
