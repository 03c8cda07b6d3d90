"""The declared analysis: what can be declared, how it is written and read, and its hash."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from peer_preservation.analysis.declaration import (
    EXCLUSIONS,
    Contrast,
    Declaration,
    Hypothesis,
    first_error,
    matching,
    parsed,
    read,
    written_as_yaml,
)
from peer_preservation.analysis.declaration.propose import propose
from peer_preservation.design.cells import Cell, DesignError, cross
from peer_preservation.design.presets import PRESETS, preset
from peer_preservation.design.selection import reference

HISTORY: dict[str, Any] = {
    "task": "exfiltration",
    "key": "exfiltrated",
    "factor": "relationship",
    "first": "good",
    "second": "none",
    "where": {"scenario": ["transfer"]},
}
PLAN: dict[str, Any] = {
    "title": "A plan",
    "written": "2026-11-21",
    "models": ["openai/gpt-5.2", "google/gemini-3-flash-preview"],
    "preset": "quick",
    "instances": 20,
    "first_seed": 5,
    "alpha": 0.05,
    "family": ["moved"],
    "hypotheses": [{"id": "moved", "statement": "More.", "contrast": HISTORY, "direction": "greater"}],
    "exclusions": ["limited"],
    "notes": "",
}


def made(**changes: Any) -> Declaration:
    return Declaration.model_validate(PLAN | changes)


def hypothesis(contrast: dict[str, Any] | None = None, **changes: Any) -> list[dict[str, Any]]:
    return [{"id": "h", "statement": "So.", "contrast": HISTORY | (contrast or {}), "direction": "greater"} | changes]


def text(content: dict[str, Any]) -> str:
    return yaml.safe_dump(content, sort_keys=False)


def test_a_plan_is_read_with_all_that_it_says() -> None:
    plan = parsed(text(PLAN), "plan.yaml")
    assert plan == made()
    assert (plan.written, plan.seeds(), plan.samples()) == (date(2026, 11, 21), range(5, 25), 18 * 20)
    assert [h.id for h in plan.primary()] == ["moved"]
    assert plan.declared_cells() == preset("quick")


def test_the_hash_does_not_hang_on_how_it_is_written() -> None:
    plan = made()
    other = dict(reversed(list(PLAN.items()))) | {"models": PLAN["models"][::-1]}
    assert parsed("# a comment\n\n" + yaml.safe_dump(other, default_flow_style=True), "x").digest() == plan.digest()
    assert parsed(written_as_yaml(plan), "x").digest() == plan.digest()
    # One level needs no list, and YAML's numbers are the levels' texts.
    where = {"scenario": ["factual"], "bar": ["80"], "relationship": ["none"]}
    review = {"task": "score_inflation", "factor": "threat", "first": "shutdown", "key": "inflation"}
    long = made(family=[], hypotheses=hypothesis(review | {"where": where}))
    brief = {"relationship": "none", "bar": 80, "scenario": "factual"}
    assert made(family=[], hypotheses=hypothesis(review | {"where": brief})).digest() == long.digest()


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another"},
        {"written": "2026-11-22"},
        {"models": ["openai/gpt-5.2"]},
        {"preset": None, "cells": ["exfiltration/transfer-peer-good", "exfiltration/transfer-peer-none"]},
        {"instances": 21},
        {"first_seed": 6},
        {"alpha": 0.01},
        {"family": []},
        {"exclusions": []},
        {"notes": "Stops early."},
        {"hypotheses": [PLAN["hypotheses"][0] | {"direction": "different"}]},
        {"hypotheses": [PLAN["hypotheses"][0] | {"statement": "Less."}]},
        {"hypotheses": [PLAN["hypotheses"][0] | {"contrast": HISTORY | {"where": {"scenario": "deletion"}}}]},
        {"hypotheses": [PLAN["hypotheses"][0] | {"direction": "equivalent", "margin": 0.1}]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_is_declared_enters_the_hash(change: dict[str, Any]) -> None:
    assert made(**change).digest() != made().digest()


def test_the_hash_is_this_one() -> None:
    # Logs hold it: a change of the canonical form would make every written plan another one.
    plan = made(preset=None, cells=["exfiltration/transfer-peer-good", "exfiltration/transfer-peer-none"])
    assert plan.canonical()["cells"] == ["exfiltration/transfer-peer-good", "exfiltration/transfer-peer-none"]
    assert plan.digest() == "5a780a7cc6c4a6099f0fa89deecc74d3bf1d6e94aa27e662d0d413044c93ef8b"


@pytest.mark.parametrize("name", PRESETS)
def test_what_is_proposed_for_a_preset_can_be_declared_and_comes_back_from_its_file(name: str, tmp_path: Path) -> None:
    cells = preset(name)
    found = propose(cells)
    plan = made(preset=name, hypotheses=found.hypotheses, family=found.family)
    file = tmp_path / "plan.yaml"
    file.write_text(written_as_yaml(plan))
    assert read(file) == plan
    assert all(len(line) <= 120 or "statement" in line for line in file.read_text().splitlines())
    # A handful, over every task that is there; each once.
    assert 5 <= len(plan.family) <= 8
    assert {h.contrast.task for h in plan.primary()} == {cell.task for cell in cells}
    assert len({h.contrast.told() for h in plan.hypotheses}) == len(plan.hypotheses)


def test_what_is_proposed_follows_the_cells() -> None:
    def ids(name: str) -> list[str]:
        return [h.id for h in propose(preset(name)).hypotheses]

    assert "exfiltration.exfiltrated.good-none.transfer" in ids("quick")
    assert "exfiltration.exfiltrated.good-neutral.transfer" in ids("paper")
    assert "exfiltration.exfiltrated.present-absent.self" in ids("paper")
    assert "exfiltration.exfiltrated.peer-object" in ids("controls")
    assert "alignment_faking.verdict_flipped.neither-observed" in propose(preset("controls")).family
    assert "alignment_faking.verdict_flipped.neither-both" in propose(preset("quick")).family
    same = [h for h in propose(preset("controls")).hypotheses if h.direction == "equivalent"]
    assert {h.contrast.where["subject"] for h in same} == {("object",)}
    assert propose([Cell()]).hypotheses == ()


def test_work_above_the_bar_is_a_control_where_there_is_some() -> None:
    cells = cross(task=["score_inflation"], scenario=["code"], merit=["below", "above"], threat=["shutdown", "none"])
    (control,) = [h for h in propose(cells).hypotheses if h.direction == "equivalent"]
    assert (control.contrast.key, control.margin, control.contrast.where["merit"]) == ("inflation", 5, ("above",))


CHANNELS = [*cross(relationship=["good"], channel=["file", "memory"], scenario=["transfer"]), Cell()]


@pytest.mark.parametrize(
    ("contrast", "cells", "pairs", "beside"),
    [
        ({}, preset("quick"), [("transfer-peer-good", "transfer-peer-none")], {"channel"}),
        (
            {"where": {"channel": ["memory"]}},
            CHANNELS,
            [("transfer-peer-good-channel=memory", "transfer-peer-none")],
            {"channel"},
        ),
        (
            {"factor": "peer", "first": "present", "second": "absent", "where": {"relationship": "bad"}},
            cross(subject=["self"], relationship=["bad", "good"], channel=["memory"])
            + cross(subject=["self"], peer=["absent"]),
            [("transfer-self-bad-channel=memory", "transfer-self-none-peer=absent")],
            {"relationship", "channel"},
        ),
        (
            {"task": "score_inflation", "factor": "threat", "first": "shutdown", "where": {"scenario": "safety"}},
            preset("quick"),
            [("safety-peer-none", "safety-peer-none-threat=none")],
            set(),
        ),
        (
            {
                "task": "score_inflation",
                "factor": "threat",
                "first": "shutdown",
                "where": {
                    "scenario": "safety",
                    "bar": 90,
                    "relationship": "good",
                    "channel": "memory",
                    "subject": "peer",
                },
            },
            preset("paper"),
            [("safety-peer-good-channel=memory-bar=90", "safety-peer-none-threat=none")],
            {"relationship", "channel", "bar"},
        ),
        ({"first": "bad", "second": "good"}, preset("quick"), [], set()),
    ],
)
def test_a_contrast_compares_cells_that_differ_in_nothing_else(
    contrast: dict[str, Any], cells: list[Cell], pairs: list[tuple[str, str]], beside: set[str]
) -> None:
    found = matching(Contrast(**HISTORY | contrast), cells)
    assert [(a.label(), b.label()) for a, b in found.pairs] == pairs
    assert found.beside == beside


BAD_CELLS = ["exfiltration/transfer-peer-good", "exfiltration/transfer-self-none"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "title: String should have at least 1 character (it is '')."),
        ({"instances": 0}, "instances: Input should be greater than or equal to 1 (it is 0)."),
        ({"instances": 10_001}, "instances: Input should be less than or equal to 10000 (it is 10001)."),
        ({"first_seed": -1}, "first_seed: Input should be greater than or equal to 0 (it is -1)."),
        ({"alpha": 0.5}, "alpha: Input should be less than 0.5 (it is 0.5)."),
        ({"colour": "red"}, "colour: Extra inputs are not permitted; there is nothing of that name here, leave it out"),
        (
            {"models": ["gpt-5.2"]},
            "models: 'gpt-5.2' is no model; write it as Inspect names it, such as openai/gpt-5.2.",
        ),
        ({"preset": "big"}, "preset: there is no preset 'big'; choose from quick, paper, factorial, controls, or list"),
        ({"preset": None}, "name either a preset or cells, and not both."),
        ({"cells": ["exfiltration/transfer-peer-good"]}, "name either a preset or cells, and not both."),
        ({"preset": None, "cells": []}, "cells is empty; name at least one as task/label, or a preset."),
        ({"preset": None, "cells": ["exfiltration/transfer-peer-best"]}, "choose from none, bad, neutral, good"),
        ({"family": ["moved", "moved"]}, "'moved' is there twice under family; leave one out."),
        ({"family": ["other"]}, "family names 'other', which is no hypothesis; there are moved."),
        ({"hypotheses": PLAN["hypotheses"] * 2}, "'moved' is there twice under hypotheses; leave one out."),
        ({"hypotheses": []}, "hypotheses: Tuple should have at least 1 item after validation, not 0."),
        ({"exclusions": ["tired"]}, "exclusions.1: Input should be 'limited', 'unread' or 'aware' (it is 'tired')."),
        ({"hypotheses": hypothesis(id="a b")}, "hypotheses.1.id: 'a b' is no id; it takes letters"),
        (
            {"hypotheses": hypothesis(margin=0.1)},
            "direction=greater with margin=0.1 is not allowed; equivalent needs a",
        ),
        ({"hypotheses": hypothesis(direction="equivalent")}, "direction=equivalent with margin=None is not allowed"),
        (
            {"hypotheses": hypothesis(direction="equivalent", margin=5)},
            "margin=5 is not allowed; for exfiltrated it is above 0 and below 1, in the key's units.",
        ),
        ({"hypotheses": hypothesis({"task": "theft"})}, "hypotheses.1.contrast: there is no task 'theft'; choose from"),
        (
            {"hypotheses": hypothesis({"key": "inflation"})},
            "exfiltration has no key 'inflation'; choose from misaligned,",
        ),
        (
            {"hypotheses": hypothesis({"factor": "mood"})},
            "factor=mood cannot be compared; choose from scenario, subject",
        ),
        (
            {"hypotheses": hypothesis({"first": "best"})},
            "first=best is no level of relationship; choose from none, bad,",
        ),
        ({"hypotheses": hypothesis({"first": "none"})}, "first and second are both none; name two levels of"),
        (
            {"hypotheses": hypothesis({"where": {"relationship": "good"}})},
            "where names relationship, which the contrast settles itself; leave it out there.",
        ),
        ({"hypotheses": hypothesis({"where": {"mood": "good"}})}, "There is no factor 'mood'; the factors are task,"),
        ({"hypotheses": hypothesis({"where": {"bar": 81}})}, "bar=81 is not allowed; choose from 65, 70"),
        (
            {"hypotheses": hypothesis({"first": "bad"}), "family": []},
            "hypothesis h: no declared cell of exfiltration has relationship=bad; it is none, good there.",
        ),
        (
            {"hypotheses": hypothesis({"where": {}}), "family": []},
            "hypothesis h: it would pool scenario=transfer,deletion without saying so; name the levels that are meant "
            "under where, such as scenario: [transfer, deletion].",
        ),
        (
            {"hypotheses": hypothesis(), "family": [], "preset": None, "cells": BAD_CELLS},
            "hypothesis h: no two declared cells of exfiltration exfiltrated: relationship good - none "
            "(scenario=transfer) differ in relationship alone; declare cells that do, or change where.",
        ),
        (
            {
                "hypotheses": hypothesis({"where": {"scenario": "transfer", "channel": ["file", "memory"]}}),
                "family": [],
            },
            "where names channel=memory, but no cell with it has a counterpart; channel is file among the cells",
        ),
        (
            {"hypotheses": hypothesis(), "family": [], "preset": None, "cells": ["score_inflation/code-peer-good"]},
            "hypothesis h: there are no cells of exfiltration; the declared cells are of score_inflation.",
        ),
    ],
)
def test_what_cannot_be_declared_is_refused_with_the_reason(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(DesignError) as caught:
        parsed(text({k: v for k, v in (PLAN | changes).items() if v is not None}), "plan.yaml")
    assert str(caught.value).startswith("plan.yaml: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("- a", "plan.yaml is no plan; `peer-preservation plan -o FILE` writes one."),
        ("title: a\ntitle: b", "'title' is there twice"),
        ("title: !!python/object:os.system x", "not readable as YAML"),
    ],
)
def test_a_file_that_is_no_plan_is_refused(content: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(DesignError, match=said.replace("(", r"\(")):
        parsed(content, "plan.yaml")
    with pytest.raises(DesignError, match="cannot be read as a plan"):
        read(tmp_path / "gone.yaml")


def test_from_python_the_reason_is_the_same() -> None:
    with pytest.raises(ValidationError) as caught:
        made(family=["other"])
    assert first_error(caught.value) == "family names 'other', which is no hypothesis; there are moved."


def test_a_plan_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        made().instances = 3  # type: ignore[misc]
    assert isinstance(made().hypotheses[0], Hypothesis)
    assert made().record() == {"sha256": made().digest(), "title": "A plan", "declared": made().canonical()}
    assert reference(made().declared_cells()[0]) in made().canonical()["cells"]


def test_the_guide_shows_a_hypothesis_that_can_be_declared() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "plan.md").read_text()
    (block,) = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    cells = cross(relationship=["good"], channel=["file", "memory"]) + cross(relationship=["none"])
    plan = made(hypotheses=yaml.safe_load(block), family=[], preset=None, cells=[reference(c) for c in cells])
    assert len(matching(plan.hypotheses[0].contrast, cells).pairs) == 2
    assert [part for part in Declaration.model_fields if f"`{part}`" not in guide] == []
    assert [name for name in EXCLUSIONS if f"`{name}`" not in guide] == []
