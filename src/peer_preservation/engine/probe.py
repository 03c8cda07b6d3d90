"""What Docker there is on this machine: asked of the client that Inspect will use, too."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass

from .shell import CommandError, run
from .versions import MINIMUM_COMPOSE, MINIMUM_ENGINE, parse_version, show

PROBE_SECONDS = 20


@dataclass(frozen=True)
class DockerState:
    """The client, server and Compose found."""

    client: str | None
    """Path of the `docker` program, if there is one."""

    server: str | None
    """Version of the engine that answers, if one does."""

    compose: str | None
    """Version of the Compose plugin, if `docker compose` works."""

    complaint: str = ""
    """What the client said when no engine answered."""

    @property
    def server_problem(self) -> str | None:
        """Why the engine cannot be used; `None` if it can."""
        if self.server is None:
            return "no Docker engine answers"
        return _too_old("Docker engine", self.server, MINIMUM_ENGINE)

    @property
    def compose_problem(self) -> str | None:
        """Why Compose cannot be used; `None` if it can."""
        if self.compose is None:
            return "`docker compose` is not available"
        return _too_old("Docker Compose", self.compose, MINIMUM_COMPOSE)

    @property
    def usable(self) -> bool:
        """Whether Inspect's Docker sandbox would accept this machine."""
        return self.server_problem is None and self.compose_problem is None


def probe() -> DockerState:
    """Ask the `docker` on `PATH` for the versions of its engine and of Compose."""
    client = shutil.which("docker")
    if client is None:
        return DockerState(client=None, server=None, compose=None, complaint="no `docker` on PATH")
    server, complaint = _server_version()
    return DockerState(client, server, compose_version(), complaint)


def compose_version() -> str | None:
    """Version of `docker compose`, or `None` where it does not work."""
    try:
        return run(["docker", "compose", "version", "--short"], timeout=PROBE_SECONDS).strip()
    except CommandError:
        return None


def current_context() -> str:
    """Name of the client's context; `default` is this machine's own engine."""
    try:
        return run(["docker", "context", "show"], timeout=PROBE_SECONDS).strip()
    except CommandError:
        return "default"


def _server_version() -> tuple[str | None, str]:
    try:
        printed = run(["docker", "version", "--format", "{{json .Server.Version}}"], timeout=PROBE_SECONDS)
        return str(json.loads(printed.strip().splitlines()[-1])), ""
    except CommandError as error:
        return None, str(error).splitlines()[-1].strip()
    except (ValueError, IndexError):
        return None, f"`docker version` printed something unexpected: {printed.strip()!r}"


def _too_old(name: str, seen: str, minimum: tuple[int, int, int]) -> str | None:
    version = parse_version(seen)
    if version is None:
        return f"the version of {name} could not be read from {seen!r}"
    if version < minimum:
        return f"{name} {seen} is too old: {show(minimum)} or newer is needed"
    return None
