"""Bring an engine up: find what is there, do only what is missing."""

from __future__ import annotations

from . import apt, daemon, prefix
from .links import link_client, link_plugins
from .machine import Machine, this_machine
from .plan import Plan, plan_for
from .probe import DockerState, probe
from .progress import Progress
from .versions import MINIMUM_ENGINE, parse_version, show


class SetupError(RuntimeError):
    """No usable engine can be had here; the message says why and what the user can do."""


def ensure_engine(progress: Progress, machine: Machine | None = None) -> DockerState:
    """Return once `docker` and `docker compose` work; touch nothing where they already do.

    Raises:
        SetupError: They cannot be made to work from here.
    """
    state = probe()
    if state.usable:
        progress.already(f"Docker engine {state.server} with Compose {state.compose}")
        return state
    machine = machine or this_machine()
    plan = plan_for(machine)
    if state.server is not None and state.server_problem is not None:
        # An engine that is running belongs to somebody; replacing it is not ours to decide.
        raise SetupError(
            f"{state.server_problem[0].upper()}{state.server_problem[1:]}. It is running, so it "
            "was left alone: upgrade it, or stop and remove it and run `peer-preservation setup` "
            "again."
        )
    if state.server is None and machine.is_root and not prefix.is_unpacked():
        state = _try_installed(state, progress)
        if state.usable:
            return state
    if plan.route == "by_hand":
        said = f" ({state.complaint})" if state.complaint else ""
        problem = state.server_problem or state.compose_problem or ""
        raise SetupError(f"{problem[0].upper()}{problem[1:]}{said}. {plan.reason}")
    progress.note(plan.reason)
    if plan.route == "distribution":
        _by_distribution(plan, state, progress)
    else:
        _by_prefix(plan, state, progress)
    state = probe()
    if not state.usable:
        raise SetupError(
            f"After the set-up {state.server_problem or state.compose_problem} "
            f"({state.complaint or 'the engine itself answers'}); its log is {daemon.LOG}."
        )
    progress.already(f"Docker engine {state.server} with Compose {state.compose}")
    return state


def _try_installed(state: DockerState, progress: Progress) -> DockerState:
    """Start an engine that the system has but that is not running."""
    if daemon.dockerd_path() is None:
        return state
    with progress.step("starting the Docker engine that is installed") as detail:
        daemon.start(detail)
    return probe()


def _by_distribution(plan: Plan, state: DockerState, progress: Progress) -> None:
    wanted = plan.packages if state.server is None else plan.compose_packages
    with progress.step("refreshing the package lists") as detail:
        apt.update(detail)
    if state.server is None:
        offered = apt.candidate("docker.io")
        version = parse_version(offered or "")
        if version is None or version < MINIMUM_ENGINE:
            raise SetupError(
                f"This machine's package sources offer docker.io {offered or 'not at all'}, and "
                f"{show(MINIMUM_ENGINE)} or newer is needed: enable the release's updates in the "
                "apt sources, or install Docker Engine by hand."
            )
    with progress.step(f"installing {', '.join(wanted)}") as detail:
        apt.install(wanted, detail)
    if not daemon.answers():
        with progress.step("starting the Docker engine") as detail:
            daemon.start(detail)


def _by_prefix(plan: Plan, state: DockerState, progress: Progress) -> None:
    missing = [package for package in plan.packages if not apt.installed(package)]
    if missing or not prefix.is_unpacked():
        with progress.step("refreshing the package lists") as detail:
            apt.update(detail)
    if missing:
        with progress.step(f"installing {', '.join(missing)}") as detail:
            apt.install(missing, detail)
    if not prefix.is_unpacked():
        with progress.step(f"unpacking Docker into {prefix.PREFIX}") as detail:
            prefix.unpack(detail)
    link_client(prefix.PREFIX / "usr/bin/docker", progress)
    if state.server is None and not daemon.answers():
        with progress.step("starting the Docker engine") as detail:
            daemon.start(detail, extra_path=prefix.program_path())
    link_plugins(prefix.plugins(), progress)
