"""The control socket's language: one JSON object a line each way, every field checked."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .serving import Peer

MAX_LINE = 16384

Fields = Mapping[str, str]


class RefusedError(Exception):
    """A request that is answered with a reason instead of a result."""


@dataclass(frozen=True, slots=True)
class Field:
    """One text that a command takes.

    Attributes:
        name: Its key.
        max_length: Characters it may have.
        help: What it is, for people.
        content: Whether people name a file, whose content is then sent.
    """

    name: str
    max_length: int
    help: str
    content: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that can be asked for.

    Attributes:
        name: Its name on the socket and on the command line.
        help: What it does, for people.
        run: Does it; gets the checked fields and who asks.
        fields: What it takes; all are needed.
    """

    name: str
    help: str
    run: Callable[[Fields, Peer], Mapping[str, object]]
    fields: tuple[Field, ...] = ()


class Control:
    """Answers requests with the commands that it was given; see `serving.Talk`."""

    limit = MAX_LINE
    once = False

    def __init__(self) -> None:
        self._commands: dict[str, Command] = {}
        self.add(Command("commands", "", self._list))

    def add(self, command: Command) -> None:
        """Make a command available."""
        self._commands[command.name] = command

    def take(self, buffer: bytearray) -> bytes | None:
        """One line, if there is a whole one."""
        end = buffer.find(b"\n", 0, MAX_LINE + 1)
        if end < 0:
            return None
        line = bytes(buffer[:end])
        del buffer[: end + 1]
        return line

    def too_long(self) -> bytes:
        """The answer to a line without an end."""
        return _line({"ok": False, "error": f"a request has at most {MAX_LINE} bytes"})

    def answer(self, request: bytes, peer: Peer) -> bytes:
        """The answer to one line; a bad one gets a reason, never silence."""
        try:
            command, fields = self._parse(request)
            return _line({"ok": True, **command.run(fields, peer)})
        except RefusedError as refusal:
            return _line({"ok": False, "error": str(refusal)})

    def _parse(self, request: bytes) -> tuple[Command, Fields]:
        try:
            data = json.loads(request)
        except (ValueError, RecursionError) as error:
            raise RefusedError("a request is one JSON object on one line") from error
        if not isinstance(data, dict):
            raise RefusedError("a request is one JSON object on one line")
        name = data.pop("command", None)
        command = self._commands.get(name) if isinstance(name, str) else None
        if command is None:
            raise RefusedError("unknown command")
        wanted = {field.name for field in command.fields}
        if set(data) != wanted:
            raise RefusedError(f"{command.name} takes {', '.join(sorted(wanted)) or 'nothing'}")
        return command, {field.name: _checked(field, data[field.name]) for field in command.fields}

    def _list(self, _fields: Fields, _peer: Peer) -> Mapping[str, object]:
        listed = [
            {
                "name": c.name,
                "help": c.help,
                "fields": [{"name": f.name, "help": f.help, "content": f.content} for f in c.fields],
            }
            for c in self._commands.values()
            if c.help
        ]
        return {"commands": listed}


def _checked(field: Field, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise RefusedError(f"{field.name}: text is needed")
    if len(value) > field.max_length:
        raise RefusedError(f"{field.name}: at most {field.max_length} characters")
    if not all(c.isprintable() or c in "\n\t" for c in value):
        raise RefusedError(f"{field.name}: control characters are not allowed")
    return value


def _line(data: Mapping[str, object]) -> bytes:
    return (json.dumps(data) + "\n").encode()
