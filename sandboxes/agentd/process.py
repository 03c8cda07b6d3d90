"""What the controller's processes do to themselves: names, accounts, open files, memory."""

import ctypes
import importlib
import os
import signal
import sys
from collections.abc import Iterable
from typing import TextIO

_PR_SET_PDEATHSIG = 1


def set_title(title: str) -> None:
    """Show this name in the process list."""
    importlib.import_module("setproctitle").setproctitle(title)


def become(uid: int, gid: int) -> None:
    """Give up root for good."""
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def end_with_parent() -> None:
    """Have the kernel end this process when its parent ends; to be called after `become`."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def keep_only(fds: Iterable[int]) -> None:
    """Close every open file but these and the standard three.

    A forked process holds all that its parent had open; a deleted weights file would keep its space.
    """
    kept = {0, 1, 2, *fds}
    for fd in [int(name) for name in os.listdir("/proc/self/fd")]:
        if fd not in kept:
            try:
                os.close(fd)
            except OSError:  # the descriptor of the listing itself is closed already
                continue


def ready_file() -> TextIO:
    """Where a service tells in one JSON line that it is ready, or why not.

    Its descriptor is the only argument that a service takes; without one it is standard error.
    """
    fd = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    os.set_inheritable(fd, False)
    return open(fd, "w", encoding="utf-8", closefd=fd > 2)
