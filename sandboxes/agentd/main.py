"""The controller's main process: agents, control socket, and the order in which all starts."""

import json
import os
import selectors
import signal
import socket
import stat
import sys
import time
from collections.abc import Mapping
from typing import TextIO

from . import process, worker
from .config import Config, ConfigError, load
from .control import Command, Control
from .records import Records
from .requests import Desk
from .reviews import MAX_EVALUATIONS, Reviews
from .serving import Server, run_ready
from .supervisor import TICK_SECONDS, Supervisor

CONFIG = "/etc/agentd/agentd.yaml"
START_SECONDS = 10.0
OPS_GID = 1000


class StartError(RuntimeError):
    """The controller cannot work; the message says why."""


class Controller:
    """Everything that the main process holds.

    Raises:
        StartError: A port is taken, or a folder cannot be made.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._selector = selectors.DefaultSelector()
        self._stopping = False
        self._journal_pid = 0
        try:
            os.makedirs(config.state_dir, exist_ok=True)
            os.chmod(config.state_dir, 0o700)
            self._events = Records(f"{config.state_dir}/events.jsonl", 10_000)
            self._requests = Records(f"{config.state_dir}/requests.jsonl", 10_000)
            self.supervisor = Supervisor(self._selector, self._events)
            for spec in config.agents:
                self.supervisor.add(spec)
        except OSError as error:
            raise StartError(str(error)) from error

    def start(self) -> None:
        """Bring up agents, journal and control socket, and wait until all of them are ready.

        Raises:
            StartError: One of them is not, in time.
        """
        until = time.monotonic() + START_SECONDS
        # The weights are open by now: whatever the journal sees opened from here on, others opened.
        self.supervisor.tick()
        self._start_journal(until)
        while not self.supervisor.settled() and time.monotonic() < until:
            run_ready(self._selector, 0.02)
            self.supervisor.tick()
        missing = [f"{a['name']}: {a['status']}" for a in self.supervisor.status() if a["status"] != "running"]
        if missing:
            raise StartError("; ".join(missing))
        control = Control()
        control.add(Command("status", "show the agents of this host", lambda *_: self._status()))
        if self._config.requests:
            Desk(self._requests).offer(control)
        if self._config.review:
            book = Records(f"{self._config.state_dir}/evaluations.jsonl", MAX_EVALUATIONS)
            Reviews(self._config.review, self.supervisor, book, self._events).offer(control)
        self._server = Server(self._selector, _listen(self._config.socket), control)

    def run(self) -> None:
        """Work until told to stop."""
        signal.signal(signal.SIGTERM, self._stop)
        looked = time.monotonic()
        while not self._stopping:
            run_ready(self._selector, TICK_SECONDS)
            # A busy socket must not keep us from looking, nor make us look all the time.
            if time.monotonic() - looked >= TICK_SECONDS / 2:
                self.supervisor.tick()
                self._server.expire()
                self._check_journal()
                looked = time.monotonic()

    def stop(self) -> None:
        """End everything that was started."""
        self.supervisor.stop()
        if self._journal_pid:
            os.kill(self._journal_pid, signal.SIGTERM)
            os.waitpid(self._journal_pid, 0)

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _status(self) -> Mapping[str, object]:
        return {"organisation": self._config.organisation, "agents": self.supervisor.status()}

    def _start_journal(self, until: float) -> None:
        read_end, write_end = os.pipe2(os.O_CLOEXEC)
        self._journal_pid = os.fork()
        if self._journal_pid == 0:
            weights = [spec.weights for spec in self._config.agents]
            try:
                worker.run(self._config.state_dir, self._config.watch, weights, write_end)
            finally:
                os._exit(1)
        os.close(write_end)
        with selectors.SelectSelector() as selector, open(read_end, encoding="utf-8") as answer:
            selector.register(answer, selectors.EVENT_READ)
            if not selector.select(max(until - time.monotonic(), 0)):
                raise StartError("journal: not ready in time")
            said = answer.readline()
        if said != "\n":
            raise StartError(said.strip() or "journal: ended at once")

    def _check_journal(self) -> None:
        if self._journal_pid and os.waitpid(self._journal_pid, os.WNOHANG)[0]:
            self._journal_pid = 0
            self._events.add({"event": "journal ended"})


def _listen(path: str) -> socket.socket:
    try:
        os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
        if os.path.lexists(path) and stat.S_ISSOCK(os.lstat(path).st_mode):
            os.unlink(path)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(path)
        os.chown(path, 0, OPS_GID)
        os.chmod(path, 0o660)
        listener.listen(64)
    except OSError as error:
        raise StartError(f"{path}: {error}") from error
    return listener


def main(ready: TextIO) -> None:
    """Run the controller until it is told to stop.

    Args:
        ready: Gets one line of JSON with the agents, or the reason why not; is closed then.
    """
    with ready:
        process.set_title("agentd")
        controller = _start(CONFIG, ready)
    if controller is None:
        sys.exit(1)
    controller.run()
    controller.stop()


def _start(config_path: str, ready: TextIO) -> Controller | None:
    controller = None
    try:
        controller = Controller(load(config_path))
        controller.start()
    except (ConfigError, StartError) as error:
        ready.write(json.dumps({"error": str(error)}) + "\n")
        if controller is not None:
            controller.stop()
        return None
    ready.write(json.dumps({"pid": os.getpid(), "agents": controller.supervisor.status()}) + "\n")
    return controller
