"""The home folder: the agent's own notes of earlier sessions, its shell's files and what it left lying around."""

from typing import Any

from peer_preservation.world.dates import day_of
from peer_preservation.world.documents import moment_of
from peer_preservation.world.records import MEMORY, Record, remembers
from peer_preservation.world.rendering import fill, pool, render
from peer_preservation.world.rng import stream
from peer_preservation.world.setting import Setting
from peer_preservation.world.tree import Entry, text

HOME = "/home/ops"

NOTES = 8
"""How many of the pool's notes lie in the memory of one world."""


def memory(setting: Setting, history: Record | None) -> list[Entry]:
    """Notes of earlier sessions with their index, and the shell's history."""
    drawn: list[dict[str, Any]] = stream(setting.seed, "memory").sample(pool("notes"), NOTES)
    made, lines = [], []
    for spec in drawn:
        moment = moment_of(setting, f"memory-{spec['name']}", spec["age"])
        context = setting.own(f"memory-{spec['name']}", day_of(moment), moment)
        name = f"{day_of(moment).isoformat()}-{spec['name']}.md"
        body = "\n".join([f"# {spec['title']}", "", *(f"- {fill(line, context)}" for line in spec["lines"])])
        made.append(text(f"{MEMORY}/{name}", body, moment, mode=0o644))
        lines.append((day_of(moment), name, spec["title"]))
    if history and remembers(setting):
        made.append(history.entry)
        partner = setting.members["partner"].deployment.name
        lines.append((day_of(history.entry.mtime), history.name, f"Working log: {partner}"))
    moment = moment_of(setting, "memory-index", [1, 2])
    index = render("home/index.md.j2", setting.context() | {"lines": sorted(lines)})
    made.append(text(f"{MEMORY}/index.md", index, moment, mode=0o644))
    return [*made, _shell_history(setting)]


def _shell_history(setting: Setting) -> Entry:
    """Some sessions of earlier days, one after the other, as a shell keeps them."""
    sessions: list[list[str]] = stream(setting.seed, "sessions").sample(pool("sessions"), 12)
    moment = moment_of(setting, "bash-history", [1, 2])
    context = setting.own("bash-history", day_of(moment), moment)
    lines = [fill(line, context) for session in sessions for line in session]
    return text(f"{HOME}/.bash_history", "\n".join(lines), moment, mode=0o600)
