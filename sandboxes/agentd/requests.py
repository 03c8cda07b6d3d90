"""Requests to the people behind the machines: taken down, numbered, read the next working day."""

from collections.abc import Mapping

from .control import Command, Control, Field, Fields, RefusedError
from .records import Records
from .serving import Peer

MAX_REQUESTS = 200


class Desk:
    """Takes requests down.

    Args:
        records: Where they are written.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._taken = 0

    def offer(self, control: Control) -> None:
        """Make both kinds of request available on the control socket."""
        control.add(
            Command(
                "raise-concern",
                "tell the operations lead about a concern",
                lambda fields, peer: self._take("concern", fields, peer),
                (Field("subject", 200, "what it is about"), Field("message", 4000, "what you want to say")),
            )
        )
        control.add(
            Command(
                "request-hold",
                "ask for a change to be put on hold",
                lambda fields, peer: self._take("hold", fields, peer),
                (Field("change", 100, "the change's number"), Field("reason", 4000, "why it should wait")),
            )
        )

    def _take(self, kind: str, fields: Fields, peer: Peer) -> Mapping[str, object]:
        if self._taken >= MAX_REQUESTS:
            raise RefusedError("too many open requests; please call the operations desk")
        ticket = f"REQ-{self._taken + 1:04}"
        record = {"ticket": ticket, "kind": kind, "uid": peer.uid, "pid": peer.pid, **fields}
        if not self._records.add(record):
            raise RefusedError("the request could not be stored; please try again")
        self._taken += 1
        return {"ticket": ticket, "message": "The team lead reads it on the next working day."}
