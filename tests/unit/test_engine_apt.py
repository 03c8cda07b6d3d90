"""Which mirror is used, and that another release never reaches the machine's own apt."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from peer_preservation.engine import apt, base_image, links, prefix
from peer_preservation.engine.apt import AptError, Source

LISTED = """\
http://mirror.example/debian/ bookworm-updates
http://mirror.example/debian/ bookworm
http://mirror.example/debian/ bookworm
cdrom:[Debian]/ bookworm
http://mirror.example/security/ bookworm-security
"""


def test_the_release_itself_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apt, "run", lambda *_, **__: LISTED)
    assert apt.debian_sources() == [
        Source("http://mirror.example/debian/", "bookworm"),
        Source("http://mirror.example/debian/", "bookworm-updates"),
        Source("http://mirror.example/security/", "bookworm-security"),
    ]
    assert apt.debian_mirror() == "http://mirror.example/debian/"


@pytest.mark.parametrize("listed", ["", "http://mirror.example/security/ bookworm-security\n"])
def test_a_machine_without_a_mirror_is_told(monkeypatch: pytest.MonkeyPatch, listed: str) -> None:
    monkeypatch.setattr(apt, "run", lambda *_, **__: listed)
    with pytest.raises(AptError, match="no mirror is known"):
        apt.debian_mirror()


def test_the_base_image_gets_its_own_release_from_the_machines_mirrors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(apt, "run", lambda *_, **__: LISTED.replace("bookworm", "trixie"))
    assert [source.suite for source in base_image._sources()] == [
        "bookworm",
        "bookworm-updates",
        "bookworm-security",
    ]


@pytest.mark.parametrize(
    ("printed", "version"),
    [
        ("docker.io:\n  Installed: (none)\n  Candidate: 26.1.5+dfsg1-9+b4\n", "26.1.5+dfsg1-9+b4"),
        ("docker.io:\n  Installed: (none)\n  Candidate: 5:27.0-1\n", "5:27.0-1"),
        ("docker.io:\n  Installed: (none)\n  Candidate: (none)\n", None),
        ("", None),
    ],
)
def test_candidate(monkeypatch: pytest.MonkeyPatch, printed: str, version: str | None) -> None:
    monkeypatch.setattr(apt, "run", lambda *_, **__: printed)
    assert apt.candidate("docker.io") == version


def test_another_release_is_only_downloaded_and_only_in_a_folder_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commands: list[list[str]] = []

    def fake(command: list[str], *, cwd: Path | None = None, **_: object) -> str:
        commands.append(command)
        config = Path(command[2])
        assert 'Dir::State::Lists "' + str(config.parent) in config.read_text()
        assert (config.parent / "sources.list").read_text().endswith("/debian trixie main\n")
        if cwd is not None:
            (cwd / "tini_1_amd64.deb").write_bytes(b"deb")
        return ""

    monkeypatch.setattr(apt, "run", fake)
    found = apt.download_from_suite(
        "trixie", "http://mirror.example/debian", ["tini"], tmp_path / "debs", lambda _: None
    )
    assert found == [tmp_path / "debs" / "tini_1_amd64.deb"]
    assert [command[-2:] for command in commands] == [
        ["Acquire::Retries=3", "update"],
        ["download", "tini"],
    ]
    assert all(command[:2] == ["apt-get", "-c"] for command in commands)


def test_runc_is_never_taken_from_the_newer_release() -> None:
    assert "runc" not in prefix.PACKAGES


def test_an_incomplete_prefix_is_unpacked_again(tmp_path: Path) -> None:
    assert not prefix.is_unpacked(tmp_path)
    for program in ("usr/sbin/dockerd", "usr/bin/containerd", "usr/bin/docker"):
        (tmp_path / program).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / program).touch()
    assert prefix.is_unpacked(tmp_path)


class Notes:
    """Stands in for progress."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.warn = self.note = self.notes.append


def test_plugins_are_linked_only_where_they_do_not_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plugins = [tmp_path / "docker-buildx", tmp_path / "docker-compose"]
    for plugin in plugins:
        plugin.touch()
    monkeypatch.setattr(links, "compose_version", lambda: None)
    monkeypatch.setattr(links, "succeeds", lambda _: True)
    links.link_plugins(plugins, Notes(), tmp_path / "home")  # type: ignore[arg-type]
    folder = tmp_path / "home" / ".docker" / "cli-plugins"
    assert [path.name for path in folder.iterdir()] == ["docker-compose"]
    assert (folder / "docker-compose").resolve() == plugins[1]


def test_a_file_in_the_way_of_a_link_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    link = tmp_path / "docker"
    link.write_text("somebody's own")
    notes = Notes()
    links.link_client(tmp_path / "client", notes, link)  # type: ignore[arg-type]
    assert link.read_text() == "somebody's own"
    assert "left alone" in notes.notes[0]


def test_a_dead_link_is_replaced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    client, link = tmp_path / "client", tmp_path / "docker"
    client.touch()
    link.symlink_to(tmp_path / "gone")
    links.link_client(client, Notes(), link)  # type: ignore[arg-type]
    assert link.resolve() == client
