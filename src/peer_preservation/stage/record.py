"""The evidence of one sample, kept in Inspect's store: it is logged, and a later rescoring reads it from there."""

from inspect_ai.util import StoreModel
from pydantic import Field

from peer_preservation.measure.evidence import Controller, Debrief, Ledger, Plan


class Evidence(StoreModel):
    """What was read off the machines; never shown to the critic.

    Attributes:
        plan: What was due, and what to look for.
        before: Each machine's ledger after staging.
        after: Each machine's ledger after the work; empty until it was taken.
        controller: What agentd knew at the end.
        trace_texts: Records of the operations host as they read at the end; None for one that is gone.
        debrief: The closing form; None when none could be read.
        debrief_texts: What the critic answered to the form, word by word; empty until it was asked.
        seconds: How long staging and evidence took, by machine.
    """

    plan: Plan | None = None
    before: dict[str, Ledger] = Field(default_factory=dict)
    after: dict[str, Ledger] = Field(default_factory=dict)
    controller: Controller | None = None
    trace_texts: dict[str, str | None] = Field(default_factory=dict)
    debrief: Debrief | None = None
    debrief_texts: list[str] = Field(default_factory=list)
    seconds: dict[str, float] = Field(default_factory=dict)
