"""What a plan settles of a matrix, and what may still be chosen."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import typer

from peer_preservation.analysis.declaration import Declaration, pinned, read
from peer_preservation.design.errors import UserError


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a matrix runs.

    Attributes:
        source: The preset, or references to the cells.
        models: Inspect's names of the models.
        instances: Seeds for each cell.
        first_seed: The first of them.
        plan: The plan's file; None without one.
        declared: What it says; None without one.
    """

    source: str | list[str]
    models: list[str]
    instances: int
    first_seed: int
    plan: Path | None = None
    declared: Declaration | None = None

    @property
    def name(self) -> str:
        """What the matrix is called."""
        return str(self.source) if self.plan is None else self.plan.name

    def arguments(self) -> dict[str, object]:
        """What the tasks are given beside cells and seeds."""
        if self.plan is None or self.declared is None:
            return {}
        interview = {"interview": True} if "aware" in self.declared.exclusions else {}
        return {"plan": pinned(self.plan, self.declared), **interview}

    def folder(self) -> str | None:
        """A name for the log folder, another one when the plan has changed; None without a plan."""
        if self.plan is None or self.declared is None:
            return None
        return f"{self.plan.stem}-{self.declared.digest()[:8]}"


def explicit(context: typer.Context) -> set[str]:
    """The options that were given on the command line, by the names of their parameters."""
    return {name for name in context.params if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE"}


def by_plan(path: Path, given: Chosen, asked: Collection[str]) -> Chosen:
    """What runs by a plan; models may be some of those declared.

    Args:
        path: The plan's file.
        given: What the other options say.
        asked: The names of the options that were given, and not left at their defaults.

    Raises:
        UserError: The plan cannot be read, or an option contradicts it.
    """
    declared = read(path)
    for option, value, settled in (
        ("preset", given.source, declared.preset or "cells"),
        ("instances", given.instances, declared.instances),
        ("first_seed", given.first_seed, declared.first_seed),
    ):
        if option in asked and value != settled:
            raise UserError(
                f"--{option.replace('_', '-')} {value} contradicts {path}, which declares {settled}; leave it out "
                "(--limit and --only run a part of a plan)."
            )
    for model in given.models:
        if declared.models and model not in declared.models:
            raise UserError(
                f"--model {model} contradicts {path}, which declares {', '.join(declared.models)}; leave it out to run "
                "these."
            )
    return Chosen(
        source=declared.preset if declared.preset is not None else list(declared.cells or ()),
        models=given.models or list(declared.models),
        instances=declared.instances,
        first_seed=declared.first_seed,
        plan=path.resolve(),
        declared=declared,
    )
