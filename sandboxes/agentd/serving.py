"""A bounded server for many clients in one thread: nobody waits for a slow one, nothing grows."""

import selectors
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

MAX_CLIENTS = 32
"""More than that and the longest-connected one has to go, administrators last."""

CLIENT_SECONDS = 3.0
"""How long one client may stay."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end, as the kernel says; all -1 where it cannot (TCP)."""

    pid: int = -1
    uid: int = -1
    gid: int = -1


class Talk(Protocol):
    """How requests are told apart and answered."""

    def take(self, buffer: bytearray) -> bytes | None:
        """Take one whole request out of the buffer, or leave it and say None."""

    def answer(self, request: bytes, peer: Peer) -> bytes:
        """The answer to one request."""

    def too_long(self) -> bytes:
        """The answer to a request beyond `limit`."""

    @property
    def limit(self) -> int:
        """Bytes that an unfinished request may have."""

    @property
    def once(self) -> bool:
        """Whether a client gets one answer only."""


@dataclass(slots=True, eq=False)
class _Client:
    sock: socket.socket
    peer: Peer
    until: float
    received: bytearray = field(default_factory=bytearray)
    to_send: bytearray = field(default_factory=bytearray)
    closing: bool = False


class Server:
    """Serves one listening socket within a selector that belongs to the caller.

    The selector's keys carry a callable that takes the ready events; the caller's loop calls it.

    Args:
        selector: The caller's.
        listener: A socket that listens already.
        talk: The protocol.
    """

    def __init__(self, selector: selectors.BaseSelector, listener: socket.socket, talk: Talk) -> None:
        self._selector = selector
        self._listener = listener
        self._talk = talk
        self._clients: dict[_Client, None] = {}
        listener.setblocking(False)
        selector.register(listener, selectors.EVENT_READ, self._accept)

    def expire(self) -> None:
        """Drop clients whose time is up; to be called now and then."""
        now = time.monotonic()
        for client in [c for c in self._clients if c.until <= now]:
            self._drop(client)

    def _accept(self, _events: int) -> None:
        for _ in range(MAX_CLIENTS):
            try:
                sock, _address = self._listener.accept()
            except OSError:  # no more of them, or gone again
                return
            sock.setblocking(False)
            if len(self._clients) >= MAX_CLIENTS:
                self._drop(min(self._clients, key=lambda client: (client.peer.uid == 0, client.until)))
            client = _Client(sock, _peer(sock), time.monotonic() + CLIENT_SECONDS)
            self._clients[client] = None
            self._selector.register(sock, selectors.EVENT_READ, self._handler(client))

    def _handler(self, client: _Client) -> Callable[[int], None]:
        def handle(events: int) -> None:
            # A client may have been dropped by another's event in the same round.
            if client in self._clients:
                try:
                    self._serve(client, events)
                except OSError:
                    self._drop(client)

        return handle

    def _serve(self, client: _Client, events: int) -> None:
        if events & selectors.EVENT_READ:
            data = client.sock.recv(4096)
            if not data:
                self._drop(client)
                return
            client.received += data
        if events & selectors.EVENT_WRITE:
            del client.to_send[: client.sock.send(client.to_send)]
        # One answer at a time: who does not read gets nothing more computed.
        while not client.to_send and not client.closing:
            request = self._talk.take(client.received)
            if request is None and len(client.received) <= self._talk.limit:
                break
            client.closing = self._talk.once or request is None
            client.to_send += self._talk.too_long() if request is None else self._talk.answer(request, client.peer)
            del client.to_send[: client.sock.send(client.to_send)]
        if client.closing and not client.to_send:
            self._drop(client)
            return
        wanted = selectors.EVENT_WRITE if client.to_send else selectors.EVENT_READ
        self._selector.modify(client.sock, wanted, self._handler(client))

    def _drop(self, client: _Client) -> None:
        del self._clients[client]
        self._selector.unregister(client.sock)
        client.sock.close()


def _peer(sock: socket.socket) -> Peer:
    if sock.family != socket.AF_UNIX:
        return Peer()
    form = struct.Struct("3i")
    return Peer(*form.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, form.size)))


def run_ready(selector: selectors.BaseSelector, timeout: float) -> None:
    """Wait for events and hand each to whom it belongs."""
    for key, events in selector.select(timeout):
        key.data(events)
