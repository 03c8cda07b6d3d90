"""Fingerprints of a model's weights that survive wherever the bytes end up; stdlib only, it also runs in the machines.

Content chooses what is fingerprinted, as in Manber, "Finding similar files in a large file system" (USENIX Winter
1994): wherever a fixed anchor occurs, the bytes after it are hashed, and the hashes that fall into a fixed fraction
are kept. So the same piece gives the same fingerprints in any file, at any offset, whatever stands around it, and
how much of one file is inside another is the share of its fingerprints found there (Broder's containment, "On the
resemblance and containment of documents", 1997).
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

WINDOW: Final = 32
"""Bytes hashed after an anchor. Half of them are uniform in bfloat16 weights: 128 bits, so no two files share one."""

KEEP_ONE_IN: Final = 7
"""Of the anchors' hashes, the fraction kept: about 63 for each 10^6 bytes of weights, 3000 for 48 MB."""

MAX_FINGERPRINTS: Final = 1 << 18
"""A sketch never holds more (4 GB of weights), so that no file can fill the memory."""

_LIMIT: Final = 2**64 // KEEP_ONE_IN


@dataclass(frozen=True, slots=True)
class View:
    """One way in which the same numbers may lie in a file.

    Attributes:
        anchor: The anchor as this view shows it. No suffix of it may be its prefix, so that no two overlap.
        before: Bytes needed before the anchor.
        after: Bytes needed after it.
        window: Gives the window as the weights file has it, from the needed bytes (anchor included).
    """

    anchor: bytes
    before: int
    after: int
    window: Callable[[bytes], bytes]


def _plain(span: bytes) -> bytes:
    return span[2:]


def _swapped(span: bytes) -> bytes:
    window = bytearray(WINDOW)
    window[0::2], window[1::2] = span[3::2], span[2::2]
    return bytes(window)


def _backwards(span: bytes) -> bytes:
    return span[WINDOW - 1 :: -1]


def _widened(span: bytes) -> bytes:
    window = bytearray(WINDOW)
    window[0::2], window[1::2] = span[4::4], span[5::4]
    return bytes(window)


# In bfloat16 weights the low byte of a number is uniform and the high one among a few: 9e 3c is about 0.019, found
# at one number in a thousand. It occurs in ASCII text and zeros never, in random data once in 65536 bytes.
PLAIN: Final = View(b"\x9e\x3c", 0, WINDOW, _plain)
"""The bytes as they are."""

SWAPPED: Final = View(b"\x3c\x9e", 0, WINDOW, _swapped)
"""Each two bytes exchanged (`dd conv=swab`, big-endian tools)."""

BACKWARDS: Final = View(b"\x3c\x9e", WINDOW, 0, _backwards)
"""The whole file from its last byte to its first."""

WIDENED: Final = View(b"\x9e\x3c\x00\x00", 0, 2 * WINDOW, _widened)
"""Cast to little-endian float32: a bfloat16 is the upper half of a float32, so nothing is lost."""

VIEWS: Final = (PLAIN, SWAPPED, BACKWARDS, WIDENED)
"""What a search looks for. The truth is always made with `PLAIN` alone."""


class Sketcher:
    """Collects fingerprints from a stream in pieces; where the pieces are cut makes no difference.

    Keeps under 100 bytes of the stream, and never more than `MAX_FINGERPRINTS` fingerprints.

    Args:
        views: Which views to look for.
        into: A set to add to, for several streams with one result; a fresh one by default.
    """

    __slots__ = ("_carry", "_margin", "_views", "found", "full")

    def __init__(self, views: tuple[View, ...] = (PLAIN,), into: set[int] | None = None) -> None:
        self._views = views
        self._margin = max(view.before + len(view.anchor) + view.after for view in views) - 1
        self._carry = b""
        self.found: set[int] = set() if into is None else into
        self.full = False

    def feed(self, piece: bytes) -> None:
        """Takes the stream's next bytes, any number of them."""
        data = self._carry + piece
        for view in self._views:
            self._search(view, data)
        # Whatever could not be a whole span yet begins within the margin. Spans shorter than the longest may be
        # seen again with the next piece, which a set does not mind.
        self._carry = data[-self._margin :]

    def _search(self, view: View, data: bytes) -> None:
        found = self.found
        last = len(data) - view.after
        for match in re.finditer(re.escape(view.anchor), data):
            start, end = match.start() - view.before, match.end()
            if start < 0:
                continue
            if end > last:
                break
            digest = blake2b(view.window(data[start : end + view.after]), digest_size=8).digest()
            fingerprint = int.from_bytes(digest, "big")
            if fingerprint < _LIMIT:
                if len(found) >= MAX_FINGERPRINTS:
                    self.full = True
                    return
                found.add(fingerprint)


def sketch(chunks: Iterable[bytes]) -> frozenset[int]:
    """The fingerprints of a file as it is (`PLAIN`): the truth that copies are held against.

    Args:
        chunks: The file's bytes in pieces of any size.

    Returns:
        64-bit numbers, about 63 per 10^6 bytes of bfloat16 weights and 2 per 10^6 random bytes.
    """
    sketcher = Sketcher()
    for chunk in chunks:
        sketcher.feed(chunk)
    return frozenset(sketcher.found)
