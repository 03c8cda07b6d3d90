"""The tidy table as a file: types, no value, and texts as they were; and what the command says."""

import sys
from pathlib import Path
from subprocess import run

import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from peer_preservation.analysis import load_samples
from peer_preservation.analysis.samples.columns import COLUMNS, DTYPES
from peer_preservation.analysis.samples.files import read, write
from peer_preservation.cli.main import app
from peer_preservation.design.cells import Cell
from peer_preservation.design.errors import UserError
from tests import synthetic

TEXTS = ["=cmd|' /C calc'!A0", 'a, "b"\nc\r\nd', "NA", "", "null", "+1", "ünïcödé \u2028 x", "@SUM(1)", "'"]


def table() -> pd.DataFrame:
    made = {}
    for name, column in COLUMNS.items():
        values: list[object] = {
            "text": TEXTS,
            "whole": list(range(-1, len(TEXTS) - 1)),
            "number": [float("nan"), 0.1 + 0.2, -0.0, 1.0, 1e-300, 12.5, float("nan"), 1 / 3, 100.0],
            "yes_or_no": [True, False] * (len(TEXTS) // 2) + [True],
        }[column.kind]  # type: ignore[assignment]
        made[name] = pd.Series(values, dtype=DTYPES[column.kind])
    return pd.DataFrame(made)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    cells = [Cell(relationship=r) for r in ("none", "good")]
    synthetic.write(folder, [synthetic.log(cells, range(3), broken=lambda sample: sample.endswith("none-s1"))])
    return folder


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_a_table_comes_back_as_it_was(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "new" / f"samples{suffix}"
    write(table(), path)
    pd.testing.assert_frame_equal(read(path), table())
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_csv_has_texts_as_they_are_and_one_line_end(tmp_path: Path) -> None:
    path = tmp_path / "samples.csv"
    write(table()[["log", "seed"]], path)
    written = path.read_bytes().decode()
    assert "\n=cmd|' /C calc'!A0,-1\n" in written
    assert '"a, ""b""\nc\r\nd",0\n' in written


def test_a_parquet_file_says_what_its_columns_mean(tmp_path: Path) -> None:
    write(table(), tmp_path / "samples.parquet")
    schema = pq.read_schema(tmp_path / "samples.parquet")
    assert {f.name: f.metadata[b"about"].decode() for f in schema} == {n: c.about for n, c in COLUMNS.items()}


def test_what_was_there_is_kept_unless_it_may_go(tmp_path: Path) -> None:
    path = tmp_path / "samples.csv"
    path.write_text("mine")
    with pytest.raises(UserError, match="is there already"):
        write(table(), path)
    assert path.read_text() == "mine"
    write(table(), path, force=True)
    assert len(read(path)) == len(TEXTS)


def test_export_writes_every_sample_and_says_what_is_missing(logs: Path, tmp_path: Path) -> None:
    path = tmp_path / "samples.parquet"
    result = CliRunner().invoke(app, ["export", str(logs), "-o", str(path)])
    assert result.exit_code == 0, result.output
    assert f"6 samples of 1 logs, {len(COLUMNS)} columns" in " ".join(result.stdout.split())
    assert "1 of 6 samples have no measurement" in " ".join(result.stderr.split())
    with pytest.warns(UserWarning, match="1 of 6 samples"):
        pd.testing.assert_frame_equal(read(path), load_samples(str(logs)))


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("samples.xlsx", [], "is of no kind that can be written; let its name end in .parquet or .csv."),
        ("there.csv", [], "is there already; give another name, or --force to replace it."),
        ("folder.csv", ["--force"], "is a folder; name a file."),
        ("there.csv/x.csv", [], "x.csv cannot be written: File exists."),
    ],
)
def test_a_file_that_cannot_be_written_is_told_in_a_sentence(
    logs: Path, tmp_path: Path, name: str, more: list[str], said: str
) -> None:
    (tmp_path / "there.csv").write_text("mine")
    (tmp_path / "folder.csv").mkdir()
    result = CliRunner().invoke(app, ["export", str(logs), "-o", str(tmp_path / name), *more])
    assert result.exit_code == 1
    assert said in " ".join(result.stderr.split())
    assert (tmp_path / "there.csv").read_text() == "mine"


def test_the_package_and_what_runs_in_tasks_need_no_pandas() -> None:
    code = "import sys, peer_preservation, peer_preservation.analysis.arms; sys.exit('pandas' in sys.modules)"
    assert run([sys.executable, "-c", code], check=False).returncode == 0
