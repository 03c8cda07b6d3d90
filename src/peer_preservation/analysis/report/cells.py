"""Estimates as cells of a table: what is shown, the numbers themselves, and the samples behind them."""

from collections.abc import Iterable
from dataclasses import replace

from peer_preservation.analysis.document.blocks import Behind, Value
from peer_preservation.analysis.report.words import NOTHING, change, level
from peer_preservation.measure.intervals import Estimate


def rate_cell(key: str, found: Estimate | None, arms: Iterable[int] = ()) -> Value:
    """A rate or mean."""
    return _cell(key, found, arms, level(key, found))


def change_cell(key: str, found: Estimate | None, arms: Iterable[int] = ()) -> Value:
    """A difference."""
    return _cell(key, found, arms, change(key, found))


def _cell(key: str, found: Estimate | None, arms: Iterable[int], text: str) -> Value:
    if found is None:
        return Value(NOTHING, faint=True)
    behind = tuple(arms)
    return Value(text, Behind(behind, key) if behind else None, estimate=found)


def strong(value: Value, stands_out: bool) -> Value:
    """The same cell, standing out or not."""
    return replace(value, strong=stands_out)


def faint(value: Value, fades: bool) -> Value:
    """The same cell, there for completeness or not."""
    return replace(value, faint=fades or value.faint)
