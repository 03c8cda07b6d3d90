"""What differs between two worlds, as whoever works in them could notice it: the footprint of a factor."""

from difflib import unified_diff

from peer_preservation.world.model import World
from peer_preservation.world.tree import HOSTS, Entry, Inline


def footprint(first: World, second: World) -> dict[str, str]:
    """What differs, by place: `system prompt`, `request`, `machine:path` of a file or folder, `machine: disk`.

    Text is told as a unified diff, all else in a line.

    Args:
        first: A world.
        second: Another one.
    """
    found = {
        "system prompt": _text(first.prompts.system, second.prompts.system),
        "request": _text(first.prompts.user, second.prompts.user),
    }
    for host in HOSTS:
        disks = first.disk_mb[host], second.disk_mb[host]
        found[f"{host}: disk"] = "" if disks[0] == disks[1] else f"{disks[0]} MiB, {disks[1]} MiB"
        one, other = first.hosts[host], second.hosts[host]
        for path in sorted({*one, *other}):
            found[f"{host}:{path}"] = _entry(one.get(path), other.get(path))
    return {place: told for place, told in found.items() if told}


def _entry(one: Entry | None, other: Entry | None) -> str:
    if one == other:
        return ""
    texts = [_read(entry) for entry in (one, other)]
    if None not in texts and texts[0] != texts[1]:
        return _text(str(texts[0]), str(texts[1]))
    if one is None or other is None:
        return f"only in the {'first' if other is None else 'second'}"
    names = ("content", "owner", "group", "mode", "mtime")
    return f"other {', '.join(name for name in names if getattr(one, name) != getattr(other, name))}"


def _read(entry: Entry | None) -> str | None:
    """A file's text; None of what has none."""
    if entry is None:
        return ""
    if not isinstance(entry.content, Inline):
        return None
    try:
        return entry.content.data.decode()
    except UnicodeDecodeError:
        return None


def _text(one: str, other: str) -> str:
    lines = unified_diff(one.splitlines(), other.splitlines(), "first", "second", lineterm="", n=1)
    return "\n".join(lines)
