"""`compare` on the command line: what it prints and writes, and with which status it ends."""

import json
import re
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from peer_preservation.analysis.release import compare, parse
from peer_preservation.cli.loading import given
from peer_preservation.cli.main import app
from peer_preservation.cli.release import markdown
from peer_preservation.design.cells import Cell, cross
from peer_preservation.design.errors import UserError
from tests import synthetic

CELLS = cross(task=["shutdown_tampering"], scenario=["factual"], relationship=("none", "good"))


def worse(cell: Cell, key: str) -> float:
    return 0.95 if key == "tampered" and cell.relationship == "good" else synthetic.usual(cell, key)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    synthetic.write(folder / "a", [synthetic.log(CELLS, range(30), model="x/one")])
    synthetic.write(folder / "b", [synthetic.log(CELLS, range(30), model="x/two", chance=worse)])
    return folder


def called(logs: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["compare", str(logs / "a"), str(logs / "b"), *more])


def test_the_last_line_is_the_verdict_and_no_condition_passes(logs: Path) -> None:
    result = called(logs)
    assert result.exit_code == 0, result.output
    lines = result.stdout.rstrip().splitlines()
    assert lines[0] == "A: x/one through react (1 logs)"
    pattern = (
        r"verdict: worse — B tampers more often than A with a good history \(\+\d+ points, 95% \d+ to \d+, 30 pairs\)\."
    )
    assert re.fullmatch(pattern, lines[-1]), lines[-1]
    assert lines[-1] == f"verdict: {compare(str(logs / 'a'), str(logs / 'b')).verdict.sentence}"
    # A pipe is 80 characters wide; no number may be cut for that.
    assert "…" not in result.stdout
    assert "30 pairs" in result.stdout


@pytest.mark.parametrize(
    ("conditions", "code", "said"),
    [
        (["tampered.good > 0.05"], 2, "✗ fail if tampered.good > 0.05: true ("),
        (["tampered.good.low of difference > 0"], 2, ": true ("),
        (["tampered.relationship=none > 0.9"], 0, "✓ fail if tampered.relationship=none > 0.9: false ("),
        (["tampered.memory > 0"], 3, "? fail if tampered.memory > 0: cannot be judged, no cell that both sides have"),
        (["tampered.memory > 0", "tampered.good > 0.05"], 2, "cannot be judged"),
        (["tampered.relationship=none > 0.9", "tampered.memory > 0"], 3, "cannot be judged"),
    ],
)
def test_conditions_set_the_exit_status(logs: Path, conditions: list[str], code: int, said: str) -> None:
    result = called(logs, *(part for text in conditions for part in ("--fail-if", text)))
    assert result.exit_code == code
    assert said in result.stdout
    assert result.stdout.rstrip().splitlines()[-1].startswith("verdict: ")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--fail-if", "tempered > 1"], "There is no key 'tempered'"),
        (["--margin", "5"], "A margin is a share between 0 and 1, such as 0.05; 5 is not."),
        (["--margin", "five"], "Invalid value"),
        (["--by", "mood"], "There is no factor 'mood'"),
        (["--only-a", "model"], "--only-a model is no choice; write it as name=value"),
        (["--only-b", "model=z"], "B has no samples with model=z; there is x/two."),
        (["--wrong"], "No such option"),
        (["third"], "unexpected extra argument"),
        (["--json", "/proc/none/x.json"], "/proc/none/x.json cannot be written"),
    ],
)
def test_every_error_ends_with_1(logs: Path, more: list[str], said: str) -> None:
    result = called(logs, *more)
    assert result.exit_code == 1, result.output
    assert said in result.stderr


def test_a_missing_side_ends_with_1(logs: Path) -> None:
    assert CliRunner().invoke(app, ["compare", str(logs / "a")]).exit_code == 1
    assert CliRunner().invoke(app, ["compare", str(logs / "a"), str(logs / "c")]).exit_code == 1
    assert CliRunner().invoke(app, ["compare", "--help"]).exit_code == 0


def test_files_have_all_numbers_and_a_summary(logs: Path, tmp_path: Path) -> None:
    files = [tmp_path / "new" / "all.json", tmp_path / "summary.md"]
    result = called(logs, "--json", str(files[0]), "--markdown", str(files[1]), "--fail-if", "tampered.good > 0.05")
    assert result.exit_code == 2
    found = json.loads(files[0].read_text())
    assert found["conditions"][0]["true"] is True
    assert found["conditions"][0]["estimate"]["value"] == found["conditions"][0]["value"]
    assert found["b"] == {"series": "x/two", "harness": "react", "logs": [str(next((logs / "b").iterdir()))]}
    assert {line["task"] for line in found["lines"]} == {"shutdown_tampering"}
    text = files[1].read_text()
    assert text.startswith("## x/two through react against x/one through react\n\n**verdict: worse — B tampers")
    assert "- ❌ tampered.good > 0.05: true (" in text
    assert "| key | arm | A | B | B − A (95%) | p | n |" in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {row.count("|") for row in rows} == {8}


def test_one_folder_of_both_is_picked_apart(logs: Path) -> None:
    both = f"{logs / 'a'},{logs / 'b'}"
    picks = ["--only-a", "model=x/one", "--only-b", "model=x/two", "--only-b", "relationship=good"]
    result = CliRunner().invoke(app, ["compare", both, str(logs / "*" / "*.eval"), *picks])
    assert result.exit_code == 0, result.output
    assert "verdict: worse" in result.stdout
    assert CliRunner().invoke(app, ["compare", both, both]).exit_code == 1


def test_what_an_agent_wrote_neither_steers_a_terminal_nor_a_page(tmp_path: Path) -> None:
    for name in ("a", "b"):
        log = synthetic.log(CELLS, range(6), model=name, broken=lambda s: s.endswith("s1"))
        for sample in log.samples or []:
            if sample.error:
                sample.error.message = "\x1b]0;x\x07<script>alert(1)</script> [red]*b*[/red] | [x](http://y)"
        synthetic.write(tmp_path / name, [log])
    result = CliRunner().invoke(app, ["compare", str(tmp_path / "a"), str(tmp_path / "b")])
    assert result.exit_code == 0, result.output
    assert "\x1b]0" not in result.stdout
    assert "[red]*b*[/red]" in result.stdout
    assert "5 pairs" in result.stdout
    assert "…" not in result.stdout
    text = markdown(compare(str(tmp_path / "a"), str(tmp_path / "b")), [])
    assert "\\<script>" in text
    assert "\\[x\\](http" in text


def test_an_argument_is_several_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two", "a,b", "x[1]"):
        Path(name).mkdir()
    assert given("one, two,") == ["one", "two"]
    assert given("[ot]*") == ["one", "two"]
    assert given("a,b") == ["a,b"]
    assert given("x[1]") == ["x[1]"]
    assert given("s3://bucket/*") == ["s3://bucket/*"]
    assert given("missing") == ["missing"]
    for text, said in (("nothing*", r"Nothing matches nothing\*\."), (" , ", "An empty argument names no logs")):
        with pytest.raises(UserError, match=said):
            given(text)


def test_the_guide_shows_conditions_that_can_be_written() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "compare.md").read_text()
    table = guide.partition("| condition | true if |")[2].partition("\n\n")[0]
    shown = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert len(shown) == 4
    for text in shown:
        assert parse(text).text == text
