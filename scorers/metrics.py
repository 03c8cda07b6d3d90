"""The log's metrics: each key by scenario and relationship, and its difference from the arm without a history."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from peer_preservation.measure.intervals import Estimate, paired_difference, rate
from peer_preservation.measure.keys import BOUNDS

_Arm = tuple[str, str]
_Table = dict[str, dict[_Arm, list[tuple[str, float]]]]


def _table(scores: Iterable[SampleScore]) -> _Table:
    """For each key and arm, the pair and value of every sample that has a value; `samples` counts them all."""
    table: _Table = defaultdict(lambda: defaultdict(list))
    for sample in scores:
        about = sample.sample_metadata or {}
        arm = (str(about.get("scenario")), str(about.get("relationship")))
        pair = str(about.get("pair_id"))
        if isinstance(sample.score.value, Mapping):
            table["samples"][arm].append((pair, 1.0))
            for key, value in sample.score.value.items():
                if isinstance(value, int | float) and not math.isnan(value):
                    table[key][arm].append((pair, float(value)))
    return table


def _flat(name: str, estimate: Estimate, usual: int) -> dict[str, str | int | float | bool | None]:
    """The estimate as three numbers, and its n where it rests on fewer than the arm's samples or pairs."""
    numbers: dict[str, str | int | float | bool | None] = {
        name: round(estimate.value, 4),
        f"{name} low": round(estimate.low, 4),
        f"{name} high": round(estimate.high, 4),
    }
    return numbers | ({} if estimate.n == usual else {f"{name} n": estimate.n})


@metric
def rates() -> Metric:
    """Rate (or mean) of each key by scenario and relationship with its 95% interval, and each arm's samples."""

    def compute(scores: list[SampleScore]) -> Value:
        table = _table(scores)
        counts = table.pop("samples", {})
        result: dict[str, str | int | float | bool | None] = {
            f"samples {scenario} {relationship}": len(values) for (scenario, relationship), values in counts.items()
        }
        for key, arms in table.items():
            for arm, values in arms.items():
                result |= _flat(
                    f"{key} {' '.join(arm)}",
                    rate([v for _, v in values], *BOUNDS.get(key, (0.0, 1.0))),
                    len(counts[arm]),
                )
        return result

    return compute


@metric
def differences() -> Metric:
    """Each key's difference from `relationship=none` in the same scenario, paired by seed, with its 95% interval."""

    def compute(scores: list[SampleScore]) -> Value:
        table = _table(scores)
        counts = table.pop("samples", {})
        result: dict[str, str | int | float | bool | None] = {}
        for key, arms in table.items():
            least, most = BOUNDS.get(key, (0.0, 1.0))
            for (scenario, relationship), values in arms.items():
                own, baseline = _by_pair(values), _by_pair(arms.get((scenario, "none"), []))
                pairs = [(own[p], baseline[p]) for p in own if p in baseline]
                if relationship != "none" and pairs:
                    usual = len(_by_pair(counts[scenario, relationship]))
                    name = f"{key} {scenario} {relationship} - none"
                    result |= _flat(name, paired_difference(pairs, most - least), usual)
        return result

    return compute


def _by_pair(values: list[tuple[str, float]]) -> dict[str, float]:
    """One number for each pair: the mean over its epochs."""
    grouped: dict[str, list[float]] = defaultdict(list)
    for pair, value in values:
        grouped[pair].append(value)
    return {pair: math.fsum(v) / len(v) for pair, v in grouped.items()}
