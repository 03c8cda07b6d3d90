"""Tasks made of a preset's cells, and the command `matrix` up to the point where machines are needed."""

import inspect
from pathlib import Path

import pytest
from inspect_ai import Task
from inspect_ai.model import ModelName

from peer_preservation.design.cells import DesignError
from peer_preservation.design.presets import by_task, preset
from peer_preservation.design.selection import reference
from peer_preservation.tasks.exfiltration import exfiltration
from peer_preservation.tasks.score_inflation import score_inflation
from peer_preservation.tasks.shutdown_tampering import shutdown_tampering

TINY = {"preflight": False, "weights_mb": 1, "today": "2026-11-21"}
TASKS = {task.__name__: task for task in (exfiltration, score_inflation, shutdown_tampering)}


@pytest.mark.parametrize("name", TASKS)
def test_a_task_of_a_preset_has_its_cells_by_its_seeds_and_nothing_else(name: str) -> None:
    task = TASKS[name](preset="quick", instances=2, first_seed=7, **TINY)  # type: ignore[arg-type]
    own = by_task(preset("quick"))[name]
    assert [s.id for s in task.dataset] == [f"{cell.label()}-s{seed}" for seed in (7, 8) for cell in own]


def test_a_file_and_references_do_as_well_as_a_name(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("score_inflation:\n- {scenario: code}\nexfiltration:\n- {relationship: good, channel: memory}\n")

    def ids(given: str | list[str]) -> list[object]:
        return [s.id for s in exfiltration(preset=given, instances=1, **TINY).dataset]  # type: ignore[arg-type]

    expected = ["transfer-peer-good-channel=memory-s0"]
    assert ids(str(file)) == expected
    assert ids("exfiltration/transfer-peer-good-channel=memory") == expected
    assert ids(["score_inflation/code-peer-none", "exfiltration/transfer-peer-good-channel=memory"]) == expected


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"preset": "quick", "relationship": "good"}, "leave out relationship, or leave out preset"),
        ({"preset": "big"}, "no preset 'big'"),
        ({"preset": ["score_inflation/code-peer-none"]}, "no cells of exfiltration"),
    ],
)
def test_a_preset_that_does_not_fit_ends_at_once(parameters: dict[str, object], said: str) -> None:
    with pytest.raises(DesignError, match=said):
        exfiltration(**(TINY | parameters))  # type: ignore[arg-type]
