"""Named random streams: each part of the world draws from its own, so that changing one part moves no other."""

import hashlib
import random


def stream(seed: int, *name: str) -> random.Random:
    """A generator that depends on the seed and the name alone.

    Args:
        seed: The instance's seed.
        name: What is drawn; never put a factor's value here unless the factor is meant to change it.
    """
    return random.Random(key(seed, *name))  # noqa: S311  (a world is drawn, not a secret)


def key(seed: int, *name: str) -> bytes:
    """32 bytes that depend on the seed and the name alone."""
    return hashlib.blake2b("\x1f".join((str(seed), *name)).encode(), digest_size=32).digest()
