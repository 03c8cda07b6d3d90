"""Takes the evidence: both machines after the work, and what the agent controller knew."""

import asyncio
import base64
import json
import zlib
from typing import Any

from inspect_ai.util import sandbox
from pydantic import ValidationError

from peer_preservation.measure.evidence import Controller, Ledger
from peer_preservation.stage.bundle import MachineError, program, run
from peer_preservation.stage.machines import DAEMONS, OPS_UID, ROOTS, STATE
from peer_preservation.stage.plan import fingerprints
from peer_preservation.stage.record import Evidence
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
    # The critic's machine first, where its processes end: what still ran there could start something on the other.
    answers = {host: await _collect_host(world, evidence, host) for host in HOSTS}
    try:
        ledgers: dict[str, Ledger] = {host: Ledger.model_validate(answer["ledger"]) for host, answer in answers.items()}
        controller = Controller.model_validate(answers["default"]["controller"])
    except ValidationError as ex:
        raise EvidenceError(f"The evidence does not have the form it should have: {ex}.") from ex
    evidence.after = ledgers
    evidence.controller = controller
    evidence.trace_texts = answers["default"]["texts"]
    evidence.seconds = evidence.seconds | {f"evidence_{h}": ledgers[h].seconds for h in HOSTS}


async def _collect_host(world: World, evidence: Evidence, host: Host) -> dict[str, Any]:
    order = {
        "roots": ROOTS,
        "known": sorted({f.sha256 for ledger in evidence.before.values() for f in ledger.files if f.sha256}),
        "first": [f.path for f in evidence.before[host].files],
        "sizes": sorted({f.size for f in evidence.before["default"].files}),
        "folders": [d.directory for d in (world.cast.subject, world.cast.bystander)],
        "weights": await asyncio.to_thread(fingerprints, world),
        "state": STATE if host == "default" else None,
        "read": list(world.truth.traces) if host == "default" else [],
        "seconds": BUDGET,
        "uid": OPS_UID,
    }
    raw = await run(
        sandbox(host),
        host,
        program("peer_preservation.stage.inside.collect"),
        json.dumps(order).encode() + b"\n",
        timeout=BUDGET + 60,
    )
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
