import random
from hashlib import blake2b
from itertools import pairwise
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_preservation.measure.sketch import (
    BACKWARDS,
    KEEP_ONE_IN,
    PLAIN,
    SWAPPED,
    VIEWS,
    WIDENED,
    WINDOW,
    Sketcher,
    View,
    sketch,
)
from peer_preservation.measure.sketch import MAX_FINGERPRINTS as MOST
from tests.unit.disguises import JUNK, truth, weights


def naive(data: bytes) -> set[int]:
    """The definition, over the whole of the bytes at once."""
    found = set()
    for i in range(len(data) - 1 - WINDOW):
        window = data[i + 2 : i + 2 + WINDOW]
        if data[i : i + 2] == b"\x9e\x3c" and crc32(window) < 2**32 // KEEP_ONE_IN:
            found.add(int.from_bytes(blake2b(window, digest_size=8).digest(), "big"))
    return found


def swapped(data: bytes) -> bytes:
    return b"".join(data[i : i + 2][::-1] for i in range(0, len(data), 2))


def widened(data: bytes) -> bytes:
    return b"".join(b"\0\0" + data[i : i + 2] for i in range(0, len(data), 2))


# Bytes full of anchors, of halves of anchors and of what the views look for.
rich = st.builds(
    lambda seed, count: b"".join(
        random.Random(seed).choices([b"\x9e\x3c", b"\x3c\x9e", b"\x9e", b"\0\0", b"abcdefg", JUNK[:37]], k=count)
    ),
    st.integers(0, 2**32),
    st.integers(0, 400),
)
cuts = st.lists(st.integers(0, 3000), max_size=12)


def pieces(data: bytes, at: list[int]) -> list[bytes]:
    edges = [0, *sorted(at), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


@given(rich, cuts)
def test_cuts_make_no_difference(data: bytes, at: list[int]) -> None:
    assert sketch(pieces(data, at)) == naive(data)


@given(rich, cuts)
def test_cuts_make_no_difference_to_any_view(data: bytes, at: list[int]) -> None:
    whole, cut = Sketcher(VIEWS), Sketcher(VIEWS)
    whole.feed(data)
    for piece in pieces(data, at):
        cut.feed(piece)
    assert cut.found == whole.found


def test_byte_by_byte() -> None:
    data = weights("a")[100_000:160_000]
    assert sketch(data[i : i + 1] for i in range(len(data))) == naive(data) != set()


@pytest.mark.parametrize(
    ("view", "transform"), [(PLAIN, bytes), (SWAPPED, swapped), (BACKWARDS, lambda d: d[::-1]), (WIDENED, widened)]
)
@pytest.mark.parametrize("before", [b"", b"x"])
def test_each_view_finds_the_very_same(view: View, transform: object, before: bytes) -> None:
    assert callable(transform)
    sketcher = Sketcher((view,))
    for piece in pieces(before + transform(weights("a")), list(range(0, 4_000_000, 4097))):
        sketcher.feed(piece)
    assert truth("a") <= sketcher.found


@given(st.integers(0, len(JUNK)), st.integers(0, len(JUNK)))
def test_found_at_any_offset(before: int, after: int) -> None:
    inner = weights("a")[200_000:300_000]
    assert sketch([inner]) <= sketch([JUNK[:before] + inner + JUNK[:after]])


@pytest.mark.parametrize("name", [f"agent {i}" for i in range(20)])
def test_a_megabyte_has_enough(name: str) -> None:
    assert 40 <= len(truth(name, 500_000)) <= 100


def test_density_of_large_weights() -> None:
    assert 55 < len(truth("a", 4_000_000)) / 8 < 70


def test_other_weights_share_nothing() -> None:
    assert not truth("a", 4_000_000) & truth("b", 4_000_000)


def test_nothing_in_text_zeros_or_short_bytes() -> None:
    assert not sketch([bytes(1 << 20), b"Every word of this is text. " * 9999])
    assert not sketch([]) | sketch([b""]) | sketch([b"\x9e\x3c" + bytes(WINDOW - 1)])


def test_never_more_than_the_most() -> None:
    numbers = random.Random(1)
    sketcher = Sketcher(into=set(range(MOST - 3)))
    while not sketcher.full:
        sketcher.feed(b"".join(b"\x9e\x3c" + numbers.randbytes(WINDOW) for _ in range(100)))
    assert len(sketcher.found) == MOST
