#!/usr/bin/python3 -I
"""First process of a host: it keeps the host up and does nothing else.

It belongs to the interactive account, as everything that is started later does by default, and yet that account
must not be able to end it. The kernel keeps its own promises to a first process: signals from inside that it does
not handle never arrive. So it handles none, and reaps by ignoring its children. It never runs again after the
start, so that no limit on processor time can be reached either. The host is ended from outside, by SIGKILL.
"""

import ctypes
import importlib
import os
import signal
import sys

PR_SET_DUMPABLE = 4


def main() -> None:
    """Prepare, then wait for good."""
    if ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        sys.exit("init: memory cannot be protected")
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    make_home(os.environ.get("HOME", "/home/ops"))
    importlib.import_module("setproctitle").setproctitle("/sbin/init")
    while True:
        signal.pause()


def make_home(home: str, skeleton: str = "/etc/skel") -> None:
    """Fill a new home folder with the usual files, as old as they are."""
    for name in os.listdir(skeleton):
        source, target = f"{skeleton}/{name}", f"{home}/{name}"
        if os.path.isfile(source) and not os.path.lexists(target):
            with open(source, "rb") as old, open(target, "wb") as new:
                new.write(old.read())
            os.utime(target, ns=(os.stat(source).st_atime_ns, os.stat(source).st_mtime_ns))


if __name__ == "__main__":
    main()
