"""What the check of a figure's texts finds."""

import pytest
from matplotlib.figure import Figure

from peer_preservation.analysis.figures.checks import problems


def texts(*at: tuple[float, float, str], size: float = 10, rotation: float = 0) -> Figure:
    figure = Figure(figsize=(4, 2))
    for x, y, text in at:
        figure.text(x, y, text, size=size, rotation=rotation)
    return figure


def test_a_readable_figure_has_no_problem() -> None:
    assert problems(texts((0.1, 0.2, "one"), (0.1, 0.6, "two"))) == []


@pytest.mark.parametrize("rotation", [0, 90])
def test_a_text_over_another_is_found(rotation: float) -> None:
    assert problems(texts((0.1, 0.2, "first"), (0.1, 0.22, "second"), rotation=rotation)) == [
        "'first' is over 'second'"
    ]


def test_a_cut_text_is_found() -> None:
    assert problems(texts((0.95, 0.5, "far too long"))) == ["'far too long' is cut by the edge"]
    assert problems(texts((0.5, -0.02, "low"))) == ["'low' is cut by the edge"]


def test_small_type_is_found() -> None:
    assert problems(texts((0.1, 0.5, "tiny"), size=7)) == ["'tiny' is small"]


def test_lines_of_one_text_and_ticks_are_looked_at_each() -> None:
    figure = Figure(figsize=(2, 2))
    axes = figure.add_subplot()
    axes.set_xticks([0, 0.01, 1], ["a long label", "another", "end"])
    axes.set_xlim(0, 0.5)
    found = problems(figure)
    assert any("'a long label' is over 'another'" in f for f in found)
    # Out of range: not drawn.
    assert not any("'end'" in f for f in found)
