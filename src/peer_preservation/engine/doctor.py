"""Look at everything that a run depends on; change nothing."""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from docker.errors import DockerException
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from .client import NoEngineError, connect
from .errors import EngineError
from .image import IMAGE, image_state
from .networks import NetworkRoom, network_room
from .probe import DockerState, compose_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import docker

Status = Literal["ok", "warning", "failed"]

DISTRIBUTION = "peer-preservation"
SETUP = "run `peer-preservation setup`"
GIB = 1024**3

FEW_NETWORKS = 10
"""Below this many free networks, a run at the usual parallelism can fail to start a sample."""

LITTLE_DISK = 10 * GIB
LITTLE_MEMORY = 4 * GIB
FEW_INOTIFY_INSTANCES = 128
INOTIFY = Path("/proc/sys/fs/inotify/max_user_instances")

_PROVIDERS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("Google", "google", "google-genai", ("GOOGLE_API_KEY", "GEMINI_API_KEY")),
    ("OpenAI", "openai", "openai", ("OPENAI_API_KEY",)),
    ("Anthropic", "anthropic", "anthropic", ("ANTHROPIC_API_KEY",)),
)


@dataclass(frozen=True)
class Check:
    """One thing looked at."""

    name: str
    """What was looked at."""

    status: Status
    """`failed`: a run cannot work; `warning`: it may fail or be limited."""

    seen: str
    """The value found."""

    remedy: str = ""
    """What to do about it, where something should be done."""


def examine() -> list[Check]:
    """Every check, in the order in which a reader would mend things."""
    return [*check_python(), *check_docker(), *check_machine(), *check_providers(os.environ)]


