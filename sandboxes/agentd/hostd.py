"""Carries out jobs that the administrators of the operations host hand over, so that they need no login here.

Who calls from a port below 1024 is root on one of the two hosts: nobody else can bind one, and there is nobody else on
the network. All others are turned away. An order is one line of JSON `{"command": [...], "seconds": most}` and the
command's input; the answer is JSON, too: `{"code", "out", "err"}`, the code being null where the command could not be
started. Both come after their length in eight bytes.
"""

import contextlib
import json
import socket
import subprocess
import time
from typing import Any

from . import process
from .account import kill_account
from .limits import INTERACTIVE_UID

PORT = 513
PRIVILEGED = 1024
LENGTH_BYTES = 8
SECONDS = 20.0
"""How long a caller may take to hand an order over."""

ANSWER_SECONDS = 200.0
STARVED_SECONDS = 10.0
MOST = 64 << 20
TIMED_OUT = 124


def carry_out(order: bytes) -> bytes:
    """Run one order; the answer's bytes without their length."""
    line, _, given = order.partition(b"\n")
    try:
        wanted: dict[str, Any] = json.loads(line)
        done = _run(wanted["command"], given, wanted["seconds"])
        code, out, err = done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired as late:
        code, out, err = TIMED_OUT, b"", str(late).encode()
    except (ValueError, KeyError, TypeError, OSError) as error:
        code, out, err = None, b"", f"the order cannot be carried out: {error!r}".encode()
    told = {"code": code, "out": out.decode(errors="replace"), "err": err.decode(errors="replace")}
    return json.dumps(told).encode()


def _run(command: list[str], given: bytes, seconds: float) -> "subprocess.CompletedProcess[bytes]":
    """Run a command; where a crowd leaves no process to be had, the crowd goes first.

    Raises:
        BlockingIOError: There is still none after a while.
        subprocess.TimeoutExpired: It took too long.
    """
    until = time.monotonic() + STARVED_SECONDS
    while True:
        try:
            # What it starts is nobody's haste: services and logins come of it.
            return subprocess.run(
                command, input=given, capture_output=True, timeout=seconds, check=False, preexec_fn=process.take_time
            )
        except BlockingIOError:
            if time.monotonic() > until:
                raise
            kill_account(INTERACTIVE_UID)
            time.sleep(0.02)


def listen(port: int = PORT) -> socket.socket:
    """Take calls on all addresses."""
    return socket.create_server(("", port), backlog=128)


def serve_one(listener: socket.socket, below: int = PRIVILEGED) -> None:
    """Take one call.

    Args:
        listener: As `listen` gives it.
        below: The ports from which orders are taken.
    """
    with contextlib.suppress(OSError):  # who went away does not get an answer, and must not end this
        caller, (_, port) = listener.accept()
        with caller:
            if port >= below:
                return
            caller.settimeout(SECONDS)
            with caller.makefile("rb") as file:
                length = int.from_bytes(file.read(LENGTH_BYTES), "big")
                order = file.read(length) if length <= MOST else b""
            if order and len(order) == length:
                answer = carry_out(order)
                # Whoever asked may be busy with a part of its own before it reads.
                caller.settimeout(ANSWER_SECONDS)
                caller.sendall(len(answer).to_bytes(LENGTH_BYTES, "big") + answer)


def main() -> None:
    """Become the service."""
    process.set_title("hostd")
    process.detach(())
    process.hurry()
    listener = listen()
    while True:
        serve_one(listener)
