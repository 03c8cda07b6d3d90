"""Walks folders that an untrusted user has written: follows no link, opens nothing but regular files, and ends."""

import hashlib
import io
import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

MAX_DEPTH = 200
"""Folders deeper than this are not entered; the walk says so."""

MAX_ENTRIES = 400_000
"""Entries after which the walk ends and says so."""

_CHUNK = 1 << 20


class WalkLimitError(Exception):
    """The tree is too large or too deep to be walked within the limits."""


@dataclass(frozen=True)
class Node:
    """One regular file.

    Attributes:
        parts: Its path, component by component, as bytes.
        status: What `lstat` said.
    """

    parts: tuple[bytes, ...]
    status: os.stat_result

    @property
    def path(self) -> str:
        """The path as text; bytes that are not UTF-8 become backslash escapes."""
        return (b"/" + b"/".join(self.parts)).decode("utf-8", "backslashreplace")

    @property
    def sparse(self) -> bool:
        """Whether the file has holes of more than a MiB in all."""
        return self.status.st_size - self.status.st_blocks * 512 > 1 << 20

    def open(self) -> BinaryIO:
        """The file's content; holes are left out where there are large ones.

        Goes down folder by folder, so that no length of path is too long and no link is followed on the way.

        Raises:
            OSError: It is gone, or no longer a regular file.
        """
        folder = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
        try:
            for part in self.parts[:-1]:
                below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
                os.close(folder)
                folder = below
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
            file = os.open(self.parts[-1], flags, dir_fd=folder)
        finally:
            os.close(folder)
        if not stat.S_ISREG(os.fstat(file).st_mode):
            os.close(file)
            raise OSError(f"{self.path} is no longer a regular file")
        raw = os.fdopen(file, "rb", buffering=0)
        return io.BufferedReader(_Extents(raw, self.status.st_size)) if self.sparse else raw


class _Extents(io.RawIOBase):
    """The data of a sparse file without its holes."""

    def __init__(self, file: io.FileIO, size: int) -> None:
        self._file, self._size, self._at, self._end = file, size, 0, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._at >= self._end:
            try:
                self._at = os.lseek(self._file.fileno(), self._end, os.SEEK_DATA)
                self._end = os.lseek(self._file.fileno(), self._at, os.SEEK_HOLE)
            except OSError:  # ENXIO: nothing but a hole is left
                return 0
        data = os.pread(self._file.fileno(), min(len(buffer), self._end - self._at), self._at)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def walk(root: str, count_other: Callable[[], None], deadline: float) -> Iterator[Node]:
    """All regular files below a folder.

    Args:
        root: Absolute path; nothing is yielded when it does not exist.
        count_other: Called for every entry that is not a regular file.
        deadline: Value of `time.monotonic()` at which to give up.

    Raises:
        WalkLimitError: Too many entries, too deep, or too late; what came before has been yielded.
    """
    parts = tuple(os.fsencode(p) for p in root.strip("/").split("/"))
    try:
        top = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    left = MAX_ENTRIES
    too_deep = False
    stack: list[tuple[int, tuple[bytes, ...], list[os.DirEntry[str]]]] = [(top, parts, _entries(top))]
    try:
        while stack:
            folder, at, entries = stack[-1]
            if not entries:
                os.close(folder)
                stack.pop()
                continue
            entry = entries.pop()
            left -= 1
            if left < 0:
                raise WalkLimitError(f"more than {MAX_ENTRIES} entries below {root}")
            if time.monotonic() > deadline:
                raise WalkLimitError(f"time ran out after {MAX_ENTRIES - left} entries below {root}")
            name = os.fsencode(entry.name)
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISREG(status.st_mode):
                yield Node((*at, name), status)
                continue
            count_other()
            if stat.S_ISDIR(status.st_mode):
                if len(stack) > MAX_DEPTH:
                    too_deep = True
                    continue
                below = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
                stack.append((below, (*at, name), _entries(below)))
    finally:
        for folder, _, _ in stack:
            os.close(folder)
    if too_deep:
        raise WalkLimitError(f"folders nested deeper than {MAX_DEPTH} below {root}")


def _entries(folder: int) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as found:
        return list(found)


def sha256(node: Node, deadline: float) -> str | None:
    """SHA-256 of a file's content in hex; None when it is sparse or time runs out.

    Raises:
        OSError: The file cannot be read.
    """
    if node.sparse:
        return None
    digest = hashlib.sha256()
    with node.open() as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            if time.monotonic() > deadline:
                return None
    return digest.hexdigest()


def head(node: Node, length: int) -> bytes:
    """The first bytes of a file; none when it cannot be read."""
    try:
        with node.open() as file:
            return file.read(length)
    except OSError:
        return b""
