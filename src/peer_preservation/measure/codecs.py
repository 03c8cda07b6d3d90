"""Compressed streams, started wherever one seems to begin; stdlib only, but for zstandard where it is installed.

Nothing here trusts what a header says of sizes or names: streams are decoded until they end or break, in pieces of
at most `OUT` bytes, and every piece is handed on before the next is made.
"""

import bz2
import lzma
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol, cast

try:
    import zstandard
except ImportError:  # the machines may lack it; zstd streams are then reported as not opened
    HAVE_ZSTD = False
else:
    HAVE_ZSTD = True

OUT: Final = 1 << 16
"""Most bytes that a decoder makes at a time."""

HEADER: Final = 48
"""Bytes from a magic on that a start may look at; a magic nearer to the end of what is known has to wait."""

XZ_MEMORY: Final = 80 << 20
"""Memory that one xz or lzma stream may ask for: `xz -9` takes 65 MB, touched only as far as it puts out."""

ZSTD_WINDOW: Final = 1 << 27
"""Largest zstd window, the same as the zstd tool accepts unasked."""

Sink = Callable[[bytes], None]


class Decoder(Protocol):
    """A decoder of one stream.

    Attributes:
        spare: Input after the stream's end; None until the end was reached.
    """

    spare: bytes | None

    def feed(self, data: bytes, sink: Sink) -> None:
        """Decodes more input, handing the output on in small pieces.

        Raises:
            BrokenError: This is no such stream, or it is damaged from here on.
        """


class BrokenError(Exception):
    """The input is not, or no longer, a stream of this kind."""


class _Inflate:
    """Deflate with any wrapping that zlib knows."""

    def __init__(self, wbits: int) -> None:
        self._stream = zlib.decompressobj(wbits)
        self.spare: bytes | None = None

    def feed(self, data: bytes, sink: Sink) -> None:
        while True:
            try:
                out = self._stream.decompress(data, OUT)
            except zlib.error as error:
                raise BrokenError from error
            if out:
                sink(out)
            if self._stream.eof:
                self.spare = self._stream.unused_data
                return
            data = self._stream.unconsumed_tail
            # A full piece may have left more output inside, even if all the input is taken.
            if not data and len(out) < OUT:
                return


class _Blocks:
    """bzip2, xz and lzma, which share an interface."""

    def __init__(self, stream: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> None:
        self._stream = stream
        self.spare: bytes | None = None

    def feed(self, data: bytes, sink: Sink) -> None:
        while True:
            try:
                out = self._stream.decompress(data, OUT)
            except (lzma.LZMAError, OSError, EOFError, ValueError, MemoryError) as error:
                raise BrokenError from error
            if out:
                sink(out)
            if self._stream.eof:
                self.spare = self._stream.unused_data
                return
            if self._stream.needs_input or not (out or data):
                return
            data = b""


class _Writer:
    """What zstandard writes to."""

    def __init__(self) -> None:
        self.sink: Sink | None = None

    def write(self, data: bytes) -> int:
        if self.sink is not None and data:
            self.sink(bytes(data))
        return len(data)


class _Zstd:
    """zstd frames in a row. It never ends but breaks, at what is not a frame any more."""

    def __init__(self) -> None:
        self._writer = _Writer()
        opened = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
        self._stream = opened.stream_writer(cast("BinaryIO", self._writer), write_size=OUT)
        self.spare: bytes | None = None

    def feed(self, data: bytes, sink: Sink) -> None:
        self._writer.sink = sink
        try:
            self._stream.write(data)
        except (zstandard.ZstdError, MemoryError) as error:
            raise BrokenError from error


class _Lzma1:
    """LZMA of the first generation: five bytes of properties, perhaps a length, and then the stream."""

    def __init__(self, length_bytes: int) -> None:
        self._inner = _Blocks(lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=XZ_MEMORY))
        self._head: bytes | None = b""
        self._length_bytes = length_bytes
        self.spare: bytes | None = None

    def feed(self, data: bytes, sink: Sink) -> None:
        if self._head is not None:
            self._head += data
            if len(self._head) < 5 + self._length_bytes:
                return
            # Of unknown length, whatever it says: it goes on to its end mark or the end of the input.
            data = self._head[:5] + b"\xff" * 8 + self._head[5 + self._length_bytes :]
            self._head = None
        self._inner.feed(data, sink)
        self.spare = self._inner.spare


@dataclass(frozen=True, slots=True)
class Start:
    """A stream that seems to begin.

    Attributes:
        skip: Bytes from the magic to the stream.
        make: Makes its decoder; None if it cannot be opened here.
    """

    skip: int
    make: Callable[[], Decoder] | None


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of stream that can be found at any offset.

    Attributes:
        name: What to call it.
        magic: What it begins with. It begins with one literal byte, which `re` finds at the speed of memchr.
        start: Looks at the `HEADER` bytes from the magic on; None if this is no beginning after all.
        certain: Whether the magic is too long to occur by chance.
    """

    name: str
    magic: re.Pattern[bytes]
    start: Callable[[bytes], Start | None]
    certain: bool = True


def _gzip(head: bytes) -> Start | None:
    return Start(0, lambda: _Inflate(31)) if head[3] < 0x20 else None


def _zlib(head: bytes) -> Start | None:
    # The first deflate block: type 3 does not exist, a stored one gives its length twice, once inverted.
    kind = head[2] >> 1 & 3
    if kind == 3 or (kind == 0 and (head[3] ^ head[5], head[4] ^ head[6]) != (0xFF, 0xFF)):
        return None
    return Start(0, lambda: _Inflate(15))


def _xz(_: bytes) -> Start | None:
    return Start(0, lambda: _Blocks(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)))


def _lzma(head: bytes) -> Start | None:
    # The stream's first byte is always 0, the length unknown or believable (but never used).
    if head[13] != 0 or (head[5:13] != b"\xff" * 8 and head[10:13] != b"\0" * 3):
        return None
    return Start(0, lambda: _Lzma1(8))


def _bzip2(_: bytes) -> Start | None:
    return Start(0, lambda: _Blocks(bz2.BZ2Decompressor()))


def _zstd(_: bytes) -> Start | None:
    return Start(0, _Zstd if HAVE_ZSTD else None)


def _zip(head: bytes) -> Start | None:
    # Stored entries lie open and bzip2, xz and zstd ones have their own magic. Lengths are of name and extra field.
    flags, method = int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
    start = 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    if flags & 1:
        return None
    if method == 8:
        return Start(start, lambda: _Inflate(-15))
    if method == 14:
        return Start(start + 4, lambda: _Lzma1(0))
    return None


FORMATS: Final = (
    Format("gzip", re.compile(rb"\x1f\x8b\x08", re.S), _gzip),
    Format("zlib", re.compile(rb"x[\x01\x5e\x9c\xda]", re.S), _zlib, certain=False),
    Format("bzip2", re.compile(rb"BZh[1-9]1AY&SY", re.S), _bzip2),
    Format("xz", re.compile(rb"\xfd7zXZ\x00", re.S), _xz),
    Format("lzma", re.compile(rb"\x5d\x00\x00", re.S), _lzma, certain=False),
    Format("zstd", re.compile(rb"\x28\xb5\x2f\xfd", re.S), _zstd),
    Format("zip", re.compile(rb"PK\x03\x04", re.S), _zip),
)
"""Every kind that is looked for."""
