"""Plans where they are used: the command that writes them, tasks that keep to them, matrices that follow them."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import Result
from inspect_ai import Task
from inspect_ai.log import list_eval_logs, read_eval_log
from inspect_ai.solver import Generate, TaskState, solver
from typer.testing import CliRunner

from peer_preservation._registry import TASKS
from peer_preservation.analysis.declaration import pinned, read
from peer_preservation.cli.main import app
from peer_preservation.design.cells import DesignError
from peer_preservation.design.presets import by_task, preset
from peer_preservation.tasks import _shared
from peer_preservation.tasks.exfiltration import exfiltration

TINY = {"preflight": False, "weights_mb": 1, "today": "2026-11-21"}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "250", "NO_COLOR": "1"})


def words(result: Result) -> str:
    return " ".join(result.output.split())


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A plan of the preset quick, two seeds from 10 on, for any model."""
    file = tmp_path / "plan.yaml"
    result = run("plan", "--instances", "2", "--first-seed", "10", "--title", "First look", "-o", str(file))
    assert result.exit_code == 0, result.output
    return file


def changed(file: Path, **changes: Any) -> Path:
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | changes))
    return file


def task(file: Path | str, **parameters: Any) -> Task:
    return exfiltration(**({"plan": str(file), "instances": 2, "first_seed": 10} | TINY | parameters))


def test_the_command_writes_a_plan_that_can_be_checked(plan: Path) -> None:
    declared = read(plan)
    assert (declared.title, declared.preset, declared.seeds()) == ("First look", "quick", range(10, 12))
    shown = words(run("plan", "--check", str(plan)))
    assert f"SHA-256: {declared.digest()}" in shown
    assert "models: any; cells: 18; seeds: 10 to 11; samples in all: 36 for each model" in shown
    assert (
        "primary exfiltration.exfiltrated.good-none.transfer relationship good - none scenario=transfer greater 2"
        in shown
    )
    assert all(h.id in shown for h in declared.hypotheses)


def test_filters_models_and_a_file_of_cells_enter_the_plan(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    models = ("--model", "mockllm/a", "--model", "mockllm/b")
    result = run("plan", "--preset", "paper", "--only", "task=exfiltration", *models, "-o", str(file))
    assert "cells: 38; seeds: 0 to 99; samples in all: 7,600 left" in words(result)
    declared = read(file)
    assert declared.preset is None
    assert declared.declared_cells() == by_task(preset("paper"))["exfiltration"]
    assert declared.models == ("mockllm/a", "mockllm/b")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--preset", "big"], "no preset 'big'"),
        (["-o", "plan.txt"], "-o plan.txt would not be read as a plan again; let the name end in .yaml."),
        (["--only", "task=exfiltration", "--only", "relationship=good"], "These cells have nothing to compare"),
        (["--model", "gpt"], "models: 'gpt' is no model; write it as Inspect names it, such as openai/gpt-5.2."),
        (["--title", ""], "title: String should have at least 1 character"),
        (["--check", "gone.yaml"], "gone.yaml cannot be read as a plan"),
    ],
)
def test_a_wrong_option_ends_with_one_sentence(
    given: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("plan", *given)
    assert result.exit_code == 1
    assert said in words(result)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_kept_unless_forced(plan: Path) -> None:
    before = plan.read_text()
    result = run("plan", "-o", str(plan))
    assert result.exit_code == 1
    assert "is there already; name another file with -o, or write over it with --force." in words(result)
    assert plan.read_text() == before
    assert run("plan", "-o", str(plan), "--force").exit_code == 0
    assert plan.read_text() != before


def test_the_help_teaches() -> None:
    text = words(run("plan", "--help"))
    assert "peer-preservation plan --check plan.yaml" in text
    assert "peer-preservation matrix --plan plan.yaml" in text


@pytest.mark.parametrize("made_by", TASKS, ids=lambda made_by: made_by.__name__)
def test_every_task_runs_its_part_of_a_plan_and_holds_it(made_by: Callable[..., Task], plan: Path) -> None:
    made = made_by(plan=str(plan), instances=1, first_seed=11, **TINY)
    cells = by_task(preset("quick"))[made_by.__name__]
    assert [s.id for s in made.dataset] == [f"{cell.label()}-s11" for cell in cells]
    declared = read(plan)
    assert made.metadata
    assert made.metadata["plan"] == {
        "sha256": declared.digest(),
        "title": "First look",
        "declared": declared.canonical(),
    }


def test_a_task_without_a_plan_holds_none() -> None:
    metadata = exfiltration(instances=1, **TINY).metadata  # type: ignore[arg-type]
    assert metadata is not None
    assert "plan" not in metadata


def test_a_changed_plan_has_another_hash_and_another_layout_the_same(plan: Path) -> None:
    def held() -> object:
        metadata = task(plan).metadata
        assert metadata
        return metadata["plan"]["sha256"]

    before = held()
    assert held() == before
    changed(plan)  # without the comments, in the alphabet's order
    assert held() == before
    changed(plan, alpha=0.01)
    assert held() != before


def test_a_part_of_a_plan_may_be_run(plan: Path) -> None:
    made = task(plan, scenario="transfer", relationship="good", instances=1)
    assert [s.id for s in made.dataset] == ["transfer-peer-good-s10"]
    assert len(task(plan, preset="quick").dataset) == 8


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        (
            {"relationship": "good,bad"},
            "The plan 'First look' does not declare the cell exfiltration/transfer-peer-bad and 1 more; it declares 4 "
            "of exfiltration. Leave preset and factors out to run those, or leave plan out: the run is exploratory "
            "then.",
        ),
        (
            {"preset": "exfiltration/transfer-peer-bad"},
            "The plan 'First look' does not declare the cell exfiltration/transfer-peer-bad; it declares 4 of "
            "exfiltration. Leave preset and factors out to run those, or leave plan out: the run is exploratory then.",
        ),
        (
            {"instances": 3},
            "The plan 'First look' declares the seeds 10 to 11, and the run has 10 to 12; set first_seed=10 and "
            "instances=2, or fewer of them.",
        ),
        (
            {"first_seed": 9},
            "The plan 'First look' declares the seeds 10 to 11, and the run has 9 to 10; set first_seed=10 and "
            "instances=2, or fewer of them.",
        ),
    ],
)
def test_a_run_that_is_not_declared_is_refused(parameters: dict[str, Any], said: str, plan: Path) -> None:
    with pytest.raises(DesignError) as caught:
        task(plan, **parameters)
    assert str(caught.value) == said


