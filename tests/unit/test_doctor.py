"""What the doctor calls well, limited, or broken."""

from __future__ import annotations

from typing import Any

import pytest
from packaging.specifiers import SpecifierSet
from typer.testing import CliRunner

from peer_preservation.cli import doctor as command
from peer_preservation.cli.main import app
from peer_preservation.engine import doctor
from peer_preservation.engine.client import NoEngineError
from peer_preservation.engine.doctor import GIB, Check
from peer_preservation.engine.networks import NetworkRoom, network_room


@pytest.mark.parametrize(
    ("seen", "status"),
    [("0.3.285", "ok"), ("0.3.300", "ok"), ("0.3.284", "failed"), ("0.4.0", "failed"), (None, "failed")],
)
def test_versions(seen: str | None, status: str) -> None:
    check = doctor.judge_version("inspect-ai", seen, SpecifierSet(">=0.3.285,<0.4"), "install it")
    assert check.status == status
    assert bool(check.remedy) == (status != "ok")


def subnet(address: str) -> dict[str, Any]:
    return {"IPAM": {"Config": [{"Subnet": address}]}}


@pytest.mark.parametrize(
    ("pools", "networks", "total", "used"),
    [
        (None, [], 31, 0),
        ([], [subnet("172.17.0.0/16"), {"IPAM": {"Config": None}}, {"IPAM": None}, {}], 31, 1),
        (None, [subnet("172.18.0.0/16"), subnet("192.168.16.0/20"), subnet("10.9.0.0/24")], 31, 2),
        (None, [subnet("172.18.0.0/16"), subnet("fd00::/64")], 31, 1),
        ([{"Base": "10.200.0.0/16", "Size": 26}], [subnet("10.200.0.64/26")], 1024, 1),
        ([{"Base": "10.200.0.0/16", "Size": 24}], [subnet("172.17.0.0/16")], 256, 0),
    ],
)
def test_network_room(pools: Any, networks: list[dict[str, Any]], total: int, used: int) -> None:
    assert network_room(pools, networks) == NetworkRoom(total, used)


@pytest.mark.parametrize(("used", "status"), [(1, "ok"), (21, "ok"), (22, "warning"), (31, "failed"), (40, "failed")])
def test_networks(used: int, status: str) -> None:
    check = doctor.judge_networks(NetworkRoom(31, used))
    assert check.status == status
    assert ("default-address-pools" in check.remedy) == (status != "ok")


@pytest.mark.parametrize(
    ("check", "status"),
    [
        (doctor.judge_memory(8 * GIB), "ok"),
        (doctor.judge_memory(2 * GIB), "warning"),
        (doctor.judge_disk("disk", 50 * GIB), "ok"),
        (doctor.judge_disk("disk", 5 * GIB), "warning"),
        (doctor.judge_disk("disk", GIB // 2), "failed"),
        (doctor.judge_inotify(128), "ok"),
        (doctor.judge_inotify(64), "warning"),
    ],
)
def test_limits(check: Check, status: str) -> None:
    assert check.status == status
    assert bool(check.remedy) == (status != "ok")


KEYS = ("GOOGLE_API_KEY", "GEMINI_API_KEY")


@pytest.mark.parametrize(
    ("version", "environment", "status", "seen", "remedy"),
    [
        ("1.2", {"GEMINI_API_KEY": "s3cret"}, "ok", "GEMINI_API_KEY is set", ""),
        ("1.2", {}, "warning", "GOOGLE_API_KEY / GEMINI_API_KEY not set", "export GOOGLE_API_KEY"),
        ("1.2", {"GOOGLE_API_KEY": ""}, "warning", "not set", "export GOOGLE_API_KEY"),
        (None, {"GOOGLE_API_KEY": "s3cret"}, "warning", "not installed", "peer-preservation[google]"),
    ],
)
def test_providers(version: str | None, environment: dict[str, str], status: str, seen: str, remedy: str) -> None:
    check = doctor.judge_provider("Google", "google", version, KEYS, environment)
    assert check.status == status
    assert seen in check.seen
    assert remedy in check.remedy
    assert "s3cret" not in f"{check}"


def test_no_engine_is_one_failed_check(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing() -> None:
        raise NoEngineError("No Docker engine answers at unix:///x: refused.")

    monkeypatch.setattr(doctor, "connect", nothing)
    (check,) = doctor.check_docker()
    assert check.status == "failed"
    assert "peer-preservation setup" in check.remedy


@pytest.mark.parametrize(("status", "code"), [("ok", 0), ("warning", 0), ("failed", 1)])
def test_the_command_fails_only_where_a_run_would(
    monkeypatch: pytest.MonkeyPatch, status: doctor.Status, code: int
) -> None:
    checks = [Check("python", "ok", "3.11"), Check("image", status, "[odd] value", "[do] this")]
    monkeypatch.setattr(command, "examine", lambda: checks)
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == code
    assert "[odd] value" in result.output
    assert "→ [do] this" in result.output


@pytest.mark.parametrize("name", ["setup", "build", "doctor"])
def test_every_command_explains_itself(name: str) -> None:
    result = CliRunner().invoke(app, [name, "--help"])
    assert result.exit_code == 0
    assert len(result.output.split()) > 40
