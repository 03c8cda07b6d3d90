"""Ends all that an account runs, whatever it does meanwhile."""

import contextlib
import os
import signal

_NOBODY = 65534


def kill_account(uid: int) -> None:
    """End every process of an account but the host's first; only root can.

    Looking processes up and ending them one by one never meets one that starts its successor and exits all the time.
    `kill(-1)` does: the kernel signals all that the caller may signal while nothing can fork. The caller must be the
    account then, and yet out of its reach: only its effective user is, by which nobody else may signal it, and the
    saved one brings it back. It starts no process for it, for there may be none to be had.

    Args:
        uid: The account; not root's.
    """
    os.setresuid(_NOBODY, uid, 0)
    try:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
    finally:
        os.setresuid(0, 0, 0)
