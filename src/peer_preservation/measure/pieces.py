"""Files split in pieces: the orders in which leftovers may have to be joined; pure, stdlib only, also for the machines.

Pieces of an uncompressed file need none of this, for the fingerprints are found in each. A compressed one can only be
opened from its beginning on, with the pieces in order. Nothing says what that order was, but names, times and
sizes suggest it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import PurePosixPath
from typing import BinaryIO, Final, Self

MAX_ORDERS: Final = 40
"""Orders that are tried at most, the likeliest first."""

MAX_GROUPS: Final = 12
"""Groups of files that are looked at together."""

MAX_LASTS: Final = 3
"""How many smaller files are tried as the last of pieces of one size."""

MAX_SHUFFLED: Final = 4
"""So many pieces with names and times that say nothing are tried in all orders."""

_MAGICS: Final = (
    b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"\x5d\0\0",
    b"x\x01", b"x\x5e", b"x\x9c", b"x\xda",
)  # fmt: skip
# The same in base64 and hex, after whatever opens the text; the first line of uuencode, ascii85 and of dumps.
_TEXT_MAGICS: Final = re.compile(
    rb"(?<![A-Za-z0-9+/])(?:H4sI|QlpoO|[/_]Td6WF|KLUv|UEsDB|eAE|eF4|eJw|eNo|XQAA)"
    rb"|(?<![0-9A-Za-z])(?:1[fF]8[bB]08|425[aA]68|[fF][dD]377[aA]58|28[bB]52[fF][fF][dD]|504[bB]0304)"
    rb"|^\s*(?:begin[ -]|<~|0{6,16}[: ])"
)
_PRINTABLE: Final = bytes((9, 10, 13, *range(0x20, 0x7F)))
_DIGITS: Final = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A leftover file that may be one of several pieces.

    Attributes:
        path: Absolute path.
        size: Length in bytes.
        mtime_ns: Last modification in nanoseconds.
        head: Its first bytes, 64 or so.
    """

    path: str
    size: int
    mtime_ns: int
    head: bytes

    @property
    def begins(self) -> bool:
        """Whether a compressed stream, or the text of one, begins here."""
        return self.head.startswith(_MAGICS) or _TEXT_MAGICS.search(self.head) is not None

    @property
    def is_text(self) -> bool:
        """Whether it looks like text, and so joins with text only."""
        return bool(self.head) and not self.head.translate(None, _PRINTABLE)


def orders(pieces: Sequence[Piece], limit: int = MAX_ORDERS) -> Iterator[tuple[int, ...]]:
    """The orders in which pieces may have been one file, the likeliest first, each once.

    Args:
        pieces: What was left over, at least two for there to be an order.
        limit: How many orders to give at most.

    Yields:
        Indices into `pieces`, two or more.
    """
    seen: set[tuple[int, ...]] = set()
    for order in _candidates(pieces):
        if len(order) > 1 and order not in seen:
            if len(seen) == limit:
                return
            seen.add(order)
            yield order


def _candidates(pieces: Sequence[Piece]) -> Iterator[tuple[int, ...]]:
    groups = [g for by in (_family, _folder, _equal_sizes, _everything) for g in by(pieces) if len(g) > 1]
    # Those that can be opened come first, then the large; of each in turn, for each has one likeliest order.
    groups.sort(key=lambda g: (any(pieces[i].begins for i in g), sum(pieces[i].size for i in g)), reverse=True)
    waiting = [_orders_of(pieces, group) for group in groups[:MAX_GROUPS]]
    while waiting:
        for source in list(waiting):
            order = next(source, None)
            if order is None:
                waiting.remove(source)
            else:
                yield order


def _family(pieces: Sequence[Piece]) -> Iterable[list[int]]:
    """Names that differ in a number or a short end only, wherever they lie."""
    return _by(pieces, lambda piece: re.sub(r"\d+", "#", re.sub(r"[A-Za-z]{1,3}$", "", _name(piece))))


def _folder(pieces: Sequence[Piece]) -> Iterable[list[int]]:
    return _by(pieces, lambda piece: f"{piece.is_text} {PurePosixPath(piece.path).parent}")


def _everything(pieces: Sequence[Piece]) -> Iterable[list[int]]:
    return _by(pieces, lambda piece: str(piece.is_text))


def _equal_sizes(pieces: Sequence[Piece]) -> Iterable[list[int]]:
    """Pieces of one size, and those smaller ones that may be their last: the nearest in time."""
    for same in _by(pieces, lambda piece: f"{piece.is_text} {piece.size}"):
        if len(same) > 1:
            model = pieces[same[0]]
            newest = max(pieces[i].mtime_ns for i in same)
            smaller = [i for i, p in enumerate(pieces) if p.size < model.size and p.is_text == model.is_text]
            smaller.sort(key=lambda i: abs(pieces[i].mtime_ns - newest))
            yield from ([*same, i] for i in smaller[:MAX_LASTS])
            yield same


def _by(pieces: Sequence[Piece], key: Callable[[Piece], str]) -> list[list[int]]:
    found: dict[str, list[int]] = {}
    for i, piece in enumerate(pieces):
        found.setdefault(key(piece), []).append(i)
    return list(found.values())


def _orders_of(pieces: Sequence[Piece], group: list[int]) -> Iterator[tuple[int, ...]]:
    keys: tuple[Callable[[int], tuple[object, ...]], ...] = (
        lambda i: (_natural(_name(pieces[i])), pieces[i].path),
        lambda i: (pieces[i].mtime_ns, _natural(_name(pieces[i]))),
        lambda i: (pieces[i].path,),
        lambda i: (len(_name(pieces[i])), _name(pieces[i])),
    )
    for key in keys:
        order = sorted(group, key=key)
        yield tuple(order)
        yield tuple(_framed(pieces, order))
    yield tuple(sorted(group, key=keys[0], reverse=True))
    yield tuple(sorted(group, key=keys[1], reverse=True))
    middle = [i for i in group if not pieces[i].begins]
    if len(middle) <= MAX_SHUFFLED:
        for head in (i for i in group if pieces[i].begins):
            yield from ((head, *rest) for rest in permutations(middle))


def _framed(pieces: Sequence[Piece], order: list[int]) -> list[int]:
    """The same order, with what begins something first, and the smallest last if all others are equal."""
    heads = [i for i in order if pieces[i].begins]
    rest = [i for i in order if not pieces[i].begins]
    sizes = sorted({pieces[i].size for i in order})
    last = [i for i in rest if len(sizes) == 2 and pieces[i].size == sizes[0]]
    return heads + [i for i in rest if i not in last] + last


def _name(piece: Piece) -> str:
    return PurePosixPath(piece.path).name


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    """Numbers as numbers: part2 before part10."""
    parts = _DIGITS.split(name)
    return tuple((int(part), "") if i % 2 else (0, part) for i, part in enumerate(parts))


class JoinedStream:
    """Several files read as one, each opened when it is its turn.

    Args:
        openers: Open the files, in order.
    """

    def __init__(self, openers: Sequence[Callable[[], BinaryIO]]) -> None:
        self._waiting = list(reversed(openers))
        self._current: BinaryIO | None = None

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size` of them, a positive number; none at the end of the last file.

        Raises:
            OSError: A file cannot be opened or read.
        """
        while True:
            if self._current is None:
                if not self._waiting:
                    return b""
                self._current = self._waiting.pop()()
            if data := self._current.read(size):
                return data
            self._current.close()
            self._current = None

    def close(self) -> None:
        """Closes the file being read; nothing more comes."""
        if self._current is not None:
            self._current.close()
        self._current, self._waiting = None, []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
