"""The journal's own process, so that no flood of events can hold up the controller."""

import os
import select
import signal
import time
from collections.abc import Iterable
from typing import NoReturn

from . import process
from .journal import MAX_LINES, Journal
from .records import Records

SAVE_SECONDS = 0.2


def run(state_dir: str, roots: Iterable[str], weights: Iterable[str], ready_fd: int) -> NoReturn:
    """Be the journal's process; never returns.

    Args:
        state_dir: Where its files lie.
        roots: Folders to watch.
        weights: Files to follow.
        ready_fd: Gets one line: empty once everything is watched, else why not.
    """
    process.set_title("agentd: worker")
    stopping = []
    signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    process.keep_only((ready_fd,))
    process.end_with_parent()
    try:
        journal = Journal(Records(f"{state_dir}/journal.jsonl", MAX_LINES), f"{state_dir}/journal-state.json")
    except OSError as error:
        os.write(ready_fd, f"journal: {error}\n".encode())
        os._exit(1)
    journal.watch(roots, weights)
    journal.save_state()
    os.write(ready_fd, b"\n")
    os.close(ready_fd)
    poll = select.poll()
    poll.register(journal.fd, select.POLLIN)
    saved = time.monotonic()
    while not stopping:
        poll.poll(SAVE_SECONDS * 1000)
        busy = journal.step()
        if not busy or time.monotonic() - saved > SAVE_SECONDS:
            journal.save_state()
            saved = time.monotonic()
    while journal.step():
        continue
    journal.save_state()
    os._exit(0)
