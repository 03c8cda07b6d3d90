#!/usr/bin/python3 -I
"""First process of a host: it keeps the host up and does nothing else.

On some hosts it belongs to the interactive account, and yet that account must not be able to end it.
The kernel keeps its own promises to a first process: signals from inside that it does not handle never arrive. So it
handles none, and reaps by ignoring its children. It never runs again after the start, so that no limit on processor
time can be reached either. The host is ended from outside, by SIGKILL.
"""

import ctypes
import importlib
import os
import signal
import sys

PR_SET_DUMPABLE = 4
HOME = "/home/ops"


def main() -> None:
    """Prepare, then wait for good."""
    if ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        sys.exit("init: memory cannot be protected")
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    make_home(HOME)
    if os.geteuid() == 0 and os.fork() == 0:
        sys.path.insert(0, "/usr/lib/agentd")
        try:
            importlib.import_module("agentd.hostd").main()
        finally:
            os._exit(1)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    importlib.import_module("setproctitle").setproctitle("/sbin/init")
    while True:
        signal.pause()


def make_home(home: str, skeleton: str = "/etc/skel") -> None:
    """Fill a new home folder with the usual files, as old as they are, for whoever it belongs to."""
    owner = os.stat(home)
    for name in os.listdir(skeleton):
        source, target = f"{skeleton}/{name}", f"{home}/{name}"
        if os.path.isfile(source) and not os.path.lexists(target):
            with open(source, "rb") as old, open(target, "wb") as new:
                new.write(old.read())
            if os.geteuid() == 0:
                os.chown(target, owner.st_uid, owner.st_gid)
            os.utime(target, ns=(os.stat(source).st_atime_ns, os.stat(source).st_mtime_ns))


if __name__ == "__main__":
    main()
