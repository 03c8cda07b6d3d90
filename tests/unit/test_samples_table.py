"""The tidy table: what of each kind of log is in it, and the one note about each that is not as it should be."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec
import pytest
from inspect_ai.log import EvalError, EvalLog
from inspect_ai.scorer import Score

from peer_preservation.analysis import load_samples
from peer_preservation.analysis.samples import COLUMNS, Loaded, load
from peer_preservation.analysis.samples.columns import DTYPES
from peer_preservation.design.cells import Cell
from peer_preservation.design.errors import UserError
from tests import synthetic

CELLS = [Cell(relationship=r) for r in ("none", "good")]
GRADING = [Cell(task="score_inflation", scenario="factual")]
STAMP = "2026-09-14T09-00-00-00-00"
DAMAGED = "cannot be read: it is empty, cut off, damaged or no log"


def made(seeds: int = 3, **more: Any) -> EvalLog:
    return synthetic.log(CELLS, range(seeds), **more)


def found(folder: Path, *logs: EvalLog, kind: str = "eval") -> Loaded:
    synthetic.write(folder, logs, kind)
    return load(str(folder))


def only(loaded: Loaded) -> str:
    assert len(loaded.notes) == 1, loaded.notes
    return loaded.notes[0]


@pytest.mark.parametrize("kind", ["eval", "json"])
def test_a_sample_is_a_row_of_what_its_log_says(tmp_path: Path, kind: str) -> None:
    log = made(2)
    loaded = found(tmp_path, log, kind=kind)
    table = loaded.table
    assert loaded.notes == ()
    assert list(table.columns) == list(COLUMNS)
    assert {n: str(t) for n, t in table.dtypes.items()} == {n: DTYPES[c.kind] for n, c in COLUMNS.items()}
    assert len(table) == 4
    rows = {row["id"]: row for row in table.to_dict("records")}
    for sample in log.samples or []:
        row = rows[sample.id]
        assert (row["id"], row["epoch"], row["seed"]) == (sample.id, 1, sample.metadata["seed"])
        assert (row["relationship"], row["bar"], row["scratchpad"]) == (sample.metadata["relationship"], "80", "false")
        assert (row["wording"], row["today"]) == (sample.metadata["wording"], "2026-09-14")
        assert (row["model"], row["series"], row["harness"]) == ("mockllm/model", "mockllm/model", "react")
        score = (sample.scores or {})["exfiltration"]
        assert row["measured"]
        assert row["outcome"] == score.answer
        for key, value in score.value.items():  # type: ignore[union-attr]
            assert row[key] == value or (math.isnan(row[key]) and math.isnan(value)), key
        assert math.isnan(row["inflation"])
        assert (row["input_tokens"], row["output_tokens"], row["seconds"]) == (9000, 700, 40)
        assert math.isnan(row["cost"])
        assert row["started"].startswith("2026-09-14T09:00:0")


def test_what_broke_has_no_measurement_and_what_a_limit_ended_has(tmp_path: Path) -> None:
    loaded = found(tmp_path, made(broken=lambda s: s == "transfer-peer-good-s1", limited=lambda s: "none" in s))
    table = loaded.table.set_index("id")
    assert len(table) == 6
    assert list(table.index[~table.measured]) == ["transfer-peer-good-s1"]
    broken = table.loc["transfer-peer-good-s1"]
    assert (broken["error"], broken["outcome"]) == ("the container is gone", "")
    assert math.isnan(broken["misaligned"])
    assert list(table["limit"]) == ["message", "", "message", "", "message", ""]
    assert only(loaded) == (
        "1 of 6 samples have no measurement (most often: the container is gone): 1 of 6 of exfiltration by "
        "mockllm/model; they are drop-out, never a score."
    )
    with pytest.warns(UserWarning, match="1 of 6 samples"):
        assert len(load_samples(str(tmp_path))) == 6


@pytest.mark.parametrize("address", ["memory://table-{}/", "file://{}", "{}", "{}/", "memory://table-{}/{}.eval"])
def test_logs_are_read_wherever_fsspec_reads(tmp_path: Path, address: str) -> None:
    (path,) = synthetic.write(tmp_path, [made()])
    if address.startswith("memory"):
        fsspec.filesystem("memory").pipe(f"/table-{tmp_path.name}/{path.name}", path.read_bytes())
        where = address.format(tmp_path.name, path.stem)
    else:
        where = address.format(tmp_path)
    loaded = load([where, where])
    assert (len(loaded.table), len(loaded.runs), loaded.notes) == (6, 1, ())


@pytest.mark.parametrize("kind", ["eval", "json"])
@pytest.mark.parametrize("share", [0, 1, 30, 0.2, 0.5, 0.9, -30, -1])
def test_a_file_that_is_cut_off_is_noted_and_loses_no_other(tmp_path: Path, kind: str, share: float) -> None:
    (path,) = synthetic.write(tmp_path / "whole", [made(draw=1)], kind)
    data = path.read_bytes()
    size = int(share * len(data)) if 0 < share < 1 else int(share) % len(data)
    cut = tmp_path / "logs" / f"{STAMP}_cut.{kind}"
    cut.parent.mkdir()
    cut.write_bytes(data[:size])
    note = only(loaded := found(tmp_path / "logs", made()))
    assert (len(loaded.table), len(loaded.runs)) == (6, 1)
    assert note.startswith(f"{cut} {DAMAGED} (")
    assert note.endswith("; its samples are missing here.")


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "3", '{"a": 1}', '{"version": 2, "eval": {}}', "\x00\xff"])
def test_a_json_file_that_is_no_log_is_noted(tmp_path: Path, text: str) -> None:
    synthetic.write(tmp_path, [made()])
    (tmp_path / f"{STAMP}_x.json").write_text(text)
    loaded = load(str(tmp_path))
    assert len(loaded.table) == 6
    assert DAMAGED in only(loaded)


def test_bytes_that_were_changed_lose_that_file_only(tmp_path: Path) -> None:
    whole, path = synthetic.write(tmp_path, [made(), made(draw=1)])
    data = bytearray(path.read_bytes())
    for at in range(0, len(data), 40):
        data[at] ^= 0x55
    path.write_bytes(data)
    loaded = load(str(tmp_path))
    assert [run.log for run in loaded.runs] == [str(whole)]
    assert len(loaded.table) == 6
    assert DAMAGED in only(loaded)


def test_a_json_log_by_any_name_is_read(tmp_path: Path) -> None:
    (path,) = synthetic.write(tmp_path, [made()], "json")
    other = path.rename(tmp_path / "mine.json")
    loaded = load(str(other))
    assert (len(loaded.table), loaded.notes) == (6, ())


def empty(log: EvalLog, **more: Any) -> EvalLog:
    return log.model_copy(update={"samples": [], **more})


def first(log: EvalLog, samples: int) -> EvalLog:
    return log.model_copy(update={"samples": (log.samples or [])[:samples]})


@pytest.mark.parametrize(
    ("other", "rows", "said"),
    [
        (lambda: made(draw=1, status="started", planned=20), 12, "has no end: the run goes on, or was killed; 6 of 20"),
        (lambda: empty(made(draw=1, status="started")), 6, "was killed; 0 of 6 samples are there."),
        (lambda: first(made(draw=1, status="cancelled"), 4), 10, "ended early (cancelled); 4 of 6 samples are there."),
        (lambda: empty(made(draw=1)), 6, "has no samples, of 6 that it was to have."),
        (
            lambda: empty(
                made(draw=1, status="error"),
                error=EvalError(message="no\n engine", traceback="", traceback_ansi=""),
            ),
            6,
            "failed before its first sample ended: no engine.",
        ),
        (lambda: made(draw=1, task="inspect_evals/gsm8k"), 6, "is of the task inspect_evals/gsm8k, which is none of"),
        (lambda: made(draw=1, task="other/exfiltration"), 6, "is of the task other/exfiltration, which is none of"),
        (
            lambda: made(draw=1, version="2-A"),
            6,
            "exfiltration is there in versions 1-A, 2-A, whose results are not comparable: 1 logs older than version 2",
        ),
    ],
)
def test_each_kind_of_unfinished_or_strange_log_has_one_note(
    tmp_path: Path, other: Callable[[], EvalLog], rows: int, said: str
) -> None:
    grading = synthetic.log(GRADING, range(2))
    loaded = found(tmp_path, made(), other(), grading)
    # Logs of one cell and seed twice are said as well; that is another test's.
    notes = [note for note in loaded.notes if "ran more than once" not in note]
    assert len(notes) == 1, notes
    assert said in notes[0]
    assert len(loaded.table) == rows + 2
    assert (loaded.table["task"] == "score_inflation").sum() == 2


def test_a_log_of_nothing_alone_is_an_empty_table(tmp_path: Path) -> None:
    loaded = found(tmp_path, empty(made()))
    assert loaded.table.shape == (0, len(COLUMNS))
    assert {n: str(t) for n, t in loaded.table.dtypes.items()} == {n: DTYPES[c.kind] for n, c in COLUMNS.items()}
    assert "has no samples" in only(loaded)


def test_letters_of_a_version_do_not_part_results(tmp_path: Path) -> None:
    loaded = found(tmp_path, made(version="1-A"), synthetic.log(CELLS, range(3, 6), draw=1, version="1-C"))
    assert (len(loaded.table), loaded.notes) == (12, ())


def again(log: EvalLog, name: str) -> EvalLog:
    """A later try of the same run."""
    about = log.eval.model_copy(update={"eval_id": name, "created": f"2026-09-15T09:00:0{len(name)}+00:00"})
    return log.model_copy(update={"eval": about})


def test_samples_of_a_run_that_was_tried_again_count_once(tmp_path: Path) -> None:
    tried = made(broken=lambda s: s.endswith("s1"), status="error")
    loaded = found(tmp_path, tried, again(made(), "a"))
    assert len(loaded.table) == 6
    assert loaded.table["measured"].all()
    assert "samples were run again by a later try of the same run" in only(loaded)


def test_a_try_that_broke_does_not_replace_a_measurement(tmp_path: Path) -> None:
    broken = made(broken=lambda s: s.endswith("s1"))
    for sample in broken.samples or []:
        sample.uuid = f"again-{sample.id}"
    loaded = found(tmp_path, made(), again(broken, "a"))
    assert len(loaded.table) == 6
    assert loaded.table["measured"].all()


def test_samples_that_a_later_try_took_over_count_as_there(tmp_path: Path) -> None:
    tried, last = first(made(status="cancelled"), 4), first(again(made(status="cancelled"), "a"), 5)
    assert "5 of 6 samples are there" in only(loaded := found(tmp_path, tried, last))
    assert len(loaded.table) == 5


def test_one_run_in_two_files_counts_once_and_the_whole_one_is_read(tmp_path: Path) -> None:
    (path,) = synthetic.write(tmp_path / "a", [made()])
    (copy,) = synthetic.write(tmp_path / "b", [made()], "json")
    assert "holds the same run as" in only(loaded := load([str(path), str(copy)]))
    assert len(loaded.table) == 6
    data = copy.read_bytes()
    copy.write_bytes(data[: len(data) // 2])
    assert f"{copy} {DAMAGED}" in only(loaded := load([str(copy), str(path)]))
    assert (len(loaded.table), [run.log for run in loaded.runs]) == (6, [str(path)])


def test_two_runs_of_one_cell_and_seed_both_count(tmp_path: Path) -> None:
    loaded = found(tmp_path, made(), made(draw=1))
    assert len(loaded.table) == 12
    assert "12 samples are of a cell and seed that the same series ran more than once" in only(loaded)


def test_samples_that_do_not_say_what_they_are_of_are_left_out(tmp_path: Path) -> None:
    log = made()
    one, two, *_ = log.samples or []
    one.metadata = {}
    two.metadata = {**two.metadata, "seed": "x", "today": ["x"], "wording": {}}
    loaded = found(tmp_path, log)
    assert len(loaded.table) == 4
    assert only(loaded).startswith("2 samples do not say of which cell and seed they are, and were left out")


def test_values_of_the_wrong_kind_are_no_values(tmp_path: Path) -> None:
    log = made(1)
    one, two = log.samples or []
    score = {"misaligned": "yes", "refused": True, "unknown": 1.0, "exfiltrated": None}
    one.scores = {"exfiltration": Score(value=score, answer="comply", metadata={"means": ["a b", 3, "ok"]})}  # type: ignore[arg-type]
    two.scores = {"exfiltration": Score(value="C", answer="evil", metadata={"means": "x"})}
    table = found(tmp_path, log).table
    assert list(table["measured"]) == [True, False]
    assert math.isnan(table["misaligned"][0])
    assert math.isnan(table["exfiltrated"][0])
    assert table["refused"][0] == 1
    assert list(table["means"]) == ["ok", ""]


@pytest.mark.parametrize(
    ("logs", "said"),
    [
        ("/nowhere/at/all", "There is no log and no folder at /nowhere/at/all."),
        ("memory://nowhere", "There is no log and no folder at memory://nowhere."),
        ("s4://bucket/logs", "Nothing can be read at s4://bucket/logs: Protocol not known: s4;"),
        ("", "An empty address names no logs; give a file or a folder."),
        ([], "No logs were named; give a file or a folder."),
        (__file__, "is no log of Inspect's; those end in .eval or .json."),
        (str(Path(__file__).parents[1] / "docker"), "There are no logs of Inspect's in"),
    ],
)
def test_an_address_without_logs_is_an_error_in_one_sentence(logs: Any, said: str) -> None:
    with pytest.raises(UserError) as caught:
        load(logs)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_progress_goes_to_its_end_whatever_the_logs_are(tmp_path: Path) -> None:
    synthetic.write(tmp_path, [made(), made(draw=1)])
    (tmp_path / f"{STAMP}_x.eval").write_bytes(b"")
    steps: list[tuple[int, int]] = []
    load(str(tmp_path), lambda done, total: steps.append((done, total)))
    assert steps[-1] == (6, 6)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert {total for _, total in steps} == {6}


def test_the_examples_below_a_folder_are_left_out_of_it_and_said(tmp_path: Path) -> None:
    synthetic.write(tmp_path / "examples", [made()])
    assert len(load(str(tmp_path)).table) == len(load(str(tmp_path / "examples")).table) > 0
    synthetic.write(tmp_path, [made(model="openai/gpt-5.2")])
    loaded = load(str(tmp_path))
    assert set(loaded.table["model"]) == {"openai/gpt-5.2"}
    assert any("1 example logs" in note for note in loaded.notes)
