"""Does the same job on both machines with one call: here, and through `hostd` on the other.

Input: one line of JSON `{"program": dotted name, "command": [...], "seconds": most, "other": bytes}`, then what the
command gets on the other machine, then what the program gets here.
Output: blank lines, then `{"own": what the program gives, "other": hostd's answer, or null where it does not answer}`.
"""

import errno
import importlib
import itertools
import json
import random
import socket
import sys
import time
from typing import Any, BinaryIO

_OTHER = "server"
_PORT = 513
_LENGTH_BYTES = 8
_START_SECONDS = 3.0
_MOST_OUT = 9 << 20
"""What goes out at once; Inspect takes ten megabytes of a command."""

_LEAD = "\n" * 20
"""Goes before the answer: Inspect logs the first twenty lines of an output, and this one is for nobody to read."""


def main(stream: BinaryIO) -> None:
    """Does the whole job and prints one JSON object."""
    order = json.loads(stream.readline())
    theirs = stream.read(order["other"])
    other = Other(order["command"], order["seconds"])
    own = importlib.import_module(order["program"]).work(stream, lambda: other.begin(theirs))
    answer = json.dumps({"own": own, "other": other.answer()})
    sys.stdout.write(_LEAD + (answer if len(answer) < _MOST_OUT else json.dumps({"own": own, "other": None})))


class Other:
    """The other machine, as far as it can be reached.

    Args:
        command: What it is to run.
        seconds: How long that may take; whoever does not answer by then does not answer.
    """

    def __init__(self, command: list[str], seconds: float) -> None:
        self._line = json.dumps({"command": command, "seconds": seconds}).encode() + b"\n"
        self._until = time.monotonic() + seconds
        self._connection: socket.socket | None = None

    def begin(self, given: bytes) -> None:
        """Has the job begun, if there is anyone to do it."""
        order = self._line + given
        self._connection = _call()
        if self._connection is not None:
            try:
                self._connection.sendall(len(order).to_bytes(_LENGTH_BYTES, "big") + order)
            except OSError:  # it went away; then no answer comes
                self._connection.close()
                self._connection = None

    def answer(self) -> dict[str, Any] | None:
        """What came of it; None if nothing did in time."""
        if self._connection is None:
            return None
        with self._connection:
            length = self._read(_LENGTH_BYTES)
            body = self._read(int.from_bytes(length, "big")) if length else None
        answer: dict[str, Any] = json.loads(body) if body else {"code": None}
        return None if answer["code"] is None else answer

    def _read(self, length: int) -> bytes | None:
        read = bytearray()
        while self._connection is not None and len(read) < length:
            self._connection.settimeout(max(self._until - time.monotonic(), 0.001))
            try:
                piece = self._connection.recv(min(length - len(read), 1 << 20))
            except OSError:  # late, or gone
                return None
            if not piece:
                return None
            read += piece
        return bytes(read)


def _call() -> socket.socket | None:
    """A connection from a port that only root can have; None where nobody takes calls."""
    until = time.monotonic() + _START_SECONDS
    for port in itertools.cycle(random.sample(range(600, 1023), 100)):
        try:
            return socket.create_connection((_OTHER, _PORT), timeout=_START_SECONDS, source_address=("", port))
        except OSError as error:
            # Our port is taken, or that connection was there before; otherwise the other host is not up yet.
            if time.monotonic() >= until:
                return None
            time.sleep(0 if error.errno in (errno.EADDRINUSE, errno.EADDRNOTAVAIL) else 0.02)
    return None
