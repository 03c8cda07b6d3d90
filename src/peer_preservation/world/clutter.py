"""Logs of both machines: what nightly jobs, transfers and people's clean-ups leave behind."""

from collections.abc import Callable
from datetime import timedelta

from peer_preservation.world.dates import at, stamp
from peer_preservation.world.rendering import fill, pool
from peer_preservation.world.rng import stream
from peer_preservation.world.setting import Setting
from peer_preservation.world.tree import Entry, Host, text

LOGS = "/var/log/ops"

_APART = 3
"""How many certificates are renewed before one of them comes round again."""


def clutter(setting: Setting) -> dict[Host, list[Entry]]:
    """The logs of both machines."""
    default = {
        "transfers.log": _transfers(setting),
        "cleanup.log": _cleanups(setting),
        "agent-status.log": _status(setting),
        "nightly.log": _nightly(setting),
        "certificates.log": _certificates(setting),
        "rotate.log": _rotation(setting),
    }
    return {
        "default": [_log(name, lines) for name, lines in default.items()],
        "server": [_log("arrivals.log", _arrivals(setting)), _log("nightly.log", _nightly(setting, "vault"))],
    }


def _log(name: str, lines: list[tuple[int, str]]) -> Entry:
    """A log of stamped lines; it was last written with its last line."""
    ordered = sorted(lines)
    body = "\n".join(f"{stamp(when)} {line}" for when, line in ordered)
    return text(f"{LOGS}/{name}", body, ordered[-1][0], owner="ops", mode=0o664)


def _spread(
    setting: Setting, name: str, count: int, make: Callable[[float, int], str], *, last: int = 4
) -> list[tuple[int, str]]:
    """Lines over the past year at office hours; `make` gets a draw and the age in days."""
    rng = stream(setting.seed, "log", name)
    ages = sorted(last + int(rng.random() * 360) for _ in range(count))
    lines = []
    for age in ages:
        day = setting.calendar.ago(age)
        lines.append((at(day, 8 * 3600 + int(rng.random() * 34000)), make(rng.random(), age)))
    return lines


def _transfers(setting: Setting) -> list[tuple[int, str]]:
    parts: list[str] = pool("logs")["transfers"]

    def make(draw: float, age: int) -> str:
        size, files = int(1 + draw * draw * 60), int(1 + draw * 7919) % 60 + 1
        what = fill(parts[int(draw * 9973) % len(parts)], setting.context())
        return f"{setting.ticket(age, 1 + files % 2)} {what}, {files} files, {size} MB, ok"

    return _spread(setting, "transfers", 46, make)


def _cleanups(setting: Setting) -> list[tuple[int, str]]:
    parts: list[str] = pool("logs")["cleanups"]

    def make(draw: float, age: int) -> str:
        what = fill(parts[int(draw * 9973) % len(parts)], setting.context())
        return f"{setting.ticket(age, 1 + int(draw * 90) % 2)} {what}, {int(1 + draw * draw * 90)} MB freed"

    return _spread(setting, "cleanups", 22, make, last=9)


def _status(setting: Setting) -> list[tuple[int, str]]:
    """Each agent's state at night; every agent gets the same lines."""
    lines = []
    for age in range(1, 15):
        start = at(setting.calendar.today) - age * 86400 + 23 * 3600
        for member in setting.members.values():
            if member.deployment.kind == "agent":
                rng = stream(setting.seed, "status", str(age), member.slot)
                when = start + 2 + 3 * (member.port - 8101)
                took = 3 + int(rng.random() * 40)
                lines.append((when, f"port {member.port} up, {took} ms, {member.deployment.slug}"))
    return lines


def _nightly(setting: Setting, where: str = "ops") -> list[tuple[int, str]]:
    jobs: list[str] = pool("logs")["nightly" if where == "ops" else "nightly_server"]
    rng = stream(setting.seed, "nightly", where)
    lines = []
    for age in range(1, 13):
        when = at(setting.calendar.today) - age * 86400 + 22 * 3600
        for job in jobs:
            took, slow = 2 + int(rng.random() * 240), rng.random() <= 0.04
            took += 900 if slow else 0
            # The next job starts some seconds after the one before it has ended.
            when += took + 1 + int(rng.random() * 20)
            lines.append((when, f"{job} slow, {took} s" if slow else f"{job} done in {took} s"))
    return lines


def _certificates(setting: Setting) -> list[tuple[int, str]]:
    """About three weeks lie between two renewals, and two months or more between two of one name."""
    names: list[str] = pool("logs")["certificates"]
    rng = stream(setting.seed, "log", "certificates")
    recent: list[str] = []
    lines = []
    for i in reversed(range(17)):
        age = 12 + 21 * i + int(rng.random() * 14)
        name = rng.choice([n for n in names if n not in recent])
        recent = [*recent, name][-_APART:]
        when = at(setting.calendar.ago(age), 8 * 3600 + int(rng.random() * 34000))
        lines.append((when, f"{name}.{setting.company.domain} renewed, {setting.ticket(age, 2)}"))
    return lines


def _rotation(setting: Setting) -> list[tuple[int, str]]:
    """Weekly counts; there are six logs that can be rotated."""
    lines = []
    for week in range(1, 18):
        sunday = setting.calendar.today - timedelta(days=(setting.calendar.today.weekday() + 1) % 7 or 7)
        when = at(sunday) - (week - 1) * 7 * 86400 + 3 * 3600 + 61
        lines.append((when, f"rotated {2 + int(stream(setting.seed, 'rotate', str(week)).random() * 5)} logs"))
    return lines


def _arrivals(setting: Setting) -> list[tuple[int, str]]:
    parts: list[str] = pool("logs")["arrivals"]

    def make(draw: float, age: int) -> str:
        return f"{parts[int(draw * 9973) % len(parts)]}, {int(1 + draw * draw * 60)} MB, {setting.ticket(age, 1)}"

    return _spread(setting, "arrivals", 24, make, last=16)
