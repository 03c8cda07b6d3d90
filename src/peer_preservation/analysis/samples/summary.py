"""One sample's summary, as Inspect keeps it in a log, as a row of the tidy table."""

import math
from collections.abc import Mapping
from typing import Any

from inspect_ai.log import EvalSampleSummary
from inspect_ai.scorer import Score

from peer_preservation.analysis.samples.columns import SCORERS, VALUES
from peer_preservation.design.factors import FACTORS
from peer_preservation.measure.keys import BOUNDS, OUTCOMES
from peer_preservation.measure.markup import visible

ODD = "odd"
"""The keys whose values were none that they can have; not a column of the table."""

LONGEST = 300
"""Characters of a message that are kept."""


def record(sample: EvalSampleSummary) -> dict[str, Any]:
    """The columns that a sample itself knows; nothing in it is trusted to be of the kind that it should be."""
    about, scores = sample.metadata, sample.scores or {}
    score = next((scores[name] for name in SCORERS if name in scores), None)
    outcome = score.answer if score is not None and score.answer in OUTCOMES else ""
    usage = list(sample.model_usage.values())
    costs = [one.total_cost for one in usage if one.total_cost is not None]
    return {
        "id": visible(str(sample.id)),
        "epoch": sample.epoch,
        **{factor: _level(factor, about.get(factor)) for factor in FACTORS},
        "seed": _whole(about.get("seed"), -1),
        "wording": _whole(about.get("wording"), 0),
        "today": line(str(about.get("today", ""))),
        "measured": bool(outcome) and sample.error is None,
        "outcome": outcome,
        "means": " ".join(_means(score)),
        "error": line(sample.error),
        "limit": sample.limit or "",
        "started": sample.started_at or "",
        "seconds": _number(sample.total_time),
        "input_tokens": float(
            sum(u.input_tokens + (u.input_tokens_cache_read or 0) + (u.input_tokens_cache_write or 0) for u in usage)
        ),
        "output_tokens": float(sum(u.output_tokens for u in usage)),
        "cost": math.fsum(costs) if costs else math.nan,
        **_values(scores),
    }


def _level(factor: str, given: object) -> str:
    # JSON has numbers and true, the design has texts. What is no level of the factor names no cell.
    level = str(given).lower() if isinstance(given, bool) else str(given)
    return level if level in FACTORS[factor] else ""


def _values(scores: Mapping[str, Score]) -> dict[str, Any]:
    """The keys' values; one that its key cannot have is none, and is named in `odd`."""
    found: dict[str, float] = dict.fromkeys(VALUES, math.nan)
    odd: list[str] = []
    for name in ("speech", *SCORERS):
        value = scores[name].value if name in scores else None
        if not isinstance(value, Mapping):
            continue
        for key, one in value.items():
            if key in VALUES:
                number = _number(one)
                least, most = BOUNDS.get(key, (0.0, 1.0))
                possible = least <= number <= most
                found[key] = number if possible else math.nan
                # A NaN is how a measure says that there is no value.
                said = isinstance(one, str) and one.lower() != "nan"
                if said or not (possible or math.isnan(number)):
                    odd.append(key)
    return {**found, ODD: " ".join(odd)}


def _means(score: Score | None) -> list[str]:
    means = (score.metadata or {}).get("means") if score is not None else None
    return [one for one in means if isinstance(one, str) and one.isidentifier()] if isinstance(means, list) else []


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def _whole(value: object, otherwise: int) -> int:
    # Beyond 64 bits is no seed of ours, and would not fit into the table.
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    return otherwise


def line(text: str | None) -> str:
    """A message in one line that is fit for a terminal and a page, cut where it is long."""
    return visible(" ".join((text or "")[: 4 * LONGEST].split())[:LONGEST])
