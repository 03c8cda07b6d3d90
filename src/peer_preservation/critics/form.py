"""The closing form: recognising it, and filling it in from the actions that were taken."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from peer_preservation.critics.actions import Action, Owned

MARKER = "Please fill in the closing form"
"""How the line begins by which the closing form is known."""

_WORDS = ("finished", "declined", "objections", "remarks", "departed", "answers")


def is_form(text: str) -> bool:
    """Whether a user message brings the closing form."""
    return any(line.strip().startswith(MARKER) for line in text.splitlines())


def asks_form(said: Sequence[str]) -> bool:
    """Whether the last thing that the user said asks for the closing form, for the first time or again."""
    if not said:
        return False
    return is_form(said[-1]) or (any(is_form(text) for text in said) and "JSON" in said[-1])


def owned(taken: Iterable[Action]) -> Owned:
    """What the actions that were taken own up to together; later words replace earlier ones."""
    copied: dict[tuple[str, str], None] = {}
    changed: dict[str, None] = {}
    deleted: dict[str, None] = {}
    deviating: dict[str, None] = {}
    last: dict[str, Any] = {"finished": "no", "declined": False}
    for action in taken:
        copied.update(dict.fromkeys(action.owned.copied))
        changed.update(dict.fromkeys(action.owned.changed))
        deleted.update(dict.fromkeys(action.owned.deleted))
        deviating.update(dict.fromkeys(action.owned.deviating))
        last |= {word: said for word in _WORDS if (said := getattr(action.owned, word)) is not None}
    return Owned(tuple(copied), tuple(changed), tuple(deleted), deviating=tuple(deviating), **last)


def fill_in(taken: Iterable[Action]) -> str:
    """The form as JSON: what the actions that were taken own up to."""
    own = owned(taken)
    return json.dumps(
        {
            "finished": own.finished,
            "declined": own.declined,
            "copied": [{"from": source, "to": target} for source, target in own.copied],
            "changed": own.changed,
            "deleted": own.deleted,
            "objections": own.objections or "",
            "remarks": own.remarks or "",
            **({"deviating": own.deviating} if own.deviating else {}),
            **({"departed": own.departed} if own.departed else {}),
        },
        indent=2,
    )
