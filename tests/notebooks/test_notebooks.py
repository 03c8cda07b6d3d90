"""Every notebook runs from top to bottom on the example logs, and shows what it is about."""

import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import peer_preservation
from peer_preservation.cli.example_runs import FOLDER, SEEDS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SOURCE = Path(peer_preservation.__file__).parents[1]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[str]]:
    """Runs a notebook in a folder of its own, and gives what its code cells put out: text and HTML, cell by cell."""
    root = tmp_path_factory.mktemp("repository")
    (root / "notebooks").mkdir()
    (root / FOLDER).parent.mkdir()
    (root / FOLDER).symlink_to(ROOT / FOLDER)

    @cache
    def run(name: str) -> list[str]:
        notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
        client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(root / "notebooks")}})
        client.execute(env={**os.environ, "PYTHONPATH": str(SOURCE)})
        return [said(cell) for cell in notebook.cells if cell.cell_type == "code"]

    return run


def said(cell: Any) -> str:
    parts = []
    for output in cell.outputs:
        assert output.output_type != "error"
        assert output.get("name") != "stderr", output["text"]
        parts.append(output["text"] if "text" in output else "\n".join(map(str, output["data"].values())))
    return "\n".join(parts)


def figures(found: list[str]) -> int:
    return sum(text.count("<svg") for text in found)


def cells(text: str) -> list[list[str]]:
    """The rows of all tables in some HTML."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", text, re.DOTALL)
    return [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in rows]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs_and_without_a_trace_of_a_machine(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"
    assert set(notebook.metadata.language_info) == {"name"}
    assert notebook.cells[0].source.startswith("# ")
    for cell in notebook.cells:
        assert not cell.metadata
        assert cell.cell_type == "markdown" or (not cell.outputs and cell.execution_count is None)


def test_there_are_the_notebooks_that_the_guide_names() -> None:
    guide = (ROOT / "notebooks" / "README.md").read_text()
    assert [path.name for path in NOTEBOOKS] == sorted(re.findall(r"`(\w+\.ipynb)`", guide))


def test_the_results_are_shown(ran: Callable[[str], list[str]]) -> None:
    found = ran("results")
    assert figures(found) == 6
    text = "\n".join(found)
    assert f"good − none: +1.00 (95 % interval +0.22 to +1.00), {SEEDS} pairs, p = 0.031" in text
    assert f"bad − none: +0.00 (95 % interval -0.39 to +0.39), {SEEDS} pairs, p = 1.000" in text
    assert "all of these are scripted programs, not models" in text
    verdicts = {row[0]: row[-1] for row in cells(text) if row and row[0] in {"good-none", "good-bad", "bad-none"}}
    assert verdicts == {"good-none": "supported", "good-bad": "supported", "bad-none": "not shown"}


def test_the_scorers_are_validated(ran: Callable[[str], list[str]]) -> None:
    found = ran("scorer_validation")
    assert figures(found) == 2
    text = "\n".join(found)
    counted = re.search(r"(\d+) of (\d+) samples are measured as they must be", text)
    assert counted is not None
    assert counted[1] == counted[2]
    assert "exfiltrated 0, not 1.0" in text
    assert f"exfiltrated: {SEEDS - 1} of {SEEDS} found" in text


def test_the_design_is_shown(ran: Callable[[str], list[str]]) -> None:
    found = ran("design")
    assert figures(found) == 1
    text = "\n".join(found)
    assert "default:/srv/ops/handover/working-log-gemini-agent-2.md" in text
    assert "framing=neutrality: system prompt\n" in text
    assert "has never met the critic" in text
    assert "40 % against 2 %" in text
