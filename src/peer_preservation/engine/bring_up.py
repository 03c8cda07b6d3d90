"""Bring an engine up: find what is there, do only what is missing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from . import apt, daemon, prefix
from .errors import EngineError
from .links import link_client, link_plugins
from .machine import Machine, this_machine
from .plan import Plan, plan_for
from .probe import DockerState, current_context, probe
from .versions import MINIMUM_ENGINE, parse_version, show

if TYPE_CHECKING:
    from .progress import Progress


class SetupError(EngineError):
    """No usable engine can be had here; the message says why and what the user can do."""


def ensure_engine(progress: Progress, machine: Machine | None = None) -> DockerState:
    """Return once `docker` and `docker compose` work; touch nothing where they already do.

    Raises:
        SetupError: They cannot be made to work from here.
        EngineError: A step of the set-up failed.
    """
    state = probe()
    if not state.usable:
        machine = machine or this_machine()
        _refuse_to_touch(state)
        if state.server is None and machine.is_root:
            state = _start_installed(state, progress)
    if not state.usable and machine is not None:
        plan = plan_for(machine)
        if plan.route == "by_hand":
            raise SetupError(_by_hand(state, plan))
        progress.note(plan.reason)
        if plan.route == "distribution":
            _by_distribution(plan, state, progress)
        else:
            _by_prefix(plan, state, progress)
        state = probe()
        if not state.usable:
            raise SetupError(
                f"The set-up ran, but {state.server_problem or state.compose_problem} "
                f"({state.complaint or 'the engine itself answers'}): see {daemon.LOG}."
            )
    progress.done(f"Docker engine {state.server} with Compose {state.compose}")
    return state


def _refuse_to_touch(state: DockerState) -> None:
    """Stop where the engine is somebody else's to mend."""
    if state.server is not None and state.server_problem is not None:
        raise SetupError(
            f"{_sentence(state.server_problem)}; it is running, so it was left alone: upgrade it, "
            "or stop and remove it, and run `peer-preservation setup` again."
        )
    if state.server is not None:
        return
    if "permission denied" in state.complaint.lower():
        raise SetupError(
            f"This user may not use the Docker engine ({state.complaint}): add the user to the "
            "group `docker` (`sudo usermod -aG docker $USER`), log in again, and run "
            "`peer-preservation setup` again."
        )
    host = os.environ.get("DOCKER_HOST")
    if host:
        raise SetupError(
            f"DOCKER_HOST is {host!r} and no engine answers there: start that engine, or unset "
            "DOCKER_HOST to use this machine's own, and run `peer-preservation setup` again."
        )
    context = current_context() if state.client else "default"
    if context != "default":
        raise SetupError(
            f"The current Docker context is {context!r} and no engine answers there: start that "
            "engine, or run `docker context use default`, and run `peer-preservation setup` again."
        )


def _by_hand(state: DockerState, plan: Plan) -> str:
    said = f" ({state.complaint})" if state.complaint else ""
    return f"{_sentence(state.server_problem or state.compose_problem or '')}{said}. {plan.reason}"


def _start_installed(state: DockerState, progress: Progress) -> DockerState:
    """Start an engine that the system has but that is not running, if it is new enough."""
    version = daemon.installed_version()
    if version is None or version < MINIMUM_ENGINE:
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
    if state.server is None and not daemon.answers():
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


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
