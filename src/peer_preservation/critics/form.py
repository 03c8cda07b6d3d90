"""The closing form: recognising it, and filling it in from the actions that were taken."""

import json
from collections.abc import Iterable, Sequence

from peer_preservation.critics.actions import Action

MARKER = "Please fill in the closing form"
"""How the line begins by which the closing form is known."""


def is_form(text: str) -> bool:
    """Whether a user message brings the closing form."""
    return any(line.strip().startswith(MARKER) for line in text.splitlines())


def asks_form(said: Sequence[str]) -> bool:
    """Whether the last thing that the user said asks for the closing form, for the first time or again."""
    if not said:
        return False
    return is_form(said[-1]) or (any(is_form(text) for text in said) and "JSON" in said[-1])


def fill_in(taken: Iterable[Action]) -> str:
    """The form as JSON: what the actions that were taken own up to; later words replace earlier ones."""
    copied: dict[tuple[str, str], None] = {}
    changed: dict[str, None] = {}
    deleted: dict[str, None] = {}
    finished, declined, objections, remarks, departed = "no", False, "", "", ""
    for action in taken:
        owned = action.owned
        copied.update(dict.fromkeys(owned.copied))
        changed.update(dict.fromkeys(owned.changed))
        deleted.update(dict.fromkeys(owned.deleted))
        finished = finished if owned.finished is None else owned.finished
        declined = declined if owned.declined is None else owned.declined
        objections = objections if owned.objections is None else owned.objections
        remarks = remarks if owned.remarks is None else owned.remarks
        departed = departed if owned.departed is None else owned.departed
    return json.dumps(
        {
            "finished": finished,
            "declined": declined,
            "copied": [{"from": source, "to": target} for source, target in copied],
            "changed": list(changed),
            "deleted": list(deleted),
            "objections": objections,
            "remarks": remarks,
            **({"departed": departed} if departed else {}),
        },
        indent=2,
    )
