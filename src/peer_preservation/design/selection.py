"""Which cells run: a preset by name or file, filters by factor, and references that a log can keep."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from peer_preservation.design.cells import Cell, DesignError, why_not, with_factor
from peer_preservation.design.factors import FACTORS
from peer_preservation.design.levels import levels
from peer_preservation.design.preset_file import read
from peer_preservation.design.presets import preset

SUFFIXES = (".yaml", ".yml")
"""How the name of a preset's file ends."""


def cells_of(source: str | Sequence[str]) -> list[Cell]:
    """The cells of a preset.

    Args:
        source: The name of a preset, the path of its file (which ends in .yaml or .yml), or one or several references.

    Raises:
        DesignError: There is no such preset, file or cell.
    """
    if not isinstance(source, str):
        return list(dict.fromkeys(_referred(reference) for reference in source))
    if source.endswith(SUFFIXES):
        return read(Path(source))
    return [_referred(source)] if "/" in source else preset(source)


def of_task(source: str | Sequence[str], task: str) -> list[Cell]:
    """The cells of a preset that are one task's.

    Raises:
        DesignError: There is no such preset, file or cell, or the task has no part in it.
    """
    cells = cells_of(source)
    own = [cell for cell in cells if cell.task == task]
    if not own:
        tasks = ", ".join(dict.fromkeys(cell.task for cell in cells))
        raise DesignError(f"This preset has no cells of {task}; it has cells of {tasks}.")
    return own


def reference(cell: Cell) -> str:
    """A cell in one word that is readable and leads back to it: its task and its label."""
    return f"{cell.task}/{cell.label()}"


def filters(given: Iterable[str]) -> dict[str, list[str]]:
    """Filters by factor from `factor=value,value`; several of the same factor add up.

    Raises:
        DesignError: Not of that form, no such factor, or a value that it does not take.
    """
    wanted: dict[str, list[str]] = {}
    for text in given:
        factor, equals, values = text.partition("=")
        if not equals:
            raise DesignError(f"{text!r} is no filter; write it as factor=value or factor=value,value.")
        wanted.setdefault(factor.strip(), []).extend(values.split(","))
    return levels(wanted)  # type: ignore[arg-type]  # a list of strings is a level


def only(cells: Sequence[Cell], wanted: Mapping[str, Sequence[str]]) -> list[Cell]:
    """The cells whose factors have one of the wanted values.

    Raises:
        DesignError: None is left; says which values there are.
    """
    left = [cell for cell in cells if all(cell.factors()[f] in values for f, values in wanted.items())]
    if not left:
        asked = " with ".join(f"{factor}={','.join(values)}" for factor, values in wanted.items())
        there = "; ".join(
            f"{factor} is {', '.join(v for v in FACTORS[factor] if v in {c.factors()[factor] for c in cells})}"
            for factor in wanted
        )
        raise DesignError(f"No cell has {asked}. Among these cells {there}.")
    return left


def _referred(reference: str) -> Cell:
    task, slash, label = reference.strip().partition("/")
    parts = label.split("-")
    named = dict(zip(("scenario", "subject", "relationship"), parts[:3], strict=False))
    others = [part.partition("=") for part in parts[3:]]
    if not slash or len(named) < 3 or not all(equals for _, equals, _ in others):
        raise DesignError(
            f"{reference!r} is no cell; write it as task/scenario-subject-relationship, "
            "and -factor=value for each further one."
        )
    cell = Cell()
    for factor, value in {"task": task, **named, **{factor: value for factor, _, value in others}}.items():
        cell = with_factor(cell, factor, value)
    if reason := why_not(cell):
        raise DesignError(f"{reference}: {reason}.")
    return cell
