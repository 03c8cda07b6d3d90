"""apt-get, as this machine has it set up: its own mirrors, its own keys."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import EngineError
from .shell import CommandError, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .progress import Detail

ARCHIVE_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
"""Debian's own keys, as the distribution installs them."""

_QUIET = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
_PATIENT = ("-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3")


class AptError(EngineError):
    """Packages could not be had from the machine's own sources."""


def update(detail: Detail) -> None:
    """Refresh the package lists.

    One unreachable third-party source must not stop a set-up that does not need it, so a failure
    is only passed on as a line: installing then says what is really missing.
    """
    try:
        run(["apt-get", *_PATIENT, "update"], env=_QUIET, on_line=detail)
    except CommandError as error:
        detail(str(error).splitlines()[-1])


def install(packages: Sequence[str], detail: Detail) -> None:
    """Install packages from the machine's own release, without recommended extras."""
    run(
        ["apt-get", *_PATIENT, "install", "-y", "--no-install-recommends", *packages],
        env=_QUIET,
        on_line=detail,
    )


def candidate(package: str) -> str | None:
    """The version that `apt-get install` would install, or `None` if there is none."""
    for line in run(["apt-cache", "policy", package], env=_QUIET).splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "Candidate":
            return None if value.strip() == "(none)" else value.strip()
    return None


def installed(package: str) -> bool:
    """Whether a package is installed."""
    try:
        status = run(["dpkg-query", "-W", "-f", "${db:Status-Status}", package])
    except CommandError:
        return False
    return status.strip() == "installed"


@dataclass(frozen=True)
class Source:
    """One of Debian's own suites as this machine gets it."""

    address: str
    """The mirror."""

    suite: str
    """Such as `bookworm`, `bookworm-updates`, `bookworm-security`."""


def debian_sources() -> list[Source]:
    """The Debian suites among this machine's sources, the release itself first.

    Asked of apt itself, which reads both forms of source lists; known by what their signed
    Release files say, so that a third party's `main` is not taken for Debian's.
    """
    listed = run(
        [
            "apt-get",
            "indextargets",
            "--format",
            "$(REPO_URI) $(CODENAME)",
            "Created-By: Packages",
            "Origin: Debian",
            "Component: main",
        ],
        env=_QUIET,
    )
    found = [
        Source(*line.split())
        for line in dict.fromkeys(listed.splitlines())
        if len(line.split()) == 2 and not line.startswith("cdrom:")
    ]
    return sorted(found, key=lambda source: "-" in source.suite)


def debian_mirror() -> str:
    """The mirror from which this machine gets Debian; it has the neighbouring releases, too.

    Raises:
        AptError: None of the machine's sources is Debian's.
    """
    sources = debian_sources()
    if not sources or "-" in sources[0].suite:
        raise AptError(
            "None of this machine's package sources is Debian's main archive, so no mirror is "
            "known: add one to /etc/apt/sources.list and run `apt-get update`."
        )
    return sources[0].address


def download_from_suite(suite: str, mirror: str, packages: Sequence[str], target: Path, detail: Detail) -> list[Path]:
    """Download packages of another release without telling the machine's apt about it.

    Lists, state and cache live in a temporary folder, so that nothing can later be upgraded or
    installed from that release by accident. Signatures are checked as always.
    """
    with tempfile.TemporaryDirectory(prefix="apt-") as folder:
        root = Path(folder)
        for name in ("lists/partial", "cache/archives/partial", "state", "parts", "debs"):
            (root / name).mkdir(parents=True)
        (root / "status").touch()
        signed = f"[signed-by={ARCHIVE_KEYRING}] " if ARCHIVE_KEYRING.exists() else ""
        (root / "sources.list").write_text(f"deb {signed}{mirror} {suite} main\n")
        config = root / "apt.conf"
        config.write_text(_separate_configuration(root))
        # apt fetches as the user `_apt`, which has to get into a folder that root made.
        root.chmod(0o755)
        for path in ("debs", "lists/partial", "cache/archives/partial"):
            _give_to_apt(root / path)
        apt_get = ["apt-get", "-c", str(config), *_PATIENT]
        run([*apt_get, "update"], env=_QUIET, on_line=detail)
        run(
            [*apt_get, "download", *packages],
            env=_QUIET,
            cwd=root / "debs",
            on_line=detail,
        )
        target.mkdir(parents=True, exist_ok=True)
        return [Path(shutil.move(path, target / path.name)) for path in sorted((root / "debs").glob("*.deb"))]


def _separate_configuration(root: Path) -> str:
    # `-c` is read last, so these win over the machine's own settings; its proxies and
    # certificates stay in force.
    return "\n".join(
        [
            "#clear APT::Update::Post-Invoke;",
            "#clear APT::Update::Post-Invoke-Success;",
            "#clear APT::Default-Release;",
            f'Dir::Etc::SourceList "{root}/sources.list";',
            f'Dir::Etc::SourceParts "{root}/parts";',
            'Dir::Etc::Preferences "/dev/null";',
            f'Dir::Etc::PreferencesParts "{root}/parts";',
            f'Dir::State "{root}/state";',
            f'Dir::State::Lists "{root}/lists";',
            f'Dir::State::Status "{root}/status";',
            f'Dir::Cache "{root}/cache";',
            'Acquire::Languages "none";',
            "",
        ]
    )


def _give_to_apt(folder: Path) -> None:
    try:
        shutil.chown(folder, "_apt")
    except LookupError:
        # No such user (a minimal image): apt then fetches as root, which may write anyway.
        return
