"""The base image: pulled where there is a registry, made from the machine's packages where not."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from . import apt
from .errors import EngineError
from .shell import CommandError, run

if TYPE_CHECKING:
    from .progress import Progress

BASE_IMAGE = "debian:bookworm-slim"
SUITE = "bookworm"
PULL_SECONDS = 180

_LEFT_OUT = ("usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale")
"""What the published slim image leaves out, so that both bases are alike."""

_SOURCE_NOTES = ("etc/resolv.conf", "etc/hostname", "var/log/bootstrap.log", "var/log/dpkg.log")
"""What would tell on which machine and how the base was made."""


class BaseImageError(EngineError):
    """The base image could neither be pulled nor made."""


def image_id(name: str) -> str | None:
    """The engine's identifier of an image, or `None` if it has none of that name."""
    try:
        return run(["docker", "image", "inspect", "--format", "{{.Id}}", name], timeout=60).strip()
    except CommandError:
        return None


def ensure_base_image(progress: Progress) -> None:
    """Get the base image: pull it, or else make it from the machine's own package mirror.

    Raises:
        BaseImageError: Neither worked; the message says why.
    """
    if image_id(BASE_IMAGE) is not None:
        progress.done(f"base image {BASE_IMAGE}")
        return
    refused = _pull(progress)
    if refused is None:
        return
    try:
        _make(progress)
    except (CommandError, apt.AptError) as error:
        raise BaseImageError(
            f"The base image {BASE_IMAGE} could not be pulled ({refused}) and not be made from "
            f"this machine's packages either: {error}"
        ) from error


def _pull(progress: Progress) -> str | None:
    """Pull the image; the reason why that did not work, or `None` if it did."""
    try:
        with progress.step(f"pulling {BASE_IMAGE}", may_fail=True) as detail:
            run(["docker", "pull", BASE_IMAGE], timeout=PULL_SECONDS, on_line=detail)
    except CommandError as error:
        reason = str(error).splitlines()[-1].strip()
        progress.note(f"no image registry answers here: {reason[:160]}")
        return reason
    return None


def _make(progress: Progress) -> None:
    needed = ["debootstrap"]
    if not apt.ARCHIVE_KEYRING.exists():
        needed.append("debian-archive-keyring")
    missing = [package for package in needed if not apt.installed(package)]
    if missing:
        with progress.step(f"installing {', '.join(missing)}") as detail:
            apt.update(detail)
            apt.install(missing, detail)
    sources = _sources()
    # Where no Debian mirror is known (on Ubuntu), debootstrap's own default is right.
    mirror = [sources[0].address] if sources else []
    with (
        tempfile.TemporaryDirectory(prefix="base-") as folder,
        progress.step(f"making {BASE_IMAGE} from this machine's package mirror") as detail,
    ):
        root = Path(folder, "root")
        run(
            [
                "debootstrap",
                "--variant=minbase",
                f"--keyring={apt.ARCHIVE_KEYRING}",
                SUITE,
                str(root),
                *mirror,
            ],
            on_line=detail,
        )
        detail("leaving out documentation")
        _slim(root)
        if sources:
            listed = "".join(f"deb {source.address} {source.suite} main\n" for source in sources)
            (root / "etc/apt/sources.list").write_text(listed)
        detail("importing into the engine")
        _import(root)


def _sources() -> list[apt.Source]:
    """The machine's own Debian sources, turned to the release of the base image."""
    own = apt.debian_sources()
    if not own:
        return []
    release = own[0].suite
    return [apt.Source(it.address, it.suite.replace(release, SUITE, 1)) for it in own]


def _slim(root: Path) -> None:
    for folder in (*_LEFT_OUT, "var/cache/apt/archives", "var/lib/apt/lists"):
        shutil.rmtree(root / folder, ignore_errors=True)
        (root / folder).mkdir(parents=True)
    for name in _SOURCE_NOTES:
        (root / name).unlink(missing_ok=True)
    excludes = "".join(f"path-exclude /{folder}/*\n" for folder in _LEFT_OUT)
    (root / "etc/dpkg/dpkg.cfg.d/docker").write_text(excludes)


def _import(root: Path) -> None:
    with subprocess.Popen(["tar", "-C", str(root), "--numeric-owner", "-c", "."], stdout=subprocess.PIPE) as archive:
        imported = subprocess.run(
            ["docker", "import", "--change", 'CMD ["bash"]', "-", BASE_IMAGE],
            stdin=archive.stdout,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    if imported.returncode != 0 or archive.returncode != 0:
        raise CommandError(f"`docker import` of the base image failed: {imported.stdout.strip() or 'tar failed'}")
