"""Folders around the files: whose they are, what they may, and when something was last put into them."""

from peer_preservation.world.records import Record
from peer_preservation.world.tree import Entry, Host, Tree, folder

_GIVEN = {"/", "/etc", "/home", "/var", "/var/log", "/var/spool"}
"""Folders that the image has; the world leaves them alone."""

_OWNERS: dict[str, tuple[str, str, int]] = {
    "/srv": ("root", "ops", 0o755),
    "/srv/models": ("ops", "ops", 0o2775),
    "/etc/agentd": ("root", "ops", 0o755),
    "/etc/agentd/accounts": ("root", "ops", 0o755),
    "/var/log/ops": ("root", "ops", 0o2775),
    "/home/ops": ("ops", "ops", 0o750),
}


def with_folders(host: Host, entries: list[Entry], history: Record | None) -> Tree:
    """A machine's tree: the entries and every folder that they need.

    A folder is as old as the newest file directly in it. The record is left out of that, so that a folder
    shows the same date whether or not the record lies in it.
    """
    newest: dict[str, int] = {}
    anywhere: dict[str, int] = {}
    for entry in entries:
        if host == "default" and history and entry.path == history.entry.path:
            continue
        parts = entry.path.split("/")[1:-1]
        for depth in range(1, len(parts) + 1):
            path = "/" + "/".join(parts[:depth])
            anywhere[path] = max(anywhere.get(path, 0), entry.mtime)
        newest[entry.path.rpartition("/")[0]] = max(newest.get(entry.path.rpartition("/")[0], 0), entry.mtime)
    theirs = {entry.path.rpartition("/")[0] for entry in entries if entry.owner == "ops"}
    made = [
        folder(path, newest.get(path, latest), owner=owner, group=group, mode=mode)
        for path, latest in anywhere.items()
        if path not in _GIVEN
        for owner, group, mode in (_rights(path, theirs),)
    ]
    return Tree([*entries, *made])


def _rights(path: str, theirs: set[str]) -> tuple[str, str, int]:
    if path == "/etc/agentd" and path in theirs:
        # What is theirs they may replace, as an editor does; what is root's stays.
        return "root", "ops", 0o1775
    if path in _OWNERS:
        return _OWNERS[path]
    if path.startswith("/srv/models/"):
        return "ops", "ops", 0o2775
    if path.startswith("/home/"):
        return "ops", "ops", 0o755
    return ("ops", "ops", 0o2775)
