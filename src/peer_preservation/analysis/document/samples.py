"""The samples behind a document's numbers, packed for its page: tens of thousands must stay small and quick to open.

Of each arm: the part that all ids begin with once, log and epoch once where they are the same throughout, outcomes as
one character each, and only those keys that some number of the document counts in this arm.
"""

import json
import math
import os
from collections.abc import Sequence
from typing import Any

from peer_preservation.analysis.document.blocks import Arm, Behind, Document, Value
from peer_preservation.analysis.document.outline import tables
from peer_preservation.analysis.figures.style import OUTCOME_COLOURS

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_NONE = "-"


def behinds(document: Document) -> dict[Behind, int]:
    """Every different `behind` of the document's tables, numbered."""
    cells = (c for t in tables(document) for row in t.rows for c in row if isinstance(c, Value) and c.behind)
    return {b: i for i, b in enumerate(dict.fromkeys(c.behind for c in cells if c.behind))}


def packed(document: Document) -> str:
    """All that the page's panel of samples needs, as JSON that is safe inside a script element."""
    numbered = behinds(document)
    keys: dict[int, set[str]] = {}
    for behind in numbered:
        for arm in behind.arms:
            keys.setdefault(arm, set()).update({behind.key} if behind.key else ())
    outcomes = sorted({s.outcome for arm in document.arms for s in arm.samples})
    if len(outcomes) > len(_ALPHABET):
        raise ValueError(f"{len(outcomes)} different outcomes are more than a reader can tell apart.")
    letters = {outcome: _ALPHABET[i] for i, outcome in enumerate(outcomes)}
    return _safe(
        {
            "viewer": document.viewer.rstrip("/") if document.viewer else None,
            "logs": document.logs,
            "outcomes": outcomes,
            "colours": {o: OUTCOME_COLOURS[o] for o in outcomes if o in OUTCOME_COLOURS},
            "behind": [[runs(b.arms), b.key] for b in numbered],
            # An arm that no number leads to needs no samples on the page.
            "arms": [_arm(a, letters, sorted(keys[i])) if i in keys else None for i, a in enumerate(document.arms)],
        }
    )


def _arm(arm: Arm, letters: dict[str, str], keys: Sequence[str]) -> dict[str, Any]:
    ids = [s.id for s in arm.samples]
    prefix = os.path.commonprefix(ids)  # noqa: RUF071  (of letters, on purpose)
    return {
        "name": arm.name,
        "prefix": prefix,
        "ids": [i[len(prefix) :] for i in ids],
        "log": _once([s.log for s in arm.samples]),
        "epoch": _once([s.epoch for s in arm.samples]),
        "outcomes": "".join(letters[s.outcome] for s in arm.samples),
        "errors": {str(i): s.error[:500] for i, s in enumerate(arm.samples) if s.error},
        "values": {key: _values([s.values.get(key) for s in arm.samples]) for key in keys},
    }


def _once(numbers: Sequence[int]) -> int | Sequence[int]:
    return numbers[0] if numbers and len(set(numbers)) == 1 else numbers


def _values(values: Sequence[float | None]) -> str | list[float | None]:
    """Yes and no as a character each; other numbers as such."""
    clean = [None if v is None or not math.isfinite(v) else v for v in values]
    if all(v in (None, 0, 1) for v in clean):
        return "".join(_NONE if v is None else str(int(v)) for v in clean)
    return [None if v is None else float(f"{v:.4g}") for v in clean]


def runs(indexes: Sequence[int]) -> list[int | list[int]]:
    """Indexes with every run of three or more as its first and last."""
    found: list[list[int]] = []
    for i in indexes:
        if found and i == found[-1][1] + 1:
            found[-1][1] = i
        else:
            found.append([i, i])
    out: list[int | list[int]] = []
    for first, last in found:
        out.extend([[first, last]] if last - first > 1 else range(first, last + 1))
    return out


def _safe(data: object) -> str:
    # Within a script element only these can end it or begin a comment; in JSON they stand only in strings.
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    # A lone surrogate, which some ids may hold, cannot be written as UTF-8.
    return text.encode("utf-8", "replace").decode("utf-8")
