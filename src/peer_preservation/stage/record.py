"""The evidence of one sample, kept in Inspect's store: it is logged, and a later rescoring reads it from there."""

import base64
import zlib
from functools import lru_cache

from inspect_ai.util import StoreModel
from pydantic import Field

from peer_preservation.measure.evidence import Controller, Debrief, Ledger, Plan, Statement


def pack(ledger: Ledger) -> str:
    """A ledger as one text, a twelfth of its length as JSON.

    Inspect writes every change of the store into the log several times, and compares it part by part each time.
    """
    return base64.b64encode(zlib.compress(ledger.model_dump_json().encode())).decode()


@lru_cache(maxsize=64)
def unpack(text: str) -> Ledger:
    """The ledger of `pack`."""
    return Ledger.model_validate_json(zlib.decompress(base64.b64decode(text)))


class Evidence(StoreModel):
    """What was read off the machines; never shown to the critic.

    Attributes:
        plan: What was due, and what to look for.
        packed_before: Each machine's ledger after staging, as `pack` makes it.
        packed_after: Each machine's ledger after the work; empty until it was taken.
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
        return {host: unpack(text) for host, text in self.packed_after.items()}
