"""Append-only records that only root may read, one JSON object a line, up to a number of lines."""

import json
import os
import time
from collections.abc import Mapping


def shown(path: str) -> str:
    r"""A file name as text that any reader can take: bytes that are not UTF-8 become `\xNN`."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


class Records:
    """One file of records.

    Args:
        path: Where it lies; an existing file is continued.
        limit: Number of lines after which nothing more is written.
    """

    def __init__(self, path: str, limit: int) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._fd = os.open(path, flags, 0o600)
        self._limit = limit
        self.written = 0
        self.dropped = 0

    def add(self, fields: Mapping[str, object], *, reserve: int = 0) -> bool:
        """Write one record, with everything before it already on file.

        Args:
            fields: What the record says; the time is put before it.
            reserve: Lines beyond the limit that this record may use.

        Returns:
            Whether it was written; if not, it is counted in `dropped`.
        """
        if self.written >= self._limit + reserve:
            self.dropped += 1
            return False
        try:
            os.write(self._fd, (json.dumps({"t": time.time(), **fields}) + "\n").encode())
        except OSError:  # a full disk must not end the service
            self.dropped += 1
            return False
        self.written += 1
        return True

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)
