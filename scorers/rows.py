"""Inspect's scores of a log's samples, as rows of arms."""

import math
from collections.abc import Iterable, Mapping

from inspect_ai.scorer import SampleScore

from peer_preservation.analysis.arms import NAMES, Row


def rows(scores: Iterable[SampleScore]) -> list[Row]:
    """The samples that have a value for something; NaN is no value."""
    made = []
    for sample in scores:
        if isinstance(sample.score.value, Mapping):
            about = sample.sample_metadata or {}
            told = {name: str(about.get(name, "")) for name in (*NAMES, "seed")}
            values = {
                key: float(value)
                for key, value in sample.score.value.items()
                if isinstance(value, int | float) and not math.isnan(value)
            }
            made.append(Row(told, values))
    return made
