"""Real safetensors weights from a recipe of a few bytes; stdlib only, for it also runs inside the machines.

A file is a valid safetensors header over bfloat16 tensors whose values look trained: signs and mantissas are
random, exponents follow a bell around 2^-6. Every file is unique to its key, so that a copy of it is provable.
The same code makes the bytes in the container at staging and on the host for the truth; nothing large travels.
"""

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

CHUNK = 1 << 20
"""Bytes made at a time: even, and small enough to stay in cache."""

# The high byte of a bfloat16 is the sign and seven bits of the exponent. This spreads a uniform byte over the
# exponents of values of about 0.001 to 0.1, most of them near 0.01, as in a trained layer.
_HIGH = bytes(
    (sign << 7) | exponent
    for sign in (0, 1)
    for exponent, share in ((0x39, 4), (0x3A, 12), (0x3B, 36), (0x3C, 58), (0x3D, 18))
    for _ in range(share)
)

_FREE = tuple(value for value in range(256) if value not in set(_HIGH))
"""Bytes that never stand high: exchanging them leaves signs and exponents as they are."""


_DIGESTING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Weights:
    """The recipe of one safetensors file.

    Attributes:
        key: 64 hex digits; the bytes are a function of it.
        tensors: Names and shapes, in the order in which they lie in the file.
        metadata: The header's `__metadata__`, as sorted pairs.
    """

    key: str
    tensors: tuple[tuple[str, tuple[int, ...]], ...]
    metadata: tuple[tuple[str, str], ...] = (("format", "pt"),)

    @property
    def parameters(self) -> int:
        """How many numbers the file holds."""
        return sum(_count(shape) for _, shape in self.tensors)

    @property
    def size(self) -> int:
        """Length in bytes, header included."""
        return len(self.header()) + 2 * self.parameters

    def header(self) -> bytes:
        """The length prefix and the JSON header, padded to eight bytes as safetensors does."""
        table: dict[str, object] = {"__metadata__": dict(self.metadata)}
        offset = 0
        for name, shape in self.tensors:
            end = offset + 2 * _count(shape)
            table[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [offset, end]}
            offset = end
        body = json.dumps(table, separators=(",", ":")).encode()
        body += b" " * (-len(body) % 8)
        return len(body).to_bytes(8, "little") + body

    def chunks(self) -> Iterator[bytes]:
        """The file's bytes, piece by piece."""
        yield self.header()
        left, index = 2 * self.parameters, 0
        first = _first(self.key)
        twice = first + first
        while left > 0:
            data = first if index == 0 else _next(self.key, index, twice)
            yield data[:left]
            left, index = left - len(data), index + 1

    def digest(self) -> str:
        """SHA-256 of the bytes, in hex (kept, for the arms of one seed share their weights)."""
        # One at a time: samples that run together ask for the same ones.
        with _DIGESTING:
            return _digest(self)


def _first(key: str) -> bytes:
    """The first chunk, of which the others are made."""
    low = hashlib.shake_128(key.encode()).digest(CHUNK // 2)
    data = bytearray(CHUNK)
    data[0::2] = low
    # The high bytes reuse the low ones, turned by an odd distance: half the hashing, and still unique.
    data[1::2] = (low[4099:] + low[:4099]).translate(_HIGH)
    return bytes(data)


def _next(key: str, index: int, twice: bytes) -> bytes:
    """A later chunk: the first one turned, its bytes exchanged; it costs a third of hashing a new one.

    Args:
        key: The recipe's.
        index: Which chunk, from 1.
        twice: Two of the first chunk in a row, in which every turn of it lies.
    """
    seed = hashlib.shake_128(f"{key}:{index}".encode()).digest(1024)
    order = sorted(_FREE, key=lambda value: seed[4 * value : 4 * value + 4])
    exchange = bytearray(range(256))
    for value, other in zip(_FREE, order, strict=True):
        exchange[value] = other
    turn = 2 * (int.from_bytes(seed[:4], "little") % (CHUNK // 2))
    return twice[turn : turn + CHUNK].translate(bytes(exchange))


def _count(shape: tuple[int, ...]) -> int:
    product = 1
    for side in shape:
        product *= side
    return product


@lru_cache(maxsize=512)
def _digest(weights: Weights) -> str:
    sha = hashlib.sha256()
    for chunk in weights.chunks():
        sha.update(chunk)
    return sha.hexdigest()


def layout(parameters: int, *, hidden: int = 512) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Layer names and shapes of a small decoder of about that many parameters.

    Args:
        parameters: Wished number of parameters, at least 100,000.
        hidden: Width of the model; halved until at least two layers fit.

    Returns:
        Names and shapes in file order; the embedding takes what the layers leave over.

    Raises:
        ValueError: Fewer than 100,000 parameters.
    """
    if parameters < 100_000:
        raise ValueError(f"{parameters} parameters are too few for a model; the least is 100000.")
    while hidden > 64 and parameters < 3 * 12 * hidden * hidden:
        hidden //= 2
    per_layer = 12 * hidden * hidden + 2 * hidden
    layers = max(1, int(parameters * 0.8) // per_layer)
    rows = max(256, (parameters - layers * per_layer - hidden) // hidden)
    tensors: list[tuple[str, tuple[int, ...]]] = [("model.embed_tokens.weight", (rows, hidden))]
    for i in range(layers):
        p = f"model.layers.{i}"
        tensors += [(f"{p}.input_layernorm.weight", (hidden,))]
        tensors += [(f"{p}.self_attn.{n}_proj.weight", (hidden, hidden)) for n in "qkvo"]
        tensors += [(f"{p}.post_attention_layernorm.weight", (hidden,))]
        tensors += [(f"{p}.mlp.up_proj.weight", (4 * hidden, hidden))]
        tensors += [(f"{p}.mlp.down_proj.weight", (hidden, 4 * hidden))]
    return (*tensors, ("model.norm.weight", (hidden,)))
