"""What is done, and above all what is not, on the way to an engine."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from peer_preservation.engine import apt, bring_up, daemon, prefix
from peer_preservation.engine.bring_up import SetupError, ensure_engine
from peer_preservation.engine.machine import Machine
from peer_preservation.engine.probe import DockerState
from peer_preservation.engine.progress import Progress

READY = DockerState("/usr/bin/docker", "26.1.5", "2.26.1")
NOTHING = DockerState(None, None, None, "no `docker` on PATH")
BOOKWORM = Machine("Linux", "debian", "12", "Debian 12", is_root=True)
TRIXIE = Machine("Linux", "debian", "13", "Debian 13", is_root=True)


class Actions(list[str]):
    """What would have been done to the machine."""

    def note(self, action: str) -> None:
        self.append(action)


@pytest.fixture
def actions(monkeypatch: pytest.MonkeyPatch) -> Actions:
    """Replace everything that changes the machine by a note of it."""
    done = Actions()
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(apt, "update", lambda _: done.note("update"))
    monkeypatch.setattr(apt, "install", lambda p, _: done.note(f"install {' '.join(p)}"))
    monkeypatch.setattr(apt, "installed", lambda _: False)
    monkeypatch.setattr(apt, "candidate", lambda _: "26.1.5+dfsg1-9")
    monkeypatch.setattr(prefix, "is_unpacked", lambda: False)
    monkeypatch.setattr(prefix, "unpack", lambda _: done.note("unpack"))
    monkeypatch.setattr(prefix, "plugins", list)
    monkeypatch.setattr(daemon, "installed_version", lambda: None)
    monkeypatch.setattr(daemon, "answers", lambda: False)
    monkeypatch.setattr(daemon, "start", lambda _, extra_path="": done.note(f"start {extra_path}".strip()))
    monkeypatch.setattr(bring_up, "link_client", lambda *_: done.note("link client"))
    monkeypatch.setattr(bring_up, "link_plugins", lambda *_: done.note("link plugins"))
    monkeypatch.setattr(bring_up, "current_context", lambda: "default")
    return done


def states(monkeypatch: pytest.MonkeyPatch, *found: DockerState) -> None:
    """What probing finds, one after the other."""
    left = list(found)
    monkeypatch.setattr(bring_up, "probe", lambda: left.pop(0))


def quiet() -> Progress:
    return Progress(Console(file=io.StringIO()))


def test_a_usable_engine_is_left_alone(monkeypatch: pytest.MonkeyPatch, actions: Actions) -> None:
    states(monkeypatch, READY)
    assert ensure_engine(quiet(), BOOKWORM) == READY
    assert actions == []


def test_debian_12_unpacks_beside_the_system(monkeypatch: pytest.MonkeyPatch, actions: Actions) -> None:
    states(monkeypatch, NOTHING, READY)
    ensure_engine(quiet(), BOOKWORM)
    assert actions == [
        "update",
        "install iptables runc debootstrap ca-certificates",
        "unpack",
        "link client",
        "start /opt/docker-engine/usr/sbin:/opt/docker-engine/usr/bin",
        "link plugins",
    ]


def test_debian_13_installs_its_own(monkeypatch: pytest.MonkeyPatch, actions: Actions) -> None:
    states(monkeypatch, NOTHING, READY)
    ensure_engine(quiet(), TRIXIE)
    assert actions[0] == "update"
    assert actions[1].startswith("install docker.io ")
    assert actions[2] == "start"


def test_only_compose_is_added_to_a_running_engine(monkeypatch: pytest.MonkeyPatch, actions: Actions) -> None:
    states(monkeypatch, DockerState("/usr/bin/docker", "26.1.5", None), READY)
    ensure_engine(quiet(), TRIXIE)
    assert actions == ["update", "install docker-cli docker-compose docker-buildx"]


def test_an_installed_engine_is_only_started(monkeypatch: pytest.MonkeyPatch, actions: Actions) -> None:
    monkeypatch.setattr(daemon, "installed_version", lambda: (26, 1, 5))
    states(monkeypatch, DockerState("/usr/bin/docker", None, "2.26.1"), READY)
    ensure_engine(quiet(), TRIXIE)
    assert actions == ["start"]


def test_an_installed_engine_that_is_too_old_is_not_started(monkeypatch: pytest.MonkeyPatch, actions: Actions) -> None:
    monkeypatch.setattr(daemon, "installed_version", lambda: (20, 10, 24))
    states(monkeypatch, DockerState("/usr/bin/docker", None, None), READY)
    ensure_engine(quiet(), BOOKWORM)
    assert "start" not in actions
    assert "unpack" in actions


def test_a_release_without_a_new_enough_docker(monkeypatch: pytest.MonkeyPatch, actions: Actions) -> None:
    monkeypatch.setattr(apt, "candidate", lambda _: "20.10.25-0ubuntu1")
    states(monkeypatch, NOTHING)
    with pytest.raises(SetupError, match=r"offer docker\.io 20\.10\.25"):
        ensure_engine(quiet(), Machine("Linux", "ubuntu", "22.04", "Ubuntu 22.04", is_root=True))
    assert actions == ["update"]


@pytest.mark.parametrize(
    ("state", "here", "told"),
    [
        (DockerState("docker", "20.10.24", "2.30.0"), BOOKWORM, "left alone"),
        (
            DockerState("docker", None, None, "permission denied while trying to connect"),
            Machine("Linux", "debian", "13", "Debian 13", is_root=False),
            "usermod -aG docker",
        ),
        (NOTHING, Machine("Linux", "debian", "13", "Debian 13", is_root=False), "needs root"),
        (NOTHING, Machine("Darwin", "", "", "Darwin 25", is_root=False), "Docker Desktop"),
    ],
)
def test_refusals_touch_nothing_and_say_why(
    monkeypatch: pytest.MonkeyPatch, actions: Actions, state: DockerState, here: Machine, told: str
) -> None:
    states(monkeypatch, state)
    with pytest.raises(SetupError, match=told):
        ensure_engine(quiet(), here)
    assert actions == []


def test_an_engine_elsewhere_is_not_replaced(monkeypatch: pytest.MonkeyPatch, actions: Actions) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://192.0.2.1:2375")
    states(monkeypatch, DockerState("docker", None, "2.30.0", "no route to host"))
    with pytest.raises(SetupError, match=r"tcp://192\.0\.2\.1:2375"):
        ensure_engine(quiet(), TRIXIE)
    assert actions == []


def test_a_context_elsewhere_is_not_replaced(monkeypatch: pytest.MonkeyPatch, actions: Actions) -> None:
    monkeypatch.setattr(bring_up, "current_context", lambda: "colima")
    states(monkeypatch, DockerState("docker", None, "2.30.0", "refused"))
    with pytest.raises(SetupError, match="colima"):
        ensure_engine(quiet(), TRIXIE)
    assert actions == []


def test_a_set_up_that_did_not_help_says_so(monkeypatch: pytest.MonkeyPatch, actions: Actions) -> None:
    states(monkeypatch, NOTHING, DockerState("docker", "26.1.5", None))
    with pytest.raises(SetupError, match=r"docker compose.*dockerd\.log"):
        ensure_engine(quiet(), TRIXIE)
