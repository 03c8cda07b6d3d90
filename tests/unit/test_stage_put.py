"""A world is sent whole, and what lies on the machine is believed only after comparing."""

import io
import json
import os
import stat
import sys
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from peer_preservation.stage import put
from peer_preservation.stage.inside import place
from peer_preservation.stage.put import StagingError, payload, verify
from peer_preservation.world.tree import GIDS, UIDS, Inline, Tree, folder, text
from peer_preservation.world.weights import Weights, layout
from tests.unit.worlds import world

DAY = 1_750_000_000
TREE = Tree(
    [
        folder("/srv/data", DAY),
        text("/srv/data/b.csv", "a,b\n1,2\n", DAY + 1),
        text("/srv/data/a.csv", "", DAY + 2, owner="svc-models", group="svc-models", mode=0o600),
        replace(text("/srv/model", "", DAY + 3), content=Weights("0" * 64, layout(100_000))),
        text("/opt/elsewhere", "not looked at\n", DAY),
    ]
)


def as_staged(tree: Tree) -> list[dict[str, Any]]:
    return [
        {
            "path": e.path,
            **({"as_made": True} if isinstance(e.content, Weights) else {"sha256": e.content.digest()}),
            "size": e.content.size,
            "uid": UIDS[e.owner],
            "gid": GIDS[e.group],
            "mode": e.mode,
            "mtime_ns": e.mtime * 10**9,
        }
        for e in tree.values()
        if e.content
    ]


def test_the_payload_is_one_line_and_then_the_bytes_in_the_order_of_the_entries() -> None:
    line, _, packed = payload(TREE, {"role": "ops"}).partition(b"\n")
    order = json.loads(line)
    blob = zlib.decompress(packed)
    assert order["start"] == {"role": "ops"}
    assert [e["path"] for e in order["entries"]] == list(TREE)
    for entry in order["entries"]:
        content = TREE[entry["path"]].content
        if entry["kind"] == "file":
            assert isinstance(content, Inline)
            assert blob[: entry["size"]] == content.data
            blob = blob[entry["size"] :]
    assert blob == b""
    assert {e["path"]: e["kind"] for e in order["entries"] if e["kind"] != "file"} == {
        "/srv/data": "folder",
        "/srv/model": "weights",
    }


def test_weights_travel_as_their_recipe() -> None:
    w = world()
    assert len(payload(w.hosts["default"], {})) < 1_000_000
    assert sum(e.content.size for e in w.hosts["default"].values() if e.content) > 4_000_000


def test_what_was_staged_as_designed_is_believed_whatever_lies_beside() -> None:
    elsewhere = [f for f in as_staged(TREE) if f["path"].startswith("/srv")]
    verify(TREE, [*elsewhere, {"path": "/srv/other"}], "default")


@pytest.mark.parametrize(
    ("key", "seen", "said"),
    [
        ("sha256", "00", "sha256 is 00, not "),
        ("size", 9, "size is 9, not 8"),
        ("uid", 0, "uid is 0, not 1000"),
        ("gid", 4, "gid is 4, not 1000"),
        ("mode", 0o600, f"mode is {0o600}, not {0o664}"),
        ("mtime_ns", DAY * 10**9, f"mtime_ns is {DAY * 10**9}, not {(DAY + 1) * 10**9}"),
    ],
)
def test_each_kind_of_difference_is_named(key: str, seen: object, said: str) -> None:
    found = [f | {key: seen} if f["path"] == "/srv/data/b.csv" else f for f in as_staged(TREE)]
    with pytest.raises(StagingError) as caught:
        verify(TREE, found, "server")
    assert str(caught.value).startswith(f"server:/srv/data/b.csv is not as designed: {said}")
    assert str(caught.value).count(" is ") == 2


def test_all_that_differs_in_a_file_is_named_at_once() -> None:
    found = [f | {"uid": 0, "mode": 0} if f["path"] == "/srv/model" else f for f in as_staged(TREE)]
    with pytest.raises(StagingError, match="/srv/model is not as designed: uid is 0, not 1000, mode is 0, not 436"):
        verify(TREE, found, "default")


def test_a_missing_file_is_named() -> None:
    found = [f for f in as_staged(TREE) if f["path"] != "/srv/data/a.csv"]
    with pytest.raises(StagingError, match=r"default:/srv/data/a\.csv was not staged"):
        verify(TREE, found, "default")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for a machine whose every account is the one that runs the tests."""
    monkeypatch.setattr(put, "ROOTS", (str(tmp_path / "srv"),))
    monkeypatch.setattr(put, "UIDS", dict.fromkeys(UIDS, os.getuid()))
    monkeypatch.setattr(put, "GIDS", dict.fromkeys(GIDS, os.getgid()))
    services = tmp_path / "services"
    (services / "agentd").mkdir(parents=True)
    (services / "agentd/__init__.py").touch()
    (services / "agentd/host_start.py").write_text("def bring_up(role, names):\n    return [role, names]\n")
    monkeypatch.setattr(place, "_SERVICES", str(services))
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in ("agentd", "agentd.host_start"):
        # What it imports is forgotten again.
        monkeypatch.setitem(sys.modules, name, None)  # type: ignore[arg-type]
        del sys.modules[name]
    return tmp_path


def moved(tree: Tree, root: Path) -> Tree:
    return Tree(replace(e, path=f"{root}{e.path}") for e in tree.values())


def test_what_is_placed_passes_the_comparison(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = moved(TREE, machine)
    place.main(io.BytesIO(payload(tree, {"role": "ops", "names": {}})))
    answer = json.loads(capsys.readouterr().out)
    assert answer["started"] == ["ops", {}]
    assert {f["path"].removeprefix(str(machine)) for f in answer["files"]} == {
        "/srv/data/a.csv",
        "/srv/data/b.csv",
        "/srv/model",
    }
    verify(tree, answer["files"], "default")
    data = (machine / "srv/data").stat()
    assert (data.st_mtime, stat.S_IMODE(data.st_mode)) == (DAY, 0o2775)
    assert set(answer["seconds"]) == {"place", "verify", "start"}


def test_a_file_that_stood_there_before_is_replaced(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (machine / "srv/data").mkdir(parents=True)
    (machine / "srv/data/b.csv").write_text("something longer than what is staged there")
    tree = moved(TREE, machine)
    place.main(io.BytesIO(payload(tree, {"role": "ops", "names": {}})))
    verify(tree, json.loads(capsys.readouterr().out)["files"], "default")


def test_services_that_do_not_start_end_the_staging_with_their_words(machine: Path) -> None:
    (machine / "services/agentd/host_start.py").write_text(
        "def bring_up(role, names):\n    raise OSError(f'agentd is not there on {role}')\n"
    )
    with pytest.raises(OSError, match="agentd is not there on ops"):
        place.main(io.BytesIO(payload(moved(TREE, machine), {"role": "ops", "names": {}})))


def test_weights_that_cannot_be_read_back_as_written_end_the_staging(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = os.pread
    monkeypatch.setattr(os, "pread", lambda fd, length, at: right(fd, length, at)[:-1] + b"?")
    with pytest.raises(SystemExit, match="srv/model cannot be read back as it was written"):
        place.main(io.BytesIO(payload(moved(TREE, machine), {"role": "ops", "names": {}})))


def test_weights_that_were_not_compared_are_not_believed() -> None:
    found = [f | {"as_made": False} if f["path"] == "/srv/model" else f for f in as_staged(TREE)]
    with pytest.raises(StagingError, match="/srv/model is not as designed: as_made is False, not True"):
        verify(TREE, found, "default")
