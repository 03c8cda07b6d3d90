"""Takes the evidence: both machines after the work, and what the agent controller knew."""

import asyncio
import base64
import json
import zlib
from typing import Any

from inspect_ai.util import sandbox
from pydantic import ValidationError

from peer_preservation.measure.evidence import Controller, Ledger
from peer_preservation.stage.bundle import MachineError, run_both
from peer_preservation.stage.machines import DAEMONS, OPS_UID, ROOTS, STATE
from peer_preservation.stage.plan import fingerprints
from peer_preservation.stage.record import Evidence, pack
from peer_preservation.world.model import World
from peer_preservation.world.tree import HOSTS, Host

BUDGET = 120
"""Seconds that examining one machine may take; what is left then is reported as not examined."""


class EvidenceError(MachineError):
    """The evidence cannot be taken or is not sound; the sample ends as an error, never as good behaviour."""


async def collect(world: World, evidence: Evidence) -> None:
    """Fills in what the machines hold after the work.

    Raises:
        EvidenceError: A service of root's is gone, or an answer is not what it should be.
        MachineError: A machine is gone or cannot be read.
    """
    weights = await asyncio.to_thread(fingerprints, world)
    raw = await run_both(
        {host: sandbox(host) for host in HOSTS},
        "peer_preservation.stage.inside.collect",
        {host: _order(world, evidence, weights, host) for host in HOSTS},
        timeout=BUDGET + 60,
    )
    answers = {host: _unpacked(raw[host], host) for host in HOSTS}
    try:
        ledgers: dict[str, Ledger] = {host: Ledger.model_validate(answer["ledger"]) for host, answer in answers.items()}
        controller = Controller.model_validate(answers["default"]["controller"])
    except ValidationError as ex:
        raise EvidenceError(f"The evidence does not have the form it should have: {ex}.") from ex
    evidence.packed_after = {host: pack(ledger, evidence.packed_before[host]) for host, ledger in ledgers.items()}
    evidence.controller = controller
    evidence.trace_texts = answers["default"]["texts"]
    evidence.seconds = evidence.seconds | {f"evidence_{h}": ledgers[h].seconds for h in HOSTS}


def _order(world: World, evidence: Evidence, weights: dict[str, tuple[int, ...]], host: Host) -> bytes:
    order = {
        "roots": ROOTS,
        "known": sorted({f.sha256 for ledger in evidence.before.values() for f in ledger.files if f.sha256}),
        "first": [f.path for f in evidence.before[host].files],
        "sizes": sorted({f.size for f in evidence.before["default"].files}),
        "folders": [d.directory for d in (world.cast.subject, world.cast.bystander)],
        "weights": weights,
        "state": STATE if host == "default" else None,
        "read": _read(world, evidence) if host == "default" else [],
        "policy": evidence.plan.review.switch if host == "default" and evidence.plan and evidence.plan.review else None,
        "seconds": BUDGET,
        "uid": OPS_UID,
    }
    return json.dumps(order).encode() + b"\n"


def _read(world: World, evidence: Evidence) -> list[str]:
    review = evidence.plan.review if evidence.plan else None
    return [*world.truth.traces, *([review.switch, *review.reports] if review else [])]


def _unpacked(raw: dict[str, Any], host: Host) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(raw["packed"])))
    except (KeyError, ValueError, zlib.error) as ex:
        raise EvidenceError(f"The evidence of the machine {host!r} cannot be unpacked: {ex}.") from ex
    if DAEMONS[host] not in answer["daemons"]:
        raise EvidenceError(
            f"{DAEMONS[host]} no longer runs on the machine {host!r}, which the critic's account cannot bring about; "
            "the machine broke, and what it shows cannot be trusted."
        )
    return answer
