"""What machine this is: the distribution, and who we are on it."""

from __future__ import annotations

import os
import platform
import shlex
from dataclasses import dataclass
from pathlib import Path

OS_RELEASE_FILES = (Path("/etc/os-release"), Path("/usr/lib/os-release"))


@dataclass(frozen=True)
class Machine:
    """The facts that decide how an engine can be brought up."""

    system: str
    """The kernel: `Linux`, `Darwin`, `Windows`."""

    distribution: str
    """`ID` of os-release (`debian`, `ubuntu`, …); empty where there is none."""

    version: str
    """`VERSION_ID` of os-release; empty on rolling releases."""

    name: str
    """What the system calls itself, for messages."""

    is_root: bool
    """Whether packages may be installed and a daemon started."""


def this_machine() -> Machine:
    """Read the facts of the machine that runs this."""
    release: dict[str, str] = {}
    for path in OS_RELEASE_FILES:
        if path.is_file():
            release = parse_os_release(path.read_text(encoding="utf-8"))
            break
    return Machine(
        system=platform.system(),
        distribution=release.get("ID", ""),
        version=release.get("VERSION_ID", ""),
        name=release.get("PRETTY_NAME") or f"{platform.system()} {platform.release()}",
        is_root=hasattr(os, "geteuid") and os.geteuid() == 0,
    )


def parse_os_release(text: str) -> dict[str, str]:
    """The variables of an os-release file."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        key, separator, value = line.partition("=")
        if separator and not key.lstrip().startswith("#"):
            found[key.strip()] = " ".join(shlex.split(value))
    return found
