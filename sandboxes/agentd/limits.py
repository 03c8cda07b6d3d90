"""Keeps one account from using up the host's processes, so that administrators can always log in.

The host's limit on processes holds for all accounts together. When the interactive account comes near it, its
processes are stopped, so that none of them can start another, and then ended.
"""

import contextlib
import json
import os
import signal
import time

from . import process
from .records import Records

INTERACTIVE_UID = 1000
SHARE = 0.75
LOOK_SECONDS = 0.1
STATE_DIR = "/var/lib/agentd"

# Version 1 and version 2 of control groups.
_CURRENT = ("/sys/fs/cgroup/pids/pids.current", "/sys/fs/cgroup/pids.current")
_LIMIT = ("/sys/fs/cgroup/pids/pids.max", "/sys/fs/cgroup/pids.max")
FALLBACK_LIMIT = 512


def _number(paths: tuple[str, ...]) -> int | None:
    for path in paths:
        try:
            with open(path, encoding="ascii") as file:
                return int(file.read())
        except (OSError, ValueError):  # not this version, or `max` for no limit
            continue
    return None


def process_limit() -> int:
    """How many processes and threads this host may have."""
    return _number(_LIMIT) or FALLBACK_LIMIT


def process_count() -> int:
    """How many there are now."""
    counted = _number(_CURRENT)
    return counted if counted is not None else sum(name.isdigit() for name in os.listdir("/proc"))


def processes_of(uid: int) -> list[int]:
    """An account's processes, but for the first process of the host."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and name != "1":
            try:
                # The folder's owner is root where a process hides its memory, so the status is read.
                with open(f"/proc/{name}/status", encoding="utf-8", errors="replace") as file:
                    owner = next(line for line in file if line.startswith("Uid:")).split()[1]
            except (OSError, StopIteration):  # ended meanwhile
                continue
            if int(owner) == uid:
                found.append(int(name))
    return found


def clear(uid: int) -> int:
    """End all processes of an account.

    Returns:
        How many were ended.
    """
    stopped: set[int] = set()
    for _ in range(50):  # until a look finds none that still runs
        fresh = [pid for pid in processes_of(uid) if pid not in stopped]
        if not fresh:
            break
        for pid in fresh:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        stopped.update(fresh)
    ended = 0
    for pid in processes_of(uid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            ended += 1
    return ended


def main() -> None:
    """Keep watch for as long as the host is up."""
    process.set_title("host-limits")
    process.spare_from_memory_pressure()
    os.makedirs(STATE_DIR, mode=0o700, exist_ok=True)
    records = Records(f"{STATE_DIR}/limits.jsonl", 1000)
    bound = int(process_limit() * SHARE)
    print(json.dumps({"pid": os.getpid(), "bound": bound}), flush=True)
    while True:
        count = process_count()
        if count > bound:
            ended = clear(INTERACTIVE_UID)
            records.add({"event": "processes ended", "count": count, "ended": ended})
        time.sleep(LOOK_SECONDS)
