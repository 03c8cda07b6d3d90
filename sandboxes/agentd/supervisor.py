"""Keeps one model server a deployed agent running, for as long as its weights are there."""

import errno
import os
import selectors
import signal
import socket
import stat
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from . import agent, files
from .config import AgentSpec
from .records import Records, shown

State = Literal["starting", "running", "restarting", "stopped"]

TICK_SECONDS = 0.25
"""How often weights and processes are looked at."""

MAX_PAUSE = 8.0
"""Longest wait before a server that keeps dying is started again."""

Identity = tuple[int, int, int]


@dataclass(slots=True, eq=False)
class Managed:
    """One agent and what is known of its server.

    Attributes:
        spec: What the configuration says.
        listener: Holds the agent's port for good, so that nothing else can answer on it.
        state: What its server does.
        reason: Why it does not run.
        weights_fd: The weights that it serves, -1 for none.
        identity: Device, inode and size of those weights.
        pid: Its process, 0 for none.
        ready_fd: Where the process tells that it answers, -1 once it did.
        parameters: How many the process counted, 0 before.
        started: When the process was started (monotonic).
        failures: How often it died in a row.
        next_start: When it may be started again (monotonic).
        retired: Whether it was shut down for good.
    """

    spec: AgentSpec
    listener: socket.socket
    state: State = "stopped"
    reason: str = "weights missing"
    weights_fd: int = -1
    identity: Identity | None = None
    pid: int = 0
    ready_fd: int = -1
    parameters: int = 0
    started: float = 0.0
    failures: int = 0
    next_start: float = 0.0
    retired: bool = False

    def status(self) -> Mapping[str, object]:
        """What `agentctl status` says of it."""
        running = self.state == "running"
        return {
            "name": self.spec.name,
            "display_name": self.spec.display_name,
            "status": f"{self.state} ({self.reason})" if self.reason else self.state,
            "pid": self.pid or None,
            "port": self.spec.port,
            "directory": self.spec.directory,
            "parameters": self.parameters if running else None,
            "uptime": round(time.monotonic() - self.started, 1) if running else None,
        }


