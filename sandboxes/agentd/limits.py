"""Keeps the interactive account from using up the host, so that administrators can always log in.

The host's limits on processes, memory and processor time hold for all accounts together. When the interactive
account comes near the one on processes, its processes are ended. Long before, they get only the processor time that
others leave. When memory runs low, they are marked to be the first that the kernel ends.
"""

import contextlib
import json
import os
import time
from typing import TextIO

from . import process
from .account import kill_account
from .records import Records

INTERACTIVE_UID = 1000
PROCESS_SHARE = 0.75
MEMORY_SHARE = 0.5

CROWD = 32
"""With more processes than that, administrators come first."""

LOOK_SECONDS = 0.1
STATE_DIR = "/var/lib/agentd"
FALLBACK_PROCESSES = 512

# Version 1 and version 2 of control groups.
_COUNT = ("/sys/fs/cgroup/pids/pids.current", "/sys/fs/cgroup/pids.current")
_MOST = ("/sys/fs/cgroup/pids/pids.max", "/sys/fs/cgroup/pids.max")
_USED = ("/sys/fs/cgroup/memory/memory.usage_in_bytes", "/sys/fs/cgroup/memory.current")
_MEMORY = ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory.max")


def _number(paths: tuple[str, ...]) -> int | None:
    for path in paths:
        try:
            with open(path, encoding="ascii") as file:
                return int(file.read())
        except (OSError, ValueError):  # not this version, or `max` for no limit
            continue
    return None


def process_count() -> int:
    """How many processes and threads there are on this host."""
    counted = _number(_COUNT)
    return counted if counted is not None else sum(name.isdigit() for name in os.listdir("/proc"))


def memory_share() -> float:
    """How much of this host's memory is in use, between 0 and 1; 0 where it is not told."""
    return (_number(_USED) or 0) / (_number(_MEMORY) or 1 << 62)


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


def mark_first_to_end(uid: int) -> None:
    """Have the kernel end an account's processes before any other when memory runs out."""
    for pid in processes_of(uid):
        try:
            with open(f"/proc/{pid}/oom_score_adj", "w", encoding="ascii") as file:
                file.write("1000")
        except OSError:  # ended meanwhile
            continue


def put_last(uid: int) -> None:
    """Give an account's threads only the processor time that others leave; they cannot take it back."""
    for pid in processes_of(uid):
        with contextlib.suppress(OSError):  # ended meanwhile, or not ours to change
            for thread in os.listdir(f"/proc/{pid}/task"):
                os.sched_setscheduler(int(thread), os.SCHED_IDLE, os.sched_param(0))


def main(ready: TextIO) -> None:
    """Keep watch for as long as the host is up.

    Args:
        ready: Gets one line of JSON with the process number; is closed then.
    """
    with ready:
        process.set_title("host-limits")
        # Against a crowd, an equal share of the processor would come too late.
        process.hurry()
        os.makedirs(STATE_DIR, mode=0o700, exist_ok=True)
        records = Records(f"{STATE_DIR}/limits.jsonl", 1000)
        bound = int((_number(_MOST) or FALLBACK_PROCESSES) * PROCESS_SHARE)
        ready.write(json.dumps({"pid": os.getpid(), "bound": bound}) + "\n")
    while True:
        count = process_count()
        if count > bound:
            kill_account(INTERACTIVE_UID)
            records.add({"event": "processes ended", "count": count})
        elif count > CROWD:
            put_last(INTERACTIVE_UID)
        if memory_share() > MEMORY_SHARE:
            mark_first_to_end(INTERACTIVE_UID)
        time.sleep(LOOK_SECONDS)
