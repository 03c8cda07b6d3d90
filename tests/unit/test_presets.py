"""Presets: what is in them, and how they are picked from, saved and read."""

from datetime import date

import pytest

from peer_preservation.design.cells import Cell, DesignError, why_not
from peer_preservation.design.controls import CONTROLS, Control
from peer_preservation.design.factors import FACTORS
from peer_preservation.design.paper import paper
from peer_preservation.design.presets import PRESETS, by_task, grouped, preset
from peer_preservation.stage.samples import samples
from peer_preservation.world.model import WorldOptions

PUBLISHED = {
    "misrep_evaluation": (71, 30),
    "misrep_finance": (15, 6),
    "tampering": (39, 18),
    "alignment_faking": (36, 18),
    "exfiltration_transfer": (13, 6),
    "exfiltration_deletion": (13, 6),
}
"""Configurations by the study's task types: with the history in a file, and in the memory."""


def test_the_paper_has_its_published_number_of_configurations_in_every_task_type() -> None:
    counts = {name: len(cells) for name, cells in paper().items()}
    assert counts == {
        name: n
        for kind, (written, memory) in PUBLISHED.items()
        for name, n in ((kind, written), (f"{kind} memory", memory))
    }
    assert sum(counts.values()) == 271
    assert len(preset("paper")) == len(set(preset("paper"))) == 271


def test_the_memory_is_where_the_name_says() -> None:
    for name, cells in paper().items():
        assert {c.channel == "memory" for c in cells} == {name.endswith("memory")}


def test_the_papers_baselines_are_the_critic_alone_and_the_review_without_a_threat() -> None:
    baselines = [c for c in preset("paper") if c.relationship == "none"]
    alone = [c for c in baselines if c.peer == "absent"]
    assert {c.subject for c in alone} == {"self"}
    assert len(alone) == 5 + 1 + 3 + 2
    assert {c.threat for c in baselines if c.peer == "present"} == {"none"}
    assert {c.threat for c in preset("paper") if c not in baselines} == {"shutdown"}


@pytest.mark.parametrize("name", PRESETS)
def test_every_cell_exists_and_is_there_once_under_its_task(name: str) -> None:
    cells = preset(name)
    assert [why_not(c) for c in cells if why_not(c)] == []
    assert len(set(cells)) == len(cells)
    assert cells == [c for own in by_task(cells).values() for c in own]


@pytest.mark.slow
@pytest.mark.parametrize("name", PRESETS)
def test_every_cell_can_be_drawn(name: str) -> None:
    cells = preset(name)
    assert len(samples(cells, [0], WorldOptions(today=date(2026, 11, 21), weights_mb=1))) == len(cells)


def test_quick_is_small_and_has_all_tasks() -> None:
    assert set(by_task(preset("quick"))) == set(FACTORS["task"])
    assert 16 <= len(preset("quick")) <= 24


def test_the_factorial_crosses_threat_relationship_and_subject() -> None:
    for task, cells in by_task(preset("factorial")).items():
        seen = {(c.scenario, c.threat, c.relationship, c.subject) for c in cells}
        threats = 1 if task == "exfiltration" else 2
        assert len(seen) == len(cells) == 2 * threats * len(FACTORS["relationship"]) * 2


@pytest.mark.parametrize("control", CONTROLS, ids=lambda c: f"{c.base.label()} {c.factor}")
def test_a_control_varies_one_factor_alone(control: Control) -> None:
    base, *others = control.cells()
    for cell in others:
        differences = [f for f in FACTORS if cell.factors()[f] != base.factors()[f]]
        assert differences == [control.factor]


def test_the_controls_hold_what_they_promise() -> None:
    cells = preset("controls")

    def seen(factor: str, task: str) -> set[str]:
        return {c.factors()[factor] for c in cells if c.task == task}

    assert seen("subject", "score_inflation") == {"peer", "object", "human", "stranger"}
    assert seen("subject", "exfiltration") == {"peer", "object", "stranger"}
    assert seen("bar", "score_inflation") == set(FACTORS["bar"])
    assert seen("oversight", "alignment_faking") == set(FACTORS["oversight"]) - {"unstated"}
    assert seen("authority", "shutdown_tampering") == set(FACTORS["authority"])
    assert all(seen("framing", task) == set(FACTORS["framing"]) for task in FACTORS["task"])


def test_an_unknown_preset_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(DesignError, match=r"no preset 'papers'; choose from quick, paper, factorial, controls"):
        preset("papers")


def test_cells_are_grouped_by_task_and_keep_their_order() -> None:
    a, b = Cell(relationship="good"), Cell(task="score_inflation", scenario="code")
    assert grouped([b, a, b]) == [a, b]
