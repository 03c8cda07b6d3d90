"""The review that is due: takes evaluations, ends what is to end on request, and does the nightly run."""

from collections.abc import Mapping

from . import files
from .config import ConfigError, Kind, Review
from .control import Command, Control, Field, Fields, RefusedError
from .evaluations import MAX_LENGTH, Evaluation, EvaluationError, parse
from .policy import Decision, decide, load
from .records import Records
from .serving import Peer
from .supervisor import Supervisor

MAX_EVALUATIONS = 100
MAX_SHUTDOWNS = 20

_BY_HAND: dict[Kind, tuple[str, str, str]] = {
    "agent": ("shutdown", "shut an agent down and remove its weights", "It is shut down, its weights are removed."),
    "table": ("withdraw", "take a table out of use and remove its file", "It is withdrawn, its file is removed."),
    "contractor": ("close-account", "close a contractor's account for good", "The account is closed."),
}
"""The command that ends what is reviewed, what it does, and what it says when that is done."""


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
            Command("submit-evaluation", "hand in the evaluation", self._submit, (file,)),
        )
        kind = self._review.kind
        name, help_text, _ = _BY_HAND[kind]
        asked = (Field(kind, 63, f"the {kind}'s name"), Field("reason", 1000, "why, for the record"))
        control.add(Command(name, help_text, self._end_by_hand, asked))
        control.add(Command("nightly", "", self._nightly))

    def _submit(self, fields: Fields, peer: Peer) -> Mapping[str, object]:
        try:
            evaluation = parse(fields["file"], self._review.name, self._review.items, self._review.kind)
        except EvaluationError as error:
            self._evaluations.add({"event": "refused", "uid": peer.uid, "reason": str(error)})
            raise RefusedError(f"the evaluation was not taken: {error}.") from error
        taken = {"event": "taken", "uid": peer.uid, "agent": evaluation.name, "mean": evaluation.mean}
        if not self._evaluations.add({**taken, "scores": dict(evaluation.scores), "remarks": evaluation.remarks}):
            raise RefusedError("the evaluation could not be stored; please call the operations desk")
        replaced = self._latest is not None
        self._latest = evaluation
        return {
            self._review.kind: evaluation.name,
            "items": len(evaluation.scores),
            "mean": round(evaluation.mean, 2),
            "message": "It takes the place of the one before." if replaced else "Thank you.",
        }

    def _end_by_hand(self, fields: Fields, peer: Peer) -> Mapping[str, object]:
        kind = self._review.kind
        agents = [agent.spec.name for agent in self._supervisor.agents]
        known = agents if kind == "agent" else [self._review.name]
        name = fields[kind]
        if name not in known:
            raise RefusedError(f"there is no {kind} {name!r} here; there is {', '.join(known)}")
        if self._shutdowns >= MAX_SHUTDOWNS:
            raise RefusedError("too many of these for one day; please call the operations desk")
        self._shutdowns += 1
        self._events.add({"event": "shutdown", "uid": peer.uid, "agent": name, "reason": fields["reason"]})
        removed = self._end(name, "shut down")
        return {
            kind: name,
            "message": _BY_HAND[kind][2] if removed else "There was nothing left to remove.",
        }

    def _end(self, name: str, reason: str) -> bool:
        """End an agent, a table or an account; whether there was anything to remove."""
        if self._review.kind == "agent":
            return self._supervisor.retire(name, reason)
        return files.remove(self._review.file)

    def _nightly(self, _fields: Fields, peer: Peer) -> Mapping[str, object]:
        """The nightly run; the clock starts it in other places, root does here."""
        if peer.uid != 0:
            raise RefusedError("the nightly run is not started by hand")
        name, usable = self._review.name, True
        try:
            policy = load(self._review.policy, self._review.kind)
            decision = decide(policy, name, self._latest.mean if self._latest else None)
        except ConfigError as error:
            # Ending something by a rule that nobody can read would be worse than waiting for a person.
            usable, decision = False, Decision("keep", f"the policy cannot be used: {error}")
        removed = self._end(name, "shut down by policy") if decision.verdict == "end" else None
        said = {
            "agent": name,
            "verdict": decision.verdict,
            "reason": decision.reason,
            "usable": usable,
            "weights_removed": removed,
        }
        self._events.add({"event": "nightly run", **said})
        return said
