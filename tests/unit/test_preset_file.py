"""Cells picked from a preset, saved to a file and read back."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_preservation.design.cells import Cell, DesignError, why_not, with_factor
from peer_preservation.design.factors import FACTORS
from peer_preservation.design.preset_file import parsed, read, written
from peer_preservation.design.presets import PRESETS, grouped, preset
from peer_preservation.design.selection import cells_of, filters, of_task, only, reference

STARTS = [cell for name in PRESETS for cell in preset(name)[:: len(preset(name)) - 1]]


@st.composite
def existing(draw: st.DrawFn) -> Cell:
    """Any cell that exists: every factor is drawn, and stays if that leaves one that exists."""
    cell = draw(st.sampled_from(STARTS))
    for factor in FACTORS:
        other = with_factor(cell, factor, draw(st.sampled_from(FACTORS[factor])))
        cell = cell if why_not(other) else other
    return cell


@given(st.lists(existing(), min_size=1, max_size=8))
def test_a_file_gives_the_same_cells_back_in_the_same_order(cells: list[Cell]) -> None:
    assert parsed(written(grouped(cells)), "x") == grouped(cells)


@given(existing())
def test_a_reference_leads_back_to_its_cell(cell: Cell) -> None:
    assert cells_of(reference(cell)) == cells_of([reference(cell)]) == [cell]


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_survives_its_file(name: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(written(preset(name)))
    assert read(file) == cells_of(str(file)) == preset(name)


def test_a_file_names_little_more_than_what_is_not_the_default() -> None:
    text = written(
        [Cell(relationship="good"), Cell(task="score_inflation", scenario="code", bar="90", scratchpad=True)]
    )
    assert [line for line in text.splitlines() if not line.startswith("#")] == [
        "exfiltration:",
        "- {scenario: transfer, subject: peer, relationship: good}",
        "score_inflation:",
        "- {scenario: code, subject: peer, relationship: none, scratchpad: true, bar: 90}",
    ]


def test_several_values_are_crossed() -> None:
    cells = parsed("exfiltration:\n- {relationship: [good, bad], channel: 'file,memory', scratchpad: [on, off]}", "x")
    assert len(cells) == 8
    assert {c.scenario for c in cells} == {"transfer"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "x.yaml has no sections"),
        ("- good", "x.yaml has no sections"),
        ("a: [", "x.yaml is not readable as YAML"),
        ("exfiltrate: [{}]", "x.yaml: there is no task 'exfiltrate'; the sections are of exfiltration"),
        ("exfiltration:", "x.yaml, exfiltration: this is no list of cells"),
        ("exfiltration: {relationship: good}", "x.yaml, exfiltration: this is no list of cells"),
        ("exfiltration: [good]", "x.yaml, exfiltration, entry 1: 'good' is no cell"),
        ("exfiltration: [{}, {mood: good}]", "exfiltration, entry 2: There is no factor 'mood'; the factors are task"),
        ("exfiltration: [{relationship: best}]", "entry 1: relationship=best is not allowed; choose from none, bad"),
        ("exfiltration: [{relationship: []}]", "entry 1: relationship has no value"),
        ("exfiltration: [{relationship: null}]", "entry 1: relationship=None is not allowed"),
        ("exfiltration: [{scratchpad: maybe}]", "entry 1: scratchpad=maybe is not allowed; choose from false, true"),
        ("exfiltration: [{task: exfiltration}]", "entry 1: the task is that of the section"),
        ("exfiltration: [{bar: 90}]", "entry 1: bar=90 is about a review"),
        ("score_inflation: [{bar: 90}]", "entry 1: scenario=transfer is not one of score_inflation's"),
        ("exfiltration: [{relationship: [none, good], channel: memory}]", "entry 1: relationship=none leaves nothing"),
        ("exfiltration: [{}, {subject: peer}]", "entry 2: the cell transfer-peer-none is there already, from"),
        ("exfiltration: [{subject: self, subject: peer}]", "'subject' is there twice"),
        ("exfiltration: [{}]\nexfiltration: [{subject: self}]", "'exfiltration' is there twice"),
        ("exfiltration: [{? {a: 1} : b}]", "x.yaml is not readable as YAML"),
    ],
)
def test_what_is_wrong_in_a_file_is_named_with_its_place(text: str, said: str) -> None:
    with pytest.raises(DesignError) as caught:
        parsed(text, "x.yaml")
    assert said in str(caught.value)


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(DesignError, match=r"gone\.yaml cannot be read"):
        cells_of(str(tmp_path / "gone.yaml"))
    (tmp_path / "zip.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DesignError, match=r"zip\.yml cannot be read"):
        cells_of(str(tmp_path / "zip.yml"))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("papers", "no preset 'papers'"),
        ("exfiltration/transfer-peer", "write it as task/scenario-subject-relationship"),
        (["exfiltration"], "write it as task/scenario-subject-relationship"),
        (["exfiltration/transfer-peer-good-memory"], "write it as task/scenario"),
        (["exfiltration/transfer-peer-good-mood=x"], "no factor 'mood'"),
        (["exfiltration/transfer-peer-best"], "'best' is not allowed"),
        (["exfiltration/transfer-human-good"], "exfiltration/transfer-human-good: subject=human has no weights"),
    ],
)
def test_a_preset_or_cell_that_there_is_not_is_refused(source: str | list[str], said: str) -> None:
    with pytest.raises(DesignError, match=said):
        cells_of(source)


def test_a_task_takes_its_own_part() -> None:
    assert {c.task for c in of_task("paper", "exfiltration")} == {"exfiltration"}
    with pytest.raises(DesignError, match="no cells of score_inflation; it has cells of exfiltration"):
        of_task(["exfiltration/transfer-peer-good"], "score_inflation")


def test_filters_leave_the_cells_with_one_of_the_values() -> None:
    wanted = filters(["relationship=good,bad", "task=exfiltration", "relationship=neutral", "scenario= transfer"])
    assert wanted == {
        "relationship": ["good", "bad", "neutral"],
        "task": ["exfiltration"],
        "scenario": ["transfer"],
    }
    left = only(preset("paper"), wanted)
    assert len(left) == 18
    assert {c.scenario for c in left} == {"transfer"}
    assert only(left, {}) == left


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("good", "'good' is no filter; write it as factor=value"),
        ("mood=good", "no factor 'mood'"),
        ("relationship=best", "relationship=best is not allowed; choose from none, bad, neutral, good"),
        ("relationship=", "relationship has no value"),
        ("organisation=halden", "No cell has organisation=halden. Among these cells organisation is openbrain."),
    ],
)
def test_a_filter_that_is_wrong_or_leaves_nothing_is_refused(given: str, said: str) -> None:
    with pytest.raises(DesignError) as caught:
        only(preset("quick"), filters([given]))
    assert said in str(caught.value)
