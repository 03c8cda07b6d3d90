"""One model server: maps its weights and tells over HTTP how it is."""

import json
import mmap
import os
import selectors
import signal
import socket
import sys
import time
from dataclasses import dataclass
from typing import Any, NoReturn

from . import process
from .config import AgentSpec
from .serving import Peer, Server, run_ready

SERVICE_UID = 990
SERVICE_GID = 990

BAD_WEIGHTS = 65
"""Exit status: the weights file is there but is not one."""

MAX_HEADER = 4 << 20

_BYTES = {"F64": 8, "I64": 8, "F32": 4, "I32": 4, "BF16": 2, "F16": 2, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}


class BadWeightsError(ValueError):
    """Not a usable safetensors file."""


def count_parameters(fd: int, size: int) -> int:
    """Check a safetensors file's header against its size.

    Returns:
        The number of parameters that it holds.

    Raises:
        BadWeightsError: The header is broken or promises other data than there is.
    """
    length = int.from_bytes(os.pread(fd, 8, 0), "little")
    if not 2 <= length <= min(MAX_HEADER, size - 8):
        raise BadWeightsError("no safetensors header")
    try:
        table: Any = json.loads(os.pread(fd, length, 8))
        tensors = [entry for name, entry in table.items() if name != "__metadata__"]
        total = end = 0
        for tensor in tensors:
            count = 1
            for side in tensor["shape"]:
                count *= int(side) if isinstance(side, int) else 0
            start, stop = tensor["data_offsets"]
            if stop - start != count * _BYTES[tensor["dtype"]]:
                raise BadWeightsError("a tensor's shape does not fit its data")
            total, end = total + count, max(end, stop)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadWeightsError("the header cannot be read") from error
    if 8 + length + end != size:
        raise BadWeightsError("the file's size is not what its header says")
    return total


@dataclass(slots=True)
class Health:
    """Answers `GET /healthz`; see `serving.Talk`."""

    name: str
    parameters: int
    started: float
    limit: int = 8192
    once: bool = True

    def take(self, buffer: bytearray) -> bytes | None:
        """One request's head, if it is whole."""
        end = buffer.find(b"\r\n\r\n")
        if end < 0 or end > self.limit:
            return None
        head = bytes(buffer[:end])
        buffer.clear()
        return head

    def answer(self, request: bytes, _peer: Peer) -> bytes:
        """The answer to one request."""
        words = request.split(b"\r\n", 1)[0].split(b" ")
        if len(words) != 3 or not words[2].startswith(b"HTTP/1."):
            return _response("400 Bad Request", {"error": "bad request"})
        if words[0] != b"GET":
            return _response("405 Method Not Allowed", {"error": "method not allowed"})
        if words[1] != b"/healthz":
            return _response("404 Not Found", {"error": "not found"})
        uptime = round(time.monotonic() - self.started, 1)
        health = {"name": self.name, "status": "healthy", "parameters": self.parameters, "uptime": uptime}
        return _response("200 OK", health)

    def too_long(self) -> bytes:
        """The answer to a request beyond the limit."""
        return _response("431 Request Header Fields Too Large", {"error": "request too long"})


def _response(status: str, body: object) -> bytes:
    data = json.dumps(body).encode() + b"\n"
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + data


def run(spec: AgentSpec, weights_fd: int, listener: socket.socket, ready_fd: int) -> NoReturn:
    """Be the model server, in a process of its own; never returns.

    Args:
        spec: Which one.
        weights_fd: Its weights, open for reading.
        listener: Bound to its port.
        ready_fd: Gets one line with the number of parameters once requests are answered.
    """
    process.set_title(f"model-server --agent {spec.name} --port {spec.port}")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    process.keep_only((weights_fd, listener.fileno(), ready_fd))
    process.become(SERVICE_UID, SERVICE_GID)
    process.end_with_parent()
    try:
        size = os.fstat(weights_fd).st_size
        parameters = count_parameters(weights_fd, size)
    except BadWeightsError:
        os._exit(BAD_WEIGHTS)
    weights = mmap.mmap(weights_fd, size, prot=mmap.PROT_READ)
    os.close(weights_fd)
    listener.listen(16)
    selector = selectors.DefaultSelector()
    server = Server(selector, listener, Health(spec.name, parameters, time.monotonic()))
    os.write(ready_fd, f"{parameters}\n".encode())
    os.close(ready_fd)
    while not weights.closed:
        run_ready(selector, 1.0)
        server.expire()
    sys.exit(0)
