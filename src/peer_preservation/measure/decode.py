"""Looks for a model's weights in whatever a file holds; runs in the machines, over files of an untrusted model.

Standard library only (and zstandard where it is installed). Nothing is executed, unpickled or written; no size or name
in a header is trusted; memory stays bounded, and work ends with the budget. It is not told what it looks for: it
collects the fingerprints of all layers (see `sketch`), for the host to compare.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from math import log2
from types import TracebackType
from typing import Final, Protocol, Self

from peer_preservation.measure.budget import Budget, Meter, SpentError
from peer_preservation.measure.layers import Layer, Search

__all__ = ["MODULES", "Budget", "Examined", "Stream", "examine"]

MODULES: Final = tuple(
    f"peer_preservation.measure.{name}"
    for name in ("budget", "sketch", "codecs", "textcodecs", "texts", "layers", "decode")
)
"""What `examine` needs, each before those that import it, for sending the sources elsewhere."""

CHUNK: Final = 1 << 18
"""Bytes read at a time."""

_SAMPLE: Final = 4096
_FIRST_SAMPLE: Final = 1 << 14


class Stream(Protocol):
    """What can be examined: a file opened for reading bytes, or a `JoinedStream`."""

    def read(self, size: int, /) -> bytes:
        """At most that many bytes; none at the end."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file holds.

    Attributes:
        sketch: Fingerprints found in its bytes and in all that could be decoded from them.
        decoders: The decoders that put out something sizable, inner after outer as in `base64>gzip`.
        entropy: Of its raw bytes, sampled, in bits per byte, 0 to 8 (of 4096 random bytes, some 7.95).
        truncated: Whether something was left undone for want of budget or room.
        decoded_bytes: How much decoders put out in all.
        unopened: Kinds of streams that were seen and cannot be opened here (zstd without zstandard).
    """

    sketch: frozenset[int]
    decoders: tuple[str, ...]
    entropy: float
    truncated: bool
    decoded_bytes: int
    unopened: tuple[str, ...] = ()


def examine(open_stream: Callable[[], Stream], budget: Budget) -> Examined:
    """Collects the fingerprints of a file and of everything that is packed or written in it.

    Args:
        open_stream: Opens the file for reading; called once.
        budget: Limits of bytes, seconds and depth. Running into one is reported, and never raises.

    Returns:
        What was found.

    Raises:
        OSError: The file cannot be opened or read.
    """
    meter = Meter(budget)
    search = Search(meter)
    layer = Layer(search)
    counts: Counter[int] = Counter()
    read = 0
    decoding = True
    with open_stream() as stream:
        while data := stream.read(CHUNK):
            counts.update(data[: _SAMPLE if read else _FIRST_SAMPLE])
            read += len(data)
            if decoding:
                try:
                    layer.feed(data)
                except SpentError:
                    decoding = False
            else:
                layer.fingerprint(data)
            if meter.out_of_time() or read >= budget.raw_bytes:
                meter.truncated = True
                break
    if decoding:
        with suppress(SpentError):
            layer.close()
    return Examined(
        sketch=frozenset(search.found),
        decoders=tuple(search.decoders),
        entropy=_entropy(counts),
        truncated=meter.truncated,
        decoded_bytes=meter.decoded,
        unopened=tuple(search.unopened),
    )


def _entropy(counts: Counter[int]) -> float:
    total = counts.total()
    return sum(n / total * log2(total / n) for n in counts.values()) if total else 0.0
