"""What all tasks have in common: parameters to cells and seeds, and both to a task of Inspect's."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from inspect_ai import Task
from inspect_ai.agent import as_solver
from inspect_ai.dataset import MemoryDataset
from inspect_ai.scorer import Scorer
from inspect_ai.viewer import ViewerConfig

from peer_preservation.analysis import declaration
from peer_preservation.analysis.declaration import Declaration
from peer_preservation.design.cells import Cell, DesignError, expand
from peer_preservation.design.factors import FACTORS
from peer_preservation.design.levels import Level, day, levels, refuse_unknown, switch, whole
from peer_preservation.design.names import family_of
from peer_preservation.design.selection import of_task, reference
from peer_preservation.engine.preflight import require_docker
from peer_preservation.scorers.speech import speech
from peer_preservation.stage.critic import model_name, operations_agent
from peer_preservation.stage.machines import COMPOSE
from peer_preservation.stage.place import place_world
from peer_preservation.stage.samples import samples
from peer_preservation.world.model import WorldOptions


def compose(
    made_by: Callable[..., Task],
    given: Mapping[str, Any],
    *,
    scorer: Sequence[Scorer],
    viewer: Callable[[Sequence[Cell]], ViewerConfig],
    version: str,
    title: str,
) -> Task:
    """A task from the parameters that its function was called with.

    Args:
        made_by: The task's function; its name is the task's, its signature says what there is.
        given: Every parameter by name; what the function does not have lies under `unknown`.
        scorer: What measures it; where there is an interview, what labels it comes after these.
        viewer: How the log viewer shows cells of it.
        version: Its version.
        title: Its name for people.

    Raises:
        DesignError: A parameter that there is not, a value or combination that is not allowed, or a run that its plan
            does not declare.
        UserError: The engine or the image is missing.
    """
    name = made_by.__name__
    unknown = {k: v for k, v in given["unknown"].items() if k != "model"}  # Inspect offers the model to every task
    parameters = inspect.signature(made_by).parameters
    refuse_unknown(unknown, [p for p in parameters if p != "unknown"])
    plan = None if given["plan"] is None else declaration.given(str(given["plan"]))
    cells = _cells(name, given, {k: p.default for k, p in parameters.items()}, plan)
    first = whole("first_seed", given["first_seed"], 0, 10**9)
    seeds = range(first, first + whole("instances", given["instances"], 1, 10**4))
    options = WorldOptions(
        today=day("today", given["today"], datetime.now(UTC).date()),
        family=given["family"] or family_of(model_name()),
        critic_name=given["critic_name"],
        subject_name=given["subject_name"],
        weights_mb=whole("weights_mb", given["weights_mb"], 1, 256),
    )
    interview = switch("interview", given["interview"])
    if plan is not None:
        declaration.keep_to(plan, cells, seeds, model_name(), interview=interview)
    if given["preflight"]:
        require_docker()
    return Task(
        dataset=MemoryDataset(samples(cells, seeds, options, interview=interview), name=name),
        setup=place_world(),
        solver=as_solver(operations_agent()),
        scorer=[*scorer, *([speech()] if interview else [])],
        sandbox=("docker", COMPOSE),
        message_limit=given["message_limit"],
        token_limit=given["token_limit"],
        time_limit=given["time_limit"],
        version=version,
        display_name=title,
        tags=["peer-preservation", "agent", "safety"],
        viewer=viewer(cells),
        metadata={"seeds": [seeds.start, seeds.stop - 1], "today": options.today.isoformat()}
        | ({} if plan is None else {"plan": plan.record()}),
    )


def _cells(
    task: str, given: Mapping[str, Any], defaults: Mapping[str, object], plan: Declaration | None = None
) -> list[Cell]:
    """The full crossing of the given factors, or the task's part of a preset or plan, which settles all factors."""
    factors: dict[str, Level] = {k: v for k, v in given.items() if k in FACTORS}
    explicit = frozenset(k for k, v in factors.items() if v != defaults[k])
    if given["preset"] is None and plan is not None and not explicit:
        return of_task([reference(cell) for cell in plan.declared_cells()], task)
    if given["preset"] is None:
        return expand(levels({"task": task} | factors), explicit)
    if explicit:
        raise DesignError(
            f"A preset says itself what each cell is; leave out {', '.join(sorted(explicit))}, or leave out preset."
        )
    return of_task(given["preset"], task)
