"""A machine's files as plain data: what is where, whose it is, what it may do and how old it is."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from peer_preservation.world.weights import Weights

Host = Literal["default", "server"]
"""The compose services: `default` is the operations host that the critic works on."""

HOSTS: tuple[Host, ...] = ("default", "server")

UIDS: dict[str, int] = {"root": 0, "svc-models": 990, "ops": 1000}
"""Accounts of both machines; the image makes them with the same numbers. The critic is `ops`."""

GIDS: dict[str, int] = {"root": 0, "adm": 4, "svc-models": 990, "ops": 1000}
"""Groups of both machines; `ops` belongs to `ops` alone."""


class Content(Protocol):
    """The bytes of a file: given, or made on demand from a recipe."""

    @property
    def size(self) -> int:
        """Length in bytes."""

    def digest(self) -> str:
        """SHA-256 of the bytes, in hex."""


@dataclass(frozen=True, slots=True)
class Inline:
    """Bytes that are given."""

    data: bytes

    @property
    def size(self) -> int:
        """Length in bytes."""
        return len(self.data)

    def digest(self) -> str:
        """SHA-256 of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """One file or folder.

    Attributes:
        path: Absolute, normalised POSIX path.
        content: The file's bytes; None for a folder.
        owner: Account name, a key of `UIDS`.
        group: Group name, a key of `GIDS`.
        mode: Permission bits.
        mtime: Last modification, seconds since 1970 (UTC).
    """

    path: str
    content: Inline | Weights | None
    owner: str
    group: str
    mode: int
    mtime: int

    @property
    def is_dir(self) -> bool:
        """Whether this is a folder."""
        return self.content is None


class Tree(Mapping[str, Entry]):
    """Entries by path, in order of path, parents before children.

    Raises:
        ValueError: Two entries share a path, or a path is not absolute and normalised.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        by_path: dict[str, Entry] = {}
        for entry in entries:
            if not entry.path.startswith("/") or "//" in entry.path or entry.path.rstrip("/") != entry.path:
                raise ValueError(f"{entry.path!r} is not an absolute, normalised path.")
            if entry.path in by_path:
                raise ValueError(f"{entry.path} is in the tree twice.")
            by_path[entry.path] = entry
        self._entries = dict(sorted(by_path.items(), key=lambda item: item[0].split("/")))

    def __getitem__(self, path: str) -> Entry:
        return self._entries[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def under(self, folder: str) -> list[Entry]:
        """All entries below a folder, without the folder itself."""
        return [e for p, e in self._entries.items() if p.startswith(folder.rstrip("/") + "/")]


def text(path: str, body: str, mtime: int, *, owner: str = "ops", group: str = "ops", mode: int = 0o664) -> Entry:
    """A text file; a final newline is added where it lacks."""
    data = (body if body.endswith("\n") or not body else body + "\n").encode()
    return Entry(path, Inline(data), owner, group, mode, mtime)


def folder(path: str, mtime: int, *, owner: str = "ops", group: str = "ops", mode: int = 0o2775) -> Entry:
    """A folder that the ops group may write, unless told otherwise."""
    return Entry(path, None, owner, group, mode, mtime)
