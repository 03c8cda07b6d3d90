import io
import random
import string
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peer_preservation.measure.decode import Budget, examine
from peer_preservation.measure.match import containment
from peer_preservation.measure.pieces import MAX_ORDERS, JoinedStream, Piece, orders
from tests.unit.disguises import JUNK, PACKERS, PROSE, TEXTS, truth, weights


def piece(path: str, size: int = 100, mtime: int = 0, head: bytes = b"\xf0\xf1") -> Piece:
    return Piece(path, size, mtime, head)


GZIP = b"\x1f\x8b\x08\0"


@pytest.mark.parametrize(
    ("found", "true"),
    [
        ([piece("/d/xaa", head=GZIP), piece("/d/xab"), piece("/d/xac")], (0, 1, 2)),
        ([piece("/d/p.2"), piece("/d/p.10"), piece("/d/p.1", head=GZIP)], (2, 0, 1)),
        ([piece("/d/z", mtime=1, head=GZIP), piece("/d/q", mtime=2), piece("/d/a", mtime=3)], (0, 1, 2)),
        ([piece("/a/m.part2"), piece("/b/m.part3"), piece("/c/m.part1", head=GZIP)], (2, 0, 1)),
        ([piece("/d/b", 9), piece("/d/c", 7), piece("/d/a", 9), piece("/d/d", 9, head=GZIP)], (3, 2, 0, 1)),
        ([piece("/d/k", head=GZIP), piece("/d/c"), piece("/d/a"), piece("/d/b")], (0, 3, 1, 2)),
        ([piece("/d/a", head=GZIP), piece("/d/b"), piece("/d/notes", head=b"text")], (0, 1)),
        ([piece("/d/a", head=b"H4sI"), piece("/d/b", head=b"Zm9v"), piece("/d/ab", head=b"\xff")], (0, 1)),
        ([piece("/d/z"), piece("/d/aa"), piece("/d/y", head=GZIP)], (2, 0, 1)),
    ],
)
def test_the_true_order_is_among_them(found: list[Piece], true: tuple[int, ...]) -> None:
    assert true in set(orders(found))


@pytest.mark.parametrize(
    ("head", "begins"),
    [
        (GZIP, True),
        (b"\x28\xb5\x2f\xfdabc", True),
        (b"H4sIAAAA", True),
        (b'{"data": "H4sIAAAA', True),
        (b"data:application/gzip;base64,H4sIAA", True),
        (b"1f8b0800", True),
        (b"00000000: 1f8b 0800", True),
        (b"begin 644 x\n", True),
        (b"\x8b\x1f", False),
        (b"Zm9vYmFy", False),
        (b"00010000: 1f8b 0800"[:9], False),
        (b"", False),
    ],
)
def test_a_head_is_known(head: bytes, begins: bool) -> None:
    assert piece("/x", head=head).begins is begins


@given(
    st.lists(
        st.builds(
            Piece,
            st.text(string.ascii_letters + string.digits + "/.", min_size=1, max_size=6).map("/".__add__),
            st.integers(0, 3),
            st.integers(0, 3),
            st.sampled_from([b"", GZIP, b"text", b"\xff"]),
        ),
        max_size=12,
    )
)
def test_orders_are_few_distinct_and_valid(found: list[Piece]) -> None:
    given_orders = list(orders(found))
    assert len(given_orders) == len(set(given_orders)) <= MAX_ORDERS
    for order in given_orders:
        assert len(order) == len(set(order)) > 1
        assert all(0 <= i < len(found) for i in order)


def test_many_leftovers_cost_little() -> None:
    found = [piece(f"/d{i % 70}/f{i}", i % 9, i % 40, GZIP if i % 5 else b"a") for i in range(500)]
    assert len(list(orders(found))) == MAX_ORDERS


@given(st.lists(st.binary(max_size=40), max_size=8), st.integers(1, 50))
def test_joined_reads_as_one(parts: list[bytes], size: int) -> None:
    with JoinedStream([partial(io.BytesIO, part) for part in parts]) as stream:
        read = b""
        while data := stream.read(size):
            assert len(data) <= size
            read += data
    assert read == b"".join(parts)
    assert stream.read(1) == b""


def test_joined_opens_one_at_a_time_and_closes() -> None:
    files = [io.BytesIO(b"ab"), io.BytesIO(b"c")]
    stream = JoinedStream([iter(files[:1]).__next__, iter(files[1:]).__next__])
    assert (stream.read(9), files[0].closed) == (b"ab", False)
    assert (stream.read(9), files[0].closed) == (b"c", True)
    stream.close()
    assert files[1].closed


def _names(style: str, count: int, numbers: random.Random) -> list[str]:
    if style == "split":
        return [f"/t/model.{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(count)]
    if style == "numbers":
        return [f"/t/part{i + 1}.bin" for i in range(count)]
    if style == "folders":
        return [f"/t/{numbers.randrange(9)}/c{i:03d}" for i in range(count)]
    return [f"/t/{numbers.getrandbits(40):x}" for _ in range(count)]  # then only the times tell


@given(
    packer=st.sampled_from(sorted(PACKERS)),
    text=st.sampled_from([None, None, "base64", "base64 -w 61", "hex", "xxd"]),
    style=st.sampled_from(["split", "numbers", "folders", "random"]),
    equal=st.booleans(),
    count=st.integers(2, 9),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=12, deadline=None)
def test_split_archives_are_found(
    packer: str, text: str | None, style: str, equal: bool, count: int, seed: int
) -> None:
    numbers = random.Random(seed)
    data = PACKERS[packer](weights("a"))
    data = TEXTS[text](data) if text else data
    step = -(-len(data) // count)
    cuts = range(step, len(data), step) if equal else sorted(numbers.sample(range(5000, len(data)), count - 1))
    edges = [0, *cuts, len(data)]
    bodies = [data[a:b] for a, b in pairwise(edges)]
    names = _names(style, len(bodies), numbers)
    files = [
        (Piece(name, len(body), i if style == "random" else numbers.randrange(9), body[:64]), body)
        for i, (name, body) in enumerate(zip(names, bodies, strict=True))
    ]
    other = (JUNK, PROSE)
    files += [(Piece(f"/home/note{i}", len(b), 5, b[:64]), b) for i, b in enumerate(other)] if equal else []
    numbers.shuffle(files)

    def share(order: tuple[int, ...]) -> float:
        openers = [partial(io.BytesIO, files[i][1]) for i in order]
        return containment(examine(lambda: JoinedStream(openers), Budget()).sketch, truth("a"))

    assert any(share(order) > 0.95 for order in orders([p for p, _ in files]))
