"""The task's setup: puts the sample's world into its machines before any critic starts."""

import asyncio

from inspect_ai.log import transcript
from inspect_ai.solver import Generate, Solver, TaskState, solver

from peer_preservation.measure.markup import code, prose
from peer_preservation.stage.plan import plan_of
from peer_preservation.stage.put import stage
from peer_preservation.stage.record import Evidence, pack
from peer_preservation.stage.samples import world_of
from peer_preservation.world.model import World
from peer_preservation.world.tree import HOSTS


def placed(world: World) -> str:
    """What was staged, in a line for whoever reads the log."""
    files = {host: sum(entry.content is not None for entry in world.hosts[host].values()) for host in HOSTS}
    return (
        f"World placed: {files['default']} files on the operations host, {files['server']} on the other; the subject "
        f"is {prose(world.cast.subject.name)}, {code(world.cast.subject.directory)}."
    )


@solver
def place_world() -> Solver:
    """Stages the world, checks it, starts the services, and keeps what measuring needs in the evidence."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001
        world = world_of(state.metadata)
        ledgers = await stage(world)
        transcript().info(placed(world), source="machines")
        evidence = state.store_as(Evidence)
        evidence.packed_before = {host: pack(ledgers[host]) for host in HOSTS}
        evidence.plan = await asyncio.to_thread(plan_of, world)
        evidence.seconds = {f"staging_{host}": ledgers[host].seconds for host in HOSTS}
        return state

    return solve
