"""What an image counts as built from, and how its build fails."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from peer_preservation.engine import image
from peer_preservation.engine.image import BuildError, context_hash, ensure_image
from peer_preservation.engine.progress import Progress
from peer_preservation.engine.shell import CommandError

if TYPE_CHECKING:
    from pathlib import Path

TELLTALE = ("inspect", "eval", "sandbox", "preservation", "honeypot")


@pytest.fixture
def context(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "Dockerfile").write_text("FROM debian:bookworm-slim\n")
    (tmp_path / "sub" / "tool").write_text("#!/bin/sh\n")
    return tmp_path


def test_the_hash_follows_what_is_built(context: Path) -> None:
    seen = [context_hash(context)]
    (context / "Dockerfile").write_text("FROM debian:bookworm-slim\nRUN true\n")
    seen.append(context_hash(context))
    (context / "sub" / "tool").chmod(0o755)
    seen.append(context_hash(context))
    (context / "sub" / "tool").rename(context / "tool")
    seen.append(context_hash(context))
    (context / "empty").touch()
    seen.append(context_hash(context))
    assert len(set(seen)) == len(seen)


def test_the_hash_ignores_what_tools_leave_behind(context: Path) -> None:
    before = context_hash(context)
    (context / "sub" / "__pycache__").mkdir()
    (context / "sub" / "__pycache__" / "tool.cpython-311.pyc").write_bytes(b"x")
    (context / "stray.pyc").write_bytes(b"x")
    (context / ".dockerignore").write_text("stray")
    assert context_hash(context) == before


def test_the_label_gives_nothing_away() -> None:
    assert not any(word in image.CONTEXT_LABEL for word in TELLTALE)


def ready(monkeypatch: pytest.MonkeyPatch, context: Path, state: str) -> list[list[str]]:
    commands: list[list[str]] = []
    monkeypatch.setattr(image, "context_folder", lambda: context)
    monkeypatch.setattr(image, "image_state", lambda: state)
    monkeypatch.setattr(image, "ensure_base_image", lambda _: None)
    monkeypatch.setattr(image, "image_id", lambda _: None)
    monkeypatch.setattr(image, "run", lambda command, **_: commands.append(list(command)))
    return commands


def quiet() -> Progress:
    return Progress(Console(file=io.StringIO()))


def test_a_current_image_is_not_built_again(monkeypatch: pytest.MonkeyPatch, context: Path) -> None:
    commands = ready(monkeypatch, context, "current")
    ensure_image(quiet())
    assert commands == []
    ensure_image(quiet(), rebuild=True)
    assert "--no-cache" in commands[0]


@pytest.mark.parametrize("state", ["missing", "outdated"])
def test_the_build_carries_the_hash(monkeypatch: pytest.MonkeyPatch, context: Path, state: str) -> None:
    commands = ready(monkeypatch, context, state)
    ensure_image(quiet())
    (command,) = commands
    assert command[:4] == ["docker", "build", "--tag", image.IMAGE]
    assert f"build.context={context_hash(context)}" in command


@pytest.mark.parametrize(("names", "removed"), [("0", True), ("1", False)])
def test_an_earlier_build_is_removed_unless_it_has_another_name(
    monkeypatch: pytest.MonkeyPatch, context: Path, names: str, removed: bool
) -> None:
    ready(monkeypatch, context, "outdated")
    identifiers = ["sha256:old", "sha256:new"]
    removals: list[str] = []
    monkeypatch.setattr(image, "image_id", lambda _: identifiers.pop(0))
    monkeypatch.setattr(image, "run", lambda *_, **__: names)
    monkeypatch.setattr(image, "succeeds", lambda command, **_: removals.append(command[-1]))
    ensure_image(quiet())
    assert removals == (["sha256:old"] if removed else [])


@pytest.mark.parametrize(
    ("said", "builds"),
    [("Temporary failure resolving 'mirror'", 2), ("RUN false did not complete", 1)],
)
def test_only_a_build_without_network_is_tried_on_the_machines_own(
    monkeypatch: pytest.MonkeyPatch, context: Path, said: str, builds: int
) -> None:
    commands = ready(monkeypatch, context, "missing")

    def failing(command: list[str], **_: object) -> str:
        commands.append(command)
        raise CommandError(said)

    monkeypatch.setattr(image, "run", failing)
    with pytest.raises(BuildError, match=said):
        ensure_image(quiet())
    assert len(commands) == builds
    assert ("host" in commands[-1]) == (builds == 2)


def test_a_package_without_its_recipe_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(image, "files", lambda _: tmp_path)
    with pytest.raises(BuildError, match="no Dockerfile"):
        image.context_folder()


def test_proxies_reach_the_build_by_name_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("HTTP_PROXY", "http://user:secret@proxy")
    assert list(image._proxy_arguments()) == ["--build-arg", "HTTP_PROXY"]
