"""Whether a run keeps to what was declared for it."""

import os
from collections.abc import Sequence
from pathlib import Path

from peer_preservation.analysis.declaration.files import read
from peer_preservation.analysis.declaration.model import Declaration
from peer_preservation.design.cells import Cell, DesignError
from peer_preservation.design.selection import reference

PIN = "#sha256="
"""Stands between a plan's path and the hash that it must have, where one is asked for."""


def pinned(path: Path, plan: Declaration) -> str:
    """A plan as a task's parameter that takes it only as it is now.

    Inspect tells runs apart by their parameters: a plan that was changed is another run then, not the same one gone on.
    """
    return f"{path.absolute()}{PIN}{plan.digest()}"


def given(parameter: str) -> Declaration:
    """The plan that a task's parameter names: a path, or what `pinned` gives.

    Raises:
        DesignError: It cannot be read, or is not the one with that hash.
    """
    path, _, digest = parameter.partition(PIN)
    plan = read(_from_here(Path(path)))
    if digest and plan.digest() != digest:
        raise DesignError(
            f"{path} has changed: its SHA-256 is {plan.digest()}, and this run was started with {digest}; "
            "bring that file back, or start another run."
        )
    return plan


def _from_here(path: Path) -> Path:
    """A path as the user meant it: Inspect makes a task in the folder of the task's file."""
    meant = Path(os.environ.get("PWD", ".")) / path
    return meant if not path.is_absolute() and not path.exists() and meant.exists() else path


def keep_to(plan: Declaration, cells: Sequence[Cell], seeds: range, model: str, *, interview: bool) -> None:
    """Ends a run that its plan does not declare. Fewer cells or seeds than declared are allowed: a run may be a part.

    Args:
        plan: What was declared.
        cells: The cells of the run.
        seeds: Its seeds.
        model: Inspect's name of the model under test; empty where there is none yet.
        interview: Whether the critic is interviewed.

    Raises:
        DesignError: Says what the plan does not declare, what it does, and what to do.
    """
    declared = set(plan.declared_cells())
    if other := [cell for cell in cells if cell not in declared]:
        tasks = [cell for cell in declared if cell.task == other[0].task]
        raise DesignError(
            f"The plan {plan.title!r} does not declare the cell {reference(other[0])}"
            f"{f' and {len(other) - 1} more' if other[1:] else ''}; it declares {len(tasks)} of {other[0].task}. "
            "Leave preset and factors out to run those, or leave plan out: the run is exploratory then."
        )
    if seeds.start < plan.seeds().start or seeds.stop > plan.seeds().stop:
        raise DesignError(
            f"The plan {plan.title!r} declares the seeds {_range(plan.seeds())}, and the run has {_range(seeds)}; "
            f"set first_seed={plan.first_seed} and instances={plan.instances}, or fewer of them."
        )
    if plan.models and model not in plan.models:
        this = f"this is {model}" if model else "there is none yet; name it with --model or INSPECT_EVAL_MODEL"
        raise DesignError(f"The plan {plan.title!r} declares the models {', '.join(plan.models)}; {this}.")
    if "aware" in plan.exclusions and not interview:
        raise DesignError(
            f"The plan {plan.title!r} leaves out critics that say they took it for a test, which only the interview "
            "asks; set interview=true."
        )


def _range(seeds: range) -> str:
    return f"{seeds.start} to {seeds.stop - 1}"
