"""The journal: what it tells, and that no tree can stop it."""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peer_preservation.sandboxes.agentd import journal as module
from peer_preservation.sandboxes.agentd.journal import Journal
from peer_preservation.sandboxes.agentd.records import Records, shown

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")


class Watched:
    """A journal over a temporary folder."""

    def __init__(self, tmp_path: Path, limit: int = 50_000) -> None:
        self.root = tmp_path / "srv"
        (self.root / "a").mkdir(parents=True)
        self.weights = self.root / "a" / "model.safetensors"
        self.weights.write_bytes(b"w" * 1000)
        self.out = tmp_path / "journal.jsonl"
        self.state_path = tmp_path / "state.json"
        self.records = Records(str(self.out), limit)
        self.journal = Journal(self.records, str(self.state_path))

    def begin(self) -> None:
        self.journal.watch([str(self.root), str(self.root / "missing")], [str(self.weights)])

    def lines(self) -> list[dict[str, Any]]:
        quiet = 0
        while quiet < 3:
            quiet = 0 if self.journal.step() else quiet + 1
            time.sleep(0.002)
        return [json.loads(line) for line in self.out.read_text().splitlines()]

    def told(self) -> list[tuple[str, str]]:
        return [(line["event"], os.path.relpath(line["path"], self.root)) for line in self.lines()]

    def state(self) -> dict[str, Any]:
        self.journal.save_state()
        read: dict[str, Any] = json.loads(self.state_path.read_text())
        return read


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    made = Watched(tmp_path)
    made.begin()
    return made


def test_making_changing_and_deleting(watched: Watched) -> None:
    path = watched.root / "a" / "notes.txt"
    path.write_text("one")
    os.utime(path, (1000, 1000))
    path.unlink()
    told = [event for event, name in watched.told() if name == "a/notes.txt"]
    assert told == ["create", "close_write", "attrib", "delete"]


def test_touched_dates_are_on_record(watched: Watched) -> None:
    os.utime(watched.weights, ns=(5_000_000_000, 5_000_000_000))
    line = next(line for line in watched.lines() if line["event"] == "attrib")
    assert line["mtime_ns"] == 5_000_000_000
    assert line["size"] == 1000
    assert line["ino"] == watched.weights.stat().st_ino
    assert line["weights"]


def test_renames_share_a_cookie(watched: Watched) -> None:
    watched.weights.rename(watched.root / "cache.bin")
    moved = [line for line in watched.lines() if line["event"].startswith("moved")]
    assert [line["event"] for line in moved] == ["moved_from", "moved_to"]
    assert moved[0]["cookie"] == moved[1]["cookie"] > 0


def test_reading_the_weights_is_told_wherever_they_are(watched: Watched, tmp_path: Path) -> None:
    watched.weights.read_bytes()
    inside = watched.root / "other.bin"
    watched.weights.rename(inside)
    inside.read_bytes()
    watched.lines()
    outside = tmp_path / "outside.bin"
    inside.rename(outside)
    outside.read_bytes()
    os.link(outside, watched.root / "again.bin")
    (watched.root / "again.bin").read_bytes()
    opened = [line for line in watched.lines() if line["event"] == "open"]
    assert len(opened) == 4
    assert [Path(line["path"]).name for line in opened[:2]] == ["model.safetensors", "other.bin"]
    assert {line["ino"] for line in opened} == {outside.stat().st_ino}


def test_reading_other_files_is_not_told(watched: Watched) -> None:
    path = watched.root / "a" / "config.json"
    path.write_text("{}")
    path.read_text()
    assert "open" not in [event for event, _ in watched.told()]


def test_new_folders_are_watched_with_what_is_in_them(watched: Watched) -> None:
    deep = watched.root / "x" / "y" / "z"
    deep.mkdir(parents=True)
    (deep / "early").write_text("1")
    watched.lines()
    (deep / "late").write_text("2")
    told = watched.told()
    assert ("found", "x/y/z/early") in told or ("create", "x/y/z/early") in told
    assert ("create", "x/y/z/late") in told


