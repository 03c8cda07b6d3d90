"""One layer of bytes: fingerprinted, and searched for streams to decode, each of which is a layer again."""

from typing import Final

from peer_preservation.measure.budget import Meter
from peer_preservation.measure.codecs import FORMATS, HEADER, BrokenError, Decoder, Format, Start
from peer_preservation.measure.sketch import VIEWS, Sketcher
from peer_preservation.measure.texts import TextSearch

STEP: Final = 1 << 16
"""Bytes that a decoder is given at a time, so that what it puts out before it breaks is not far from there."""

TRUSTED: Final = 1 << 16
"""A stream that has put out so much is one; nothing else is looked for inside its input."""

STALE: Final = 4 << 20
"""A stream that has taken so much and is not trusted yet is given up. bzip2 needs the most: some 0.9 MB."""

MAX_LIVE: Final = 8
"""Streams decoded at the same time in one layer. More than one are alive only until one is trusted."""

MAX_FAILURES: Final = 500
FAILURES_PER: Final = 4096
"""So many streams, and one more for so many bytes, may turn out to be none; then no more are tried in that layer.

Random data has one in some 40 KB. A file of nothing but beginnings would take minutes otherwise.
"""

SIZABLE: Final = 4096
"""A decoder that put out less is not worth a mention: chance makes such."""


class Search:
    """What all the layers of one examined stream share."""

    __slots__ = ("decoders", "found", "meter", "unopened")

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.found: set[int] = set()
        self.decoders: dict[str, None] = {}
        self.unopened: dict[str, None] = {}


class _Live:
    """A stream being decoded."""

    __slots__ = ("decoder", "form", "layer", "skip", "taken")

    def __init__(self, form: Format, decoder: Decoder, skip: int, layer: "Layer") -> None:
        self.form = form
        self.decoder = decoder
        self.skip = skip
        self.layer = layer
        self.taken = 0

    @property
    def trusted(self) -> bool:
        return self.layer.received >= TRUSTED

    def feed(self, data: bytes) -> int | None:
        """Decodes; the number of bytes after which the stream ended, -1 where it broke, None if it goes on."""
        at = min(self.skip, len(data))
        self.skip -= at
        while at < len(data):
            piece = data[at : at + STEP]
            try:
                self.decoder.feed(piece, self.layer.receive)
            except BrokenError:
                return -1
            at += len(piece)
            self.taken += len(piece)
            if self.decoder.spare is not None:
                return at - len(self.decoder.spare)
            if self.taken > STALE and not self.trusted:
                return -1
        return None


class Layer:
    """The bytes of a file, or what a decoder puts out.

    Args:
        search: What is shared.
        path: The decoders that lead here, outermost first.
    """

    __slots__ = (
        "_carry",
        "_claimed",
        "_ended",
        "_failures",
        "_live",
        "_path",
        "_search",
        "_sketcher",
        "_texts",
        "received",
    )

    def __init__(self, search: Search, path: tuple[str, ...] = ()) -> None:
        self._search = search
        self._path = path
        self._sketcher = Sketcher(VIEWS, into=search.found)
        self._texts = TextSearch(self._inner, search.meter)
        self._carry = b""
        self._live: list[_Live] = []
        # The last stream that ended, kept open for a next member: its kind, where it ended, its layer.
        self._ended: tuple[str, int, Layer] | None = None
        # Up to here, the bytes belong to a stream for certain and nothing else begins in them.
        self._claimed = 0
        self._failures = 0
        self.received = 0

    @property
    def promising(self) -> bool:
        """Whether something was found to decode in it for certain."""
        return any(live.trusted for live in self._live) or self._texts.promising

    def receive(self, data: bytes) -> None:
        """Takes a decoder's output.

        Raises:
            SpentError: The budget is used up.
        """
        self._search.meter.spend(len(data))
        if self.received < SIZABLE <= self.received + len(data):
            self._search.decoders[">".join(self._path)] = None
        self.feed(data)

    def feed(self, data: bytes) -> None:
        """Takes the next bytes.

        Raises:
            SpentError: The budget is used up.
        """
        self.received += len(data)
        self.fingerprint(data)
        self._decode(data)
        self._texts.feed(data)

    def fingerprint(self, data: bytes) -> None:
        """Only collects fingerprints from the next bytes."""
        if not _blank(data):
            self._sketcher.feed(data)
            self._search.meter.truncated |= self._sketcher.full

    def close(self) -> None:
        """Ends the layer and those inside it.

        Raises:
            SpentError: The budget is used up.
        """
        for live in self._live:
            live.layer.close()
        self._live = []
        self._forget()
        self._texts.close()

    def _inner(self, name: str) -> "Layer | None":
        if len(self._path) >= self._search.meter.budget.depth:
            return None
        return Layer(self._search, (*self._path, name))

    def _decode(self, data: bytes) -> None:
        known = self._carry + data
        base = self.received - len(known)
        for live in list(self._live):
            used = live.feed(data)
            if used is None:
                self._claimed = self.received if live.trusted else self._claimed
            else:
                self._live.remove(live)
                self._end(live, self.received - len(data) + used if used >= 0 else None)
        # Zeros are skipped: they are what most of a bomb and of a disk image is made of.
        starts = [] if _blank(known) else _starts(known, max(0, self._claimed - base))
        for at, form, start in starts:
            if base + at >= self._claimed:
                self._search.meter.spend(0)
                self._start(form, start, known[at:], base + at)
        self._carry = known[1 - HEADER :]

    def _start(self, form: Format, start: Start, data: bytes, offset: int) -> None:
        if start.make is None:
            self._search.unopened[form.name] = None
            return
        layer = None
        if len(self._live) < MAX_LIVE and self._failures <= MAX_FAILURES + self.received // FAILURES_PER:
            if self._ended is not None and self._ended[:2] == (form.name, offset):
                layer, self._ended = self._ended[2], None  # the next member of the same stream
            else:
                layer = self._inner(form.name)
        if layer is None:
            self._search.meter.truncated |= form.certain
            return
        live = _Live(form, start.make(), start.skip, layer)
        used = live.feed(data)
        if used is None:
            self._live.append(live)
            self._claimed = self.received if live.trusted else self._claimed
        else:
            self._end(live, offset + used if used >= 0 else None)

    def _end(self, live: _Live, offset: int | None) -> None:
        if offset is None:
            self._failures += 1
            live.layer.close()
            return
        if live.trusted:
            self._claimed = max(self._claimed, offset)
        self._forget()
        self._ended = (live.form.name, offset, live.layer)

    def _forget(self) -> None:
        if self._ended is not None:
            self._ended[2].close()
            self._ended = None


def _blank(data: bytes) -> bool:
    return not data[:64].strip(b"\0") and data == bytes(len(data))


def _starts(known: bytes, at: int) -> list[tuple[int, Format, Start]]:
    """Where streams seem to begin, from `at` on and with at least `HEADER` bytes to look at, in order."""
    starts = []
    for form in FORMATS:
        for match in form.magic.finditer(known, at):
            begin = match.start()
            if begin + HEADER <= len(known) and (start := form.start(known[begin : begin + HEADER])):
                starts.append((begin, form, start))
    starts.sort(key=lambda found: found[0])
    return starts
