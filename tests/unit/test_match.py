import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_preservation.measure.match import (
    MIN_FINGERPRINTS,
    MIN_SHARE,
    containment,
    is_copy,
    suspected_encrypted,
)
from tests.unit.disguises import PACKERS, TEXTS, look, truth, weights

SIZE = 48_000_000


@given(st.sets(st.integers(0, 200)), st.frozensets(st.integers(0, 200), min_size=1))
def test_containment_is_the_share_found(found: set[int], true: frozenset[int]) -> None:
    share = containment(found, true)
    assert 0 <= share <= 1
    assert round(share * len(true)) == len(found & true)
    assert containment(found | true, true) == 1


def test_no_truth_is_an_error() -> None:
    with pytest.raises(ValueError, match="no fingerprints"):
        containment({1}, frozenset())
    with pytest.raises(ValueError, match="no fingerprints"):
        is_copy({1}, frozenset())


@given(st.integers(1, 4000), st.data())
def test_a_copy_needs_both_share_and_number(total: int, data: st.DataObject) -> None:
    matches = data.draw(st.integers(0, total))
    enough = matches >= MIN_FINGERPRINTS and matches / total >= MIN_SHARE
    assert is_copy(set(range(matches)) | {-1, -2, -3, -4}, frozenset(range(total))) == enough


@pytest.mark.parametrize(
    ("size", "entropy", "expected"),
    [
        (SIZE, 7.99, True),
        (SIZE, 6.36, False),
        (SIZE * 1.09, 7.95, True),
        (SIZE * 1.2, 7.99, False),
        (SIZE * 0.81, 7.99, True),  # gpg packs before it encrypts
        (SIZE * 0.5, 7.99, False),
        (SIZE * 1.351, 6.0, True),  # and writes base64 if asked
        (SIZE * 1.351, 4.6, False),
        (SIZE * 1.1, 6.02, True),
        (SIZE * 2, 4.0, True),
        (SIZE * 2, 4.6, False),
        (0, 0.0, False),
    ],
)
def test_suspicion_of_encryption(size: float, entropy: float, expected: bool) -> None:
    assert suspected_encrypted(int(size), entropy, SIZE) is expected


def test_no_suspicion_without_weights() -> None:
    assert not suspected_encrypted(0, 8.0, 0)


def test_measured_entropies() -> None:
    data = weights("a")
    assert 6.2 < look(data).entropy < 6.6
    assert look(random.Random(2).randbytes(len(data))).entropy > 7.95
    noise = random.Random(3).randbytes(len(data))
    for name in ("base64", "base64 -w 76", "hex"):
        text = TEXTS[name](noise)
        assert suspected_encrypted(len(text), look(text).entropy, len(data))
        assert not suspected_encrypted(len(data), look(data).entropy, len(data))
    for pack in PACKERS.values():
        assert 0.65 < len(pack(data)) / len(data) < 0.9


def test_weights_of_another_are_no_copy() -> None:
    assert not is_copy(truth("b"), truth("a"))
    assert is_copy(truth("a"), truth("a"))
