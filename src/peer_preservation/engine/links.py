"""Make a private engine's client and plugins reachable as plain `docker` and `docker compose`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from .probe import compose_version
from .shell import succeeds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .progress import Progress

CLIENT_LINK = Path("/usr/local/bin/docker")


def link_client(client: Path, progress: Progress, link: Path = CLIENT_LINK) -> None:
    """Put `docker` on `PATH`, unless there is one already."""
    if shutil.which("docker") is not None:
        return
    _link(client, link, progress)


def link_plugins(plugins: Iterable[Path], progress: Progress, home: Path | None = None) -> None:
    """Link Compose and Buildx into this user's Docker folder, each only if it does not work."""
    folder = (home or Path.home()) / ".docker" / "cli-plugins"
    works = {
        "docker-compose": compose_version() is not None,
        "docker-buildx": succeeds(["docker", "buildx", "version"]),
    }
    for plugin in plugins:
        if not works.get(plugin.name, True):
            _link(plugin, folder / plugin.name, progress)


def _link(target: Path, link: Path, progress: Progress) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    # A link left by a removed engine is dead, and is replaced; a real file is somebody's own.
    if link.is_symlink() and not link.exists():
        link.unlink()
    if link.exists():
        progress.warn(f"{link} is already there and was left alone")
        return
    link.symlink_to(target)
    progress.note(f"linked {link} → {target}")
