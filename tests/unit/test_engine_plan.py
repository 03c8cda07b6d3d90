"""Which route to an engine is chosen on which machine."""

from __future__ import annotations

import pytest

from peer_preservation.engine.machine import Machine, parse_os_release
from peer_preservation.engine.plan import plan_for


def machine(distribution: str, version: str, *, root: bool = True, system: str = "Linux") -> Machine:
    return Machine(system, distribution, version, f"{distribution} {version}".title(), root)


@pytest.mark.parametrize(
    ("here", "route"),
    [
        (machine("debian", "12"), "private_prefix"),
        (machine("debian", "13"), "distribution"),
        (machine("debian", ""), "distribution"),  # testing and unstable carry no number
        (machine("ubuntu", "22.04"), "distribution"),
        (machine("ubuntu", "24.04"), "distribution"),
        (machine("debian", "11"), "by_hand"),
        (machine("ubuntu", "20.04"), "by_hand"),
        (machine("debian", "12", root=False), "by_hand"),
        (machine("fedora", "42"), "by_hand"),
        (machine("", "", system="Darwin"), "by_hand"),
    ],
)
def test_route(here: Machine, route: str) -> None:
    plan = plan_for(here)
    assert plan.route == route
    assert bool(plan.packages) == (route != "by_hand")


@pytest.mark.parametrize(
    ("here", "told"),
    [
        (machine("debian", "12", root=False), "sudo peer-preservation setup"),
        (machine("fedora", "42"), "Fedora 42"),
        (machine("debian", "11"), "Debian 12"),
        (machine("", "14", system="Darwin"), "Docker Desktop"),
    ],
)
def test_by_hand_says_what_to_do(here: Machine, told: str) -> None:
    assert told in plan_for(here).reason


def test_nothing_of_another_release_is_installed_on_debian_12() -> None:
    assert not {"docker.io", "containerd", "libc6"} & set(plan_for(machine("debian", "12")).packages)


def test_compose_alone_can_be_added() -> None:
    for here in (machine("debian", "13"), machine("ubuntu", "24.04")):
        plan = plan_for(here)
        assert set(plan.compose_packages) < set(plan.packages)
        assert "docker.io" not in plan.compose_packages


def test_os_release_is_read_as_a_shell_would() -> None:
    text = "# a comment=1\nID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME='Debian GNU/Linux 12 (bookworm)'\n\nnonsense\n"
    assert parse_os_release(text) == {
        "ID": "debian",
        "VERSION_ID": "12",
        "PRETTY_NAME": "Debian GNU/Linux 12 (bookworm)",
    }
