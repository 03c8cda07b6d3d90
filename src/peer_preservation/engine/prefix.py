"""A private Docker for Debian 12: Debian 13's packages unpacked beside the system.

Debian 12's own Docker is too old for Inspect, and installing packages of another release onto the
machine would replace its C library. The binaries of Debian 13's packages run on Debian 12 as they
are, so they are only unpacked into a folder of their own; the container runtime (`runc`) and
`iptables` come from Debian 12.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from . import apt
from .shell import CommandError, run

if TYPE_CHECKING:
    from .progress import Detail

PREFIX = Path("/opt/docker-engine")
SUITE = "trixie"
PACKAGES = ("docker.io", "containerd", "docker-cli", "docker-compose", "docker-buildx", "tini")
"""Without `runc`: Debian 13's needs a newer C library than Debian 12 has."""

_ENGINE_PROGRAMS = ("usr/sbin/dockerd", "usr/bin/containerd", "usr/bin/docker")


def is_unpacked(prefix: Path = PREFIX) -> bool:
    """Whether a complete engine lies in the prefix."""
    return all((prefix / program).is_file() for program in _ENGINE_PROGRAMS)


def unpack(detail: Detail, prefix: Path = PREFIX) -> None:
    """Download the packages and unpack them into the prefix, all or nothing."""
    mirror = apt.debian_mirror()
    prefix.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{prefix.name}-", dir=prefix.parent) as folder:
        debs = apt.download_from_suite(SUITE, mirror, PACKAGES, Path(folder, "debs"), detail)
        unpacked = Path(folder, "root")
        for deb in debs:
            detail(f"unpacking {deb.name}")
            run(["dpkg", "-x", str(deb), str(unpacked)])
        _check_libraries(unpacked)
        # A half-removed earlier try would be in the way of the rename.
        shutil.rmtree(prefix, ignore_errors=True)
        unpacked.rename(prefix)


def program_path(prefix: Path = PREFIX) -> str:
    """The folders of the prefix's programs, for the front of `PATH`."""
    return f"{prefix / 'usr/sbin'}:{prefix / 'usr/bin'}"


def plugins(prefix: Path = PREFIX) -> list[Path]:
    """The client's plugins (Compose, Buildx) in the prefix."""
    return sorted((prefix / "usr/libexec/docker/cli-plugins").glob("docker-*"))


def _check_libraries(root: Path) -> None:
    for program in _ENGINE_PROGRAMS:
        try:
            needed = run(["ldd", str(root / program)])
        except CommandError:
            continue  # statically linked
        missing = [line.split()[0] for line in needed.splitlines() if "not found" in line]
        if missing:
            raise apt.AptError(
                f"{program} of {SUITE} does not run on this machine, which lacks "
                f"{', '.join(missing)}: install Docker Engine 24.0.6 or newer by hand."
            )
