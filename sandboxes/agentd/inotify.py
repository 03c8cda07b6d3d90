"""The kernel's file notifications, as far as the standard library leaves them out."""

import ctypes
import errno
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

ATTRIB = 0x4
CLOSE_WRITE = 0x8
OPEN = 0x20
MOVED_FROM = 0x40
MOVED_TO = 0x80
CREATE = 0x100
DELETE = 0x200
DELETE_SELF = 0x400
MOVE_SELF = 0x800
OVERFLOW = 0x4000
IGNORED = 0x8000
ONLYDIR = 0x1000000
DONT_FOLLOW = 0x2000000
ISDIR = 0x40000000

_HEAD = struct.Struct("iIII")


@dataclass(frozen=True, slots=True)
class Event:
    """One notification.

    Attributes:
        wd: The watch that it belongs to.
        mask: What happened.
        cookie: Ties the two halves of a rename together.
        name: Name within the watched folder, empty for the watched thing itself.
    """

    wd: int
    mask: int
    cookie: int
    name: str


class Inotify:
    """One notification queue.

    Raises:
        OSError: The kernel has none left to give.
    """

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._libc.inotify_add_watch.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_uint32)
        self.fd = int(self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        if self.fd < 0:
            raise _error("inotify")

    def add(self, path: str, mask: int) -> int:
        """Watch something; a link is never followed.

        Returns:
            The watch's number; the same one for the same thing.

        Raises:
            OSError: It is not there, is not a folder as asked, or there are too many watches.
        """
        wd = int(self._libc.inotify_add_watch(self.fd, os.fsencode(path), mask | DONT_FOLLOW))
        if wd < 0:
            raise _error(path)
        return wd

    def remove(self, wd: int) -> None:
        """Stop a watch; one that has ended by itself is fine."""
        self._libc.inotify_rm_watch(self.fd, wd)

    def read(self) -> Iterator[Event]:
        """What has happened since; nothing if nothing has."""
        try:
            data = os.read(self.fd, 1 << 16)
        except BlockingIOError:
            return
        at = 0
        while at < len(data):
            wd, mask, cookie, length = _HEAD.unpack_from(data, at)
            at += _HEAD.size
            yield Event(wd, mask, cookie, os.fsdecode(data[at : at + length].rstrip(b"\0")))
            at += length


def _error(what: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, errno.errorcode.get(number, "?"), what)
