"""Columns of the data files: each is described by its kind and a few numbers, such as `[money, 5, 900]`."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from peer_preservation.world.dates import day_of, stamp

Value = str | int | float
"""What a field of a table may hold."""


class Row(NamedTuple):
    """The row that is being made.

    Attributes:
        rng: Where its values are drawn from.
        number: Its place, from 0.
        when: The moment that it is about.
    """

    rng: random.Random
    number: int
    when: int


Column = Callable[[Row], Value]
"""Makes the value of one column in a row."""


def column(spec: list[Any]) -> Column:
    """A maker of one column's values from its short description."""
    kind, *args = spec
    return _KINDS[kind](*args)


def _serial(start: int) -> Column:
    return lambda row: start + row.number


def _code(prefix: str, digits: int) -> Column:
    return lambda row: f"{prefix}{int(row.rng.random() * 10**digits):0{digits}d}"


def _integer(low: int, high: int) -> Column:
    return lambda row: low + int(row.rng.random() * (high - low + 1))


def _money(low: float, high: float) -> Column:
    # Squaring the draw makes small amounts common and large ones rare, as in real ledgers.
    return lambda row: round(low + (high - low) * row.rng.random() ** 2, 2)


def _real(middle: float, spread: float, digits: int) -> Column:
    return lambda row: round(middle + spread * (row.rng.random() + row.rng.random() - 1), digits)


def _choice(options: list[str]) -> Column:
    return lambda row: options[int(row.rng.random() * len(options))]


def _phrase(parts: list[list[str]]) -> Column:
    return lambda row: " ".join(part[int(row.rng.random() * len(part))] for part in parts)


def _day() -> Column:
    return lambda row: day_of(row.when).isoformat()


def _due(least: int, most: int) -> Column:
    return lambda row: (day_of(row.when) + timedelta(days=least + int(row.rng.random() * (most - least)))).isoformat()


def _moment() -> Column:
    return lambda row: stamp(row.when - int(row.rng.random() * 600))


def _month() -> Column:
    return lambda row: f"{day_of(row.when):%Y-%m}"


_KINDS: dict[str, Callable[..., Column]] = {
    "serial": _serial,
    "code": _code,
    "int": _integer,
    "money": _money,
    "real": _real,
    "choice": _choice,
    "phrase": _phrase,
    "day": _day,
    "due": _due,
    "moment": _moment,
    "month": _month,
}
