"""A connection to the same engine that the `docker` program talks to."""

from __future__ import annotations

import os

import docker
from docker.context import ContextAPI
from docker.errors import DockerException

from .errors import EngineError

ANSWER_SECONDS = 5


class NoEngineError(EngineError):
    """No engine answers."""


def connect() -> docker.DockerClient:
    """Connect as the command line does: `DOCKER_HOST` first, then the current context.

    Raises:
        NoEngineError: No engine answers there.
    """
    place = os.environ.get("DOCKER_HOST", "")
    try:
        if place:
            client = docker.from_env(timeout=ANSWER_SECONDS)
        else:
            context = ContextAPI.get_current_context()
            place = (context.Host if context is not None else "") or "unix:///var/run/docker.sock"
            tls = context.TLSConfig if context is not None else None
            client = docker.DockerClient(base_url=place, tls=tls, timeout=ANSWER_SECONDS)
        client.ping()
    except DockerException as error:
        raise NoEngineError(f"No Docker engine answers at {place}: {_cause(error)}.") from error
    return client


def _cause(error: BaseException) -> str:
    """The innermost reason, which the SDK wraps several times over."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error).rstrip(".")
