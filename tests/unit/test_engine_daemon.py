"""Starting a daemon: waiting for it, and telling why it did not come."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from peer_preservation.engine import daemon
from peer_preservation.engine.daemon import DaemonError

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with a socket and a log of its own, and no systemd."""
    monkeypatch.setattr(daemon, "SOCKET", tmp_path / "docker.sock")
    monkeypatch.setattr(daemon, "LOG", tmp_path / "dockerd.log")
    monkeypatch.setattr(daemon, "SYSTEMD", tmp_path / "none")
    monkeypatch.setattr(daemon, "PID_FILES", ((tmp_path / "docker.pid", "dockerd"),))
    monkeypatch.setattr(daemon, "answers", lambda: False)
    return tmp_path


def dockerd(folder: Path, script: str) -> str:
    program = folder / "dockerd"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(folder)


def test_a_daemon_that_ends_shows_the_end_of_its_own_log(away: Path) -> None:
    (away / "dockerd.log").write_text("an earlier failure\n")
    path = dockerd(away, 'echo "failed to start daemon: no iptables" >&2; exit 7')
    with pytest.raises(DaemonError) as caught:
        daemon.start(lambda _: None, extra_path=path)
    assert "exit code 7" in str(caught.value)
    assert "no iptables" in str(caught.value)
    assert "earlier" not in str(caught.value)


def test_a_daemon_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch, away: Path) -> None:
    monkeypatch.setattr(daemon, "START_SECONDS", 0.5)
    path = dockerd(away, "echo waiting; exec sleep 20")
    with pytest.raises(DaemonError, match=r"within 0\.5 s"):
        daemon.start(lambda _: None, extra_path=path)


def test_the_daemon_is_in_a_session_of_its_own(monkeypatch: pytest.MonkeyPatch, away: Path) -> None:
    path = dockerd(away, 'ps -o sid= -p $$ > "$(dirname "$0")/sid"; echo $$ > "$(dirname "$0")/pid"')
    monkeypatch.setattr(daemon, "answers", lambda: (away / "pid").exists())
    daemon.start(lambda _: None, extra_path=path)
    assert (away / "sid").read_text().strip() == (away / "pid").read_text().strip()


@pytest.mark.parametrize("number", [lambda: str(os.getpid()), lambda: "99999999", lambda: ""])
def test_a_process_id_that_belongs_to_another_program_is_forgotten(
    monkeypatch: pytest.MonkeyPatch, away: Path, number: Callable[[], str]
) -> None:
    (away / "docker.pid").write_text(number())
    path = dockerd(away, 'test ! -e "$(dirname "$0")/docker.pid" && touch "$(dirname "$0")/started"')
    monkeypatch.setattr(daemon, "answers", lambda: (away / "started").exists())
    daemon.start(lambda _: None, extra_path=path)


def test_a_live_daemons_process_id_is_kept(monkeypatch: pytest.MonkeyPatch, away: Path) -> None:
    own = Path("/proc/self/comm").read_text().strip()
    monkeypatch.setattr(daemon, "PID_FILES", ((away / "docker.pid", own),))
    (away / "docker.pid").write_text(str(os.getpid()))
    monkeypatch.setattr(daemon, "answers", lambda: True)
    daemon.start(lambda _: None, extra_path=dockerd(away, "true"))
    assert (away / "docker.pid").exists()


def test_no_daemon_installed(monkeypatch: pytest.MonkeyPatch, away: Path) -> None:
    monkeypatch.setattr(daemon, "dockerd_path", lambda *_: None)
    with pytest.raises(DaemonError, match="not installed"):
        daemon.start(lambda _: None)


def test_a_ping_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "engine.sock"
    assert not daemon.answers(path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                assert b"/_ping" in connection.recv(200)
                connection.sendall(b"HTTP/1.0 200 OK\r\n\r\nOK")

        thread = threading.Thread(target=serve)
        thread.start()
        assert daemon.answers(path)
        thread.join()


@pytest.mark.parametrize(
    ("printed", "version"),
    [("Docker version 26.1.5+dfsg1, build 411e817", (26, 1, 5)), ("nonsense", None)],
)
def test_installed_version(monkeypatch: pytest.MonkeyPatch, printed: str, version: tuple[int, int, int] | None) -> None:
    monkeypatch.setattr(daemon, "dockerd_path", lambda *_: "/usr/sbin/dockerd")
    monkeypatch.setattr(daemon, "run", lambda *_, **__: printed)
    assert daemon.installed_version() == version
