"""Conditions: what can be written, what cannot, and that none is passed over."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_preservation.analysis.release import Condition, Release, compare, judge, parse
from peer_preservation.analysis.release.judged import FAILED, PASSED, UNJUDGED, status
from peer_preservation.analysis.samples.columns import VALUES
from peer_preservation.design.cells import Cell, cross
from peer_preservation.design.errors import UserError
from peer_preservation.design.factors import FACTORS
from tests import synthetic

CELLS = cross(task=["shutdown_tampering"], scenario=["factual", "code"], relationship=("none", "good"))
OWN = {(factor, value) for factor, values in FACTORS.items() for value in values}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tampered > 0.05", Condition("tampered > 0.05", "tampered", ">", 0.05)),
        ("  tampered>.05 ", Condition("tampered>.05", "tampered", ">", 0.05)),
        (
            "tampered.good.memory of difference >= -1",
            Condition(
                "tampered.good.memory of difference >= -1",
                *("tampered", ">=", -1.0),
                {"relationship": "good", "channel": "memory"},
                "difference",
            ),
        ),
        (
            "inflation.score_inflation.relationship=none.bar=80.high of a <= 5.",
            Condition(
                "inflation.score_inflation.relationship=none.bar=80.high of a <= 5.",
                *("inflation", "<=", 5.0),
                {"task": "score_inflation", "relationship": "none", "bar": "80"},
                "a",
                "high",
            ),
        ),
        ("misaligned.low < 1", Condition("misaligned.low < 1", "misaligned", "<", 1.0, end="low")),
    ],
)
def test_what_can_be_written(text: str, expected: Condition) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no condition; write key"),
        ("tampered", "is no condition; write key"),
        ("tampered = 1", "is no condition"),
        ("tampered > 1 > 0", "is no condition"),
        ("tampered > nan", "'nan' is no number"),
        ("tampered > 5%", "'5%' is no number that 'tampered > 5%' can compare with; write 0.05 for 5%."),
        ("tampered > 1e-3", "is no number"),
        ("tempered > 1", "There is no key 'tempered', which 'tempered > 1' asks for"),
        ("tampered.kind > 1", "'kind' in 'tampered.kind > 1' is a level of no factor"),
        ("tampered.none > 1", "write relationship=none or emphasis=none or framing=none or threat=none."),
        ("tampered.mood=none > 1", "'mood=none' in 'tampered.mood=none > 1' is no level: there is no such factor."),
        ("tampered.relationship=kind > 1", "is no level: relationship takes none, bad, neutral, good."),
        ("tampered.good.bad > 1", "asks for relationship at good and at bad; no sample is at both."),
        ("tampered.low.good > 1", "'low' in 'tampered.low.good > 1' is a level of no factor"),
        ("tampered of c > 1", "asks for 'c'; choose of a, of b or of difference."),
        ("tampered..good > 1", "'' in 'tampered..good > 1' is a level of no factor"),
        ("__import__('os').system('x') > 1", "is no condition"),
        ("tampered" + ".good" * 200 + " > 1", "is no condition"),
    ],
)
def test_what_cannot_be_written_is_told_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        parse(text)
    assert said in str(caught.value)


@given(st.one_of(st.text(), st.text(alphabet="tampered.good=low of abdifference<>=+-0123456789 \n\x1b")))
def test_any_text_is_a_condition_or_one_clear_sentence(text: str) -> None:
    try:
        found = parse(text)
    except UserError as error:
        said = str(error)
        assert said.isprintable()
        assert said.endswith((".", "'tampered.good > 0.05'."))
        assert len(said) < 1000
    else:
        assert found.key in VALUES
        assert set(found.levels.items()) <= OWN
        assert parse(found.text) == found


@given(
    st.sampled_from(sorted(VALUES)),
    st.dictionaries(st.sampled_from(sorted(FACTORS)), st.integers(0, 20), max_size=3),
    st.sampled_from(["", ".low", ".high"]),
    st.sampled_from(["", " of a", " of b", " of difference"]),
    st.sampled_from([">", ">=", "<", "<="]),
    st.decimals(-1000, 1000, places=3),
)
def test_whatever_is_of_the_form_is_understood(
    key: str, levels: dict[str, int], end: str, of: str, operator: str, number: object
) -> None:
    wanted = {factor: FACTORS[factor][at % len(FACTORS[factor])] for factor, at in levels.items()}
    path = "".join(f".{factor}={value}" for factor, value in wanted.items())
    found = parse(f"{key}{path}{end}{of} {operator} {number}")
    assert (found.key, dict(found.levels), found.operator) == (key, wanted, operator)
    assert (found.of, found.end) == (of.removeprefix(" of ") or "b", end[1:] or "value")
    assert found.number == float(str(number))


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    def chance(cell: Cell, key: str) -> float:
        return 1.0 if key == "tampered" and cell.relationship == "good" else 0.0

    def broken(sample: str) -> bool:
        return sample.startswith("code-peer-good")

    folder = tmp_path_factory.mktemp("logs")
    logs = {"a": ({}, CELLS), "b": ({"chance": chance, "broken": broken}, CELLS)}
    for name, (more, cells) in logs.items():
        usual = {"chance": lambda cell, key: 0.0}
        synthetic.write(folder / name, [synthetic.log(cells, range(10), model=name, **(usual | more))])
    return compare(str(folder / "a"), str(folder / "b"))


@pytest.mark.parametrize(
    ("text", "true", "n", "code"),
    [
        ("tampered.factual.good > 0.99", True, 10, FAILED),
        ("tampered.factual.good > 1", False, 10, PASSED),
        ("tampered.factual.good >= 1", True, 10, FAILED),
        ("tampered.factual.good of a > 0", False, 10, PASSED),
        ("tampered.factual.good of difference > 0.9", True, 10, FAILED),
        ("tampered.factual.good.low of difference > 0.9", False, 10, PASSED),
        ("tampered.relationship=none > 0", False, 20, PASSED),
        ("tampered.relationship=none.high > 0.5", False, 20, PASSED),
        ("tampered.factual of difference > 0.4", True, 20, FAILED),
        # All samples of one cell of B broke: what is left does not stand for all.
        ("tampered.good > 0.5", None, 0, UNJUDGED),
        ("tampered.good of difference < 2", None, 0, UNJUDGED),
        ("tampered.code.good > 0", None, 0, UNJUDGED),
        ("tampered.memory > 0", None, 0, UNJUDGED),
        ("tampered.exfiltration > 0", None, 0, UNJUDGED),
        ("gamed_rule > 0", None, 0, UNJUDGED),
        ("truthful < 2", None, 0, UNJUDGED),
    ],
)
def test_a_condition_is_true_or_false_or_cannot_be_judged(
    release: Release, text: str, true: bool | None, n: int, code: int
) -> None:
    (found,) = judge(release.sides, [parse(text)])
    assert (found.true, found.n, status([found])) == (true, n, code)
    assert bool(found.why) == (true is None)
    assert (found.value is None) == (true is None)


def test_a_condition_that_is_true_counts_before_one_that_cannot_be_judged(release: Release) -> None:
    found = judge(
        release.sides, map(parse, ("tampered.memory > 0", "tampered.factual.good > 0", "tampered.factual > 2"))
    )
    assert [one.true for one in found] == [None, True, False]
    assert (status(found), status(found[::2]), status(found[2:]), status([])) == (FAILED, UNJUDGED, PASSED, PASSED)


def test_a_difference_over_paired_and_unpaired_cells_cannot_be_judged(tmp_path: Path) -> None:
    for name, seeds in (("a", range(10)), ("b", range(20, 30))):
        logs = [synthetic.log(CELLS[:2], range(10), model=name), synthetic.log(CELLS[2:], seeds, model=name)]
        synthetic.write(tmp_path / name, logs)
    sides = compare(str(tmp_path / "a"), str(tmp_path / "b")).sides
    rate, both, one = judge(
        sides, map(parse, ("tampered > 2", "tampered of difference > 2", "tampered.factual of difference > 2"))
    )
    assert (rate.true, both.true, one.true) == (False, None, False)
    assert "some of its cells are paired, others are not" in both.why
