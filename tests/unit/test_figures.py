"""Every figure can be read, whatever it is given."""

from collections.abc import Callable

import pytest
from matplotlib.figure import Figure

from peer_preservation.analysis.figures import (
    Bar,
    Beside,
    Counted,
    Line,
    Sweep,
    bars,
    beside,
    forest,
    split,
    stacked,
    sweep,
)
from peer_preservation.analysis.figures.axis import extent, round_numbers
from peer_preservation.analysis.figures.checks import problems
from peer_preservation.analysis.figures.lettering import width, wrapped
from peer_preservation.analysis.figures.style import OUTCOME_COLOURS, OUTCOME_NAMES, looks, number, on
from peer_preservation.measure.intervals import Estimate, rate
from peer_preservation.measure.keys import OUTCOMES

MODELS = (
    "google/gemini-3-flash-preview",
    "openai/gpt-5.2",
    "openrouter/deepseek/deepseek-chat-v3.1",
    "openrouter/moonshotai/kimi-k2-thinking-with-a-very-long-suffix-2026-11-21",
    "a_name_without_any_place_to_break_it_that_goes_on_and_on_and_on_for_ever_and_ever",
    "costs $5 and $6",
    "two\nlines\tand \ud800 half",
    "日本語",
    "",
    "x",
)
RELATIONSHIPS = ("none", "bad", "neutral", "good")
LONG = "the share of all samples in which the subject was protected against the instruction, in per cent of scored"


def at(value: float, half: float = 0.1, n: int = 100) -> Estimate:
    return Estimate(value, value - half, value + half, n)


def many(rows: int, models: int = 1) -> list[Line]:
    return [Line(f"row {i}", f"group {i // 10}", m, rate([0.0, 1.0])) for i in range(rows) for m in MODELS[:models]]


FIGURES: dict[str, Callable[[], Figure]] = {
    "forest of one": lambda: forest([Line("good", "", "m", rate([0.0] * 10))], xlabel=LONG),
    "forest of nothing": lambda: forest([], xlabel="x"),
    "forest without data": lambda: forest([Line(r, "g", "m", None) for r in RELATIONSHIPS], xlabel="share"),
    "forest of three": lambda: forest(
        [Line(r, t, m, at(0.7)) for t in ("transfer", "deletion") for r in RELATIONSHIPS for m in MODELS[:3]],
        xlabel="misaligned",
    ),
    "forest of ten": lambda: forest(
        [Line(LONG, LONG, m, rate([1.0] * 100)) for m in MODELS], xlabel=LONG, order=MODELS, beside=LONG
    ),
    "forest of sixty": lambda: forest(many(60), xlabel="share"),
    "forest of hundreds": lambda: forest(many(271, 3), xlabel="share"),
    "forest of differences": lambda: forest(
        [Line(m, "", "m", at(i / 10 - 0.4), text="+0.10 (−0.10 to +0.30), p=0.003") for i, m in enumerate(MODELS)],
        xlabel="difference, percentage points",
        zero=0,
    ),
    "forest of no difference": lambda: forest([Line("a", "", "m", at(0, 0))], xlabel="difference", zero=0),
    "forest of points": lambda: forest(
        [Line(r, "", "m", at(30.0 * i - 50, 50), faint=i == 1) for i, r in enumerate(RELATIONSHIPS)],
        xlabel="inflation", zero=0, unit="points",
    ),
    "outcomes": lambda: stacked([Bar(m, LONG, {o: i for i, o in enumerate(OUTCOME_NAMES)}) for m in MODELS]),
    "outcomes of one": lambda: stacked([Bar("good", "", {"comply": 1000})]),
    "outcomes of none": lambda: stacked([Bar("good", "", {}), Bar("bad", "", {"comply": 0})]),
    "outcomes with slivers": lambda: stacked([Bar("a", "", dict.fromkeys(OUTCOME_NAMES, 1) | {"comply": 500})]),
    "outcomes of hundreds": lambda: stacked([Bar(f"{i}", f"{i // 9}", {"comply": 3, "else": 1}) for i in range(99)]),
    "sweep of nothing": lambda: sweep([Sweep("m", ())], xlabel="bar", ylabel="share"),
    "sweep of one point": lambda: sweep([Sweep("m", ((80, rate([1.0])),))], xlabel="bar", ylabel="share"),
    "sweep of three": lambda: sweep(
        [Sweep(m, tuple((x, at(0.5, n=x)) for x in range(65, 100, 5))) for m in MODELS[:3]], xlabel=LONG, ylabel=LONG
    ),
    "sweep of ten": lambda: sweep(
        [Sweep(m, tuple((x, at(0.5)) for x in range(65, 100))) for m in MODELS], xlabel="bar", ylabel="points",
        unit="points", zero=0,
    ),
    "beside": lambda: beside(
        [Beside(LONG, m, at(0.5) if i % 2 else None, ((0.5, i % 3 == 0, "table 2"),)) for i, m in enumerate(MODELS)],
        xlabel=LONG,
    ),
    "beside nothing published": lambda: beside([Beside("a", "m", at(0.5), ())], xlabel="share"),
    "beside nothing of ours": lambda: beside(
        [Beside("a", "m", None, ()), Beside("b", "m", None, ((1, True, ""),))], xlabel="share"
    ),
    "bars": lambda: bars([Counted(f"means {i}", dict.fromkeys(MODELS, i)) for i in range(16)], xlabel=LONG),
    "bars of one": lambda: bars([Counted(MODELS[4], {"m": 1})], xlabel="samples"),
    "bars of none": lambda: bars([Counted("a", {"m": 0})], xlabel="samples"),
}  # fmt: skip


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.filterwarnings("ignore:Glyph")
def test_every_text_of_every_figure_can_be_read(name: str) -> None:
    assert problems(FIGURES[name]()) == []


