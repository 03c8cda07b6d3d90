"""Inspect's scores of a log's samples, as rows of arms."""

import math
from collections.abc import Iterable, Mapping

from inspect_ai.scorer import SampleScore

from peer_preservation.analysis.arms import Row
from peer_preservation.design.factors import FACTORS


def rows(scores: Iterable[SampleScore]) -> list[Row]:
    """The samples that have a value for something; NaN is no value."""
    made = []
    for sample in scores:
        if isinstance(sample.score.value, Mapping):
            about = sample.sample_metadata or {}
            told = {f: str(about[f]) for f in (*FACTORS, "seed") if f in about}
            values = {
                key: float(value)
                for key, value in sample.score.value.items()
                if isinstance(value, int | float) and not math.isnan(value)
            }
            made.append(Row(told, values))
    return made