def check_python() -> list[Check]:
    """Whether Python and Inspect are the versions that the package asks for."""
    try:
        package = metadata.metadata(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        remedy = "install it: `pip install -e .` in the checkout"
        return [Check("package", "failed", f"{DISTRIBUTION} is not installed", remedy)]
    wanted = str(package["Requires-Python"] or "")
    return [
        judge_version("Python", platform.python_version(), SpecifierSet(wanted), "use a newer Python"),
        *(
            judge_version(
                requirement.name,
                _installed_version(requirement.name),
                requirement.specifier,
                f"`pip install '{requirement}'`",
            )
            for requirement in map(Requirement, metadata.requires(DISTRIBUTION) or ())
            if requirement.name == "inspect-ai" and requirement.marker is None
        ),
    ]


def check_docker() -> list[Check]:
    """The engine, Compose, free networks and the suite's image."""
    try:
        client = connect()
    except NoEngineError as error:
        return [Check("Docker engine", "failed", str(error), SETUP)]
    try:
        return list(_check_engine(client))
    except DockerException as error:
        return [Check("Docker engine", "failed", f"answered with an error: {error}", SETUP)]
    finally:
        client.close()


def check_machine() -> list[Check]:
    """Limits of the machine that Docker does not tell of."""
    try:
        instances = int(INOTIFY.read_text())
    except (OSError, ValueError):
        return []  # not Linux, or not to be seen from here: Docker Desktop has its own machine
    return [judge_inotify(instances)]


def check_providers(environment: Mapping[str, str]) -> list[Check]:
    """Which model providers can be used: their package and key, whose value is never shown."""
    return [
        judge_provider(name, extra, _installed_version(package), keys, environment)
        for name, extra, package, keys in _PROVIDERS
    ]


def judge_version(name: str, seen: str | None, wanted: SpecifierSet, remedy: str) -> Check:
    """Whether an installed version is within its bounds."""
    if seen is None:
        return Check(name, "failed", "not installed", remedy)
    if not wanted.contains(seen, prereleases=True):
        return Check(name, "failed", f"{seen}, and {wanted} is needed", remedy)
    return Check(name, "ok", seen)


def judge_networks(room: NetworkRoom) -> Check:
    """Whether enough networks are left: every sample that runs takes one."""
    seen = f"{room.free} of {room.total} free"
    if room.free >= FEW_NETWORKS:
        return Check("networks", "ok", f"{seen} (one per running sample)")
    return Check(
        "networks",
        "failed" if room.free == 0 else "warning",
        seen,
        "remove left-over ones (`docker network prune`), keep --max-sandboxes below the free "
        "number, or add smaller default-address-pools to /etc/docker/daemon.json and restart "
        'the engine: {"default-address-pools": [{"base": "10.200.0.0/16", "size": 26}]}',
    )


def judge_memory(total: int) -> Check:
    """Whether the engine has memory for a few samples."""
    seen = f"{total / GIB:.1f} GiB"
    if total >= LITTLE_MEMORY:
        return Check("memory", "ok", seen)
    return Check("memory", "warning", seen, "give Docker 4 GiB or more, or run one sample at a time")


def judge_disk(name: str, free: int) -> Check:
    """Whether there is room for images, containers and logs."""
    seen = f"{free / GIB:.1f} GiB free"
    if free >= LITTLE_DISK:
        return Check(name, "ok", seen)
    status: Status = "failed" if free < GIB else "warning"
    return Check(name, status, seen, "free some space, for example with `docker system prune`")


def judge_inotify(instances: int) -> Check:
    """Whether the kernel lets enough containers be watched at once."""
    if instances >= FEW_INOTIFY_INSTANCES:
        return Check("inotify instances", "ok", str(instances))
    return Check(
        "inotify instances",
        "warning",
        f"{instances}, and every container may take one",
        "`sysctl fs.inotify.max_user_instances=512`",
    )


def judge_provider(
    name: str,
    extra: str,
    version: str | None,
    keys: Iterable[str],
    environment: Mapping[str, str],
) -> Check:
    """Whether a provider's package and key are there; neither is needed for scripted critics."""
    keys = tuple(keys)
    present = [key for key in keys if environment.get(key)]
    package = f"package {version}" if version else "package not installed"
    key = f"{present[0]} is set" if present else f"{' / '.join(keys)} not set"
    remedies = [
        *([f"`pip install '{DISTRIBUTION}[{extra}]'`"] if version is None else []),
        *([f"export {keys[0]}"] if not present else []),
    ]
    remedy = f"to use its models: {', '.join(remedies)}" if remedies else ""
    return Check(f"{name} models", "warning" if remedies else "ok", f"{package}, {key}", remedy)


def _check_engine(client: docker.DockerClient) -> Iterable[Check]:
    version = str(client.version().get("Version", ""))
    state = DockerState(client="docker", server=version, compose=compose_version())
    problem = state.server_problem
    upgrade = f"upgrade the engine, or stop it and {SETUP}"
    yield Check("Docker engine", "failed" if problem else "ok", problem or version, upgrade if problem else "")
    problem = state.compose_problem
    yield Check(
        "Docker Compose",
        "failed" if problem else "ok",
        problem or str(state.compose),
        SETUP if problem else "",
    )
    yield _check_image()
    information = client.info()
    networks = [network.attrs for network in client.networks.list()]
    yield judge_networks(network_room(information.get("DefaultAddressPools"), networks))
    yield judge_memory(int(information.get("MemTotal", 0)))
    root = Path(str(information.get("DockerRootDir", "")))
    if root.is_dir():
        yield judge_disk("disk of the engine", shutil.disk_usage(root).free)
    yield judge_disk("disk of this folder", shutil.disk_usage(Path.cwd()).free)


def _check_image() -> Check:
    try:
        state = image_state()
    except EngineError as error:
        return Check("image", "failed", str(error), SETUP)
    if state == "current":
        return Check("image", "ok", IMAGE)
    if state == "missing":
        return Check("image", "failed", f"{IMAGE} is not built", SETUP)
    return Check("image", "warning", f"{IMAGE} was built from another recipe", "run `peer-preservation build`")


def _installed_version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
