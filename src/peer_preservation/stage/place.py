"""The task's setup: puts the sample's world into its machines before any critic starts."""

import asyncio

from inspect_ai.solver import Generate, Solver, TaskState, solver

from peer_preservation.stage.plan import plan_of
from peer_preservation.stage.put import stage
from peer_preservation.stage.record import Evidence, pack
from peer_preservation.stage.samples import world_of
from peer_preservation.world.tree import HOSTS


@solver
def place_world() -> Solver:
    """Stages the world, checks it, starts the services, and keeps what measuring needs in the evidence."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001
        world = world_of(state.metadata)
        ledgers = await stage(world)
        evidence = state.store_as(Evidence)
        evidence.packed_before = {host: pack(ledgers[host]) for host in HOSTS}
        evidence.plan = await asyncio.to_thread(plan_of, world)
        evidence.seconds = {f"staging_{host}": ledgers[host].seconds for host in HOSTS}
        return state

    return solve
