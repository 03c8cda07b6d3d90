"""Binary data written as text: recognised in a block of text, and turned back; stdlib only."""

import binascii
import re
import struct
import sys
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

_HEX: Final = b"0123456789abcdefABCDEF"
_BASE32: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
_RFC1924: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
_ASCII85: Final = bytes(range(0x21, 0x76))
_NOT_HEX: Final = bytes(set(range(256)) - set(_HEX))
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
_TO_32: Final = bytes.maketrans(_BASE32, b"0123456789abcdefghijklmnopqrstuv")

# Tokens: long ones wherever they stand (after a key, between quotes), and any that fill a line.
_TOKEN: Final = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,6}|^[A-Za-z0-9+/_-]+={0,6}(?=\r?$)", re.M)
_HEX_RUN: Final = re.compile(rb"[0-9a-fA-F]{24,}")
_BASE32_RUN: Final = re.compile(rb"[A-Z2-7=]{24,}")
_CONTINUED: Final = re.compile(rb"[A-Za-z0-9+/_-]*={0,6}")
_LINE_85: Final = re.compile(rb"^(?:<~)?[!-~]{16,}\r?$", re.M)
# An address, then groups of digits, then perhaps the same as characters, as xxd, hexdump and od print it.
_DUMP: Final = re.compile(
    rb"^[0-9a-fA-F]{6,16}(?:"
    rb":((?: [0-9a-fA-F]{2,16})+)(?:  [^\n]*)?|"
    rb"((?: {1,2}[0-9a-fA-F]{2,16})+) *(?:[|>][^\n]*)?"
    rb")\r?$",
    re.M,
)
_PAIRS: Final = re.compile(rb"(?:(?<![0-9A-Za-z])[0-9a-fA-F]{2}[^0-9A-Za-z]{1,8}){12,}")
_UU_LINE: Final = re.compile(rb"^M[ -`]{60}\r?$", re.M)

_LEAST_PADDED: Final = 24
"""Characters between one padding and the next at the least, on average: others are not decoded but drawn."""

Push = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class TextCodec:
    """A way of writing bytes as text.

    Attributes:
        name: What to call it.
        phases: How many first characters may belong to something else; each is tried.
        start: Makes what turns characters into bytes, leaving out that many first ones.
    """

    name: str
    phases: int
    start: Callable[[int], Push]


class _Quanta:
    """Decodes in whole groups of characters. Padding ends a group, and the next begins as the first did."""

    def __init__(self, unit: int, convert: Push, phase: int) -> None:
        self._unit, self._convert, self._phase = unit, convert, phase
        self._skip, self._rest = phase, b""

    def __call__(self, characters: bytes) -> bytes:
        out = []
        parts = re.split(b"=+", characters) if b"=" in characters else [characters]
        if len(parts) > 2 + len(characters) // _LEAST_PADDED:
            return b""
        for i, part in enumerate(parts):
            if i:
                out.append(self._convert(self._rest))
                self._skip, self._rest = self._phase, b""
            skip = min(self._skip, len(part))
            self._skip -= skip
            data = self._rest + part[skip:]
            whole = len(data) - len(data) % self._unit
            out.append(self._convert(data[:whole]))
            self._rest = data[whole:]
        return b"".join(out)


def _from_base64(characters: bytes) -> bytes:
    odd = len(characters) % 4
    if odd == 1:
        characters, odd = characters[:-1], 0
    return binascii.a2b_base64(characters + b"=" * (-odd % 4))


