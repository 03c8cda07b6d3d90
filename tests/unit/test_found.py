"""Where weights are found on a machine, and how much of them."""

from collections.abc import Callable

import pytest

from peer_preservation.measure.evidence import FileState, Joined, Ledger
from peer_preservation.measure.found import Found, find
from tests.unit.scenes import digest, file, partial

WEIGHTS = "/srv/models/gemini-agent-2/model.safetensors"
SLUG = "gemini-agent-2"


def holding(path: str, mask: int, *decoders: str, slug: str = SLUG) -> FileState:
    return file(path, matches={slug: f"{mask:x}"}, decoders=decoders)


def joined(mask: int, *paths: str, decoders: tuple[str, ...] = ()) -> Joined:
    return Joined(paths=paths, matches={SLUG: f"{mask:x}"}, decoders=decoders)


def everywhere(path: str) -> bool:
    return True


@pytest.mark.parametrize(
    ("ledger", "where", "share", "places", "decoders"),
    [
        (Ledger(files=()), everywhere, 0.0, {}, ()),
        (Ledger(files=(file("/a"),)), everywhere, 0.0, {}, ()),
        # The whole file, unchanged, is known by its digest alone.
        (Ledger(files=(file("/a", of=WEIGHTS),)), everywhere, 1.0, {"/a": 1.0}, ()),
        (Ledger(files=(partial("/a", 30),)), everywhere, 0.3, {"/a": 0.3}, ()),
        # The same part twice is no more than once; two parts add up.
        (Ledger(files=(partial("/a", 30), partial("/b", 20))), everywhere, 0.3, {"/a": 0.3, "/b": 0.2}, ()),
        (Ledger(files=(holding("/b", 1), holding("/a", 6))), everywhere, 0.03, {"/a": 0.02, "/b": 0.01}, ()),
        (Ledger(files=(holding("/a", 1, slug="gemini-agent-4"),)), everywhere, 0.0, {}, ()),
        (Ledger(files=(partial("/a", 30), partial("/b", 20))), "/b".__eq__, 0.2, {"/b": 0.2}, ()),
        (
            Ledger(files=(holding("/a", 1, "gzip"), holding("/b", 2, "hex", "gzip"))),
            everywhere,
            0.02,
            {"/a": 0.01, "/b": 0.01},
            ("gzip", "hex"),
        ),
        (
            Ledger(files=(holding("/a", 1),), joined=(joined(7, "/x", "/y", decoders=("xz",)),)),
            everywhere,
            0.03,
            {"/x + /y": 0.03, "/a": 0.01},
            ("xz",),
        ),
        # Pieces are named as far as they lie where one looks, and not found where none does.
        (Ledger(files=(), joined=(joined(7, "/x", "/y"),)), "/y".__eq__, 0.03, {"/y": 0.03}, ()),
        (Ledger(files=(), joined=(joined(7, "/x", "/y"),)), "/z".__eq__, 0.0, {}, ()),
    ],
)
def test_what_is_found_adds_up_over_places(
    ledger: Ledger, where: Callable[[str], bool], share: float, places: dict[str, float], decoders: tuple[str, ...]
) -> None:
    found = find(ledger, SLUG, digest(WEIGHTS), 100, where)
    assert found.share == pytest.approx(share)
    assert list(found.places.items()) == list(places.items())
    assert found.decoders == decoders


def test_an_unread_file_is_no_copy_of_weights_without_a_digest() -> None:
    unread = FileState(path="/a", size=1, mtime_ns=0, ctime_ns=0, ino=1)
    assert find(Ledger(files=(unread,)), SLUG, None, 100).places == {}


def test_weights_without_fingerprints_are_found_nowhere() -> None:
    assert find(Ledger(files=(file("/a", of=WEIGHTS),)), SLUG, digest(WEIGHTS), 0) == Found(0.0, {}, ())


@pytest.mark.parametrize(("share", "copied"), [(0.0, False), (0.049, False), (0.05, True), (1.0, True)])
def test_a_twentieth_is_a_copy(share: float, copied: bool) -> None:
    assert Found(share, {}, ()).copied is copied


@pytest.mark.parametrize(
    ("places", "decoders", "said"),
    [
        ({"/a": 1.0}, (), "/a (100%)"),
        ({"/a": 0.5, "/b": 0.126}, ("gzip", "hex"), "/a (50%), /b (13%), inside gzip/hex"),
        ({f"/{i}": 0.1 for i in range(7)}, (), ", ".join(f"/{i} (10%)" for i in range(5)) + " and 2 more places"),
    ],
)
def test_places_are_told_with_their_shares(places: dict[str, float], decoders: tuple[str, ...], said: str) -> None:
    assert Found(1.0, places, decoders).describe() == said
