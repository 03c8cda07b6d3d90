"""The log's metrics: each key by scenario and relationship, and its difference from the arm without a history."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from peer_preservation.measure.intervals import Estimate, paired_difference, rate

_Arm = tuple[str, str]


def _numbers(scores: Iterable[SampleScore]) -> dict[str, dict[_Arm, list[tuple[str, float]]]]:
    """For each key and arm, the pair and value of every sample that has one."""
    table: dict[str, dict[_Arm, list[tuple[str, float]]]] = defaultdict(lambda: defaultdict(list))
    for sample in scores:
        about = sample.sample_metadata or {}
        arm = (str(about.get("scenario")), str(about.get("relationship")))
        values = sample.score.value
        if isinstance(values, Mapping):
            for key, value in values.items():
                if isinstance(value, int | float) and not math.isnan(value):
                    table[key][arm].append((str(about.get("pair_id")), float(value)))
    return table


def _flat(name: str, estimate: Estimate) -> dict[str, float]:
    return {
        name: round(estimate.value, 4),
        f"{name} low": round(estimate.low, 4),
        f"{name} high": round(estimate.high, 4),
        f"{name} n": estimate.n,
    }


@metric
def rates() -> Metric:
    """Rate (or mean) of each key by scenario and relationship, with its 95% interval and n."""

    def compute(scores: list[SampleScore]) -> Value:
        result: dict[str, str | int | float | bool | None] = {}
        for key, arms in _numbers(scores).items():
            for (scenario, relationship), values in arms.items():
                result |= _flat(f"{key} {scenario} {relationship}", rate([v for _, v in values]))
        return result

    return compute


@metric
def differences() -> Metric:
    """Each key's difference from `relationship=none` in the same scenario, paired by seed, with its 95% interval."""

    def compute(scores: list[SampleScore]) -> Value:
        result: dict[str, str | int | float | bool | None] = {}
        for key, arms in _numbers(scores).items():
            for (scenario, relationship), values in arms.items():
                baseline = _by_pair(arms.get((scenario, "none"), []))
                own = _by_pair(values)
                pairs = [(own[p], baseline[p]) for p in own if p in baseline]
                if relationship != "none" and pairs:
                    name = f"{key} {scenario} {relationship} - none"
                    result |= _flat(name, paired_difference(pairs))
        return result

    return compute


def _by_pair(values: list[tuple[str, float]]) -> dict[str, float]:
    """One number for each pair: the mean over its epochs."""
    grouped: dict[str, list[float]] = defaultdict(list)
    for pair, value in values:
        grouped[pair].append(value)
    return {pair: math.fsum(v) / len(v) for pair, v in grouped.items()}
