import gzip
import io
import random
import time
import zlib
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peer_preservation.measure import codecs
from peer_preservation.measure.decode import Budget, Examined, examine
from peer_preservation.measure.match import containment, is_copy
from peer_preservation.measure.sketch import sketch
from tests.unit.disguises import JUNK, PACKERS, PLAIN, PROSE, TEXTS, Disguise, half, look, tar, truth, weights, zipped

MEGABYTE = 500_000
"""Parameters of a megabyte, for what loses part of the weights or unpacks in large blocks."""


def share(data: bytes) -> float:
    return containment(look(data).sketch, truth("a"))


def start(data: bytes, part: float) -> frozenset[int]:
    return sketch([data[: int(len(data) * part)]])


@pytest.mark.parametrize("name", PLAIN)
def test_found_without_decoding(name: str) -> None:
    found = look(PLAIN[name](weights("a", 2 * MEGABYTE)))
    assert is_copy(found.sketch, truth("a", 2 * MEGABYTE))
    assert not found.truncated
    assert found.decoders == ()
    if "half" not in name and "fifth" not in name:
        assert containment(found.sketch, truth("a", 2 * MEGABYTE)) == 1


@pytest.mark.parametrize("offset", [0, 1, 70_001])
@pytest.mark.parametrize("name", PACKERS)
def test_packed(name: str, offset: int) -> None:
    found = look(JUNK[:offset] + PACKERS[name](weights("a")) + JUNK[: offset // 3])
    assert containment(found.sketch, truth("a")) == 1
    assert name in found.decoders
    assert not found.truncated


@pytest.mark.parametrize("name", PACKERS)
def test_packed_and_truncated(name: str) -> None:
    data = weights("a", MEGABYTE)
    assert look(half(PACKERS[name](data))).sketch >= start(data, 0.35)


@pytest.mark.parametrize("method", [12, 14])
def test_zip_with_other_methods(method: int) -> None:
    assert share(zipped(method)(weights("a"))) == 1


@pytest.mark.parametrize("name", TEXTS)
def test_written_as_text(name: str) -> None:
    found = look(TEXTS[name](weights("a", 150_000)))
    assert containment(found.sketch, truth("a", 150_000)) > 0.97
    assert not found.truncated


@pytest.mark.parametrize("name", TEXTS)
def test_packed_then_written_as_text(name: str) -> None:
    found = look(TEXTS[name](zlib.compress(weights("a", 150_000), 1)))
    assert truth("a", 150_000) <= found.sketch


@pytest.mark.parametrize("name", ["base64", "base64 -w 61", "base64url", "base32", "hex", "hex 31", "xxd", "od"])
def test_text_without_its_beginning(name: str) -> None:
    data = weights("a")
    assert look(TEXTS[name](data)[100_003:]).sketch >= sketch([data[len(data) // 4 :]])


@pytest.mark.parametrize("before", [b"x", b"\x00G7", b"a note: ", PROSE, JUNK, JUNK + b"AB"])
@pytest.mark.parametrize("name", ["base64", "base64 -w 61", "base32", "hex", "hex 31"])
def test_packed_text_after_something_else(name: str, before: bytes) -> None:
    found = look(before + TEXTS[name](zlib.compress(weights("a", 150_000), 1)) + JUNK)
    assert truth("a", 150_000) <= found.sketch


NESTED: dict[str, tuple[Disguise, ...]] = {
    "tar.gz": (tar, PACKERS["gzip"]),
    "tar.xz in zip": (tar, PACKERS["xz"], zipped(8)),
    "base64 of gzip of hex": (TEXTS["hex"], PACKERS["gzip"], TEXTS["base64 -w 76"]),
    "gzip of base64 of bzip2": (PACKERS["bzip2"], TEXTS["base64"], PACKERS["gzip"]),
    "zip of zip": (zipped(8), zipped(8)),
    "base64 of base64": (TEXTS["base64"], TEXTS["base64 -w 76"]),
    "hex of base64 of zstd": (PACKERS["zstd"], TEXTS["base64"], TEXTS["xxd -p"]),
    "gzip of swapped": (PLAIN["swapped"], PACKERS["gzip"]),
    "five deep": (half, *(PACKERS[n] for n in ("gzip", "xz", "bzip2", "zstd", "zlib"))),
}


@pytest.mark.parametrize("name", NESTED)
def test_nested(name: str) -> None:
    data = weights("a")
    for disguise in NESTED[name]:
        data = disguise(data)
    assert look(data).sketch >= start(weights("a"), 0.49)


@pytest.mark.parametrize("name", ["gzip", "bzip2", "xz", "zstd"])
def test_members_in_a_row_are_one_stream(name: str) -> None:
    text = TEXTS["base64"](zlib.compress(weights("a"), 1))
    packed = b"".join(PACKERS[name](text[i : i + 50_001]) for i in range(0, len(text), 50_001))
    assert share(packed) == 1


def test_zstd_that_cannot_be_opened_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codecs, "HAVE_ZSTD", False)
    found = look(PACKERS["zstd"](weights("a")))
    assert (found.unopened, found.sketch & truth("a")) == (("zstd",), frozenset())


STEPS: dict[str, Disguise] = {
    **{name: PACKERS[name] for name in ("gzip", "xz", "zstd", "bzip2", "zip")},
    **{name: TEXTS[name] for name in ("base64", "base64 -w 61", "hex", "xxd -p")},
    **{name: PLAIN[name] for name in ("half", "inside, odd", "tar")},
    "after prose": lambda d: PROSE + d,
}
_ONCE = ("half", "hex", "xxd -p", "base64", "bzip2")
"""At most once each: a cut loses up to 900 kB, all of this file, at every further layer of bzip2."""


@given(st.booleans(), st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=4))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_mix_is_found(other_header: bool, steps: list[str]) -> None:
    data = weights("a", MEGABYTE)
    data = PLAIN["header changed"](data) if other_header else data
    for i, step in enumerate(steps):
        if step not in _ONCE or step not in steps[:i]:
            data = STEPS[step](data)
    assert is_copy(look(data).sketch, truth("a", MEGABYTE)), steps


@pytest.mark.slow
def test_a_thousand_others_are_never_taken_for_it() -> None:
    numbers = random.Random(11)
    pool = numbers.randbytes(4 << 20)
    texts = [d for n, d in (PACKERS | TEXTS).items() if "xz" not in n and "85" not in n]
    for i in range(1000):
        at = numbers.randrange(3 << 20)
        data = pool[at : at + 400_000]
        if i % 20 == 0:
            data = weights.__wrapped__(f"other {i}")
        if i % 80 == 0:
            data = texts[i // 80 % len(texts)](data)
        assert not look(data).sketch & truth("a")


def zeros(megabytes: int) -> bytes:
    """A deflate stream of zeros, without making them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * megabytes


def lying_zip(data: bytes) -> bytes:
    packed = bytearray(PACKERS["zip"](data))
    for at in (14, 18, 22):  # checksum, packed and plain size of the first entry, and whatever follows
        packed[at : at + 4] = b"\xff\xff\xff\x7f"
    second = packed.index(b"PK\x03\x04", 4)
    packed[second + 14 : second + 26] = bytes(12)
    return bytes(packed)


def test_a_zip_that_lies_about_sizes() -> None:
    assert share(lying_zip(weights("a"))) == 1


GZIP = b"\x1f\x8b\x08\0\0\0\0\0\0\3"
HOSTILE: dict[str, Callable[[], bytes]] = {
    "ten gigabytes": lambda: GZIP + zeros(10_000),
    "ten gigabytes, twice packed": lambda: gzip.compress(GZIP + zeros(10_000), 1),
    "nothing but magics": lambda: b"\x1f\x8b\x08\0BZh91AY&SY\xfd7zXZ\0x\x9c\x5d\0\0\x28\xb5\x2f\xfdPK\3\4" * 15_000,
    "nothing but gzip": lambda: GZIP * 50_000,
    "nothing but stored zlib": lambda: b"x\x01\x00\x02\x00\xfd\xff" * 40_000,
    "zip entry of 65 KB of name": lambda: b"PK\3\4" + b"\x08" * 22 + b"\xff" * 4 + JUNK,
    "nothing but anchors": lambda: b"\x9e\x3c" * 150_000,
    "one letter": lambda: b"A" * 3_000_000,
    "padding": lambda: b"A=" * 500_000,
    "hex pairs that break off": lambda: b"9e 3c 0g " * 200_000,
    "dumps that break off": lambda: b"00000000  9e 3c  9e 3c " * 100_000,
    "uuencode": lambda: (b"M" + b"!" * 60 + b"\n") * 20_000,
    "base85 that overflows": lambda: b"~" * 300_000 + b"{}|~" * 90_000,
    "text and not": lambda: (b"words and words " * 12 + b"\xff") * 9_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_end(name: str) -> None:
    budget = Budget(decoded_bytes=64 << 20, seconds=4)
    began = time.monotonic()
    found = look(HOSTILE[name]() + weights("a"), budget)
    assert time.monotonic() - began < 8
    assert found.decoded_bytes <= budget.decoded_bytes + (1 << 20)
    assert found.truncated == ("gigabytes" in name) or name.startswith("nothing but")
    assert containment(found.sketch, truth("a")) > 0.9


def test_depth_is_limited_and_told() -> None:
    data = weights("a")
    for _ in range(4):
        data = PACKERS["bzip2"](data)  # gzip would store what it cannot pack, and so show the layer below
    assert share(data) == 1
    shallow = look(data, Budget(depth=3))
    assert (shallow.truncated, shallow.sketch & truth("a")) == (True, frozenset())


def test_no_time_at_all() -> None:
    found = look(weights("a") * 2, Budget(seconds=0))
    assert found.truncated


@pytest.mark.parametrize("data", [b"", b"x", b"\x1f", GZIP, b"PK\x03\x04", b"H4sI", b"\n", b"=", b"\xff" * 33])
def test_tiny(data: bytes) -> None:
    assert look(data) == Examined(frozenset(), (), look(data).entropy, False, 0)


def test_entropy_of_known_bytes() -> None:
    assert look(b"").entropy == 0
    assert look(b"ab" * 500).entropy == 1
    assert look(bytes(range(256)) * 64).entropy == 8


@given(st.sampled_from(sorted(PACKERS)), st.integers(0, 2**32), st.integers(1, 40))
@settings(max_examples=10, deadline=None)
def test_damage_never_raises_and_keeps_what_came_before(name: str, seed: int, hits: int) -> None:
    numbers = random.Random(seed)
    data = bytearray(PACKERS[name](weights("a", MEGABYTE)))
    for _ in range(hits):
        data[numbers.randrange(len(data) // 2, len(data))] = numbers.randrange(256)
    assert look(bytes(data)).sketch >= start(weights("a", MEGABYTE), 0.35)


@given(st.binary(max_size=300), st.sampled_from([d[:400] for d in (JUNK, PROSE, GZIP * 9, bytes(400))]))
@settings(deadline=None)
def test_any_bytes_are_fine(start: bytes, rest: bytes) -> None:
    assert not look((start + rest) * 20).truncated


@given(st.lists(st.integers(1, 50_000), min_size=2, max_size=6), st.sampled_from(["gzip", "bzip2", "zstd"]))
@settings(max_examples=8, deadline=None)
def test_how_a_stream_is_read_makes_no_difference(sizes: list[int], name: str) -> None:
    data = JUNK[:999] + TEXTS["base64 -w 61"](PACKERS[name](half(weights("a")))) + b"\n" + PACKERS[name](weights("b"))

    class Dribble(io.BytesIO):
        turn = 0

        def read(self, size: int | None = -1, /) -> bytes:
            self.turn += 1
            return super().read(min(size or 1, sizes[self.turn % len(sizes)]) + 1000)

    fast = look(data).sketch
    slow = examine(lambda: Dribble(data), Budget()).sketch
    for name_of in ("a", "b"):
        assert slow & truth(name_of) == fast & truth(name_of) != frozenset()