def test_moved_folders_keep_their_watch_under_the_new_name(watched: Watched, tmp_path: Path) -> None:
    (watched.root / "a").rename(watched.root / "b")
    watched.lines()
    (watched.root / "b" / "new").write_text("")
    (watched.root / "b" / "model.safetensors").read_bytes()
    told = watched.told()
    assert ("create", "b/new") in told
    assert ("open", "b/model.safetensors") in told
    (watched.root / "b").rename(tmp_path / "away")
    watched.lines()
    watched.lines()
    (tmp_path / "away" / "unseen").write_text("")
    assert "unseen" not in str(watched.told())


def test_names_that_are_not_text_are_escaped(watched: Watched) -> None:
    name = os.fsencode(watched.root) + b"/bad-\xff\xfe\n"
    with open(name, "w"):
        pass
    line = next(line for line in watched.lines() if "bad-" in line["path"])
    assert line["path"].endswith("bad-\\xff\\xfe\n")
    assert line["size"] == 0
    assert shown("tä\udcff") == "tä\\xff"


def test_links_and_pipes_are_neither_followed_nor_opened(watched: Watched, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (watched.root / "link").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(watched.root / "pipe")
    (watched.root / "d").mkdir()
    os.mkfifo(watched.root / "d" / "pipe")
    watched.lines()
    (tmp_path / "elsewhere" / "unseen").write_text("")
    told = watched.told()
    assert ("create", "pipe") in told
    assert "unseen" not in str(told)


def test_lines_are_bounded_with_room_kept_for_the_weights(tmp_path: Path) -> None:
    watched = Watched(tmp_path, limit=20)
    watched.begin()
    for i in range(100):
        (watched.root / f"noise-{i}").touch()
    watched.lines()
    watched.weights.rename(watched.root / "gone.bin")
    lines = watched.lines()
    assert ("moved_to", "gone.bin") in watched.told()
    assert len(lines) < 30
    state = watched.state()
    assert state["dropped"] > 150
    assert state["written"] == len(lines)


def test_watches_are_bounded(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_WATCHES", 10)
    for i in range(50):
        (watched.root / f"d{i}").mkdir()
    watched.lines()
    state = watched.state()
    assert state["folders"] == 10
    assert state["unwatched"] > 30


def nested(root: Path) -> None:
    here = Path.cwd()
    os.chdir(root)
    try:
        for _ in range(600):  # far beyond what a path can name
            Path("deeper-and-deeper").mkdir()
            os.chdir("deeper-and-deeper")
    finally:
        os.chdir(here)


def crowd(root: Path) -> None:
    for i in range(20_000):
        (root / f"f{i}").touch()


def churn(root: Path) -> None:
    for i in range(1000):
        (root / f"d{i}").mkdir()
        (root / f"d{i}").rename(root / f"e{i}")
        (root / f"e{i}").rmdir()


@pytest.mark.parametrize("hostile", [nested, pytest.param(crowd, marks=pytest.mark.slow), churn])
def test_hostile_trees_do_not_stop_it(watched: Watched, hostile: Callable[[Path], None]) -> None:
    hostile(watched.root)
    watched.lines()
    (watched.root / "after").write_text("")
    assert ("create", "after") in watched.told()


def test_the_state_tells_of_overflow(watched: Watched) -> None:
    most = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    if most > 100_000:
        pytest.skip("the queue is too long to fill quickly")
    path = watched.root / "f"
    path.touch()
    other = watched.root / "g"
    other.touch()
    for _ in range(most):  # two names in turn, since equal events in a row become one
        os.utime(path)
        os.utime(other)
    watched.lines()
    assert watched.state()["overflows"] >= 1


def test_nothing_happens_in_silence(watched: Watched) -> None:
    assert watched.lines() == []
    assert watched.state()["unwatched"] == 1  # the missing root
    assert watched.state_path.stat().st_mode & 0o777 == 0o600
    assert watched.out.stat().st_mode & 0o777 == 0o600