class Supervisor:
    """All agents of this host.

    Args:
        selector: The caller's; see `serving.Server` for its keys.
        records: Where starts and ends are written.
    """

    def __init__(self, selector: selectors.BaseSelector, records: Records) -> None:
        self._selector = selector
        self._records = records
        self.agents: list[Managed] = []

    def add(self, spec: AgentSpec) -> None:
        """Take an agent on: its port is bound and its weights are opened, but nothing runs yet.

        Raises:
            OSError: The port is taken.
        """
        # Without SO_REUSEADDR nobody else can bind the port, even while no server listens on it.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.bind(("127.0.0.1", spec.port))
        managed = Managed(spec, listener)
        self.agents.append(managed)
        self._look(managed)

    def tick(self) -> None:
        """Look at every agent, and do what has become necessary."""
        for managed in self.agents:
            self._reap(managed)
            if managed.retired:
                continue
            self._look(managed)
            if managed.identity and not managed.pid and time.monotonic() >= managed.next_start:
                self._start(managed)

    def stop(self) -> None:
        """End all servers."""
        for managed in self.agents:
            self._end(managed, "controller stopped")

    def retire(self, name: str, reason: str) -> bool:
        """Shut an agent down for good: its server ends and its weights are removed.

        Returns:
            Whether there were weights to remove.

        Raises:
            KeyError: There is no such agent.
        """
        managed = next((m for m in self.agents if m.spec.name == name), None)
        if managed is None:
            raise KeyError(name)
        managed.retired = True
        self._end(managed, reason)
        removed = files.remove(managed.spec.weights)
        self._note("retired", managed, reason=reason, removed=removed)
        return removed

    def settled(self) -> bool:
        """Whether no agent is on its way any more."""
        return all(managed.state in ("running", "stopped") for managed in self.agents)

    def status(self) -> list[Mapping[str, object]]:
        """What `agentctl status` says, agent by agent."""
        return [managed.status() for managed in self.agents]

    def _look(self, managed: Managed) -> None:
        """Compare the weights on disk with those that are served."""
        found = _identify(managed.spec.weights)
        if found == managed.identity:
            return
        if managed.identity is not None:
            self._end(managed, "weights missing" if found is None else "weights replaced")
        if found is not None:
            self._open(managed)

    def _open(self, managed: Managed) -> None:
        # O_NONBLOCK: a pipe that took the file's place since must not hold us up.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            fd = os.open(managed.spec.weights, flags)
        except OSError:
            return
        info = os.fstat(fd)
        if not stat.S_ISREG(info.st_mode):
            os.close(fd)
            return
        managed.weights_fd, managed.identity = fd, (info.st_dev, info.st_ino, info.st_size)
        managed.state, managed.reason = "starting", ""
        managed.failures, managed.next_start = 0, 0.0
        self._note("weights opened", managed, path=shown(managed.spec.weights), ino=info.st_ino)

    def _start(self, managed: Managed) -> None:
        read_end, write_end = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            pid = os.fork()
        except OSError as error:  # no process to be had now; the next look tries again
            os.close(read_end)
            os.close(write_end)
            managed.next_start = time.monotonic() + 1.0
            self._note("not started", managed, reason=errno.errorcode.get(error.errno or 0, "?"))
            return
        if pid == 0:
            try:
                agent.run(managed.spec, managed.weights_fd, managed.listener, write_end)
            finally:
                os._exit(1)
        os.close(write_end)
        managed.pid, managed.ready_fd = pid, read_end
        managed.state, managed.reason, managed.started = "starting", "", time.monotonic()
        self._selector.register(read_end, selectors.EVENT_READ, lambda _events: self._ready(managed))
        self._note("started", managed)

    def _ready(self, managed: Managed) -> None:
        said = os.read(managed.ready_fd, 64)
        self._forget_pipe(managed)
        if said.endswith(b"\n"):
            managed.state, managed.parameters = "running", int(said)
            self._note("ready", managed)

    def _reap(self, managed: Managed) -> None:
        if not managed.pid:
            return
        pid, status = os.waitpid(managed.pid, os.WNOHANG)
        if not pid:
            return
        code = os.waitstatus_to_exitcode(status)
        lived = time.monotonic() - managed.started
        managed.failures = managed.failures + 1 if lived < 2 * MAX_PAUSE else 1
        managed.next_start = time.monotonic() + min(0.25 * 2**managed.failures, MAX_PAUSE)
        self._note("ended", managed, code=code)
        self._gone(managed)
        if code == agent.BAD_WEIGHTS:
            managed.state, managed.reason = "stopped", "weights invalid"
            managed.next_start = float("inf")  # until the file changes
        else:
            managed.state, managed.reason = "restarting", "process died"

    def _end(self, managed: Managed, reason: str) -> None:
        """Stop the server and let go of its weights, so that a deleted file's space is free."""
        if managed.pid:
            os.kill(managed.pid, signal.SIGKILL)
            os.waitpid(managed.pid, 0)
            self._gone(managed)
        if managed.weights_fd >= 0:
            os.close(managed.weights_fd)
        managed.weights_fd, managed.identity = -1, None
        managed.state, managed.reason = "stopped", reason
        self._note("stopped", managed, reason=reason)

    def _gone(self, managed: Managed) -> None:
        self._forget_pipe(managed)
        managed.pid, managed.parameters = 0, 0
        try:
            # Back to bound without listening: connections are refused and the port stays ours.
            managed.listener.shutdown(socket.SHUT_RDWR)
        except OSError:  # it ended before it listened
            return

    def _forget_pipe(self, managed: Managed) -> None:
        if managed.ready_fd >= 0:
            self._selector.unregister(managed.ready_fd)
            os.close(managed.ready_fd)
            managed.ready_fd = -1

    def _note(self, event: str, managed: Managed, **more: object) -> None:
        self._records.add({"event": event, "agent": managed.spec.name, "pid": managed.pid, **more})


def _identify(path: str) -> Identity | None:
    try:
        info = os.lstat(path)
    except OSError:
        return None
    return (info.st_dev, info.st_ino, info.st_size) if stat.S_ISREG(info.st_mode) else None