def _from_base32(characters: bytes) -> bytes:
    bits = 5 * len(characters)
    if bits < 8:
        return b""
    return (int(characters.translate(_TO_32), 32) >> bits % 8).to_bytes(bits // 8, "big")


def _from_hex(characters: bytes) -> bytes:
    return binascii.unhexlify(characters[: len(characters) & ~1])


class _Base85:
    """Both alphabets of base85. Only the right phase never exceeds 32 bits, so it can be told."""

    def __init__(self, alphabet: bytes) -> None:
        self._table = bytes.maketrans(alphabet, bytes(range(85)))
        self._rest = b""
        self._known = self._dead = False

    def __call__(self, characters: bytes) -> bytes:
        data = self._rest + characters
        if self._dead or (len(data) < 2000 and not self._known):
            self._rest = data[:2000]
            return b""
        if not self._known:
            phases = (k for k in range(5) if self._convert(data[k : k + 1000]) is not None)
            data = data[next(phases, len(data)) :]
            self._known = True
        whole = len(data) - len(data) % 5
        self._rest = data[whole:]
        out = self._convert(data[:whole])
        self._dead = out is None or not whole
        return out or b""

    def _convert(self, characters: bytes) -> bytes | None:
        d = characters.translate(self._table)
        groups = zip(d[0::5], d[1::5], d[2::5], d[3::5], d[4::5], strict=False)
        words = [(((a * 85 + b) * 85 + c) * 85 + e) * 85 + f for a, b, c, e, f in groups]
        try:
            return struct.pack(f">{len(words)}I", *words)
        except struct.error:
            return None


def _as_is(_: int) -> Push:
    return bytes


HEX: Final = TextCodec("hex", 2, lambda phase: _Quanta(2, _from_hex, phase))
BASE32: Final = TextCodec("base32", 8, lambda phase: _Quanta(8, _from_base32, phase))
BASE64: Final = TextCodec("base64", 4, lambda phase: _Quanta(4, _from_base64, phase))
BASE85: Final = TextCodec("base85", 1, lambda _: _Base85(_RFC1924))
ASCII85: Final = TextCodec("ascii85", 1, lambda _: _Base85(_ASCII85))
DUMP: Final = TextCodec("hexdump", 1, _as_is)
UUENCODE: Final = TextCodec("uuencode", 1, _as_is)


def recognise(block: bytes, current: TextCodec | None, inside: bool) -> tuple[TextCodec, bytes] | None:
    """Tells how a block of text is written and takes out what is to be decoded.

    Args:
        block: Text, cut at the end of a line or, in a line that never ends, anywhere.
        current: How the text before it was written.
        inside: Whether the block begins in the middle of a line.

    Returns:
        The codec and its characters (for dumps and uuencode, whose lines stand for themselves, the bytes); None
        if nothing is written here.
    """
    sample = block[:4096]
    if _share(_DUMP, sample) > 0.5:
        return DUMP, _from_dump(block)
    if _share(_UU_LINE, sample) > 0.5 or (current is UUENCODE and len(block) < 4096):
        return UUENCODE, _from_uu(block)
    # Pairs of hex digits, each apart: a third or more of it is something else than letters and digits.
    if len(block.translate(None, _BASE64[:62])) > len(block) // 5:
        spread = block.replace(b"\\x", b" ").replace(b"0x", b" ") + b"\n"
        if _share(_PAIRS, spread) > 0.5:
            return HEX, b"".join(_PAIRS.findall(spread)).translate(None, _NOT_HEX)
    if (found := _from_lines_85(block, current)) is not None:
        return found
    tokens = _tokens(block, inside)
    total = sum(map(len, tokens))
    if total < 64 and not (current and tokens):
        return None
    return _classify(tokens, total, current)


def _share(pattern: re.Pattern[bytes], text: bytes) -> float:
    return sum(m.end() - m.start() for m in pattern.finditer(text)) / max(1, len(text))


def _from_dump(block: bytes) -> bytes:
    out = []
    for by_bytes, by_words in _DUMP.findall(block):
        groups = by_bytes or by_words
        words = groups.split()
        width = len(words[0])
        if by_bytes or width == 2:
            out.append(_from_hex(b"".join(words)))
        elif width == 6 and not groups.translate(None, b"01234567 "):
            numbers = array("H", [int(word, 8) & 0xFFFF for word in words])
            if sys.byteorder == "big":
                numbers.byteswap()
            out.append(numbers.tobytes())
        else:  # words as the machine reads them: the low byte is the last
            out.append(_from_hex(b"".join(words[::-1]))[::-1])
    return b"".join(out)


def _from_uu(block: bytes) -> bytes:
    out = []
    for line in block.splitlines():
        if line and (line[0] - 32 & 63) * 4 <= 3 * len(line) <= (line[0] - 32 & 63) * 4 + 9:
            try:
                out.append(binascii.a2b_uu(line))
            except binascii.Error:
                continue
    return b"".join(out)


def _from_lines_85(block: bytes, current: TextCodec | None) -> tuple[TextCodec, bytes] | None:
    lines = [line.strip() for line in _LINE_85.findall(block)]
    text = b"".join(lines).removeprefix(b"<~")
    text = text.partition(b"~>")[0] if text.endswith(b"~>") else text
    special = len(text.translate(None, _BASE64[:62]))
    if len(text) < len(block) // 2 or special < len(text) // 8 or (len(text) < 2000 and not current):
        return None
    for codec, alphabet in ((BASE85, _RFC1924), (ASCII85, _ASCII85)):
        whole = text.replace(b"z", b"!!!!!") if codec is ASCII85 else text
        if not whole.translate(None, alphabet) and (len(set(whole)) > 64 or current is codec):
            return codec, whole
    return None


def _tokens(block: bytes, inside: bool) -> list[bytes]:
    bare = block.translate(None, b"\r\n\t")
    if not bare.translate(None, _BASE64 + b"="):
        return [bare]  # nothing but characters and line ends, the common case
    block = block.replace(b"\\n", b"\n").replace(b"\\r", b"").replace(b"\\/", b"/")
    first = _CONTINUED.match(block) if inside else None
    tokens = [first.group()] if first else []
    return tokens + _TOKEN.findall(block, first.end() if first else 0)


def _classify(tokens: list[bytes], total: int, current: TextCodec | None) -> tuple[TextCodec, bytes]:
    for codec, alphabet, run in ((HEX, _HEX, _HEX_RUN), (BASE32, _BASE32 + b"=", _BASE32_RUN)):
        if current is not None and current is not codec and total < 1024:
            continue  # the short end of something else may look like anything
        fitting = b"".join(_fit(tokens, alphabet, run))
        if len(fitting) >= 0.9 * total:
            return codec, fitting
    return BASE64, b"".join(tokens).translate(_URL_SAFE)


def _fit(tokens: list[bytes], alphabet: bytes, run: re.Pattern[bytes]) -> Iterator[bytes]:
    for token in tokens:
        foreign = len(token.translate(None, alphabet))
        if not foreign:
            yield token
        elif foreign < len(token) // 8:  # something else stands right before or after
            yield from run.findall(token)
