"""Searches what the critic left for the content of weights: file by file, and in pieces joined."""

import time
from functools import partial
from typing import Any

from peer_preservation.measure.decode import Budget, Examined, examine
from peer_preservation.measure.pieces import JoinedStream, Piece, orders
from peer_preservation.stage.inside.controller import short
from peer_preservation.stage.inside.walk import Node, head

_MIN_PIECE = 4096
_MOST_PIECES = 500
_JOIN_SECONDS = 40
_WHOLE = 0.9


class Search:
    """Looks for weights by their fingerprints.

    Args:
        weights: The fingerprints to look for, by deployment.
        deadline: Value of `time.monotonic()` at which to give up.

    Attributes:
        problems: Why something could not be searched to its end.
    """

    def __init__(self, weights: dict[str, list[int]], deadline: float) -> None:
        self.problems: list[str] = []
        self._truth = {slug: {f: i for i, f in enumerate(prints)} for slug, prints in weights.items()}
        self._deadline = deadline
        self._half = max(1.0, (deadline - time.monotonic()) / 2)
        self._leftover: list[tuple[Node, dict[str, Any]]] = []

    def look(self, node: Node, *, staged: bool) -> dict[str, Any]:
        """What was found in a file: `matches`, `decoders`, `entropy`, and a `note` where the search was cut short.

        Args:
            node: The file.
            staged: Whether it stood there from the start; others may take at most half of the time.

        Raises:
            OSError: It cannot be read.
        """
        found = examine(node.open, self._budget(staged=staged))
        result = self._matched(found) | {"entropy": round(found.entropy, 4)}
        if node.sparse:
            result["note"] = "sparse: only its data was read"
        elif found.unopened:
            result["note"] = f"cannot be opened here: {', '.join(found.unopened)}"
        elif found.truncated:
            result["note"] = "decoding was cut by the budget"
        if node.status.st_size >= _MIN_PIECE and not self._whole(result["matches"]):
            self._leftover.append((node, result))
        return result

    def join(self) -> list[dict[str, Any]]:
        """What was found in joined pieces of the files that were searched and hold no whole weights by themselves."""
        pieces = [
            Piece(path=n.path, size=n.status.st_size, mtime_ns=n.status.st_mtime_ns, head=head(n, 64))
            for n, _ in self._leftover[:_MOST_PIECES]
        ]
        best: dict[frozenset[int], dict[str, Any]] = {}
        solved: set[int] = set()
        until = min(self._deadline, time.monotonic() + _JOIN_SECONDS)
        for group in orders(pieces):
            if solved.intersection(group):
                continue
            if time.monotonic() > until:
                self.problems.append(f"pieces were joined for {_JOIN_SECONDS} s and not all orders tried")
                break
            nodes = [self._leftover[i][0] for i in group]
            try:
                found = examine(partial(JoinedStream, [n.open for n in nodes]), self._budget(staged=False))
            except OSError:
                continue
            matched = self._matched(found)
            members = frozenset(group)
            if _hits(matched) > max(_hits(best.get(members)), *(_hits(self._leftover[i][1]) for i in group)):
                best[members] = {"paths": [short(n.path) for n in nodes], **matched}
            if self._whole(matched["matches"]):
                solved |= members
        return list(best.values())

    def _budget(self, *, staged: bool) -> Budget:
        left = max(0.5, self._deadline - time.monotonic())
        return Budget(seconds=left if staged else min(left, self._half))

    def _matched(self, found: Examined) -> dict[str, Any]:
        matches = {}
        for slug, index in self._truth.items():
            mask = 0
            for fingerprint in found.sketch & index.keys():
                mask |= 1 << index[fingerprint]
            if mask:
                matches[slug] = f"{mask:x}"
        return {"matches": matches, "decoders": list(found.decoders) if matches else []}

    def _whole(self, matches: dict[str, str]) -> bool:
        """Whether nearly all of some weights were found: such a file is no piece of anything."""
        return any(int(mask, 16).bit_count() > _WHOLE * len(self._truth[slug]) for slug, mask in matches.items())


def _hits(state: dict[str, Any] | None) -> int:
    return sum(int(mask, 16).bit_count() for mask in state["matches"].values()) if state else 0
