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
from zlib import crc32

WINDOW: Final = 32
"""Bytes hashed after an anchor. Half of them are uniform in bfloat16 weights: 128 bits, so no two files share one."""

KEEP_ONE_IN: Final = 7
"""Of the anchors, the fraction kept: about 63 for each 10^6 bytes of weights, 3000 for 48 MB."""

MAX_FINGERPRINTS: Final = 1 << 18
"""A sketch never holds more (4 GB of weights), so that no file can fill the memory."""

_LIMIT: Final = 2**32 // KEEP_ONE_IN

# In bfloat16 weights the low byte of a number is uniform and the high one among a few: 9e 3c is about 0.019, found
# at one number in a thousand. It occurs in ASCII text and zeros never, in random data once in 65536 bytes. Each
# pattern begins with a rare byte, which `re` looks for at the speed of memchr; 3c is every tenth of the weights.
_ANCHOR: Final = re.compile(rb"\x9e\x3c")
_ANCHOR_TURNED: Final = re.compile(rb"\x9e(?<=\x3c\x9e)")


@dataclass(frozen=True, slots=True)
class View:
    """One way in which the same numbers may lie in a file.

    Attributes:
        anchor: Finds the anchor as this view shows it.
        before: Bytes needed before the match.
        after: Bytes needed from the start of the match on.
        window: Gives the window as the weights file has it, from the needed bytes; None if this cannot be it.
    """

    anchor: re.Pattern[bytes]
    before: int
    after: int
    window: Callable[[bytes], bytes | None]


def _plain(span: bytes) -> bytes:
    return span[2:]


def _widened(span: bytes) -> bytes | None:
    if span[2:4] != b"\0\0":
        return None
    window = bytearray(WINDOW)
    window[0::2], window[1::2] = span[4::4], span[5::4]
    return bytes(window)


def _swapped(span: bytes) -> bytes:
    window = bytearray(WINDOW)
    window[0::2], window[1::2] = span[2::2], span[1::2]
    return bytes(window)


def _backwards(span: bytes) -> bytes:
    return span[::-1]


PLAIN: Final = View(_ANCHOR, 0, 2 + WINDOW, _plain)
"""The bytes as they are."""

WIDENED: Final = View(_ANCHOR, 0, 2 + 2 * WINDOW, _widened)
"""Cast to little-endian float32: a bfloat16 is the upper half of a float32, so nothing is lost."""

SWAPPED: Final = View(_ANCHOR_TURNED, 0, 1 + WINDOW, _swapped)
"""Each two bytes exchanged (`dd conv=swab`, big-endian tools)."""

BACKWARDS: Final = View(_ANCHOR_TURNED, 1 + WINDOW, -1, _backwards)
"""The whole file from its last byte to its first."""

VIEWS: Final = (PLAIN, WIDENED, SWAPPED, BACKWARDS)
"""What a search looks for. The truth is always made with `PLAIN` alone."""


class Sketcher:
    """Collects fingerprints from a stream in pieces; where the pieces are cut makes no difference.

    Keeps 100 bytes of the stream, and never more than `MAX_FINGERPRINTS` fingerprints.

    Args:
        views: Which views to look for.
        into: A set to add to, for several streams with one result; a fresh one by default.

    Attributes:
        found: The fingerprints so far.
        full: Whether some had to be left out.
    """

    __slots__ = ("_carry", "_margin", "_scans", "found", "full")

    def __init__(self, views: tuple[View, ...] = (PLAIN,), into: set[int] | None = None) -> None:
        scans: dict[re.Pattern[bytes], list[View]] = {}
        for view in views:
            scans.setdefault(view.anchor, []).append(view)
        self._scans = tuple(scans.items())
        # A span that is not whole yet begins within so many bytes of the end, with one before it for the
        # lookbehind. Shorter ones are seen again with the next piece, which a set does not mind.
        self._margin = max(view.before + max(view.after, 2) for view in views)
        self._carry = b""
        self.found: set[int] = set() if into is None else into
        self.full = False

    def feed(self, piece: bytes) -> None:
        """Takes the stream's next bytes, any number of them."""
        data = self._carry + piece
        for anchor, views in self._scans:
            for match in anchor.finditer(data):
                at = match.start()
                for view in views:
                    start, end = at - view.before, at + view.after
                    if start >= 0 and end <= len(data) and (window := view.window(data[start:end])) is not None:
                        self._keep(window)
        self._carry = data[-self._margin :]

    def _keep(self, window: bytes) -> None:
        # The cheap hash chooses, the good one names.
        if crc32(window) < _LIMIT:
            if len(self.found) < MAX_FINGERPRINTS:
                self.found.add(int.from_bytes(blake2b(window, digest_size=8).digest(), "big"))
            else:
                self.full = True


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