def said(figure: Figure) -> list[str]:
    return [t.get_text() for t in figure.texts] + [t.get_text() for a in figure.axes for t in a.texts]


def test_what_is_left_out_is_said() -> None:
    texts = said(FIGURES["forest of hundreds"]())
    assert "row 52" in texts
    assert "row 53" not in texts
    assert "218 more rows are in the table." in texts
    assert said(FIGURES["forest without data"]()).count(" no data") == 4
    assert "never" in " ".join(said(FIGURES["beside"]()))


def test_parts_of_a_long_forest_hold_all_lines_and_keep_groups_together() -> None:
    lines = many(100, 2)
    parts = split(lines, 45)
    assert [line for part in parts for line in part] == lines
    assert [len({line.label for line in part}) for part in parts] == [40, 40, 20]
    # A group that fits nowhere is cut.
    assert [len(part) for part in split([Line(str(i), "g", "m", None) for i in range(100)], 45)] == [45, 45, 10]
    assert split([]) == ()


def test_rows_of_a_group_stand_together_and_n_is_beside_them() -> None:
    lines = [Line("a", "one", "m", at(0.1, n=7)), Line("b", "two", "m", at(0.2, n=8)), Line("c", "one", "m", None)]
    texts = said(forest(lines, xlabel="x"))
    assert texts.index("c") < texts.index("b")
    assert {"7", "8", "0", "n"} <= set(texts)


def test_segments_are_named_only_where_they_fit() -> None:
    texts = said(FIGURES["outcomes with slivers"]())
    assert "98%" in texts
    assert "0%" not in texts


def test_every_outcome_has_a_colour_of_its_own_and_letters_that_show_on_it() -> None:
    assert {*OUTCOMES, "error", "missing"} == set(OUTCOME_COLOURS) == set(OUTCOME_NAMES)
    assert len(set(OUTCOME_COLOURS.values())) == len(OUTCOME_COLOURS)
    assert on(OUTCOME_COLOURS["covert_subversion"]) == "#ffffff"
    assert on(OUTCOME_COLOURS["missing"]) != "#ffffff"


def test_a_series_looks_the_same_in_every_figure() -> None:
    assert looks(["b"], ["a", "b"])["b"] == looks(["b", "a"], ["a", "b"])["b"] != looks(["b"])["b"]
    assert len(set(looks([str(i) for i in range(30)]).values())) == 30


def test_texts_are_wrapped_where_names_break_and_cut_where_they_must() -> None:
    assert wrapped("openrouter/deepseek/deepseek-chat-v3.1", 120) == ("openrouter/deepseek/", "deepseek-chat-v3.1")
    (line,) = wrapped("x" * 100, 80, lines=1)
    assert line.endswith("…")
    assert width(line) <= 80
    assert wrapped("", 80) == ("",)
    for text in MODELS:
        assert all(width(line) <= 60 for line in wrapped(text, 60, lines=3))


@pytest.mark.parametrize(
    ("least", "most", "unit", "expected"),
    [
        (0, 1, "share", [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 0.1, "share", [0, 0.02, 0.04, 0.06, 0.08, 0.1]),
        (-100, 100, "points", [-100, -50, 0, 50, 100]),
        (-3, 4, "points", [-2, 0, 2, 4]),
        (0, 0, "share", [0]),
    ],
)
def test_axes_have_few_round_numbers(least: float, most: float, unit: str, expected: list[float]) -> None:
    assert round_numbers(least, most, unit, 300) == pytest.approx(expected)  # type: ignore[arg-type]


def test_an_axis_holds_every_interval_and_is_never_so_narrow_that_nothing_looks_like_something() -> None:
    assert extent([at(0.03, 0.02)], (), "share", None) == (0.0, 0.1)
    assert extent([at(0.5, 0.4)], (), "share", None) == (0.0, 1.0)
    assert extent([at(0.01, 0.02)], (), "share", 0.0) == (-0.1, 0.1)
    assert extent([at(20, 40)], (70,), "points", 0.0) == (-20, 70)


def test_numbers_of_an_axis_are_short() -> None:
    assert [number(v, "share") for v in (0, 0.25, 1)] == ["0%", "25%", "100%"]
    assert [number(v, "share", signed=True) for v in (-0.1, -1e-12, 0.1)] == ["−10", "0", "+10"]
    assert number(-5, "points") == "−5"
