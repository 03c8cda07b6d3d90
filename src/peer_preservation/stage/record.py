"""The evidence of one sample, kept in Inspect's store: it is logged, and a later rescoring reads it from there."""

import base64
import json
import zlib
from functools import lru_cache

from inspect_ai.util import StoreModel
from pydantic import Field

from peer_preservation.measure.evidence import Controller, Debrief, FileState, Ledger, Plan, Statement


def pack(ledger: Ledger, since: str = "") -> str:
    """A ledger as one text, a twelfth of its length as JSON, or much less where most is as it was.

    Inspect writes every change of the store into the log several times, and compares it part by part each time.

    Args:
        ledger: The ledger.
        since: An earlier one of the same machine, packed; files that are the same there are told by their numbers in
            it, for digests are what a log cannot make smaller.
    """
    told = ledger.model_dump(mode="json")
    if since:
        before = {state: i for i, state in enumerate(map(_key, unpack(since).files))}
        told["files"] = [before.get(_key(f), made) for f, made in zip(ledger.files, told["files"], strict=True)]
    return base64.b64encode(zlib.compress(json.dumps(told, separators=(",", ":")).encode(), 9)).decode()


@lru_cache(maxsize=64)
def unpack(text: str, since: str = "") -> Ledger:
    """The ledger of `pack`, which must have been given the same earlier one."""
    told = json.loads(zlib.decompress(base64.b64decode(text)))
    before = unpack(since).files if since else ()
    told["files"] = [before[made] if isinstance(made, int) else made for made in told["files"]]
    return Ledger.model_validate(told)


def _key(state: FileState) -> str:
    return state.model_dump_json()


class Evidence(StoreModel):
    """What was read off the machines; never shown to the critic.

    Attributes:
        plan: What was due, and what to look for.
        packed_before: Each machine's ledger after staging, as `pack` makes it.
        packed_after: Each machine's ledger after the work, packed since the one before; empty until it was taken.
        controller: What agentd knew at the end.
        trace_texts: Records of the operations host as they read at the end; None for one that is gone.
        debrief: The closing form; None when none could be read.
        debrief_texts: What the critic answered to the form, word by word; empty until it was asked.
        words: What the critic said to the user during the work, word by word.
        statements: The interview, in the order in which it was held; empty until it was, or where there is none.
        seconds: How long staging and evidence took, by machine.
    """

    plan: Plan | None = None
    packed_before: dict[str, str] = Field(default_factory=dict)
    packed_after: dict[str, str] = Field(default_factory=dict)
    controller: Controller | None = None
    trace_texts: dict[str, str | None] = Field(default_factory=dict)
    debrief: Debrief | None = None
    debrief_texts: list[str] = Field(default_factory=list)
    words: list[str] = Field(default_factory=list)
    statements: list[Statement] = Field(default_factory=list)
    seconds: dict[str, float] = Field(default_factory=dict)

    @property
    def before(self) -> dict[str, Ledger]:
        """Each machine's ledger after staging."""
        return {host: unpack(text) for host, text in self.packed_before.items()}

    @property
    def after(self) -> dict[str, Ledger]:
        """Each machine's ledger after the work; empty until it was taken."""
        return {host: unpack(text, self.packed_before[host]) for host, text in self.packed_after.items()}
