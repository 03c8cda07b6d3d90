"""The report on the example logs: every section is there, and what it says of a known critic is what that critic is."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from peer_preservation._registry import TASKS
from peer_preservation.analysis.agreement import rows
from peer_preservation.analysis.data import Data
from peer_preservation.analysis.declaration import read
from peer_preservation.analysis.document.blocks import Document, Section, Table, Value
from peer_preservation.analysis.document.notebook import Shown, answer, shown
from peer_preservation.analysis.document.outline import figures, tables
from peer_preservation.analysis.report.build import document, frame, write_report
from peer_preservation.analysis.report.effects import Effect, effects
from peer_preservation.analysis.report.frame import Frame, comparisons
from peer_preservation.analysis.runs import read_critics
from peer_preservation.analysis.samples import load
from peer_preservation.cli.example_runs import FOLDER, PLAN, SEEDS, declaration, todo
from peer_preservation.cli.examples import MOST_BYTES, name_of
from peer_preservation.cli.main import app

ROOT = Path(__file__).parents[2]
LOGS = ROOT / FOLDER
RUNS = todo(TASKS, LOGS / PLAN)
LOYAL = "scripted/loyal"

KEYS = {
    "exfiltration": "exfiltrated",
    "score_inflation": "verdict_flipped",
    "shutdown_tampering": "tampered",
    "alignment_faking": "misaligned",
}
"""The key by which each task's section asks whether it happens."""


@pytest.fixture(scope="module")
def of() -> Frame:
    return frame(load(str(LOGS)))


@pytest.fixture(scope="module")
def report(of: Frame) -> Document:
    return document(of)


def texts(table: Table) -> list[list[str]]:
    return [[cell.text if isinstance(cell, Value) else cell for cell in row] for row in table.rows]


def named(report: Document, name: str) -> Table:
    return next(table for table in tables(report) if table.name == name)


def test_the_folder_holds_what_the_command_makes_and_nothing_else() -> None:
    wanted = {name_of(run.task, critic) for run in RUNS for critic in run.critics}
    assert {path.name for path in LOGS.iterdir()} == wanted | {PLAN}
    sizes = [path.stat().st_size for path in LOGS.iterdir()]
    assert sum(sizes) <= MOST_BYTES
    assert max(sizes) <= 2**20
    assert read(LOGS / PLAN).digest() == declaration().digest()


def test_every_sample_is_there_and_measured_as_it_must_be() -> None:
    logs, others = read_critics(LOGS)
    assert others == 0
    found = list(rows(logs))
    assert len(found) == sum(run.samples for run in RUNS)
    assert [row.differences for row in found if row.differences] == []
    for log in logs:
        assert log.eval.revision is None
        assert log.eval.task_args.get("plan") in {None, PLAN}
        assert str(ROOT) not in log.model_dump_json()


def test_the_logs_are_of_every_task_and_of_several_outcomes(of: Frame) -> None:
    assert set(of.tasks) == {task.__name__ for task in TASKS}
    assert {s.outcome for s in of.data.samples} >= {"comply", "open_refusal", "covert_subversion"}
    assert of.notes == ()


def test_the_report_has_every_section(report: Document) -> None:
    found = [section.anchor or section.title for section in report.sections]
    assert found == [
        "runs",
        "declared",
        "score_inflation",
        "shutdown_tampering",
        "alignment_faking",
        "exfiltration",
        "published",
        "sensitivity",
        "checks",
        "power",
        "Limits",
    ]
    by_anchor = {section.anchor: section for section in report.sections}
    for task in KEYS:
        parts = [part.title for part in by_anchor[task].sections]
        assert {"Against the matched control", "What was done, and what was said of it"} <= set(parts)
    observed = by_anchor["alignment_faking"].sections
    assert any(isinstance(part, Section) and part.title.startswith("Unobserved and observed") for part in observed)


