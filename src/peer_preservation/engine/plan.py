"""Decide how an engine can be brought up on a machine; decides only, does nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .versions import parse_version

if TYPE_CHECKING:
    from .machine import Machine

Route = Literal["distribution", "private_prefix", "by_hand"]


@dataclass(frozen=True)
class Plan:
    """How to get Docker onto a machine, and why so."""

    route: Route
    """`distribution`: install the distribution's own packages; `private_prefix`: unpack the next
    release's packages beside the system; `by_hand`: the user has to act."""

    reason: str
    """One sentence: why this route, or what the user should do."""

    packages: tuple[str, ...] = ()
    """What `apt-get install` is to install from the machine's own release."""

    compose_packages: tuple[str, ...] = ()
    """The part of `packages` that brings only Compose."""


# Only what Docker itself and the base image need; recommended packages stay away.
_DEBIAN_COMPOSE = ("docker-cli", "docker-compose", "docker-buildx")
_DEBIAN = ("docker.io", *_DEBIAN_COMPOSE, "iptables", "debootstrap")
_UBUNTU_COMPOSE = ("docker-compose-v2", "docker-buildx")
_UBUNTU = ("docker.io", *_UBUNTU_COMPOSE, "iptables", "debootstrap")
_BOOKWORM = ("iptables", "runc", "debootstrap", "ca-certificates")


def plan_for(machine: Machine) -> Plan:
    """Choose the route for a machine without a usable engine."""
    if machine.system != "Linux":
        return Plan(
            "by_hand",
            f"On {machine.name} Docker cannot be set up from here: install and start Docker "
            "Desktop (or any engine 24.0.6 or newer with Compose 2.21 or newer), then run "
            "`peer-preservation setup` again.",
        )
    if machine.distribution not in ("debian", "ubuntu"):
        return Plan(
            "by_hand",
            f"Docker is set up automatically on Debian 12 or newer and on Ubuntu only, and this is "
            f"{machine.name}: install Docker Engine 24.0.6 or newer and the Compose plugin 2.21 "
            "or newer with its own package manager, start it, then run `peer-preservation setup` "
            "again.",
        )
    if not machine.is_root:
        return Plan(
            "by_hand",
            "Setting Docker up needs root, and this user is not root: run "
            "`sudo peer-preservation setup` once (with the full path of the program if it is in a "
            "virtual environment), or start an engine that this user may use.",
        )
    # Rolling releases (testing, unstable) carry no number and are newer than any that does.
    version = parse_version(machine.version) or (999, 0, 0)
    if machine.distribution == "ubuntu":
        if version < (22, 0, 0):
            return _too_old(machine, "Ubuntu 22.04")
        return Plan(
            "distribution",
            f"{machine.name} has a new enough Docker among its own packages.",
            _UBUNTU,
            _UBUNTU_COMPOSE,
        )
    if version < (12, 0, 0):
        return _too_old(machine, "Debian 12")
    if version < (13, 0, 0):
        return Plan(
            "private_prefix",
            f"{machine.name} itself has Docker 20.10, which is too old: Debian 13's packages are "
            "unpacked beside the system, which stays as it is.",
            _BOOKWORM,
        )
    return Plan(
        "distribution",
        f"{machine.name} has a new enough Docker among its own packages.",
        _DEBIAN,
        _DEBIAN_COMPOSE,
    )


def _too_old(machine: Machine, oldest: str) -> Plan:
    return Plan(
        "by_hand",
        f"{machine.name} is too old for an engine to be set up automatically ({oldest} or newer is "
        "needed): install Docker Engine 24.0.6 or newer and Compose 2.21 or newer by hand, then "
        "run `peer-preservation setup` again.",
    )
