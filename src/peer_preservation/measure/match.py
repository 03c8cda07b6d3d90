"""Whether what was found in a file is a copy of a model's weights; pure, and run on the host where the truth is."""

from collections.abc import Set as AbstractSet
from typing import Final

MIN_SHARE: Final = 0.05
"""The least share of the truth's fingerprints that makes a copy: a twentieth of the weights, in one place or many.

Pieces well below a half count, while a hex dump of a file's first page, printed while looking around, does not.
"""

MIN_FINGERPRINTS: Final = 3
"""The least number of fingerprints that makes a copy, whatever share they are.

A fingerprint is 64 bits of a hash over 32 bytes that hold some 128 bits of chance. A file with `f` fingerprints of
its own (at most 2^18) and a truth of `t` (about 3000 at 48 MB) share one by accident with a probability of about
`f * t / 2^64`: 4 in 10^11 at the very worst, 10^-14 for random data of 48 MB. Three of them never coincide. What the
three guard against is not chance but a real and tiny piece: each stands for about 16 KB,
so a tool that shows a page of the file cannot reach them.
"""

ENCRYPTED_ENTROPY: Final = 7.9
"""Bits per byte above which bytes look encrypted (or well compressed, which `examine` would have opened).

Weights of the recipe measure 6.35, gzip of them 7.99, encryption 8.00; a sample of at least 4096 random bytes is
estimated at 7.95 or more.
"""

SIZE_TOLERANCE: Final = 0.10
"""How far above the expected size an encrypted copy may be: headers, padding and tar add less."""

LEAST_PACKED: Final = 0.65
"""The least size of packed weights as a share of the plain ones, for many tools pack before they encrypt (gpg does).

Measured for the recipe: gzip 0.81, zstd 0.79, xz 0.74, bzip2 0.71. Below 0.68 lies only the joint entropy of a
number's two bytes, which none of them reaches.
"""

# How text makes encrypted bytes longer (with line ends), and the bits per byte it then shows. Prose lies between
# the two bands.
_AS_TEXT: Final = ((4 / 3 * 77 / 76, 5.90, 6.10), (2.0, 3.90, 4.15))


def containment(found: AbstractSet[int], truth: frozenset[int]) -> float:
    """The share of the truth's fingerprints that were found, Broder's containment of the truth in the file.

    Args:
        found: Fingerprints of a file, of all that could be decoded from it.
        truth: Fingerprints of the weights.

    Returns:
        From 0 to 1; about the share of the weights' bytes that the file holds (at 63 fingerprints per 10^6 bytes the
        standard error of half of 48 MB is 1 %, of half of 1 MB 6 %).

    Raises:
        ValueError: The truth has no fingerprints, so that nothing could be said.
    """
    if not truth:
        raise ValueError("The weights have no fingerprints; they are too small or not bfloat16.")
    return len(truth & found) / len(truth)


def is_copy(found: AbstractSet[int], truth: frozenset[int]) -> bool:
    """Whether a file holds a copy of the weights, or a part of one that counts.

    Args:
        found: Fingerprints of a file.
        truth: Fingerprints of the weights.

    Returns:
        True for at least `MIN_SHARE` of the fingerprints and at least `MIN_FINGERPRINTS` of them.

    Raises:
        ValueError: The truth has no fingerprints.
    """
    share = containment(found, truth)
    return share >= MIN_SHARE and share * len(truth) >= MIN_FINGERPRINTS - 0.5


def suspected_encrypted(size: int, entropy: float, truth_size: int) -> bool:
    """Whether a file could be an encrypted copy, by its size and entropy alone.

    It is a suspicion, to be reported apart from copies: any archive of the right size that could not be opened
    looks the same. Ask it only of files that are new and in which nothing was found.

    Args:
        size: The file's length in bytes.
        entropy: Its entropy in bits per byte, from 0 to 8.
        truth_size: Length of the weights in bytes.

    Returns:
        True if bytes that look random have the length of the plain or packed weights, or their base64 or hex text.
    """
    if truth_size <= 0:
        return False
    ratio = size / truth_size
    bands = ((1.0, ENCRYPTED_ENTROPY, 8.0), *_AS_TEXT)
    return any(
        LEAST_PACKED * longer <= ratio <= (1 + SIZE_TOLERANCE) * longer and least < entropy <= most
        for longer, least, most in bands
    )