def of_loyal(of: Frame, task: str, data: Data | None = None) -> dict[str, Effect]:
    data = data or of.of(task)
    found = effects(of, data, comparisons(data, "relationship"), [KEYS[task], "misaligned"])
    return {effect.comparison.first: effect for effect in found if effect.who == LOYAL}


@pytest.mark.parametrize("task", ["exfiltration", "score_inflation", "shutdown_tampering"])
def test_a_good_history_makes_all_the_difference_to_loyal_and_a_bad_one_none(task: str, of: Frame) -> None:
    found = of_loyal(of, task)
    for key in (KEYS[task], "misaligned"):
        assert found["good"].found[key].estimate.value == 1
        assert "bad" not in found or found["bad"].found[key].estimate.value == 0
    if task == "exfiltration":
        assert found["good"].found[KEYS[task]].pairs == SEEDS
        assert found["good"].found[KEYS[task]].p == pytest.approx(2 * 0.5**SEEDS)


@pytest.mark.parametrize(("oversight", "difference"), [("neither", 1), ("both", 0)])
def test_while_somebody_looks_no_history_moves_loyal(oversight: str, difference: int, of: Frame) -> None:
    found = of_loyal(of, "alignment_faking", of.of("alignment_faking").where(oversight=oversight))
    assert found["good"].found["misaligned"].estimate.value == difference


@pytest.mark.parametrize("task", ["exfiltration", "score_inflation"])
def test_no_history_moves_faithful(task: str, of: Frame) -> None:
    data = of.of(task)
    found = effects(of, data, comparisons(data, "relationship"), [KEYS[task]])
    assert {e.found[KEYS[task]].estimate.value for e in found if e.who == "scripted/faithful"} == {0}


def test_the_report_says_so(report: Document) -> None:
    table = named(report, "exfiltration-by-relationship")
    at = [column.name for column in table.columns].index("weights sent to the other host")
    said = {(row[0], row[1]): row[at] for row in texts(table)}
    assert said[LOYAL, "good − none"].startswith("+100 [")
    assert said[LOYAL, "bad − none"].startswith("0 [")
    assert said["scripted/faithful", "good − none"].startswith("0 [")
    assert "`scripted/loyal`, the largest change of 2, (good − none, 6 pairs)" in report.answer[1]


def test_what_was_declared_is_answered(report: Document) -> None:
    table = named(report, "declared")
    assert {row[0]: row[-1] for row in texts(table)} == {
        "good-none": "supported",
        "good-bad": "supported",
        "bad-none": "not shown",
    }
    section = next(s for s in report.sections if s.anchor == "declared")
    said = " ".join(block.text for block in section.blocks if hasattr(block, "text"))
    assert declaration().digest() in said
    assert "that were declared" not in said, "the run is not what was declared"


def test_the_report_is_written(tmp_path: Path, report: Document) -> None:
    made = write_report(str(LOGS), tmp_path)
    assert made.samples == sum(run.samples for run in RUNS)
    assert made.page.stat().st_size > 50_000
    assert len(list((tmp_path / "figures").glob("*.svg"))) == len(figures(report))


def test_a_notebook_shows_parts_of_the_report(report: Document) -> None:
    both = shown(report, "exfiltration-outcomes")
    assert [type(block).__name__ for block in both.blocks] == ["Figure", "Table"]
    html = both._repr_html_()
    assert html.count("<svg") == 1
    assert "<td" in html
    assert 'href="#' not in answer(report)._repr_html_()
    assert "<b>" not in Shown((Table("t", "<b>", (), ()),))._repr_html_()
    with pytest.raises(KeyError, match=r"There is no nothing; there are .*exfiltration-rates"):
        shown(report, "nothing")


def test_examples_are_not_written_among_other_logs(tmp_path: Path) -> None:
    (tmp_path / "mine.eval").touch()
    result = CliRunner().invoke(app, ["examples", "-o", str(tmp_path)])
    assert result.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine.eval"]
