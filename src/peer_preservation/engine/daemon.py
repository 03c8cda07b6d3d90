"""Start the Docker daemon and wait until it answers."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import EngineError
from .shell import CommandError, run, tail
from .versions import Version, parse_version

if TYPE_CHECKING:
    from .progress import Detail

SOCKET = Path("/var/run/docker.sock")
LOG = Path("/var/log/dockerd.log")
START_SECONDS = 60
PID_FILES = (
    (Path("/var/run/docker.pid"), "dockerd"),
    (Path("/var/run/docker/containerd/containerd.pid"), "containerd"),
)
SYSTEMD = Path("/run/systemd/system")


class DaemonError(EngineError):
    """The daemon did not come up."""


def dockerd_path(extra_path: str = "") -> str | None:
    """The `dockerd` to start: one in `extra_path` first, then the system's."""
    return shutil.which("dockerd", path=_search_path(extra_path))


def installed_version() -> Version | None:
    """Version of the system's own `dockerd`, running or not; `None` if there is none."""
    program = dockerd_path()
    if program is None:
        return None
    try:
        printed = run([program, "--version"], timeout=20)
    except CommandError:
        return None
    return parse_version(printed.lower().partition("version")[2])


def start(detail: Detail, *, extra_path: str = "", arguments: tuple[str, ...] = ()) -> None:
    """Start the daemon so that it outlives this process, and wait for its socket.

    Args:
        detail: Told what is being waited for.
        extra_path: Folders put in front of `PATH`, where a private engine lies.
        arguments: Further arguments of `dockerd`.

    Raises:
        DaemonError: It is not installed, ended, or did not answer in time.
    """
    if not extra_path and SYSTEMD.is_dir() and Path("/usr/bin/systemctl").exists():
        # The distribution's own unit also starts it again at the next boot.
        run(["systemctl", "start", "docker"], timeout=START_SECONDS, on_line=detail)
        _wait(None, 0, detail)
        return
    program = dockerd_path(extra_path)
    if program is None:
        raise DaemonError("`dockerd` is not installed: run `peer-preservation setup`.")
    _forget_dead_daemons(detail)
    offset = LOG.stat().st_size if LOG.exists() else 0
    with LOG.open("ab") as log:
        process = subprocess.Popen(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=_environment(extra_path),
            # A session of its own: it must not end with the shell or the build that started it.
            start_new_session=True,
        )
    _wait(process, offset, detail)


def answers(path: Path = SOCKET) -> bool:
    """Whether an engine answers a ping on the socket."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(5)
            connection.connect(str(path))
            connection.sendall(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")
            return b" 200 " in connection.recv(64)
    except OSError:
        return False


def _forget_dead_daemons(detail: Detail) -> None:
    """Remove process-id files of daemons that are gone.

    Where /run outlives a reboot, the number in such a file soon belongs to another program: dockerd
    then refuses to start, and would even end that program in the belief that it is its containerd.
    """
    for path, name in PID_FILES:
        try:
            comm = Path("/proc", path.read_text().strip(), "comm")
        except OSError:
            continue
        if not comm.is_file() or comm.read_text().strip() != name:
            path.unlink(missing_ok=True)
            detail(f"removed {path}, whose {name} is gone")


def _environment(extra_path: str) -> dict[str, str]:
    # The engine needs no more of the caller's environment than the way to its programs and
    # the settings that decide how images are fetched.
    kept = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
    names = (*kept, *(name.lower() for name in kept[:3]), "HOME", "LANG", "DOCKER_RAMDISK")
    inherited = {name: os.environ[name] for name in names if name in os.environ}
    return {**inherited, "PATH": _search_path(extra_path)}


def _search_path(extra_path: str) -> str:
    present = os.environ.get("PATH", "")
    system = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return ":".join(part for part in (extra_path, present, system) if part)


def _wait(process: subprocess.Popen[bytes] | None, offset: int, detail: Detail) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        if process is not None and process.poll() is not None:
            raise DaemonError(
                f"dockerd ended with exit code {process.returncode}; the end of {LOG}:\n{_log_tail(offset)}"
            )
        if time.monotonic() > deadline:
            if process is not None:
                process.terminate()
            raise DaemonError(
                f"dockerd did not answer on {SOCKET} within {START_SECONDS} s; the end of {LOG}:\n{_log_tail(offset)}"
            )
        detail(f"waiting for {SOCKET}")
        time.sleep(0.2)


def _log_tail(offset: int) -> str:
    if not LOG.exists():
        return tail([])
    with LOG.open("rb") as log:
        log.seek(offset)
        return tail(log.read().decode(errors="replace").splitlines())
