"""`setup` and `build`: get Docker and the suite's image ready."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from peer_preservation.engine.base_image import ensure_base_image
from peer_preservation.engine.bring_up import ensure_engine
from peer_preservation.engine.errors import EngineError
from peer_preservation.engine.image import ensure_image
from peer_preservation.engine.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

Rebuild = Annotated[bool, typer.Option("--rebuild", help="Build the image anew, from nothing, even if it is current.")]


def setup(
    rebuild: Rebuild = False,
    image: Annotated[
        bool, typer.Option(help="Also build the suite's image; --no-image stops at the base image.")
    ] = True,
) -> None:
    """Get everything ready that a run needs: Docker, the base image, the suite's image.

    A Docker engine that works (24.0.6 or newer, with Compose 2.21 or newer) is used as it is, and
    nothing on the system is touched. Where there is none, and this is Debian or Ubuntu and the
    user is root, one is set up: on Debian 13 and Ubuntu from the distribution's own packages; on
    Debian 12, whose own is too old, from Debian 13's, unpacked into /opt/docker-engine beside the
    system. Anywhere else you are told what to install.

    The base image is pulled, or, without an image registry in reach, made from this machine's own
    package mirror. Run it as often as you like: what is there is not done again.
    """
    progress = Progress()
    with _failing_clearly():
        ensure_engine(progress)
        if image:
            ensure_image(progress, rebuild=rebuild)
        else:
            ensure_base_image(progress)
    progress.done("ready")


def build(rebuild: Rebuild = False) -> None:
    """Build the suite's image, if its recipe has changed since it was last built.

    The recipe is the folder `sandboxes/`; both machines of a run, the operations host and the
    second server, are made from the one image. Needs a running Docker engine (see `setup`).
    """
    with _failing_clearly():
        ensure_image(Progress(), rebuild=rebuild)


@contextmanager
def _failing_clearly() -> Iterator[None]:
    """Turn a failed step into its message and exit code 1, without a traceback."""
    try:
        yield
    except EngineError as error:
        Console(stderr=True, highlight=False).print(f"[red]✗[/] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(1) from error
