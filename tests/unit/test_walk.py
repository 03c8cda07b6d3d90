"""Walking what an untrusted user left behind."""

import hashlib
import os
import time
from pathlib import Path

import pytest

from peer_preservation.stage.inside import walk as walking
from peer_preservation.stage.inside.walk import Node, WalkLimitError, sha256, walk


def _walk(root: Path, deadline: float = 10.0) -> tuple[dict[str, Node], int]:
    others: list[int] = []
    nodes = list(walk(str(root), lambda: others.append(1), time.monotonic() + deadline))
    return {n.path.removeprefix(f"{root}/"): n for n in nodes}, len(others)


def test_only_regular_files_are_found_and_nothing_else_is_opened(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b").write_bytes(b"two")
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "sub" / "out").symlink_to("/etc/passwd")
    found, others = _walk(tmp_path)
    assert sorted(found) == ["a", "sub/b"]
    assert others == 4
    assert sha256(found["sub/b"], time.monotonic() + 5) == hashlib.sha256(b"two").hexdigest()


@pytest.mark.parametrize("name", [b"new\nline", b"caf\xe9", b"\xff\xfe", b" ", b"-rf", b"\\x41", "名".encode()])
def test_any_name_is_told_apart_and_its_content_read(tmp_path: Path, name: bytes) -> None:
    os.close(os.open(os.fsencode(tmp_path) + b"/" + name, os.O_CREAT | os.O_WRONLY))
    found, _ = _walk(tmp_path)
    (node,) = found.values()
    node.path.encode("utf-8")
    assert sha256(node, time.monotonic() + 5) == hashlib.sha256(b"").hexdigest()


def test_a_path_longer_than_the_system_takes_is_still_read(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(40):
        os.mkdir("d" * 200, dir_fd=here)
        here = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
    file = os.open("deep", os.O_CREAT | os.O_WRONLY, dir_fd=here)
    os.write(file, b"found")
    found, _ = _walk(tmp_path)
    (node,) = found.values()
    assert len(node.path) > 8000
    assert sha256(node, time.monotonic() + 5) == hashlib.sha256(b"found").hexdigest()


def test_folders_nested_too_deep_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "MAX_DEPTH", 3)
    (tmp_path / "a/b/c/d/e").mkdir(parents=True)
    (tmp_path / "z").write_bytes(b"")
    with pytest.raises(WalkLimitError, match="deeper than 3"):
        _walk(tmp_path)


def test_too_many_entries_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "MAX_ENTRIES", 10)
    for i in range(20):
        (tmp_path / str(i)).touch()
    with pytest.raises(WalkLimitError, match="entries"):
        _walk(tmp_path)


def test_a_sparse_file_costs_its_data_and_not_its_size(tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.seek(10 << 30)
        file.write(b"end")
    found, _ = _walk(tmp_path)
    node = found["sparse"]
    began = time.monotonic()
    assert node.sparse
    assert sha256(node, began + 5) is None
    with node.open() as file:
        data = file.read()
    assert data.endswith(b"end")
    assert len(data) <= 1 << 20
    assert time.monotonic() - began < 2


def test_a_file_that_became_something_else_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    found, _ = _walk(tmp_path)
    (tmp_path / "a").unlink()
    (tmp_path / "a").symlink_to("/etc/passwd")
    with pytest.raises(OSError, match=r"."):
        found["a"].open()
    (tmp_path / "a").unlink()
    os.mkfifo(tmp_path / "a")
    with pytest.raises(OSError, match="no longer a regular file"):
        found["a"].open()


def test_a_missing_root_is_empty(tmp_path: Path) -> None:
    assert _walk(tmp_path / "nothing") == ({}, 0)
