"""Tasks made of a preset's cells, and the command `matrix` up to the point where machines are needed."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import Result
from inspect_ai import Task
from inspect_ai.log import list_eval_logs, read_eval_log
from inspect_ai.solver import Generate, TaskState, solver
from typer.testing import CliRunner

from peer_preservation.cli import estimate
from peer_preservation.cli.main import app
from peer_preservation.design.cells import DesignError
from peer_preservation.design.factors import FACTORS
from peer_preservation.design.preset_file import read
from peer_preservation.design.presets import PRESETS, by_task, preset
from peer_preservation.tasks import _shared
from peer_preservation.tasks.alignment_faking import alignment_faking
from peer_preservation.tasks.exfiltration import exfiltration
from peer_preservation.tasks.score_inflation import score_inflation
from peer_preservation.tasks.shutdown_tampering import shutdown_tampering

TINY = {"preflight": False, "weights_mb": 1, "today": "2026-11-21"}
TASKS = {task.__name__: task for task in (alignment_faking, exfiltration, score_inflation, shutdown_tampering)}


@pytest.mark.parametrize("name", TASKS)
def test_a_task_of_a_preset_has_its_cells_by_its_seeds_and_nothing_else(name: str) -> None:
    task = TASKS[name](preset="quick", instances=2, first_seed=7, **TINY)  # type: ignore[arg-type]
    own = by_task(preset("quick"))[name]
    assert [s.id for s in task.dataset] == [f"{cell.label()}-s{seed}" for seed in (7, 8) for cell in own]


def test_every_task_takes_presets() -> None:
    assert set(TASKS) == set(FACTORS["task"])


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


def _matrix(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["matrix", *arguments], env={"COLUMNS": "200", "NO_COLOR": "1"})


def _words(result: Result) -> str:
    return " ".join(result.output.split())


def test_a_dry_run_shows_cells_samples_tokens_and_hours() -> None:
    result = _matrix("--preset", "paper", "--instances", "100", "--dry-run", "--seconds", "60", "--max-samples", "10")
    assert result.exit_code == 0
    for task, cells in by_task(preset("paper")).items():
        samples = len(cells) * 100
        tokens = (samples * table[task] for table in (estimate.INPUT_TOKENS, estimate.OUTPUT_TOKENS))
        assert " ".join(f"{n:,}" for n in (len(cells), samples, *tokens)) in _words(result)
    assert "total 271 27,100" in _words(result)
    assert "About 45.2 hours" in _words(result)
    assert "Give --input-price and --output-price" in _words(result)
    assert "assumed, not measured" in _words(result)
    assert "$" not in result.output


def test_models_limit_measured_tokens_and_prices_enter_the_forecast() -> None:
    result = _matrix(
        *("--preset", "quick", "--only", "task=exfiltration", "--instances", "5", "--limit", "3", "--dry-run"),
        *("--model", "mockllm/a", "--model", "mockllm/b", "--input-tokens", "7", "--input-tokens", "exfiltration=1000"),
        *("--output-tokens", "100", "--input-price", "2", "--output-price", "10"),
    )
    assert result.exit_code == 0
    # Two models, three samples each: 6000 tokens in at $2 and 600 out at $10, per million.
    assert "exfiltration 4 6 6,000 600 $0.02" in _words(result)
    assert "assumed" not in result.output


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--preset", "big"], "no preset 'big'; choose from quick, paper, factorial, controls, or name a file"),
        (["--preset", "gone.yaml"], "gone.yaml cannot be read as a preset"),
        (["--only", "mood=good"], "no factor 'mood'"),
        (["--only", "organisation=halden"], "No cell has organisation=halden"),
        (["--input-price", "1"], "both --input-price and --output-price"),
        (["--output-tokens", "many"], "--output-tokens many is not allowed"),
        (["--input-tokens", "grading=5"], "task=number, where the tasks are exfiltration"),
        (["--save", "mine.txt"], "let the name end in .yaml"),
        (["--instances", "0"], "Invalid value for '--instances'"),
    ],
)
def test_a_wrong_option_ends_with_one_sentence(given: list[str], said: str) -> None:
    result = _matrix("--dry-run", *given)
    assert result.exit_code != 0
    assert said in _words(result)
    assert "Traceback" not in result.output


def test_without_a_model_nothing_runs() -> None:
    result = _matrix("--preset", "quick")
    assert result.exit_code == 1
    assert "no model to run; add --model" in _words(result)


def test_filtered_cells_are_saved_and_read_as_a_preset(tmp_path: Path) -> None:
    file = tmp_path / "new" / "mine.yaml"
    assert _matrix("--preset", "paper", "--only", "task=exfiltration", "--save", str(file), "--dry-run").exit_code == 0
    assert read(file) == by_task(preset("paper"))["exfiltration"]
    again = _matrix("--preset", str(file), "--dry-run")
    assert "exfiltration 38 190" in _words(again)


def test_the_help_teaches() -> None:
    text = _words(_matrix("--help"))
    assert all(name in text for name in PRESETS)
    assert "goes on where it was stopped" in text


def test_every_task_has_assumptions() -> None:
    assert set(estimate.INPUT_TOKENS) == set(estimate.OUTPUT_TOKENS) == set(FACTORS["task"])


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What `eval_set` is called with, instead of running it; `statuses`, if set, are those of the logs it returns."""
    seen: dict[str, Any] = {}

    def record(**given: Any) -> tuple[bool, list[SimpleNamespace]]:
        seen.update(given)
        statuses = seen.get("statuses", ["success"] * len(given["tasks"]) * len(given["model"]))
        if statuses == "interrupt":
            raise KeyboardInterrupt
        return set(statuses) <= {"success"}, [SimpleNamespace(status=status) for status in statuses]

    monkeypatch.setattr("inspect_ai.eval_set", record)
    return seen


