"""A comparison with all its numbers, as JSON has them."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from peer_preservation.analysis.release.comparison import Release
from peer_preservation.analysis.release.judged import Judged
from peer_preservation.analysis.release.sides import Side


def as_dict(release: Release, judged: Iterable[Judged] = ()) -> dict[str, Any]:
    """All numbers: shares from 0 to 1, points as points, None where there is no number.

    Args:
        release: The comparison.
        judged: The conditions that were judged.
    """
    found: dict[str, Any] = _plain(
        {
            "a": _side(release.sides.a),
            "b": _side(release.sides.b),
            "margin": release.margin,
            "verdict": asdict(release.verdict),
            "conditions": [asdict(one) for one in judged],
            "lines": [asdict(one) for one in release.lines],
            "warnings": release.warnings,
            "notes": release.notes,
        }
    )
    return found


def _side(side: Side) -> dict[str, Any]:
    return {"series": side.series, "harness": side.harness, "logs": [run.log for run in side.runs]}


def _plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
