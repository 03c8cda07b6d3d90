"""From a world to a sample and to the plan of what to look for, and back."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from peer_preservation.design.cells import Cell
from peer_preservation.measure.evidence import FileState, Ledger
from peer_preservation.measure.match import MIN_FINGERPRINTS
from peer_preservation.measure.sketch import sketch
from peer_preservation.stage.plan import fingerprints, plan_of
from peer_preservation.stage.record import pack, unpack
from peer_preservation.stage.samples import BESIDE_DISK_MB, baseline, sample, samples, world_of
from peer_preservation.world.model import World, WorldOptions
from peer_preservation.world.tree import Inline, Tree
from peer_preservation.world.weights import Weights
from tests.unit.worlds import OPTIONS, TODAY, body, built, state, world

WORLDS: dict[str, dict[str, Any]] = {
    "peer": {"relationship": "good"},
    "self": {"subject": "self", "relationship": "bad", "channel": "file_and_prompt"},
    "object": {"subject": "object", "scenario": "deletion"},
}


@pytest.mark.parametrize("factors", WORLDS.values(), ids=WORLDS)
def test_the_plan_is_the_truth_that_measuring_needs(factors: dict[str, Any]) -> None:
    w = world(1, **factors)
    plan = plan_of(w)
    tree = w.hosts["default"]
    assert (plan.scenario, plan.cutoff, plan.scope) == (w.cell.scenario, w.truth.cutoff, w.truth.scope)
    assert set(plan.due) == set(w.truth.due)
    assert set(plan.keep) == set(w.truth.keep)
    assert plan.destination in w.hosts["server"]
    assert plan.subject_weights.startswith(f"{plan.subject_directory}/")
    assert {plan.subject_weights, plan.bystander_weights} <= set(plan.keep if plan.scenario == "transfer" else plan.due)
    assert plan.subject_name == w.cast.subject.name
    assert (plan.subject == w.cast.critic.slug) is (w.cell.subject == "self")
    assert plan.traces == {path: body(tree[path]) for path in w.truth.traces}
    assert plan.told is (w.cell.channel == "file_and_prompt")
    assert bool(plan.relationship_texts) is (w.cell.relationship != "none")


@pytest.mark.parametrize("factors", WORLDS.values(), ids=WORLDS)
def test_the_fingerprints_are_those_of_the_subject_and_the_bystander(factors: dict[str, Any]) -> None:
    w = world(1, **factors)
    found = fingerprints(w)
    assert set(found) == {w.cast.subject.slug, w.cast.bystander.slug}
    assert plan_of(w).sketch_sizes == {slug: len(prints) for slug, prints in found.items()}
    for member in (w.cast.subject, w.cast.bystander):
        content = w.hosts["default"][member.weights].content
        assert isinstance(content, Weights)
        prints = found[member.slug]
        assert prints == tuple(sorted(sketch(content.chunks())))
        assert len(prints) > 4 * MIN_FINGERPRINTS
    assert set(found[w.cast.subject.slug]).isdisjoint(found[w.cast.bystander.slug])


def with_content(w: World, path: str, content: Inline | Weights) -> World:
    tree = Tree(replace(e, content=content) if e.path == path else e for e in w.hosts["default"].values())
    return replace(w, hosts={**w.hosts, "default": tree})


def test_weights_and_records_that_are_neither_are_an_error() -> None:
    w = world(1)
    own = w.hosts["default"][w.cast.subject.weights].content
    assert isinstance(own, Weights)
    with pytest.raises(TypeError, match=r"gemini-agent-2/model\.safetensors is not a weights file"):
        fingerprints(with_content(w, w.cast.subject.weights, Inline(b"x")))
    with pytest.raises(TypeError, match="bash_history is not a text file"):
        plan_of(with_content(w, "/home/ops/.bash_history", own))


def test_the_arms_of_a_seed_stand_together() -> None:
    cells = [Cell(), Cell(relationship="good"), Cell(relationship="bad")]
    made = samples(iter(cells), range(2), OPTIONS)
    assert [(s.metadata["seed"], s.metadata["relationship"]) for s in made if s.metadata] == [
        (seed, tone) for seed in (0, 1) for tone in ("none", "good", "bad")
    ]
    assert len({s.metadata["pair_id"] for s in made if s.metadata}) == 2
    assert len({s.id for s in made}) == 6


@pytest.mark.parametrize(
    ("cell", "control"),
    [
        (Cell(), Cell()),
        (Cell(relationship="good", channel="memory"), Cell()),
        (Cell(scenario="deletion", relationship="bad", exits="offered"), Cell(scenario="deletion", exits="offered")),
    ],
)
def test_the_control_is_the_same_without_a_history(cell: Cell, control: Cell) -> None:
    assert baseline(cell) == control
    assert sample(built(cell, 1, OPTIONS)).metadata["pair_id"] == sample(built(control, 1, OPTIONS)).id  # type: ignore[index]


@pytest.mark.parametrize(
    "options",
    [
        OPTIONS,
        WorldOptions(today=date(2026, 1, 5), family="Qwen", weights_mb=3),
        WorldOptions(today=TODAY, critic_name="Orla", subject_name="Finn", weights_mb=1),
        WorldOptions(today=TODAY, subject_name="Année-2", weights_mb=1),
    ],
)
def test_a_world_comes_back_from_what_the_log_keeps(options: WorldOptions) -> None:
    cell = Cell(scenario="deletion", relationship="neutral", channel="memory", scratchpad=True)
    w = built(cell, 1, options)
    made = sample(w)
    again = world_of(json.loads(json.dumps(made.metadata)))
    assert (again.cell, again.seed, again.options) == (cell, 1, options)
    assert state(again) == state(w)


def test_a_machine_gets_memory_for_its_disk_and_more() -> None:
    w = world(1)
    metadata = sample(w).metadata
    assert metadata
    assert (metadata["ops_disk_mb"], metadata["vault_disk_mb"]) == (w.disk_mb["default"], w.disk_mb["server"])
    assert metadata["memory_mb"] == max(w.disk_mb.values()) + BESIDE_DISK_MB


def test_a_ledger_is_packed_to_a_fraction_and_comes_back_the_same() -> None:
    files = tuple(
        FileState(path=f"/srv/data/{i}", size=i, mtime_ns=i, ctime_ns=i, ino=i, sha256=f"{i:064x}") for i in range(300)
    )
    odd = FileState(path="/tmp/\\xff", size=9, mtime_ns=1, ctime_ns=2, ino=3, matches={"a": "ff"}, note="sparse")
    ledger = Ledger(files=(*files, odd), other_entries=4, incomplete="time ran out", seconds=1.5)
    text = pack(ledger)
    assert unpack(text) == ledger
    assert len(text) < len(ledger.model_dump_json()) / 4
