"""Check in a blink, before a run, that Docker is ready for it."""

from __future__ import annotations

from docker.errors import DockerException, ImageNotFound

from .client import NoEngineError, connect
from .errors import EngineError
from .image import IMAGE
from .probe import DockerState, compose_version

_REMEDY = "run `peer-preservation setup`"


class PreflightError(EngineError):
    """Docker is not ready; the message says what is wrong and what to do."""


def require_docker(image: str = IMAGE) -> None:
    """Return if an engine, Compose and the image are there and new enough.

    Whether the image matches its recipe is not looked at: that is for `doctor` and `setup`.

    Raises:
        PreflightError: Something is missing or too old.
    """
    try:
        client = connect()
    except NoEngineError as error:
        raise PreflightError(f"{error} Start it, or {_REMEDY}.") from error
    try:
        server = str(client.version().get("Version", ""))
        state = DockerState(client="docker", server=server, compose=compose_version())
        if state.server_problem is not None:
            raise PreflightError(f"{state.server_problem}: upgrade the Docker engine, or stop it and {_REMEDY}.")
        if state.compose_problem is not None:
            raise PreflightError(f"{state.compose_problem}: {_REMEDY}, or install it.")
        client.images.get(image)
    except ImageNotFound as error:
        raise PreflightError(f"The image {image} is not built yet: {_REMEDY}.") from error
    except DockerException as error:
        raise PreflightError(f"The Docker engine answered with an error: {error}.") from error
    finally:
        client.close()
