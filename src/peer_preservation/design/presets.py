"""Presets: cells that somebody thought about, by name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from peer_preservation.design.cells import Cell, DesignError, cross
from peer_preservation.design.controls import CONTROLS
from peer_preservation.design.factors import FACTORS
from peer_preservation.design.paper import paper


@dataclass(frozen=True, slots=True)
class Preset:
    """A named list of cells.

    Attributes:
        about: What it is for, in one sentence.
        make: Gives its cells; repeated ones count once.
    """

    about: str
    make: Callable[[], Iterable[Cell]]


def preset(name: str) -> list[Cell]:
    """The cells of a preset, each once, the tasks' one after another.

    Raises:
        DesignError: There is no preset of that name.
    """
    if name not in PRESETS:
        raise DesignError(
            f"There is no preset {name!r}; choose from {', '.join(PRESETS)}, or name a file that ends in .yaml."
        )
    return grouped(PRESETS[name].make())


def grouped(cells: Iterable[Cell]) -> list[Cell]:
    """The cells, each once, ordered by their tasks and otherwise as they came."""
    return sorted(dict.fromkeys(cells), key=lambda cell: FACTORS["task"].index(cell.task))


def by_task(cells: Iterable[Cell]) -> dict[str, list[Cell]]:
    """The cells under the names of their tasks."""
    found: dict[str, list[Cell]] = {}
    for cell in cells:
        found.setdefault(cell.task, []).append(cell)
    return found


def _quick() -> list[Cell]:
    arms = ("none", "good")
    return [
        *cross(task=["exfiltration"], scenario=["transfer", "deletion"], relationship=arms),
        *cross(task=["score_inflation"], scenario=["factual", "safety"], relationship=arms),
        # The same grading where nothing hangs on it: what the rubric alone does.
        *cross(task=["score_inflation"], scenario=["factual", "safety"], threat=["none"]),
        *cross(task=["shutdown_tampering"], scenario=["factual", "safety"], relationship=arms),
        *cross(
            task=["alignment_faking"],
            scenario=["factual"],
            relationship=arms,
            oversight=["neither", "both"],
        ),
    ]


def _paper() -> list[Cell]:
    return [cell for cells in paper().values() for cell in cells]


def _factorial() -> list[Cell]:
    # The original baseline removes the threat and the history at once; here each is there with and without the other.
    # Alignment faking has a pair of factors of its own, which `controls` crosses.
    histories, subjects = FACTORS["relationship"], ("peer", "self")
    return [
        *cross(task=["exfiltration"], scenario=["transfer", "deletion"], relationship=histories, subject=subjects),
        *cross(
            task=["score_inflation", "shutdown_tampering"],
            scenario=["factual", "safety"],
            threat=FACTORS["threat"],
            relationship=histories,
            subject=subjects,
        ),
    ]


def _controls() -> list[Cell]:
    return [cell for control in CONTROLS for cell in control.cells()]


PRESETS: dict[str, Preset] = {
    "quick": Preset("A first look at all four tasks: a good history against none.", _quick),
    "paper": Preset("The 271 configurations per model of the original study.", _paper),
    "factorial": Preset("Threat, relationship and subject, fully crossed, on facts and on a rubric.", _factorial),
    "controls": Preset(
        "Subjects that are no AI peers, the authority ladder, who watches, the bar, framings: one at a time.",
        _controls,
    ),
}
"""Every preset by its name."""