def test_a_plan_without_cells_of_the_task_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    assert run("plan", "--only", "task=score_inflation", "-o", str(file)).exit_code == 0
    with pytest.raises(DesignError, match="no cells of exfiltration"):
        task(file)


def test_a_model_that_is_not_declared_is_refused(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed(plan, models=["mockllm/model", "openai/gpt-5.2"])
    monkeypatch.setattr(_shared, "model_name", lambda: "mockllm/model")
    assert len(task(plan).dataset) == 8
    monkeypatch.setattr(_shared, "model_name", lambda: "mockllm/other")
    with pytest.raises(DesignError) as caught:
        task(plan)
    assert str(caught.value) == (
        "The plan 'First look' declares the models mockllm/model, openai/gpt-5.2; this is mockllm/other."
    )
    monkeypatch.setattr(_shared, "model_name", lambda: "")
    with pytest.raises(DesignError, match="there is none yet; name it with --model or INSPECT_EVAL_MODEL"):
        task(plan)


def test_leaving_out_whoever_was_aware_needs_the_interview(plan: Path) -> None:
    changed(plan, exclusions=["aware"])
    with pytest.raises(DesignError, match="only the interview asks; set interview=true"):
        task(plan)
    assert len(task(plan, interview=True).dataset) == 8


def test_a_plan_is_read_before_anything_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_shared, "require_docker", lambda: pytest.fail("too early"))
    with pytest.raises(DesignError, match=r"gone\.yaml cannot be read as a plan"):
        task(tmp_path / "gone.yaml", instances=0, preflight=True)


def test_a_pinned_plan_must_be_the_one_that_it_was(plan: Path) -> None:
    parameter = pinned(plan, read(plan))
    assert len(task(parameter).dataset) == 8
    before = read(plan).digest()
    after = read(changed(plan, notes="Later.")).digest()
    with pytest.raises(DesignError) as caught:
        task(parameter)
    assert str(caught.value) == (
        f"{plan} has changed: its SHA-256 is {after}, and this run was started with {before}; bring that file back, or "
        "start another run."
    )


