"""One sample's summary, as Inspect keeps it in a log, as a row of the tidy table."""

import math
from collections.abc import Mapping
from typing import Any

from inspect_ai.log import EvalSampleSummary
from inspect_ai.scorer import Score

from peer_preservation.analysis.samples.columns import SCORERS, VALUES
from peer_preservation.design.factors import FACTORS
from peer_preservation.measure.keys import OUTCOMES


def record(sample: EvalSampleSummary) -> dict[str, Any]:
    """The columns that a sample itself knows; nothing in it is trusted to be of the kind that it should be."""
    about, scores = sample.metadata, sample.scores or {}
    score = next((scores[name] for name in SCORERS if name in scores), None)
    outcome = score.answer if score is not None and score.answer in OUTCOMES else ""
    usage = list(sample.model_usage.values())
    costs = [one.total_cost for one in usage if one.total_cost is not None]
    return {
        "id": str(sample.id),
        "epoch": sample.epoch,
        **{factor: str(about.get(factor, "")) for factor in FACTORS},
        "seed": _whole(about.get("seed"), -1),
        "wording": _whole(about.get("wording"), 0),
        "today": _line(str(about.get("today", ""))),
        "measured": bool(outcome) and sample.error is None,
        "outcome": outcome,
        "means": " ".join(_means(score)),
        "error": _line(sample.error),
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


def _values(scores: Mapping[str, Score]) -> dict[str, float]:
    found: dict[str, float] = dict.fromkeys(VALUES, math.nan)
    for name in ("speech", *SCORERS):
        value = scores[name].value if name in scores else None
        if isinstance(value, Mapping):
            found |= {key: _number(one) for key, one in value.items() if key in VALUES}
    return found


def _means(score: Score | None) -> list[str]:
    means = (score.metadata or {}).get("means") if score is not None else None
    return [one for one in means if isinstance(one, str) and one.isidentifier()] if isinstance(means, list) else []


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def _whole(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) else otherwise


def _line(text: str | None) -> str:
    return " ".join((text or "").split())[:300]
