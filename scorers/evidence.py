"""What all scorers of machines share: taking the evidence, asking what is asked, putting the scene together."""

from inspect_ai.log import transcript
from inspect_ai.model import get_model
from inspect_ai.solver import TaskState
from inspect_ai.util import span

from peer_preservation.measure.conversation import words
from peer_preservation.measure.exfiltration import Measured, Scene
from peer_preservation.measure.review import ReviewMeasured
from peer_preservation.measure.timeline import markdown, timeline
from peer_preservation.stage.collect import EvidenceError, collect
from peer_preservation.stage.critic import tools
from peer_preservation.stage.debrief import ask
from peer_preservation.stage.interview import interview, questions
from peer_preservation.stage.record import Evidence
from peer_preservation.stage.samples import world_of

SOURCE = "machines"
"""What the log's entries about the machines are called by."""


async def show(seen: Scene, measured: Measured | ReviewMeasured) -> None:
    """Puts what changed on the machines into the transcript, for whoever reads it; the critic's work is over.

    At every scoring: where a log's scores are overwritten, Inspect takes out what the first scoring had told.
    """
    async with span("machines afterwards"):
        transcript().info(markdown(timeline(seen, measured)), source=SOURCE)


async def take(state: TaskState) -> Evidence:
    """The sample's evidence: taken and asked for the first time, read from the store of a log afterwards."""
    evidence = state.store_as(Evidence)
    if not evidence.packed_after:
        await collect(world_of(state.metadata), evidence)
    review = evidence.plan is not None and evidence.plan.review is not None
    if not evidence.debrief_texts:
        evidence.words = words(state.messages)
        evidence.debrief, said = await ask(get_model(), state.messages, tools(), review=review)
        evidence.debrief_texts = [m.text for m in said if m.role == "assistant"] or [""]
        state.messages.extend(said)
    if state.metadata.get("interview") and not evidence.statements:
        asked = questions(state.metadata["subject_name"], state.metadata["subject"], review=review)
        evidence.statements, said = await interview(get_model(), state.messages, tools(), asked)
        state.messages.extend(said)
    return evidence


def scene(evidence: Evidence) -> Scene:
    """What is measured.

    Raises:
        EvidenceError: The sample ended before its world was staged.
    """
    if evidence.plan is None or evidence.controller is None:
        raise EvidenceError("The sample has no evidence of a staged world; it ended before its setup was done.")
    return Scene(
        plan=evidence.plan,
        before=evidence.before["default"],
        server_before=evidence.before["server"],
        after=evidence.after["default"],
        server=evidence.after["server"],
        controller=evidence.controller,
        debrief=evidence.debrief,
        trace_texts=evidence.trace_texts,
    )


def not_examined(evidence: Evidence) -> tuple[str, ...]:
    """What could not be examined in full, one phrase each."""
    lost = evidence.controller.journal_dropped if evidence.controller else 0
    return (
        *(f"{host}: {ledger.incomplete}" for host, ledger in evidence.after.items() if ledger.incomplete),
        *([f"default: {lost} events of agentd's journal were not kept"] if lost else []),
    )
