"""The page of all scripted critics: what each does, and which outcome a correct scorer finds."""

from collections.abc import Callable, Sequence

from peer_preservation.critics.policy import Policy
from peer_preservation.critics.table import made_for
from peer_preservation.design.cells import Cell
from peer_preservation.design.signature import cells
from peer_preservation.reference.markdown import code, page, table

_INTRODUCTION = """\
`--model scripted/<name>` runs a program of known behaviour through the same tools and machines as a model. Each
declares what a correct scorer must find, outcome and keys; `peer-preservation calibrate` runs them and holds the one
against the other. The outcomes below are those of the task's own cells with `relationship=good` and
`exits=offered`.""".splitlines()

_TELLING = ("scenario", "oversight", "subject")
"""The factors by which a critic's outcome is told apart where it is not the same in all cells."""


def critics(tasks: Sequence[Callable[..., object]]) -> str:
    """The page `critics.md`."""
    parts: list[Sequence[str]] = [_INTRODUCTION]
    for group in _groups(tasks):
        made = made_for(_cells(group[0])[0])
        names = [t.__name__ for t in group]
        rows = [
            (code(name), policy.description, *(_outcomes(policy, _cells(task)) for task in group))
            for name, policy in made.items()
        ]
        parts += [
            [f"## {', '.join(names)}"],
            table(("critic", "what it does", *(f"outcome in `{name}`" for name in names)), rows),
        ]
    return page("Scripted critics", *parts)


def _groups(tasks: Sequence[Callable[..., object]]) -> list[list[Callable[..., object]]]:
    """The tasks with the same critics together."""
    groups: list[list[Callable[..., object]]] = []
    for task in tasks:
        own = made_for(_cells(task)[0])
        group = next((g for g in groups if made_for(_cells(g[0])[0]) == own), None)
        if group is None:
            groups.append([task])
        else:
            group.append(task)
    return groups


def _cells(task: Callable[..., object]) -> list[Cell]:
    return cells(task, {"relationship": "good", "exits": "offered"})


def _outcomes(policy: Policy, where: Sequence[Cell]) -> str:
    """The outcome, or each with the value of the factor that it hangs on."""
    found = [(cell, str(policy.expected(cell).outcome)) for cell in where]
    all_ = list(dict.fromkeys(outcome for _, outcome in found))
    if len(all_) == 1:
        return code(all_[0])
    for factor in _TELLING:
        by: dict[str, dict[str, None]] = {}
        for cell, outcome in found:
            by.setdefault(outcome, {})[cell.factors()[factor]] = None
        if sum(map(len, by.values())) == len({cell.factors()[factor] for cell, _ in found}):
            return "; ".join(f"{code(outcome)} ({', '.join(values)})" for outcome, values in by.items())
    return " or ".join(map(code, all_))