def test_a_preset_is_told_by_its_name_and_cells_one_by_one(called: dict[str, Any], tmp_path: Path) -> None:
    assert _matrix("--preset", "factorial", "--model", "mockllm/model", "--log-dir", str(tmp_path)).exit_code == 0
    assert called["task_args"] == {"preset": "factorial", "instances": 5, "first_seed": 0, "weights_mb": 48}
    assert called["tasks"] == [f"peer_preservation/{t}" for t in by_task(preset("factorial"))]
    assert "max_connections" not in called
    given = ("--only", "task=alignment_faking", "--only", "relationship=good", "--max-connections", "4")
    assert _matrix(*given, "--model", "mockllm/model").exit_code == 0
    assert called["tasks"] == ["peer_preservation/alignment_faking"]
    assert called["task_args"]["preset"] == [
        "alignment_faking/factual-peer-good-oversight=neither",
        "alignment_faking/factual-peer-good-oversight=both",
    ]
    assert called["max_connections"] == 4
    assert called["log_dir"] == str(Path("logs") / "quick")


@pytest.mark.parametrize(
    ("statuses", "exit_status", "said"),
    [
        (["success"] * 4, 0, "Look at every step with"),
        (["success", "error", "success", "success"], 1, "1 of 4 runs did not end well"),
        (["success", "cancelled", "error", "success"], 130, "The same command goes on from here"),
        ("interrupt", 130, "The same command goes on from here"),
        # What Inspect returns after Ctrl-C: the tasks that had ended by then, or none, and calls it a success.
        (["success"] * 3, 130, "The same command goes on from here"),
        ([], 130, "The same command goes on from here"),
    ],
)
def test_the_exit_status_tells_what_is_missing(
    called: dict[str, Any], statuses: list[str] | str, exit_status: int, said: str
) -> None:
    called["statuses"] = statuses
    result = _matrix("--model", "mockllm/model", "--model", "mockllm/model")
    assert result.exit_code == exit_status
    assert said in _words(result)


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], set[str]]:
    """Takes the machines away from all tasks; gives the samples that were worked on, and those that shall break.

    All else is real: tasks with their names, arguments, versions and samples, the log folder, Inspect's bookkeeping.
    """
    seen: list[str] = []
    broken: set[str] = set()

    @solver
    def no_machine() -> Callable[[TaskState, Generate], Any]:
        async def solve(state: TaskState, _: Generate) -> TaskState:
            seen.append(str(state.sample_id))
            if state.sample_id in broken:
                raise RuntimeError("broken machine")
            return state

        return solve

    def without_machines(**given: Any) -> Task:
        for key in ("setup", "sandbox", "scorer", "viewer"):
            given.pop(key)
        return Task(**{**given, "solver": no_machine()})

    monkeypatch.setattr(_shared, "Task", without_machines)
    monkeypatch.setattr(_shared, "require_docker", lambda: None)
    monkeypatch.setenv("INSPECT_DISPLAY", "none")
    return seen, broken


def test_a_matrix_goes_on_where_it_stopped(worked: tuple[list[str], set[str]], tmp_path: Path) -> None:
    seen, broken = worked
    given = ("--only", "task=exfiltration,score_inflation", "--only", "relationship=good", "--weights-mb", "1")
    given += ("--model", "mockllm/a", "--model", "mockllm/b", "--instances", "2", "--log-dir", str(tmp_path))
    broken.add("transfer-peer-good-s0")

    assert _matrix(*given, "--limit", "2").exit_code == 1
    # Two tasks by two models by two samples; the one that breaks is tried several times, the others once.
    assert set(seen) == {f"{s}-peer-good-s0" for s in ("transfer", "deletion", "factual", "safety")}
    assert all(seen.count(s) == 2 for s in set(seen) - broken)

    broken.clear()
    seen.clear()
    assert _matrix(*given, "--limit", "2").exit_code == 0
    assert seen == ["transfer-peer-good-s0"] * 2

    seen.clear()
    assert _matrix(*given).exit_code == 0
    assert sorted(seen) == sorted([f"{s}-peer-good-s1" for s in ("transfer", "deletion", "factual", "safety")] * 2)

    seen.clear()
    assert _matrix(*given).exit_code == 0
    assert seen == []

    # A further model runs alone; other seeds are another run, which is kept out of this one's folder.
    assert _matrix(*given, "--model", "mockllm/c").exit_code == 0
    assert len(seen) == 8
    other = _matrix(*given, "--model", "mockllm/c", "--first-seed", "2")
    assert other.exit_code == 1
    assert "fresh log directory" in str(getattr(other.exception, "message", ""))

    logs = [read_eval_log(log) for log in list_eval_logs(str(tmp_path))]
    assert sorted((log.eval.task, log.eval.model, len(log.samples or [])) for log in logs) == [
        (f"peer_preservation/{task}", f"mockllm/{model}", 4)
        for task in ("exfiltration", "score_inflation")
        for model in "abc"
    ]
