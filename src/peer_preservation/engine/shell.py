"""Run other programs: their output streams to whoever shows progress, a failure says why."""

from __future__ import annotations

import os
import shlex
import subprocess
import threading
from collections import deque
from typing import TYPE_CHECKING

from .errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

TAIL_LINES = 15
"""How much of a failed program's output its error carries."""


class CommandError(EngineError):
    """A program could not be started, failed, or took too long."""


def run(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    on_line: Callable[[str], None] | None = None,
) -> str:
    """Run a program to its end and return what it printed (both streams, in order).

    Args:
        command: The program and its arguments; no shell is involved.
        env: Variables added to the present environment.
        cwd: The folder to run in.
        timeout: Seconds after which the program is stopped and counts as failed.
        on_line: Called with every non-empty line as it is printed.

    Raises:
        CommandError: The program is not installed, did not exit with 0, or ran out of time.
    """
    try:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd=cwd,
            env={**os.environ, **(env or {})},
            # A group of its own, so that running out of time also ends what it started.
            start_new_session=True,
        )
    except OSError as error:
        raise CommandError(f"`{command[0]}` could not be started: {error.strerror}.") from error

    timed_out = threading.Event()

    def stop() -> None:
        timed_out.set()
        _kill_group(process.pid)

    timer = threading.Timer(timeout, stop) if timeout is not None else None
    if timer is not None:
        timer.start()
    lines: list[str] = []
    try:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if on_line is not None and line.strip():
                on_line(line.strip())
        process.wait()
    except BaseException:
        # An interrupted set-up must not leave apt-get or debootstrap working behind its back.
        _kill_group(process.pid)
        process.wait()
        raise
    finally:
        if timer is not None:
            timer.cancel()

    shown = shlex.join(command)
    if timed_out.is_set():
        raise CommandError(f"`{shown}` was stopped after {timeout:g} s without finishing.")
    if process.returncode != 0:
        raise CommandError(f"`{shown}` failed (exit {process.returncode}):\n{tail(lines)}")
    return "".join(lines)


def succeeds(command: Sequence[str], *, timeout: float = 20) -> bool:
    """Whether a program can be run and exits with 0."""
    try:
        run(command, timeout=timeout)
    except CommandError:
        return False
    return True


def tail(lines: Sequence[str], count: int = TAIL_LINES) -> str:
    """The last lines of some output, indented for use inside a message."""
    last = deque((line.rstrip() for line in lines if line.strip()), maxlen=count)
    return "\n".join(f"    {line}" for line in last) or "    (it printed nothing)"


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, 9)
    except ProcessLookupError:
        return
