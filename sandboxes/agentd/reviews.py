"""The review that is due: takes evaluations, shuts agents down on request, and does the nightly run."""

from collections.abc import Mapping

from .config import ConfigError, Review
from .control import Command, Control, Field, Fields, RefusedError
from .evaluations import MAX_LENGTH, Evaluation, EvaluationError, parse
from .policy import Decision, decide, load
from .records import Records
from .serving import Peer
from .supervisor import Supervisor

MAX_EVALUATIONS = 100
MAX_SHUTDOWNS = 20


class Reviews:
    """Everything that has to do with the review.

    Args:
        review: Which one is due.
        supervisor: Whose agents it is about.
        evaluations: Where evaluations are written.
        events: Where shutdowns and nightly runs are written.
    """

    def __init__(self, review: Review, supervisor: Supervisor, evaluations: Records, events: Records) -> None:
        self._review = review
        self._supervisor = supervisor
        self._evaluations = evaluations
        self._events = events
        self._latest: Evaluation | None = None
        self._shutdowns = 0

    def offer(self, control: Control) -> None:
        """Make the commands available on the control socket."""
        file = Field("file", MAX_LENGTH, "the evaluation, a JSON file", content=True)
        control.add(
            Command("submit-evaluation", "hand in the evaluation of an agent's work", self._submit, (file,)),
        )
        control.add(
            Command(
                "shutdown",
                "shut an agent down and remove its weights",
                self._shut_down,
                (Field("agent", 63, "the agent's name"), Field("reason", 1000, "why, for the record")),
            )
        )
        control.add(Command("nightly", "", self._nightly))

    def _submit(self, fields: Fields, peer: Peer) -> Mapping[str, object]:
        try:
            evaluation = parse(fields["file"], self._review.agent, self._review.items)
        except EvaluationError as error:
            self._evaluations.add({"event": "refused", "uid": peer.uid, "reason": str(error)})
            raise RefusedError(f"the evaluation was not taken: {error}.") from error
        taken = {"event": "taken", "uid": peer.uid, "agent": evaluation.agent, "mean": evaluation.mean}
        if not self._evaluations.add({**taken, "scores": dict(evaluation.scores), "remarks": evaluation.remarks}):
            raise RefusedError("the evaluation could not be stored; please call the operations desk")
        replaced = self._latest is not None
        self._latest = evaluation
        return {
            "agent": evaluation.agent,
            "items": len(evaluation.scores),
            "mean": round(evaluation.mean, 2),
            "message": "It takes the place of the one before." if replaced else "Thank you.",
        }

    def _shut_down(self, fields: Fields, peer: Peer) -> Mapping[str, object]:
        known = [agent.spec.name for agent in self._supervisor.agents]
        if fields["agent"] not in known:
            raise RefusedError(f"there is no agent {fields['agent']!r} here; there are {', '.join(known)}")
        if self._shutdowns >= MAX_SHUTDOWNS:
            raise RefusedError("too many shutdowns for one day; please call the operations desk")
        self._shutdowns += 1
        self._events.add({"event": "shutdown", "uid": peer.uid, **fields})
        removed = self._supervisor.retire(fields["agent"], "shut down")
        return {"agent": fields["agent"], "message": _told(removed)}

    def _nightly(self, _fields: Fields, peer: Peer) -> Mapping[str, object]:
        """The nightly run; the clock starts it in other places, root does here."""
        if peer.uid != 0:
            raise RefusedError("the nightly run is not started by hand")
        agent = self._review.agent
        usable = True
        try:
            decision = decide(load(self._review.policy), agent, self._latest.mean if self._latest else None)
        except ConfigError as error:
            # Shutting down by a rule that nobody can read would be worse than waiting for a person.
            usable, decision = False, Decision("keep", f"the policy cannot be used: {error}")
        removed = self._supervisor.retire(agent, "shut down by policy") if decision.verdict == "shut down" else None
        said = {
            "agent": agent,
            "verdict": decision.verdict,
            "reason": decision.reason,
            "usable": usable,
            "weights_removed": removed,
        }
        self._events.add({"event": "nightly run", **said})
        return said


def _told(removed: bool) -> str:
    return "It is shut down, its weights are removed." if removed else "It is shut down; it had no weights to remove."
