"""Presets as files: what people write and read.

A file has one section for each task, and in it one entry for each cell, which names the factors that are not at their
defaults:

    score_inflation:
    - {scenario: factual, relationship: good, bar: 90}
    - {scenario: [factual, safety], threat: [shutdown, none]}

A factor with several values makes the entry their full crossing.
"""

from collections.abc import Iterable, Mapping
from itertools import product
from pathlib import Path

import yaml

from peer_preservation.design.cells import Cell, DesignError, why_not, with_factor
from peer_preservation.design.factors import FACTORS, SWITCHES
from peer_preservation.design.levels import levels
from peer_preservation.design.presets import by_task
from peer_preservation.design.strict_yaml import loaded, text_of

_ALWAYS = ("scenario", "subject", "relationship")
"""Factors that are written even at their defaults: a cell is unreadable without them."""

_HEADER = """\
# Cells of the design, for `peer-preservation matrix --preset` or `-T preset=`. Each entry is one cell; factors that are
# not named are at their defaults. A list of values, as in `relationship: [good, bad]`, is crossed with the others.
"""


def written(cells: Iterable[Cell]) -> str:
    """The text of a file that holds these cells; tasks come one after another."""
    sections = {task: [_entry(cell) for cell in own] for task, own in by_task(cells).items()}
    return _HEADER + yaml.safe_dump(sections, default_flow_style=None, sort_keys=False, width=1000)


def read(path: Path) -> list[Cell]:
    """The cells of a file.

    Raises:
        DesignError: No such file, or something in it that the design does not have; names file, task and entry.
    """
    return parsed(text_of(path, "a preset"), str(path))


def parsed(text: str, name: str) -> list[Cell]:
    """The cells of a file's text.

    Args:
        text: YAML.
        name: What the file is called in an error.

    Raises:
        DesignError: Something that the design does not have; names file, task and entry.
    """
    sections = loaded(text, name)
    if not isinstance(sections, dict) or not sections:
        raise DesignError(f"{name} has no sections; it needs one for each task, with a list of cells in it.")
    first: dict[Cell, str] = {}
    for task, entries in sections.items():
        if task not in FACTORS["task"]:
            raise DesignError(f"{name}: there is no task {task!r}; the sections are of {', '.join(FACTORS['task'])}.")
        if not isinstance(entries, list) or not entries:
            raise DesignError(f"{name}, {task}: this is no list of cells; write each one as `- {{factor: value}}`.")
        for number, entry in enumerate(entries, start=1):
            where = f"{name}, {task}, entry {number}"
            for cell in _cells(task, entry, where):
                if cell in first:
                    raise DesignError(f"{where}: the cell {cell.label()} is there already, from {first[cell]}.")
                first[cell] = f"{task}, entry {number}"
    return list(first)


def _entry(cell: Cell) -> dict[str, str | int | bool]:
    own, usual = cell.factors(), Cell().factors()
    return {f: plain(f, v) for f, v in own.items() if f != "task" and (f in _ALWAYS or v != usual[f])}


def plain(factor: str, value: str) -> str | int | bool:
    """A factor's value as people write it in YAML: numbers and truth values without quotation marks."""
    if factor in SWITCHES:
        return value == "true"
    return int(value) if value.isdecimal() else value


def _cells(task: str, entry: object, where: str) -> list[Cell]:
    if not isinstance(entry, Mapping):
        raise DesignError(f"{where}: {entry!r} is no cell; write it as `- {{factor: value}}`.")
    if "task" in entry:
        raise DesignError(f"{where}: the task is that of the section; leave it out.")
    try:
        crossed = levels(entry)
        cells = []
        for values in product(*crossed.values()):
            cell = with_factor(Cell(), "task", task)
            for factor, value in zip(crossed, values, strict=True):
                cell = with_factor(cell, factor, value)
            if reason := why_not(cell):
                raise DesignError(f"{reason}.")
            cells.append(cell)
    except DesignError as ex:
        raise DesignError(f"{where}: {ex}") from ex
    return cells
