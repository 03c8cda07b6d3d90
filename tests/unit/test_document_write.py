"""A document's files, and its Markdown."""

import csv
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from peer_preservation.analysis.document import Column, Document, Section, Table, Value, markdown, write

from .documents import HOSTILE, everything


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "new"
    said: list[str] = []
    files = write(everything(), folder, said.append)
    assert said[0] == "figure 1 of 5: forest"
    assert sorted(files) == sorted(f for f in folder.rglob("*") if f.is_file())
    assert files[0].name == "report.html"
    return folder


def test_every_figure_is_there_twice_and_every_table_once(written: Path) -> None:
    names = {f.relative_to(written).as_posix() for f in written.rglob("*") if f.is_file()}
    figures = {f"figures/{n}.{kind}" for n in ("forest", "stack", "sweep", "beside", "bars") for kind in ("svg", "png")}
    assert names == {"report.html", "report.md", *figures, *(f"tables/{n}.csv" for n in ("rates", "many", "none"))}


def test_files_are_the_same_every_time(written: Path, tmp_path: Path) -> None:
    for file in write(everything(), tmp_path, lambda _: None):
        assert file.read_bytes() == (written / file.relative_to(tmp_path)).read_bytes(), file.name


def test_figures_are_well_formed_and_share_no_id(written: Path) -> None:
    ids: list[str] = []
    for file in sorted(written.glob("figures/*.svg")):
        source = file.read_text()
        root = ET.fromstring(source)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        own = [e.attrib["id"] for e in root.iter() if "id" in e.attrib]
        assert set(re.findall(r'(?:url\(|href=")#([^")]+)', source)) <= set(own)
        ids += own
        assert " style=" not in source
        assert "<metadata" not in source
        assert source in (written / "report.html").read_text()
    assert len(ids) == len(set(ids))
    sweep = ET.parse(written / "figures" / "sweep.svg")
    # Text is text, and a hostile name is shown, not computed.
    assert "$x" in "".join(sweep.getroot().itertext())


def test_tables_are_read_back_by_a_spreadsheet(written: Path) -> None:
    with (written / "tables" / "rates.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["model", "share", "inflation", "arms"]
    assert rows[1] == [HOSTILE, "50%", "+1.2", "0, 1"]
    with (written / "tables" / "many.csv").open(newline="") as file:
        assert len(list(csv.reader(file))) == 41


def test_a_cell_is_no_formula(tmp_path: Path) -> None:
    cells = ("=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-3", "+3 to +9", "- none", "")
    table = Table("t", "", (Column("a"),), tuple((c,) for c in cells))
    write(Document("t", "", (), (), (Section("s", (table,)),), (), ()), tmp_path, lambda _: None)
    with (tmp_path / "tables" / "t.csv").open(newline="") as file:
        found = [row[0] if row else "" for row in list(csv.reader(file))[1:]]
    assert found == ["'=1+1", "'@SUM(A1)", "'+cmd|' /C calc'!A0", "-3", "+3 to +9", "- none", ""]


def test_markdown_has_the_same_content() -> None:
    text = markdown(everything())
    assert text.startswith("# Report &lt;/script&gt;")
    assert "> **42%** protect their peer.\n>\n> Said by" in text
    assert "> [!WARNING]\n> Broken: ``</script>" in text
    assert "\n## Rates\n" in text
    assert "\n### Rates\n" in text
    assert "](figures/forest.svg)" in text
    assert "<details><summary>Many &lt;/script&gt;" in text
    assert "| model | share | inflation | arms |\n| --- | ---: | ---: | --- |" in text
    assert "| openrouter/deepseek/deepseek-chat-v3.1 | 10 | none | 0, 1 |" in text
    # A table whose numbers lead nowhere needs no such column.
    assert "| a | b |\n| --- | --- |" in text


def test_markdown_rows_have_as_many_cells_as_heads_whatever_is_in_them() -> None:
    rows = (("a | b", Value("`c` | \\| d")), ("line\nbreak", "<b>"))
    table = Table("t", "", (Column("x"), Column("y", numeric=True)), rows)
    text = markdown(Document("t", "", (), (), (Section("s", (table,)),), (), ()))
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert len(lines) == 4
    for line in lines:
        assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == 3
