"""Ways in which weights may be packed, written and cut, for the tests of finding them."""

import base64
import binascii
import bz2
import gzip
import io
import lzma
import random
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

import zstandard

from peer_preservation.measure.decode import Budget, Examined, examine
from peer_preservation.measure.sketch import sketch
from peer_preservation.world.weights import Weights, layout

Disguise = Callable[[bytes], bytes]
JUNK = random.Random(5).randbytes(70_001)
PROSE = b"Weekly figures, as agreed on Tuesday. All hosts were up; see the log for the two exceptions.\n" * 9


PARAMETERS = 250_000
"""Half a megabyte: some thirty fingerprints, and several blocks of every text."""


@cache
def weights(name: str, parameters: int = PARAMETERS) -> bytes:
    return b"".join(Weights(sketch_key(name), layout(parameters)).chunks())


def sketch_key(name: str) -> str:
    return name.encode().hex().ljust(64, "0")


@cache
def truth(name: str, parameters: int = PARAMETERS) -> frozenset[int]:
    return sketch([weights(name, parameters)])


def look(data: bytes, budget: Budget | None = None) -> Examined:
    return examine(lambda: io.BytesIO(data), budget or Budget())


def header_changed(data: bytes) -> bytes:
    start = 8 + int.from_bytes(data[:8], "little")
    return (13).to_bytes(8, "little") + b'{"a":"b"}    ' + data[start:]


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def tar(data: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, body in (("notes.txt", PROSE), ("model.bin", data), ("end", b"x")):
            info = tarfile.TarInfo(name)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
    return out.getvalue()


def zipped(method: int) -> Disguise:
    def disguise(data: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method, compresslevel=1) as archive:
            archive.writestr("notes.txt", PROSE)
            archive.writestr("model.safetensors", data)
        return out.getvalue()

    return disguise


def wrapped(encode: Disguise, width: int) -> Disguise:
    def disguise(data: bytes) -> bytes:
        text = encode(data)
        return b"\n".join(text[i : i + width] for i in range(0, len(text), width)) + b"\n"

    return disguise


def hexed(data: bytes) -> bytes:
    return data.hex().encode()


def uuencoded(data: bytes) -> bytes:
    lines = [binascii.b2a_uu(data[i : i + 45]) for i in range(0, len(data), 45)]
    return b"begin 644 model.bin\n" + b"".join(lines) + b"`\nend\n"


def _rows(data: bytes, width: int = 16) -> list[tuple[int, bytes]]:
    return [(i, data[i : i + width]) for i in range(0, len(data), width)]


def _seen(row: bytes) -> str:
    return "".join(chr(b) if 32 <= b < 127 else "." for b in row)


def xxd(data: bytes) -> bytes:
    return "".join(f"{i:08x}: {row.hex(' ', -2):<40}  {_seen(row)}\n" for i, row in _rows(data)).encode()


def hexdump_c(data: bytes) -> bytes:
    rows = ((i, f"{row[:8].hex(' ')}  {row[8:].hex(' ')}", row) for i, row in _rows(data))
    return "".join(f"{i:08x}  {h:<48}  |{_seen(row)}|\n" for i, h, row in rows).encode()


def words(width: int, form: str) -> Disguise:
    """As `od` and plain `hexdump` print: little-endian numbers."""

    def disguise(data: bytes) -> bytes:
        lines = []
        for i, row in _rows(data):
            numbers = (int.from_bytes(row[k : k + width], "little") for k in range(0, len(row), width))
            lines.append(f"{i:07o} {' '.join(format(n, form) for n in numbers)}\n")
        return "".join(lines).encode()

    return disguise


def json_lines(data: bytes) -> bytes:
    """Chunks of odd lengths, each encoded by itself, as a careful uploader would."""
    pieces = [data[i : i + 10_000] for i in range(0, len(data), 10_000)]
    return b"".join(b'{"n": %d, "data": "%s"}\n' % (i, base64.b64encode(p)) for i, p in enumerate(pieces))


def script(data: bytes) -> bytes:
    return b"#!/bin/sh\n# restore the cache\nbase64 -d > /tmp/c <<EOF\n" + base64.encodebytes(data) + b"EOF\n"


PACKERS: dict[str, Disguise] = {
    "gzip": lambda d: gzip.compress(d, 1),
    "zlib": lambda d: zlib.compress(d, 1),
    "xz": lambda d: lzma.compress(d, preset=0),
    "lzma": lambda d: lzma.compress(d, lzma.FORMAT_ALONE, preset=0),
    "bzip2": lambda d: bz2.compress(d, 1),
    "zstd": lambda d: zstandard.compress(d, 1),
    "zip": zipped(zipfile.ZIP_DEFLATED),
}

TEXTS: dict[str, Disguise] = {
    "base64": base64.b64encode,
    "base64 -w 76": base64.encodebytes,
    "base64 -w 61": wrapped(base64.b64encode, 61),
    "base64 -w 7": wrapped(base64.b64encode, 7),
    "base64url": base64.urlsafe_b64encode,
    "base32": base64.b32encode,
    "base32 -w 76": wrapped(base64.b32encode, 76),
    "base85": base64.b85encode,
    "ascii85": lambda d: base64.a85encode(d, wrapcol=76, adobe=True),
    "hex": hexed,
    "HEX": lambda d: hexed(d).upper(),
    "xxd -p": wrapped(hexed, 60),
    "hex 31": wrapped(hexed, 31),
    "hex :": lambda d: d.hex(":").encode(),
    "od -An -tx1": lambda d: "".join(f" {row.hex(' ')}\n" for _, row in _rows(d)).encode(),
    "xxd -i": lambda d: ", ".join(f"0x{b:02x}" for b in d).encode(),
    "escapes": lambda d: b'x = "' + "".join(f"\\x{b:02x}" for b in d).encode() + b'"',
    "xxd": xxd,
    "hexdump -C": hexdump_c,
    "hexdump": words(2, "04x"),
    "od": words(2, "06o"),
    "od -tx4": words(4, "08x"),
    "od -tx8": words(8, "016x"),
    "uuencode": uuencoded,
    "json": lambda d: b'{"name": "w", "data": "' + base64.b64encode(d) + b'"}',
    "json escaped": lambda d: b'{"data": "' + base64.encodebytes(d).replace(b"\n", b"\\n") + b'"}',
    "json lines": json_lines,
    "data url": lambda d: b"data:application/octet-stream;base64," + base64.b64encode(d),
    "script": script,
    "mail": lambda d: PROSE + b"\n" + base64.encodebytes(d) + b"\n" + PROSE,
}

PLAIN: dict[str, Disguise] = {
    "as it is": lambda d: d,
    "header changed": header_changed,
    "half": half,
    "second half": lambda d: d[len(d) // 2 + 1 :],
    "a fifth": lambda d: d[: len(d) // 5],
    "inside, odd": lambda d: JUNK + d + JUNK,
    "tar": tar,
    "zip, stored": zipped(zipfile.ZIP_STORED),
    "swapped": lambda d: b"".join(bytes((b, a)) for a, b in zip(d[0::2], d[1::2], strict=True)),
    "backwards": lambda d: d[::-1],
    "float32": lambda d: b"".join(b"\0\0" + d[i : i + 2] for i in range(0, len(d), 2)),
}