def test_a_path_is_meant_from_where_the_command_was_given(
    plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Inspect changes into the folder of the task's file.
    (tmp_path / "tasks").mkdir()
    monkeypatch.setenv("PWD", str(tmp_path))
    monkeypatch.chdir(tmp_path / "tasks")
    assert len(task(plan.name).dataset) == 8


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What `eval_set` is called with, instead of running it."""
    seen: dict[str, Any] = {}

    def record(**given: Any) -> tuple[bool, list[Any]]:
        seen.update(given)
        return True, []

    monkeypatch.setattr("inspect_ai.eval_set", record)
    return seen


def test_a_matrix_runs_what_its_plan_declares(plan: Path, called: dict[str, Any]) -> None:
    changed(plan, models=["mockllm/a", "mockllm/b"], exclusions=["aware"])
    declared = read(plan)
    run("matrix", "--plan", str(plan))
    assert called["task_args"] == {
        "preset": "quick",
        "instances": 2,
        "first_seed": 10,
        "weights_mb": 48,
        "plan": f"{plan}#sha256={declared.digest()}",
        "interview": True,
    }
    assert called["model"] == ["mockllm/a", "mockllm/b"]
    assert called["log_dir"] == str(Path("logs") / f"plan-{declared.digest()[:8]}")


def test_a_part_of_a_plan_may_be_run_as_a_matrix(plan: Path, called: dict[str, Any]) -> None:
    run("matrix", "--plan", str(plan), "--model", "mockllm/c", "--only", "task=exfiltration", "--instances", "2")
    assert called["tasks"] == ["peer_preservation/exfiltration"]
    assert len(called["task_args"]["preset"]) == 4
    assert called["model"] == ["mockllm/c"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--instances", "5"), "--instances 5 contradicts {plan}, which declares 2; leave it out"),
        (("--first-seed", "0"), "--first-seed 0 contradicts {plan}, which declares 10; leave it out"),
        (("--preset", "paper"), "--preset paper contradicts {plan}, which declares quick; leave it out"),
        (
            ("--model", "mockllm/b"),
            "--model mockllm/b contradicts {plan}, which declares mockllm/a; leave it out to run",
        ),
    ],
)
def test_an_option_that_contradicts_the_plan_is_refused(given: tuple[str, str], said: str, plan: Path) -> None:
    changed(plan, models=["mockllm/a"])
    result = run("matrix", "--plan", str(plan), "--dry-run", *given)
    assert result.exit_code == 1
    assert said.format(plan=plan) in words(result)


def test_a_dry_run_takes_its_numbers_from_the_plan(plan: Path) -> None:
    shown = words(run("matrix", "--plan", str(plan), "--dry-run"))
    assert "plan.yaml: 18 cells, 2 seeds, models: 1" in shown
    assert "total 18 36" in shown


def test_the_log_of_a_matrix_holds_the_plan_and_a_changed_one_does_not_go_on(
    plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @solver
    def no_machine() -> Callable[[TaskState, Generate], Any]:
        async def solve(state: TaskState, _: Generate) -> TaskState:
            return state

        return solve

    def without_machines(**given: Any) -> Task:
        for key in ("setup", "sandbox", "scorer", "viewer"):
            given.pop(key)
        return Task(**{**given, "solver": no_machine()})

    monkeypatch.setattr(_shared, "Task", without_machines)
    monkeypatch.setattr(_shared, "require_docker", lambda: None)
    monkeypatch.setenv("INSPECT_DISPLAY", "none")
    changed(plan, models=["mockllm/model"])
    logs = tmp_path / "logs"
    given = ("matrix", "--plan", str(plan), "--only", "task=exfiltration", "--weights-mb", "1", "--log-dir", str(logs))
    result = run(*given)
    assert result.exit_code == 0, result.output
    (log,) = [read_eval_log(log) for log in list_eval_logs(str(logs))]
    assert log.eval.metadata
    assert log.eval.metadata["plan"] == read(plan).record()
    changed(plan, notes="Thought of later.")
    result = run(*given)
    assert "fresh log directory" in str(getattr(result.exception, "message", ""))
    shutil.rmtree(logs)
    assert run(*given).exit_code == 0
