"""The report on logs that somebody else wrote, and into places where it cannot go: nothing of it is trusted."""

import csv
import math
import shlex
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from inspect_ai.log import EvalLog

from peer_preservation.analysis.document import Column, Document, Section, Table
from peer_preservation.analysis.document.write import clear, write
from peer_preservation.analysis.figures.lettering import LONGEST, clean
from peer_preservation.analysis.report.build import served, write_report
from peer_preservation.analysis.report.opening import command
from peer_preservation.analysis.samples import load
from peer_preservation.design.cells import Cell
from peer_preservation.design.errors import UserError
from peer_preservation.measure.markup import visible

from .. import synthetic

CELLS = [Cell(task="exfiltration", scenario="transfer", relationship=r) for r in ("none", "good")]


def one(seeds: int = 3, **more: Any) -> EvalLog:
    return synthetic.log(CELLS, range(seeds), **more)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünï 42", "plain ünï 42"),
        ("\x1b]0;owned\x07", "\\x1b]0;owned\\x07"),
        ("a\u202eb\nc\x00", "a\\u202eb\\x0ac\\x00"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_names_and_messages_drive_no_terminal_and_no_page(tmp_path: Path) -> None:
    given = one(model="m\x1b[31m\u202e", broken=lambda _: True)
    for sample in given.samples or []:
        assert sample.error
        sample.error.message = "gone\x1b]0;owned\x07" + "x" * 100_000
        sample.id = f"{sample.id}\u202e"
    synthetic.write(tmp_path, [given])
    loaded = load(str(tmp_path))
    texts = [*loaded.notes, *loaded.table["error"], *loaded.table["series"], *loaded.table["id"]]
    assert all(text.isprintable() for text in texts)
    assert all(len(text) < 1000 for text in texts)


@pytest.mark.parametrize("value", [math.inf, -math.inf, -5.0, 1e308, 0.5e9, "junk"])
def test_a_value_that_no_measure_gives_is_missing_and_is_told(tmp_path: Path, value: float | str) -> None:
    given = one()
    (given.samples or [])[0].scores["exfiltration"].value["exfiltrated"] = value  # type: ignore[index]
    synthetic.write(tmp_path, [given])
    loaded = load(str(tmp_path))
    assert loaded.table["exfiltrated"].isna().sum() == 1
    assert any("1 values are none that their keys can have (the first: `exfiltrated`" in n for n in loaded.notes)


def test_ordinary_values_are_not_told_of(tmp_path: Path) -> None:
    synthetic.write(tmp_path, [one(broken=lambda name: name.endswith("1"))])
    assert not any("none that their keys" in note for note in load(str(tmp_path)).notes)


@pytest.mark.parametrize(
    ("key", "value"), [("seed", 10**30), ("seed", "1"), ("seed", True), ("relationship", "<b>"), ("bar", "eighty")]
)
def test_a_sample_of_no_cell_or_seed_is_left_out(tmp_path: Path, key: str, value: object) -> None:
    given = one()
    (given.samples or [])[0].metadata[key] = value
    synthetic.write(tmp_path, [given])
    loaded = load(str(tmp_path))
    assert len(loaded.table) == 5
    assert any(note.startswith("1 samples do not say of which cell and seed") for note in loaded.notes)


def test_a_command_that_is_shown_can_be_pasted() -> None:
    told = command("exfiltration", "m; rm -rf /", {"scenario": "$(touch x)", "relationship": ["good", "none"]})
    assert shlex.split(told) == [
        *("inspect", "eval", "peer_preservation/exfiltration", "--model", "m; rm -rf /"),
        *("-T", "scenario=$(touch x)", "-T", "relationship=good,none"),
    ]


def test_a_text_of_thousands_of_letters_is_cut_before_each_is_measured() -> None:
    assert len(clean("a" * 100_000)) == LONGEST
    assert clean("a" * 100_000).endswith("…")


def test_names_of_thousands_of_letters_are_cut_and_stay_apart(tmp_path: Path) -> None:
    synthetic.write(tmp_path, [one(model="a" * 5000 + end) for end in "xy"])
    models = load(str(tmp_path)).table["model"].unique()
    assert len(models) == 2
    assert all(len(model) < 140 for model in models)


def test_samples_as_csv_hold_no_formula_and_as_parquet_what_was_there(tmp_path: Path) -> None:
    synthetic.write(tmp_path / "logs", [one(model='=HYPERLINK("http://x")')])
    write_report(str(tmp_path / "logs"), tmp_path / "out")
    with (tmp_path / "out" / "samples.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "@"))]
    assert set(pd.read_parquet(tmp_path / "out" / "samples.parquet")["model"]) == {'=HYPERLINK("http://x")'}


@pytest.mark.parametrize("viewer", ["nonsense", "javascript:alert(1)", "http://", "file:///tmp"])
def test_a_viewer_that_is_no_web_address_is_refused_before_anything_is_read(tmp_path: Path, viewer: str) -> None:
    with pytest.raises(UserError, match="is no web address"):
        write_report("nowhere", tmp_path, viewer=viewer)


def test_a_place_that_cannot_hold_a_report_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(UserError, match="is a file; name another"):
            write_report("nowhere", out)


def test_a_place_that_turns_out_to_be_none_is_one_sentence(tmp_path: Path) -> None:
    synthetic.write(tmp_path / "logs", [one()])
    (tmp_path / "out" / "samples.parquet").mkdir(parents=True)
    with pytest.raises(UserError, match=r"The report cannot be written to .*name another folder"):
        write_report(str(tmp_path / "logs"), tmp_path / "out")
    assert not (tmp_path / "out" / "report.html").exists()


def test_logs_that_cannot_be_read_make_no_empty_report(tmp_path: Path) -> None:
    (tmp_path / "2026-09-14T09-00-00_exfiltration_x.json").write_text('{"a":')
    with pytest.raises(UserError, match=r"None of these logs can be reported on\. .*cannot be read"):
        write_report(str(tmp_path), tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x.eval", "nosuch://bucket/x"])
def test_an_address_that_cannot_be_reached_is_one_sentence(address: str) -> None:
    with pytest.raises(UserError, match=r"Nothing can be read at .*; check the address"):
        load(address)


def test_a_report_in_the_place_of_another_leaves_nothing_of_it(tmp_path: Path) -> None:
    def document(name: str) -> Document:
        table = Table(name, "", (Column("a"),), (("1",),))
        return Document("t", "", (), (), (Section("s", (table,)),), (), ())

    write(document("first"), tmp_path, lambda _: None)
    (tmp_path / "tables" / "mine.csv").write_text("mine")
    clear(tmp_path)
    assert not (tmp_path / "report.html").exists()
    assert [p.name for p in (tmp_path / "tables").iterdir()] == ["mine.csv"]
    write(document("second"), tmp_path, lambda _: None)
    assert {p.name for p in (tmp_path / "tables").iterdir()} == {"mine.csv", "second.csv"}


def test_a_link_names_a_log_as_the_viewer_of_its_folder_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for given in ("logs", "./logs/", str(tmp_path / "logs"), (tmp_path / "logs").as_uri()):
        assert served("logs/paper/x.eval", [given]) == "paper/x.eval"
    assert served("x.eval", ["."]) == "x.eval"
    assert served("logs/x.eval", ["logs/x.eval"]) == "x.eval"
    assert served("s3://b/logs/a/x.eval", ["s3://b/logs"]) == "a/x.eval"
    assert served("s3://b/logs/x.eval", ["s3://b/logs/x.eval"]) == "x.eval"


def test_the_page_links_to_logs_relative_to_the_folder(tmp_path: Path) -> None:
    [path] = synthetic.write(tmp_path / "logs", [one()])
    page = write_report(str(tmp_path / "logs"), tmp_path / "out", viewer="http://127.0.0.1:7575").page.read_text()
    assert f'"logs":["{path.name}"]' in page
