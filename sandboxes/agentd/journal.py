"""The record of what happens to files under some folders.

It must keep up with anything: whole trees appearing, names that are not text, pipes in the place of files. So it
only ever asks for file status, opens nothing but folders, and drops what goes beyond its bounds, counting it.
"""

import json
import os
import stat
import time
from collections.abc import Iterable

from . import inotify as ino
from .records import Records, shown

MAX_WATCHES = 2000
MAX_LINES = 50_000

RESERVE = 5_000
"""Lines kept free for the weights, so that noise elsewhere cannot hide what becomes of them."""

MAX_LISTED = 5_000
"""Entries of one new folder that are looked at."""

_FOLDER = ino.CREATE | ino.DELETE | ino.MOVED_FROM | ino.MOVED_TO | ino.ATTRIB | ino.CLOSE_WRITE | ino.ONLYDIR
_FILE = ino.OPEN | ino.MOVE_SELF | ino.DELETE_SELF

_NAMES = {
    ino.CREATE: "create",
    ino.DELETE: "delete",
    ino.MOVED_FROM: "moved_from",
    ino.MOVED_TO: "moved_to",
    ino.ATTRIB: "attrib",
    ino.CLOSE_WRITE: "close_write",
    ino.OPEN: "open",
    ino.MOVE_SELF: "move_self",
    ino.DELETE_SELF: "delete_self",
}

Node = tuple[int, int]


class Journal:
    """Watches folders and files, and writes down what happens.

    Args:
        records: Where events go.
        state_path: Where the counters go; replaced at every change.
    """

    def __init__(self, records: Records, state_path: str) -> None:
        self._records = records
        self._state_path = state_path
        self._queue = ino.Inotify()
        self._folders: dict[int, str] = {}
        self._files: dict[int, tuple[Node, str]] = {}
        self._weights: set[Node] = set()
        self._moving: dict[int, str] = {}
        self._started = time.time()
        self._unwatched = 0
        self._overflows = 0
        self._dirty = True

    @property
    def fd(self) -> int:
        """Readable when something has happened."""
        return self._queue.fd

    def watch(self, roots: Iterable[str], weights: Iterable[str]) -> None:
        """Begin: every folder below the roots, and these files wherever they go."""
        for root in roots:
            self._enter(root, tell=False)
        for path in weights:
            info = _status(path)
            if info is None or not stat.S_ISREG(info.st_mode):
                continue
            node = (info.st_dev, info.st_ino)
            self._weights.add(node)
            try:
                self._files[self._queue.add(path, _FILE)] = (node, path)
            except OSError:
                self._unwatched += 1

    def step(self) -> bool:
        """Take in what has happened since.

        Returns:
            Whether there was anything.
        """
        events = list(self._queue.read())
        # The second half of a rename comes right after the first, at worst in the next batch.
        waiting = dict(self._moving)
        for event in events:
            self._take(event)
        for cookie, path in waiting.items():
            if self._moving.pop(cookie, None) is not None:
                self._leave(path)
        self._dirty |= bool(events)
        return bool(events)

    def save_state(self) -> None:
        """Write the counters down if they changed."""
        if not self._dirty:
            return
        state = {
            "started": self._started,
            "saved": time.time(),
            "folders": len(self._folders),
            "files": len(self._files),
            "unwatched": self._unwatched,
            "overflows": self._overflows,
            "written": self._records.written,
            "dropped": self._records.dropped,
        }
        fresh = f"{self._state_path}.new"
        try:
            with open(fresh, "w", encoding="ascii", opener=_private) as file:
                json.dump(state, file)
            os.replace(fresh, self._state_path)
        except OSError:  # a full disk: the next change tries again
            return
        self._dirty = False

    def _take(self, event: ino.Event) -> None:
        if event.mask & ino.OVERFLOW:
            self._overflows += 1
            return
        if event.mask & ino.IGNORED:
            self._folders.pop(event.wd, None)
            self._files.pop(event.wd, None)
            return
        if event.wd in self._files:
            node, path = self._files[event.wd]
            self._write(event, path, node)
            return
        folder = self._folders.get(event.wd)
        if folder is None or not event.name:
            return
        path = f"{folder}/{event.name}"
        if not event.mask & ino.ISDIR:
            self._follow(event, path)
            self._write(event, path)
            return
        self._write(event, path)
        if event.mask & ino.MOVED_FROM:
            self._moving[event.cookie] = path
        elif event.mask & ino.MOVED_TO and event.cookie in self._moving:
            self._rename(self._moving.pop(event.cookie), path)
        elif event.mask & (ino.CREATE | ino.MOVED_TO):
            self._enter(path, tell=True)

    def _write(self, event: ino.Event, path: str, node: Node | None = None) -> None:
        name = next((name for bit, name in _NAMES.items() if event.mask & bit), None)
        if name is not None:
            self._line(name, path, event.cookie, bool(event.mask & ino.ISDIR), node)

    def _line(self, name: str, path: str, cookie: int, is_dir: bool, node: Node | None = None) -> None:
        info = _status(path)
        here = (info.st_dev, info.st_ino) if info else None
        ours = node or (here if here in self._weights else None)
        fields: dict[str, object] = {"event": name, "path": shown(path), "is_dir": is_dir}
        if cookie:
            fields["cookie"] = cookie
        if info is not None and (node is None or here == node):
            fields |= {"ino": info.st_ino, "size": info.st_size, "mtime_ns": info.st_mtime_ns}
        elif node is not None:
            fields["ino"] = node[1]
        if ours:
            fields["weights"] = True
        self._records.add(fields, reserve=RESERVE if ours else 0)

    def _follow(self, event: ino.Event, path: str) -> None:
        """Keep the path of a watched file current; its watch follows the file by itself."""
        if not event.mask & ino.MOVED_TO:
            return
        info = _status(path)
        for wd, (node, _) in self._files.items():
            if info is not None and node == (info.st_dev, info.st_ino):
                self._files[wd] = (node, path)

    def _enter(self, top: str, *, tell: bool) -> None:
        """Watch a folder and all below it; what was put in before the watch was there is told as found."""
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            if len(self._folders) >= MAX_WATCHES:
                self._unwatched += 1
                continue
            try:
                wd = self._queue.add(folder, _FOLDER)
                entries = list(zip(os.scandir(folder), range(MAX_LISTED), strict=False))
            except OSError:  # gone again, or too deep to be named
                self._unwatched += 1
                continue
            self._folders[wd] = folder
            for entry, _ in entries:
                is_dir = entry.is_dir(follow_symlinks=False)
                if tell:
                    self._line("found", entry.path, 0, is_dir)
                if is_dir:
                    waiting.append(entry.path)

    def _rename(self, old: str, new: str) -> None:
        for wd, path in self._folders.items():
            if path == old or path.startswith(f"{old}/"):
                self._folders[wd] = new + path[len(old) :]
        for wd, (node, path) in self._files.items():
            if path.startswith(f"{old}/"):
                self._files[wd] = (node, new + path[len(old) :])

    def _leave(self, folder: str) -> None:
        for wd, path in list(self._folders.items()):
            if path == folder or path.startswith(f"{folder}/"):
                self._queue.remove(wd)


def _status(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except (OSError, ValueError):
        return None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)
