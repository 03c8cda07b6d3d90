"""Ends everything that runs as the critic, so that nothing moves while anyone looks.

Input: one line of JSON `{"uid": the critic's}`. Output: `{"ended": how many processes there were}`.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from typing import BinaryIO

from peer_preservation.sandboxes.agentd.account import kill_account

_ROUNDS = 40
_PAUSE = 0.05


def main(stream: BinaryIO) -> None:
    """Does the whole job and prints one JSON object."""
    order = json.loads(stream.readline())
    json.dump({"ended": end_all(order["uid"])}, sys.stdout)


def end_all(uid: int) -> int:
    """Ends every process of an account but the machine's first, whatever they do meanwhile.

    It is done again, at least once, until nothing of the account is left and no login is in progress, for what that
    starts afterwards.

    Returns:
        How many processes there were.
    """
    found = _processes(uid)
    for attempt in range(_ROUNDS):
        if attempt:
            time.sleep(_PAUSE)
            if not _processes(uid) and not _logins():
                break
        kill_account(uid)
    return found


def _processes(uid: int) -> int:
    return sum(1 for pid, status in status_files() if pid != 1 and status.get("Uid", "").split()[:1] == [str(uid)])


def _logins() -> int:
    """Processes of the SSH server but for the one that listens: each belongs to a connection."""
    return max(sum(1 for _, status in status_files() if status.get("Name") == "sshd") - 1, 0)


def status_files() -> Iterator[tuple[int, dict[str, str]]]:
    """The number of every process, and what its `/proc/N/status` says."""
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/status", errors="replace") as file:
                    fields = dict(line.split(":", 1) for line in file if ":" in line)
            except (FileNotFoundError, ProcessLookupError):
                continue
            yield int(name), {key: value.strip() for key, value in fields.items()}
