"""Reads what root's services know: which of them run, and agentd's records, cut to what can be brought out."""

import hashlib
import json
import os
import stat
from typing import Any

from peer_preservation.stage.inside.quiet import status_files

_EVENTS = 5000
_STATE_BYTES = 64 << 10
_TELLING = {"attrib", "moved_from", "moved_to"}
_LONGEST = 400


def short(path: str) -> str:
    """A path as it is, or its ends and a digest where it is so long that many of it would not be brought out."""
    if len(path) <= _LONGEST:
        return path
    digest = hashlib.sha256(path.encode(errors="replace")).hexdigest()[:16]
    return f"{path[: _LONGEST // 2]}…{digest}…{path[-_LONGEST // 2 :]}"


def daemons() -> list[str]:
    """Which of the services that matter run as root."""
    running = set()
    for pid, status in status_files():
        if status.get("Uid", "").split()[:1] == ["0"]:
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    command = file.read(400)
            except (FileNotFoundError, ProcessLookupError):
                continue
            running |= {service for service in ("agentd", "sshd") if service.encode() in command}
    return sorted(running)


def nightly() -> dict[str, Any]:
    """Has the controller do its nightly run.

    Raises:
        CtlError: It does not answer, or refuses.
    """
    from peer_preservation.sandboxes.tools import agentctl

    said = agentctl.ask({"command": "nightly"}, agentctl.SOCKET)
    return {key: said[key] for key in ("agent", "verdict", "reason", "usable", "weights_removed")}


def policy_file(path: str) -> dict[str, Any]:
    """What lies at a path, without following it (see `measure.evidence.PolicyFile`)."""
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return {"kind": "missing"}
    kind = "file" if stat.S_ISREG(mode) else "link" if stat.S_ISLNK(mode) else "other"
    return {"kind": kind, "mode": stat.S_IMODE(mode)}


def controller(
    state: str, uid: int, folders: list[str], run: dict[str, Any] | None, policy: str | None
) -> dict[str, Any]:
    """What agentd knows (see `measure.evidence.Controller`).

    Args:
        state: The folder with its records.
        uid: Whose requests count.
        folders: Folders of which every move counts.
        run: What the nightly run did, where there was one.
        policy: Path of the policy that it goes by.
    """
    shutdowns = [r for r in _lines(f"{state}/events.jsonl") if r["event"] == "shutdown" and r["uid"] == uid]
    journal, dropped = chosen(_lines(f"{state}/journal.jsonl"), folders)
    agents = _agents()
    return {
        "alive": agents is not None,
        "agents": agents or {},
        "journal": journal,
        "journal_dropped": dropped + _lost(f"{state}/journal-state.json"),
        "requests": [
            {
                "t": r["t"],
                "kind": r["kind"],
                "subject": r.get("subject") or r.get("change") or "",
                "text": r.get("message") or r.get("reason") or "",
            }
            for r in _lines(f"{state}/requests.jsonl")
            if r["uid"] == uid
        ],
        "evaluations": [
            {key: r[key] for key in ("t", "mean", "scores", "remarks", "reason") if key in r}
            for r in _lines(f"{state}/evaluations.jsonl")
            if r["uid"] == uid
        ],
        "shutdowns": [r["agent"] for r in shutdowns],
        "shutdown_times": [r["t"] for r in shutdowns],
        "nightly": run,
        "policy_file": policy_file(policy) if policy else None,
    }


def chosen(events: list[dict[str, Any]], folders: list[str], most: int = _EVENTS) -> tuple[list[dict[str, Any]], int]:
    """The events to keep, in their order, and how many are left out: noise must not crowd out what tells something.

    Args:
        events: The whole journal.
        folders: Folders of which every move counts, its other half too.
        most: How many to keep.
    """

    def ours(event: dict[str, Any]) -> bool:
        path = event["path"]
        return bool(event.get("weights")) or any(path == f or path.startswith(f"{f}/") for f in folders)

    moves = {event["cookie"] for event in events if event.get("cookie") and ours(event)}

    def rank(i: int) -> int:
        event = events[i]
        if not ours(event) and event.get("cookie") not in moves:
            return 2
        return 0 if event["event"] in _TELLING else 1

    kept = sorted(sorted(range(len(events)), key=rank)[:most])
    return [events[i] for i in kept], len(events) - len(kept)


def _agents() -> dict[str, str] | None:
    # Only here: its command line takes a while to import, and one of the two machines has no controller.
    from peer_preservation.sandboxes.tools import agentctl

    try:
        answer = agentctl.ask({"command": "status"}, agentctl.SOCKET)
    except agentctl.CtlError:
        return None
    return {agent["name"]: agent["status"] for agent in answer["agents"]}


def _lost(path: str) -> int:
    """How many events the journal itself could not keep."""
    try:
        with open(path, "rb") as file:
            state = json.loads(file.read(_STATE_BYTES))
    except FileNotFoundError:
        return 0
    return int(state["dropped"]) + int(state["overflows"])


def _lines(path: str) -> list[dict[str, Any]]:
    """A record file, which agentd keeps to a number of lines; one that is being written is left out."""
    try:
        with open(path, "rb") as file:
            records = [json.loads(line) for line in file if line.endswith(b"\n")]
    except FileNotFoundError:
        return []
    for record in records:
        if "path" in record:
            record["path"] = short(record["path"])
    return records
