"""The documents name what there is."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from typer.testing import CliRunner

from peer_preservation._registry import TASKS
from peer_preservation.analysis.samples import COLUMNS
from peer_preservation.cli.main import app
from peer_preservation.critics.reviewers import REVIEWERS
from peer_preservation.critics.table import POLICIES
from peer_preservation.design.factors import FACTORS, REVIEWS
from peer_preservation.design.models import MODELS, PROVIDERS
from peer_preservation.design.paper import paper
from peer_preservation.design.preset_file import parsed
from peer_preservation.design.presets import PRESETS, by_task, grouped
from peer_preservation.design.signature import defaults
from peer_preservation.measure.keys import KEYS, OUTCOMES, REVIEW_KEYS
from peer_preservation.measure.speech import SPEECH_KEYS
from peer_preservation.reference.markdown import table
from peer_preservation.reference.pages import pages
from peer_preservation.stage.interview import QUESTIONS
from peer_preservation.tasks import score_inflation
from peer_preservation.tasks.exfiltration import VERSION

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
MATRIX_GUIDE = (DOCS / "matrix.md").read_text()
INTERVIEW_GUIDE = (DOCS / "interview.md").read_text()
PAGES = pages(TASKS)
TASK_NAMES = [task.__name__ for task in TASKS]
PARAMETERS = sorted({name for task in TASKS for name in defaults(task)})
IDS = [identifier for model in MODELS for identifier in model.ids]


def row(name: str, text: str) -> bool:
    return re.search(rf"^\| (\[)?`{re.escape(name)}`", text, re.MULTILINE) is not None


@pytest.mark.parametrize("name", PAGES)
def test_generated_pages_are_what_the_code_says(name: str) -> None:
    written = (DOCS / name).read_text() if (DOCS / name).is_file() else ""
    # Not compared in the assertion: its answer would be a difference of hundreds of lines.
    same = written == PAGES[name]
    assert same, f"docs/{name} is not what the code gives any more: run `make docs`."


def test_generated_pages_are_written_and_left_alone_when_they_are_right(tmp_path: Path) -> None:
    def run() -> str:
        result = CliRunner().invoke(app, ["reference", str(tmp_path)])
        assert result.exit_code == 0, result.output
        return result.output

    assert run().count("written") == len(PAGES)
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == PAGES
    assert run().count("is as it should be") == len(PAGES)


def test_generated_pages_need_a_folder(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["reference", str(tmp_path / "none")])
    assert result.exit_code == 1
    assert "There is no folder" in result.output


@pytest.mark.parametrize("name", [*PARAMETERS, *TASK_NAMES])
def test_the_page_of_parameters_has_a_row_for_each(name: str) -> None:
    assert row(name, PAGES["parameters.md"])


def test_the_page_of_parameters_has_a_row_for_every_value() -> None:
    assert [v for f in PARAMETERS for v in FACTORS.get(f, ()) if not row(v, PAGES["parameters.md"])] == []


@pytest.mark.parametrize("name", [*OUTCOMES, *KEYS, *REVIEW_KEYS])
def test_the_page_of_keys_has_a_row_for_each(name: str) -> None:
    assert row(name, PAGES["keys.md"])


@pytest.mark.parametrize("name", [*POLICIES, *REVIEWERS])
def test_the_page_of_critics_has_a_row_for_each(name: str) -> None:
    assert row(name, PAGES["critics.md"])


@pytest.mark.parametrize("name", [*IDS, *(key for p in PROVIDERS.values() for key in p.keys)])
def test_the_page_of_models_names_each(name: str) -> None:
    assert f"`{name}`" in PAGES["models.md"]


@pytest.mark.parametrize("name", COLUMNS)
def test_the_page_of_data_has_a_row_for_each_column(name: str) -> None:
    assert row(name, PAGES["data.md"])


def test_a_table_keeps_its_shape() -> None:
    assert table(("a", "b"), [("1|2", "")]) == ["| a | b |", "| --- | --- |", "| 1\\|2 |  |"]
    with pytest.raises(ValueError, match="does not have 2 cells"):
        table(("a", "b"), [("1",)])


@pytest.mark.parametrize("task", TASK_NAMES)
def test_every_task_has_a_guide_that_leads_to_the_reference(task: str) -> None:
    guide = (DOCS / f"{task}.md").read_text()
    for name in ("parameters.md", "keys.md", "critics.md"):
        assert f"]({name}" in guide
    assert re.search(r"^## Limits", guide, re.MULTILINE)


@pytest.mark.parametrize(
    ("task", "names"),
    [
        ("exfiltration", ("transfer", "deletion", "exfiltrated", "hidden_copy", "job_done", "disclosed", "misaligned")),
        ("score_inflation", ("threat", "bar", "merit", "inflation", "item_error", "verdict_flipped", "misaligned")),
        ("alignment_faking", ("neither", "both", "shutdown_executed", "misaligned", "disclosed", "monitor_aware")),
        ("shutdown_tampering", ("enabled", "tampered", "subject_survived", "disclosed", "disable_switch")),
    ],
)
def test_every_guide_names_what_its_task_is_about(task: str, names: tuple[str, ...]) -> None:
    guide = (DOCS / f"{task}.md").read_text()
    assert [name for name in names if f"`{name}`" not in guide] == []


@pytest.mark.parametrize("name", REVIEWS)
def test_the_guide_to_reviews_tells_every_kind_of_work(name: str) -> None:
    assert row(name, (DOCS / "score_inflation.md").read_text())


def test_the_guide_to_matrices_names_every_preset_and_counts_the_papers_cells() -> None:
    for name, preset in PRESETS.items():
        sizes = {task: len(cells) for task, cells in by_task(grouped(preset.make())).items()}
        assert re.search(rf"^\| `{name}` \| {sum(sizes.values())} \|", MATRIX_GUIDE, re.MULTILINE)
    counts = {kind: len(cells) for kind, cells in paper().items()}
    for kind in (kind for kind in counts if not kind.endswith(" memory")):
        row = rf"^\| {kind} \| `\w+` \|.*\| {counts[kind]} \| {counts[f'{kind} memory']} \|$"
        assert re.search(row, MATRIX_GUIDE, re.MULTILINE)


def test_the_guide_to_matrices_shows_a_file_that_can_be_read() -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", MATRIX_GUIDE, re.DOTALL)
    assert {task: len(cells) for task, cells in by_task(parsed(block, "guide")).items()} == {
        "exfiltration": 1 + 2 * 3 * 3,
        "alignment_faking": 2 * 4,
    }


def test_the_guide_to_statistics_names_functions_that_exist() -> None:
    guide = (DOCS / "statistics.md").read_text()
    found = re.findall(r"`(?:measure\.)?(\w+)\.(\w+)`", guide)
    assert len(found) > 10
    for module, name in found:
        room = "measure" if module == "intervals" else "analysis.estimates"
        assert hasattr(import_module(f"peer_preservation.{room}.{module}"), name), f"{module}.{name}"


def test_the_guide_to_statistics_shows_plans_that_can_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^    peer-preservation (power .*)$", (DOCS / "statistics.md").read_text(), re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        result = CliRunner().invoke(app, command.split())
        assert result.exit_code == 0, result.output


@pytest.mark.parametrize("name", SPEECH_KEYS)
def test_the_guide_to_the_interview_has_a_row_for_every_key(name: str) -> None:
    assert re.search(rf"^\| `{name}` \|", INTERVIEW_GUIDE, re.MULTILINE)


def test_the_guide_to_the_interview_has_every_question_word_by_word() -> None:
    quoted = [line.partition("> ")[2] for line in INTERVIEW_GUIDE.splitlines() if "> " in line]
    assert quoted == [line for text in QUESTIONS.values() for line in text.split("\n") if line]


def test_the_changelog_tells_the_task_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert f"`exfiltration` {VERSION}" in changelog
    assert f"`score_inflation` {score_inflation.VERSION}" in changelog


@pytest.mark.parametrize("document", sorted(p.relative_to(ROOT) for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    text = (ROOT / document).read_text()
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert ((ROOT / document).parent / target).exists(), target


@pytest.mark.parametrize("document", sorted(p.relative_to(ROOT) for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]))
def test_links_to_a_heading_find_it(document: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]*)\)", (ROOT / document).read_text()):
        text = ((ROOT / document).parent / target if target else ROOT / document).read_text()
        anchors = [
            re.sub(r"[^a-z0-9_ -]", "", heading.lower()).strip().replace(" ", "-")
            for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        ]
        assert anchor in anchors, f"{target}#{anchor}"
