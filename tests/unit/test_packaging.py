"""A checkout and a wheel offer the same task, by file, by name and by import."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
INSPECT = Path(sys.executable).with_name("inspect")


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of another environment, in which the built wheel is installed and the dependencies are seen."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet"]
    # Build from a copy: setuptools leaves a build folder in the tree that it builds from.
    tree = folder / "tree"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(tree)], check=True)
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", str(folder), str(tree)], check=True)
    (built,) = folder.glob("*.whl")
    venv.create(folder / "venv", symlinks=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([*pip, "--python", str(python), "install", "--no-deps", str(built)], check=True)
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    # A path in a .pth file is searched, but its own .pth files are not read: the checkout stays out.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def test_inspect_lists_the_task_of_a_checkout() -> None:
    listed = subprocess.run([INSPECT, "list", "tasks"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "tasks/exfiltration.py@exfiltration" in listed


def test_a_wheel_brings_everything_that_a_run_needs(elsewhere: Path, tmp_path: Path) -> None:
    code = """
import pathlib, peer_preservation
from inspect_ai.model import get_model
from peer_preservation.tasks.exfiltration import exfiltration
from peer_preservation.stage.machines import COMPOSE
from peer_preservation.stage.bundle import program
from peer_preservation.analysis.document import Document, html
import peer_preservation.sandboxes as sandboxes
task = exfiltration(preflight=False, instances=1, weights_mb=1)
program("peer_preservation.stage.inside.collect")
html(Document("title", "", (), (), (), (), ()), {})
assert pathlib.Path(COMPOSE).is_file(), COMPOSE
assert (pathlib.Path(sandboxes.__file__).parent / "Dockerfile").is_file()
print(peer_preservation.__file__, len(task.dataset), get_model("scripted/idle"))
"""
    result = subprocess.run([elsewhere, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    where, samples, model = result.stdout.split()
    assert Path(where).is_relative_to(elsewhere.parents[1])
    assert (samples, model) == ("8", "scripted/idle")


def test_a_wheel_registers_the_task_by_name(elsewhere: Path, tmp_path: Path) -> None:
    command = ["eval", "peer_preservation/exfiltration", "--model", "scripted/idle", "-T", "relationship=x"]
    result = subprocess.run(
        [elsewhere, "-m", "inspect_ai", *command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    said = result.stdout + result.stderr
    assert result.returncode != 0
    assert "relationship=x is not allowed; choose from none, bad, neutral, good." in said
    assert "Traceback" not in said
