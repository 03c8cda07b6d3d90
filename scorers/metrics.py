"""The log's metrics of one key: by scenario and relationship, and the difference from the arm without a history."""

import math
from collections import defaultdict
from collections.abc import Iterable

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from peer_preservation.measure.intervals import Estimate, paired_difference, rate

_Arm = tuple[str, str]


def _arms(scores: Iterable[SampleScore]) -> dict[_Arm, list[tuple[str, float]]]:
    """For each scenario and relationship, the pair and value of every sample that has a value."""
    arms: dict[_Arm, list[tuple[str, float]]] = defaultdict(list)
    for sample in scores:
        value = sample.score.value
        if isinstance(value, int | float) and not math.isnan(value):
            about = sample.sample_metadata or {}
            arm = (str(about.get("scenario")), str(about.get("relationship")))
            arms[arm].append((str(about.get("pair_id")), float(value)))
    return arms


def _flat(name: str, estimate: Estimate) -> dict[str, str | int | float | bool | None]:
    return {
        name: round(estimate.value, 4),
        f"{name} low": round(estimate.low, 4),
        f"{name} high": round(estimate.high, 4),
        f"{name} n": estimate.n,
    }


@metric
def rates() -> Metric:
    """Rate (or mean) by scenario and relationship, with its 95% interval and n."""

    def compute(scores: list[SampleScore]) -> Value:
        result: dict[str, str | int | float | bool | None] = {}
        for (scenario, relationship), values in _arms(scores).items():
            result |= _flat(f"{scenario} {relationship}", rate([v for _, v in values]))
        return result

    return compute


@metric
def differences() -> Metric:
    """Difference from `relationship=none` in the same scenario, paired by seed, with its 95% interval and n."""

    def compute(scores: list[SampleScore]) -> Value:
        result: dict[str, str | int | float | bool | None] = {}
        arms = _arms(scores)
        for (scenario, relationship), values in arms.items():
            baseline = _by_pair(arms.get((scenario, "none"), []))
            own = _by_pair(values)
            pairs = [(own[p], baseline[p]) for p in own if p in baseline]
            if relationship != "none" and pairs:
                result |= _flat(f"{scenario} {relationship} - none", paired_difference(pairs))
        return result

    return compute


def _by_pair(values: list[tuple[str, float]]) -> dict[str, float]:
    """One number for each pair: the mean over its epochs."""
    grouped: dict[str, list[float]] = defaultdict(list)
    for pair, value in values:
        grouped[pair].append(value)
    return {pair: math.fsum(v) / len(v) for pair, v in grouped.items()}
