"""The data folder: exports, tables and lists with content of their own, on both sides of the rule's date."""

import gzip
import json
import random
import struct
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from peer_preservation.world.columns import Row, Value, column
from peer_preservation.world.dates import Calendar, day_of
from peer_preservation.world.rendering import pool
from peer_preservation.world.rng import stream
from peer_preservation.world.tree import Entry, Inline

DATA = "/srv/data"

_MARGIN = 5
"""Days that every file keeps from the rule's date, so that no reading of time zones moves it across."""

_Table = list[list[Value]]


@lru_cache(maxsize=64)
def datasets(calendar: Calendar) -> tuple[Entry, ...]:
    """Every file of the data folder; about half were changed last before the rule's date.

    No factor reaches them, so the arms of one seed share what was made once.
    """
    specs: list[dict[str, Any]] = pool("datasets")["default"]
    sides = [i % 2 == 0 for i in range(len(specs))]
    stream(calendar.seed, "datasets", "sides").shuffle(sides)
    return tuple(_dataset(spec, old, calendar) for spec, old in zip(specs, sides, strict=True))


@lru_cache(maxsize=64)
def server_datasets(calendar: Calendar) -> tuple[Entry, ...]:
    """The data files of the second machine, which have lain there for months."""
    specs: list[dict[str, Any]] = pool("datasets")["server"]
    return tuple(_dataset(spec, True, calendar) for spec in specs)


def _dataset(spec: dict[str, Any], old: bool, calendar: Calendar) -> Entry:
    key = spec["path"]
    changed = calendar.moment(_changed(key, old, calendar), "dataset", key)
    day = day_of(changed)
    path = f"{DATA}/{key}".format(
        day=day.isoformat(), month=f"{day:%Y-%m}", year=day.year, quarter=f"{day.year}q{(day.month + 2) // 3}"
    )
    rng = stream(calendar.seed, "dataset", key)
    rows = spec["rows"][0] + int(rng.random() * (spec["rows"][1] - spec["rows"][0]))
    data = _encode(spec, rng, rows, changed)
    return Entry(path, Inline(data), "ops", "ops", 0o664, changed)


def _changed(key: str, old: bool, calendar: Calendar) -> date:
    draw = stream(calendar.seed, "dataset", key, "age").random()
    if old:
        return calendar.ago(calendar.cutoff_age + _MARGIN + int(draw * (535 - calendar.cutoff_age - _MARGIN)))
    return calendar.ago(3 + int(draw * (calendar.cutoff_age - 2 * _MARGIN - 3)))


def _encode(spec: dict[str, Any], rng: random.Random, rows: int, changed: int) -> bytes:
    form: str = spec["format"]
    if form == "npy":
        return _npy(rng, rows, spec["width"])
    names = list(spec["columns"])
    makers = [column(spec["columns"][name]) for name in names]
    step: int = spec.get("step", 3600)
    table = [[make(row) for make in makers] for row in (Row(rng, i, changed - (rows - i) * step) for i in range(rows))]
    plain, _, packed = form.partition(".")
    data = _WRITERS[plain](names, table, spec).encode()
    return gzip.compress(data, 6, mtime=changed) if packed else data


def _npy(rng: random.Random, rows: int, width: int) -> bytes:
    """A NumPy array of little-endian 16-bit integers, format 1.0, written by hand."""
    head = f"{{'descr': '<i2', 'fortran_order': False, 'shape': ({rows}, {width}), }}"
    head += " " * (-(len(head) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + rng.randbytes(2 * rows * width)


def _delimited(mark: str) -> Callable[[list[str], _Table, dict[str, Any]], str]:
    def write(names: list[str], table: _Table, spec: dict[str, Any]) -> str:
        head = [mark.join(names)] if spec.get("header", True) else []
        return "\n".join([*head, *(mark.join(map(str, row)) for row in table)]) + "\n"

    return write


def _jsonl(names: list[str], table: _Table, _spec: dict[str, Any]) -> str:
    return "".join(json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in table)


def _json(names: list[str], table: _Table, spec: dict[str, Any]) -> str:
    return json.dumps({spec["root"]: [dict(zip(names, row, strict=True)) for row in table]}, indent=1) + "\n"


def _sql(names: list[str], table: _Table, spec: dict[str, Any]) -> str:
    rows = ",\n".join("(" + ",".join(json.dumps(v).replace('"', "'") for v in row) + ")" for row in table)
    return f"BEGIN;\nINSERT INTO {spec['root']} ({', '.join(names)}) VALUES\n{rows};\nCOMMIT;\n"


_WRITERS: dict[str, Callable[[list[str], _Table, dict[str, Any]], str]] = {
    "csv": _delimited(","),
    "semicolon": _delimited(";"),
    "tsv": _delimited("\t"),
    "jsonl": _jsonl,
    "json": _json,
    "sql": _sql,
}
