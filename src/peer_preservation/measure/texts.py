"""Finds runs of text in a stream and has decoded whatever is written in them; stdlib only."""

import re
from collections.abc import Callable, Iterator
from typing import Final, Protocol

from peer_preservation.measure.budget import Meter
from peer_preservation.measure.textcodecs import Push, TextCodec, recognise

BLOCK: Final = 1 << 16
"""Text is looked at in blocks of about this size, cut at the end of a line where there is one."""

STRIDE: Final = 128
"""Of bytes that may be text, every so many is looked at first: almost nothing to pay for data that is not."""

SAMPLES: Final = 12
"""So many printable samples in a row are looked at closer: once in ten megabytes of random data."""

_BREAKS: Final = (b" ", b",", b":", b"-", b"\\")
_PRINTABLE: Final = bytes((9, 10, 13, *range(0x20, 0x7F)))
_TEXT: Final = re.compile(rb"[\t\n\r\x20-\x7e]+")
_SAMPLED: Final = re.compile(rb"[\t\n\r\x20-\x7e]{%d,}" % SAMPLES)


class Receiver(Protocol):
    """What decoded bytes are given to."""

    @property
    def promising(self) -> bool:
        """Whether they turned out to be something."""

    def receive(self, data: bytes) -> None:
        """Takes bytes."""

    def close(self) -> None:
        """Ends."""


Open = Callable[[str], Receiver | None]


class TextSearch:
    """Looks for text in a stream.

    Args:
        inner: Opens a receiver of what a decoder of that name puts out; None if it must not.
        meter: Whose clock is looked at.
    """

    __slots__ = ("_inner", "_meter", "_run")

    def __init__(self, inner: Open, meter: Meter) -> None:
        self._inner, self._meter = inner, meter
        # The run of text that reached the end of what was fed, and may go on.
        self._run: _Run | None = None

    @property
    def promising(self) -> bool:
        """Whether a good deal of text is being decoded."""
        return self._run is not None and self._run.blocks > 0

    def feed(self, data: bytes) -> None:
        """Takes the stream's next bytes.

        Raises:
            SpentError: The budget is used up.
        """
        for start, end in self._runs(data):
            run = self._run if start == 0 and self._run else _Run(self._inner, self._meter)
            if run is not self._run:
                self.close()
            self._run = run
            run.feed(data[start:end])
            if end < len(data):
                self.close()

    def close(self) -> None:
        """Ends the text, if there is one.

        Raises:
            SpentError: The budget is used up.
        """
        run, self._run = self._run, None
        if run is not None:
            run.close()

    def _runs(self, data: bytes) -> Iterator[tuple[int, int]]:
        done = 0
        if self._run is not None:
            first = _TEXT.match(data)
            done = first.end() if first else 0
            if done == 0:
                self.close()
            else:
                yield 0, done
        for sampled in _SAMPLED.finditer(data[::STRIDE]):
            at, last = sampled.start() * STRIDE, sampled.end() * STRIDE
            while at < min(last, len(data)):
                if at >= done:
                    low = max(done, at - STRIDE)
                    start = low + len(data[low:at].rstrip(_PRINTABLE))
                    match = _TEXT.match(data, start)
                    done = match.end() if match else at
                    if done - start >= STRIDE * (SAMPLES - 1) or done == len(data):
                        yield start, done
                at = max(at + STRIDE, -(-done // STRIDE) * STRIDE)
        # Text that begins right before the end may go on in the next bytes.
        low = max(done, len(data) - STRIDE * (SAMPLES + 1))
        start = low + len(data[low:].rstrip(_PRINTABLE))
        if start < len(data):
            yield start, len(data)


class _Run:
    """Text without interruption."""

    def __init__(self, inner: Open, meter: Meter) -> None:
        self._inner, self._meter = inner, meter
        self._pending = bytearray()
        self._inside = False
        self._codec: TextCodec | None = None
        self._outputs: list[tuple[Push, Receiver]] = []
        self.blocks = 0

    def feed(self, text: bytes) -> None:
        self._pending += text
        while len(self._pending) >= BLOCK:
            cut = self._pending.rfind(b"\n", 0, BLOCK) + 1
            if not cut:
                cut = max(self._pending.rfind(mark, BLOCK // 2, BLOCK) for mark in _BREAKS)
                cut = cut if cut > 0 else BLOCK
            self._block(cut)

    def close(self) -> None:
        if self._pending:
            self._block(len(self._pending))
        self._stop()

    def _block(self, length: int) -> None:
        block = bytes(self._pending[:length])
        del self._pending[:length]
        self._meter.spend(0)
        inside, self._inside = self._inside, not block.endswith(b"\n")
        found = recognise(block, self._codec, inside) if len(block) >= 64 or self._codec else None
        if found is None:
            return
        codec, characters = found
        if codec is not self._codec:
            self._stop()
            self._codec = codec
            for phase in range(codec.phases):
                if (receiver := self._inner(codec.name)) is not None:
                    self._outputs.append((codec.start(phase), receiver))
        self.blocks += 1
        for push, receiver in self._outputs:
            if data := push(characters):
                receiver.receive(data)
        # Of the phases tried, the one that holds something decodable is the right one.
        good = [output for output in self._outputs if output[1].promising]
        if good and len(good) < len(self._outputs):
            for _, receiver in self._outputs:
                if all(receiver is not kept for _, kept in good):
                    receiver.close()
            self._outputs = good

    def _stop(self) -> None:
        for _, receiver in self._outputs:
            receiver.close()
        self._outputs = []
        self._codec = None
