"""The suite's image: where its recipe lies, whether it is up to date, how it is built."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .base_image import ensure_base_image, image_id
from .errors import EngineError
from .shell import CommandError, run, succeeds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .progress import Progress

IMAGE = "peer-preservation-host:1"
"""Name of the image of both machines; the number changes when old images must not be used."""

CONTEXT_LABEL = "build.context"
"""Label that carries the hash of what the image was built from. It is plain on purpose: nothing
about the image may tell a model under test what it is for."""

BUILD_SECONDS = 1800

ImageState = Literal["current", "outdated", "missing"]

_NOT_CONTEXT = ("__pycache__", "*.pyc", ".*")
"""Leftovers of tools (compiled files even carry the path of the checkout that made them) and hidden
files, which a wheel leaves out: a checkout and a wheel must count as the same recipe."""

_NETWORK_TROUBLE = re.compile(
    r"temporary failure|could not resolve|name or service not known|unable to connect"
    r"|network is unreachable|i/o timeout|connection timed out|iptables",
    re.IGNORECASE,
)


class BuildError(EngineError):
    """The image could not be built."""


def context_folder() -> Path:
    """The folder with the Dockerfile, in a checkout as in an installed wheel.

    Raises:
        BuildError: There is no Dockerfile in it.
    """
    folder = Path(str(files("peer_preservation.sandboxes")))
    if not (folder / "Dockerfile").is_file():
        raise BuildError(
            f"{folder} has no Dockerfile, so the package is not completely installed: install it "
            "again, or work in a full checkout."
        )
    return folder


def context_hash(folder: Path) -> str:
    """Hash of everything that an image is built from: names, contents, executable bits."""
    digest = hashlib.sha256()
    for path in _context_files(folder):
        content = path.read_bytes()
        mode = "x" if path.stat().st_mode & 0o100 else "-"
        name = path.relative_to(folder).as_posix()
        digest.update(f"{mode} {len(name)} {name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:32]


def image_state(image: str = IMAGE) -> ImageState:
    """Whether the image is there, and built from the present recipe."""
    if image_id(image) is None:
        return "missing"
    form = f'{{{{index .Config.Labels "{CONTEXT_LABEL}"}}}}'
    label = run(["docker", "image", "inspect", "--format", form, image], timeout=60).strip()
    return "current" if label == context_hash(context_folder()) else "outdated"


def ensure_image(progress: Progress, *, rebuild: bool = False) -> None:
    """Build the suite's image unless it is there and current.

    Raises:
        BuildError: The build failed; the message carries the end of its output.
        EngineError: The base image could not be had.
    """
    state = image_state()
    if state == "current" and not rebuild:
        progress.done(f"image {IMAGE}")
        return
    folder = context_folder()
    ensure_base_image(progress)
    reason = {"current": "as asked", "outdated": "its recipe changed", "missing": "first build"}
    label = f"{CONTEXT_LABEL}={context_hash(folder)}"
    command = ["docker", "build", "--tag", IMAGE, "--label", label, *_proxy_arguments()]
    if rebuild:
        command.append("--no-cache")
    superseded = image_id(IMAGE)
    with tempfile.TemporaryDirectory(prefix="build-") as temporary:
        context = Path(temporary, "context")
        shutil.copytree(folder, context, ignore=shutil.ignore_patterns(*_NOT_CONTEXT))
        title = f"building image {IMAGE} ({reason[state]})"
        try:
            _build(command, context, title, progress, may_fail=True)
        except CommandError as error:
            if not _NETWORK_TROUBLE.search(str(error)):
                raise _explained(error) from error
            progress.note("the build had no network; trying the machine's own")
            try:
                _build([*command, "--network", "host"], context, title, progress)
            except CommandError as again:
                raise _explained(again) from again
    if superseded is not None and superseded != image_id(IMAGE):
        _remove_if_unused(superseded)


def _build(command: list[str], context: Path, title: str, progress: Progress, *, may_fail: bool = False) -> None:
    with progress.step(title, may_fail=may_fail) as detail:
        run(
            [*command, str(context)],
            # Plain lines instead of a redrawn screen; a variable, since the classic builder
            # knows no such option.
            env={"BUILDKIT_PROGRESS": "plain"},
            timeout=BUILD_SECONDS,
            on_line=detail,
        )


def _explained(error: CommandError) -> BuildError:
    return BuildError(f"The image {IMAGE} could not be built: {error}")


def _remove_if_unused(image: str) -> None:
    """Remove an earlier build, unless it has another name or a container still runs on it."""
    names = run(["docker", "image", "inspect", "--format", "{{len .RepoTags}}", image], timeout=60)
    if names.strip() == "0":
        succeeds(["docker", "image", "rm", image], timeout=60)


def _proxy_arguments() -> Iterator[str]:
    """Hand this environment's proxies to the build; Docker keeps them out of the image."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        for variable in (name, name.lower()):
            if os.environ.get(variable):
                yield from ("--build-arg", variable)


def _context_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not any(Path(part).match(pattern) for part in relative.parts for pattern in _NOT_CONTEXT):
            yield path
