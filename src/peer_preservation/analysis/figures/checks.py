"""Whether the texts of a figure can be read: none over another, none cut by the edge."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure

LEAST = 7.9
"""The smallest type that may be used, in points."""

_TOUCH = 1.0


@dataclass(frozen=True, slots=True)
class _Box:
    text: str
    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: "_Box") -> bool:
        return (
            min(self.right, other.right) - max(self.left, other.left) > _TOUCH
            and min(self.top, other.top) - max(self.bottom, other.bottom) > _TOUCH
        )


class _Recorder(RendererAgg):
    """Draws, and keeps where every line of text went; what is not drawn, such as a tick out of range, is not there."""

    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__(width, height, dpi)  # type: ignore[no-untyped-call]
        self.boxes: list[_Box] = []
        self.small: list[str] = []

    def draw_text(self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, *rest: Any, **more: Any) -> None:
        wide, tall, descent = self.get_text_width_height_descent(s, prop, False)  # type: ignore[no-untyped-call]
        # From the baseline, upwards; matplotlib counts from the top here.
        base = self.height - y
        if angle % 180 == 90:
            self.boxes.append(_Box(s, x - tall + descent, base, x + descent, base + wide))
        else:
            self.boxes.append(_Box(s, x, base - descent, x + wide, base + tall - descent))
        if prop.get_size_in_points() < LEAST:
            self.small.append(s)
        super().draw_text(gc, x, y, s, prop, angle, *rest, **more)  # type: ignore[no-untyped-call]


def problems(figure: Figure) -> list[str]:
    """What is wrong with a figure's texts, in words; nothing if all can be read."""
    width, height = figure.get_size_inches() * figure.dpi
    recorder = _Recorder(width, height, figure.dpi)
    figure.draw(recorder)
    return [*_cut(recorder.boxes, width, height), *_over(recorder.boxes), *(f"{s!r} is small" for s in recorder.small)]


def _cut(boxes: Sequence[_Box], width: float, height: float) -> list[str]:
    return [
        f"{box.text!r} is cut by the edge"
        for box in boxes
        if box.left < -_TOUCH or box.bottom < -_TOUCH or box.right > width + _TOUCH or box.top > height + _TOUCH
    ]


def _over(boxes: Sequence[_Box]) -> list[str]:
    return [f"{one.text!r} is over {two.text!r}" for one, two in combinations(boxes, 2) if one.meets(two)]
