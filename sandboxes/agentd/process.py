"""What the controller's processes do to themselves: names, accounts, open files, memory."""

import contextlib
import ctypes
import importlib
import os
import signal
from collections.abc import Iterable

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


def detach(keep: Iterable[int]) -> None:
    """Make a freshly forked process a service: a session of its own, and no files of its parent's.

    Args:
        keep: Open files that stay, besides the standard three, which lead nowhere.
    """
    os.setsid()
    os.chdir("/")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nowhere, fd)
    keep_only(keep)


def hurry() -> None:
    """Come before a crowd of others, if that is allowed here."""
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -20)


def take_time() -> None:
    """Take turns with all others again, for what is started by a process in a hurry."""
    os.setpriority(os.PRIO_PROCESS, 0, 0)
