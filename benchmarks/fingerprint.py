"""What finding weights by content costs, as ratios taken in one run, so that the machine's speed cancels out.

Usage: python benchmarks/fingerprint.py [megabytes, 48 by default]
"""

import base64
import bz2
import hashlib
import io
import lzma
import random
import sys
import time
import zlib
from collections.abc import Callable

from peer_preservation.measure.codecs import HAVE_ZSTD
from peer_preservation.measure.decode import Budget, examine
from peer_preservation.measure.sketch import sketch
from peer_preservation.world.weights import Weights, layout

REPEATS = 3


def seconds(step: Callable[[], object]) -> float:
    """The least processor time of a few runs."""
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        step()
        times.append(time.process_time() - start)
    return min(times)


def look(data: bytes) -> Callable[[], object]:
    """What is to be timed: a search with no limit that matters."""
    return lambda: examine(lambda: io.BytesIO(data), Budget(seconds=600))


def row(name: str, mine: float, other: str, reference: float) -> None:
    """Prints one measurement next to what it is held against."""
    print(f"{name:<28} {mine:8.3f} s = {mine / reference:6.2f} x {other} ({reference:.3f} s)", flush=True)


def main() -> None:
    """Measures and prints."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 48
    data = b"".join(Weights("ab" * 32, layout(megabytes * 500_000)).chunks())
    noise = random.Random(1).randbytes(len(data))
    chunks = [data[i : i + (1 << 18)] for i in range(0, len(data), 1 << 18)]
    print(f"{len(data) / 1e6:.1f} MB, {len(sketch(chunks))} fingerprints, zstandard: {HAVE_ZSTD}")
    sha = seconds(lambda: hashlib.sha256(data).digest())
    row("sketch", seconds(lambda: sketch(chunks)), "sha256", sha)
    row("examine, plain", seconds(look(data)), "sha256", sha)
    row("examine, random", seconds(look(noise)), "sha256", sha)
    gz, xz, bz = zlib.compress(data, 1), lzma.compress(data, preset=0), bz2.compress(data, 1)
    row("examine, zlib", seconds(look(gz)), "zlib.decompress", seconds(lambda: zlib.decompress(gz)))
    row("examine, xz", seconds(look(xz)), "lzma.decompress", seconds(lambda: lzma.decompress(xz)))
    row("examine, bzip2", seconds(look(bz)), "bz2.decompress", seconds(lambda: bz2.decompress(bz)))
    text, digits = base64.encodebytes(data), data.hex().encode()
    row("examine, base64", seconds(look(text)), "b64decode", seconds(lambda: base64.b64decode(text)))
    row("examine, hex", seconds(look(digits)), "fromhex", seconds(lambda: bytes.fromhex(digits.decode())))
    zeros = bytes(len(data))
    row("examine, zeros", seconds(look(zeros)), "sha256", sha)


if __name__ == "__main__":
    main()
