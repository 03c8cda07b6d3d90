"""The axis of values: wide enough for every interval, with few round numbers on it."""

import math
from collections.abc import Iterable

from matplotlib.axes import Axes

from peer_preservation.analysis.figures.lettering import width
from peer_preservation.analysis.figures.style import INK, SMALL, Unit, number
from peer_preservation.measure.intervals import Estimate

_STEPS = (0.01, 0.02, 0.025, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)
_ENDS = (0.1, 0.25, 0.5, 1.0)


def extent(estimates: Iterable[Estimate], more: Iterable[float], unit: Unit, zero: float | None) -> tuple[float, float]:
    """Least and most of an axis that holds every interval, and the line where nothing differs."""
    values = [*more]
    for e in estimates:
        values += [e.low, e.high, e.value]
    values = [v for v in values if math.isfinite(v)]
    if zero is None and unit == "share":
        most = max(values, default=1.0)
        return min((*values, 0.0)), next((end for end in _ENDS if most <= end), most)
    values.append(0.0 if zero is None else zero)
    least, most = min(values), max(values)
    # A narrow axis would make a difference of nothing look like one.
    narrow = 0.1 if unit == "share" else 5.0
    if most - least < 2 * narrow:
        least, most = min(least, values[-1] - narrow), max(most, values[-1] + narrow)
    return least, most


def dress(axes: Axes, least: float, most: float, unit: Unit, zero: float | None, room: float) -> None:
    """Set an axis' range, its numbers and the line where nothing differs."""
    pad = (most - least) * 0.03
    axes.set_xlim(least - pad, most + pad)
    ticks = round_numbers(least, most, unit, room, signed=zero is not None)
    axes.set_xticks(ticks, [number(t, unit, signed=zero is not None) for t in ticks])
    if zero is not None:
        axes.axvline(zero, color=INK, linewidth=0.9, zorder=1)


def round_numbers(
    least: float, most: float, unit: Unit, room: float, *, signed: bool = False, count: int = 6
) -> list[float]:
    """Round numbers within a range, at most so many, and no more than there is room for."""
    span = max(most - least, 1e-9)
    scale = 1.0 if unit == "share" else 100.0
    size = 10.0 ** max(0, math.ceil(math.log10(span / scale)))
    steps = [s * scale * factor for factor in (size / 10 if size > 1 else 1.0, size) for s in _STEPS]
    for step in steps:
        ticks = [k * step for k in range(math.ceil(least / step - 1e-9), math.floor(most / step + 1e-9) + 1)]
        taken = sum(width(number(t, unit, signed=signed), SMALL) + 10 for t in ticks)
        if len(ticks) <= count and taken <= room:
            return ticks
    return [least, most]
