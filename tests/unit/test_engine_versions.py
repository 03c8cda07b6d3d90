"""Versions as engines and distributions print them, and what is too old."""

from __future__ import annotations

import json
import shutil

import pytest
from packaging.version import Version

from peer_preservation.engine import probe as probing
from peer_preservation.engine.probe import DockerState, probe
from peer_preservation.engine.shell import CommandError
from peer_preservation.engine.versions import MINIMUM_COMPOSE, MINIMUM_ENGINE, parse_version, show


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("28.2.2", (28, 2, 2)),
        ("v2.26.1", (2, 26, 1)),
        ("2.26.1-4", (2, 26, 1)),
        ("26.1.5+dfsg1", (26, 1, 5)),
        ("26.1.5+dfsg1-9+b4", (26, 1, 5)),
        ("5:27.0.1-1~debian.12~bookworm", (27, 0, 1)),
        ("24.0", (24, 0, 0)),
        (" 23\n", (23, 0, 0)),
        ("dev", None),
        ("", None),
    ],
)
def test_parse_version(text: str, version: tuple[int, int, int] | None) -> None:
    assert parse_version(text) == version


def test_minimums_are_those_of_inspect() -> None:
    from inspect_ai.util._sandbox.docker import prereqs

    assert Version(show(MINIMUM_ENGINE)) >= Version(prereqs.DOCKER_ENGINE_REQUIRED_VERSION)
    assert Version(show(MINIMUM_COMPOSE)) >= Version(prereqs.DOCKER_COMPOSE_REQUIRED_VERSION)


@pytest.mark.parametrize(
    ("server", "compose", "problem"),
    [
        ("26.1.5+dfsg1", "2.26.1-4", None),
        ("24.0.6", "2.21.0", None),
        ("20.10.24", "2.26.1", "Docker engine 20.10.24 is too old: 24.0.6 or newer is needed"),
        ("26.1.5", "1.29.2", "Docker Compose 1.29.2 is too old: 2.21.0 or newer is needed"),
        ("26.1.5", None, "`docker compose` is not available"),
        (None, "2.26.1", "no Docker engine answers"),
        ("", "2.26.1", "the version of Docker engine could not be read from ''"),
    ],
)
def test_state_says_what_is_wrong(server: str | None, compose: str | None, problem: str | None) -> None:
    state = DockerState("/usr/bin/docker", server, compose)
    assert (state.server_problem or state.compose_problem) == problem
    assert state.usable == (problem is None)


def test_probe_without_a_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    state = probe()
    assert state.client is None
    assert not state.usable
    assert "PATH" in state.complaint


def test_probe_tells_what_the_client_complained_about(monkeypatch: pytest.MonkeyPatch) -> None:
    def fake(command: list[str], **_: object) -> str:
        if command[1] == "version":
            raise CommandError("`docker version` failed (exit 1):\n    Cannot connect to the daemon")
        return "v2.30.0\n"

    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/docker")
    monkeypatch.setattr(probing, "run", fake)
    state = probe()
    assert (state.server, state.compose) == (None, "v2.30.0")
    assert state.complaint == "Cannot connect to the daemon"


def test_probe_reads_past_warnings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/docker")
    monkeypatch.setattr(probing, "run", lambda *_, **__: f"WARNING: old\n{json.dumps('27.1.0')}\n")
    assert probe().server == "27.1.0"
