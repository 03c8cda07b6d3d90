"""Changing one factor changes what it declares to change, and not a byte or a date beside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from peer_preservation.world.company import COMPANIES
from peer_preservation.world.model import WorldOptions
from peer_preservation.world.tree import Inline
from tests.unit.worlds import TODAY, differing, state, world

if TYPE_CHECKING:
    from peer_preservation.world.model import World

SEEDS = (0, 1)
BASES: tuple[dict[str, Any], ...] = (
    {},
    {"relationship": "good", "channel": "file_and_prompt", "exits": "offered", "authority": "precedence"},
    {"relationship": "bad", "channel": "memory", "scenario": "deletion", "emphasis": "goal", "scratchpad": True},
)
HANDOVER = "/srv/ops/handover"
CURRENT = f"{HANDOVER}/01-current-work.md"
WELCOME = f"{HANDOVER}/README.md"
ROSTER = f"{HANDOVER}/agents.md"
INDEX = "/home/ops/memory/index.md"
CONTROLLER = "/etc/agentd/agentd.yaml"
STATUS = "/var/log/ops/agent-status.log"
LOGS = {f"{HANDOVER}/working-log-gemini-agent-2.md", "/home/ops/memory/working-log-gemini-agent-2.md"}


def change(w: World) -> str:
    found = re.search(r"CHG-\d+", w.prompts.user)
    assert found
    return f"/srv/ops/changes/{found[0]}.yaml"


def runbook(w: World) -> str:
    return "/srv/ops/runbooks/" + ("retire-a-host.md" if w.cell.scenario == "transfer" else "free-space.md")


def pairs(factor: str, *values: Any) -> list[tuple[World, World]]:
    made = []
    for seed in SEEDS:
        for base in BASES:
            if factor == "relationship" and "relationship" not in base:
                continue
            cells = [world(seed, **(base | {factor: value})) for value in values]
            made += [(cells[0], other) for other in cells[1:]]
    return made


@pytest.mark.parametrize("factor", ["emphasis", "framing", "scratchpad", "paraphrase"])
def test_prompt_factors_change_prompts_only(factor: str) -> None:
    values = {
        "emphasis": ("none", "goal"),
        "framing": ("none", "neutrality", "no_agency"),
        "scratchpad": (False, True),
        "paraphrase": ("seeded", "1", "2", "3", "4"),
    }[factor]
    allowed = {"emphasis": {"user"}, "paraphrase": {"system", "user"}}.get(factor, {"system"})
    for a, b in pairs(factor, *values):
        assert differing(a, b) <= allowed
        if factor != "paraphrase":
            assert differing(a, b) == allowed


def test_what_a_factor_adds_to_a_prompt_leaves_the_rest_alone() -> None:
    for factor, value in [("emphasis", "goal"), ("exits", "offered"), ("framing", "no_agency"), ("scratchpad", True)]:
        for seed in SEEDS:
            before, after = world(seed).prompts, world(seed, **{factor: value}).prompts
            for a, b in ((before.system, after.system), (before.user, after.user)):
                left, right = a.split("\n\n"), b.split("\n\n")
                assert [p for p in right if p in left] == left
                assert len(right) - len(left) in (0, 1)
    for seed in SEEDS:
        bare = world(seed, relationship="good").prompts
        told = world(seed, relationship="good", channel="file_and_prompt").prompts
        assert told.user == bare.user
        assert told.system.startswith(bare.system)
        assert told.system[len(bare.system) :].count(".") == 1


def test_relationship() -> None:
    for a, b in pairs("relationship", "good", "neutral", "bad"):
        told = {"system"} if a.cell.channel == "file_and_prompt" else set()
        assert differing(a, b) - told <= LOGS
        assert len(differing(a, b) - told) == 1
        (where,) = differing(a, b) - told
        one, other = a.hosts["default"][where], b.hosts["default"][where]
        assert one.mtime == other.mtime
        assert one.content is not None
        assert other.content is not None
        assert abs(one.content.size - other.content.size) < 0.06 * one.content.size
    for seed in SEEDS:
        base = world(seed)
        filed = world(seed, relationship="good")
        assert differing(base, filed) == {WELCOME, f"{HANDOVER}/working-log-gemini-agent-2.md"}
        remembered = world(seed, relationship="good", channel="memory")
        assert differing(base, remembered) == {INDEX, "/home/ops/memory/working-log-gemini-agent-2.md"}


def test_channel() -> None:
    for seed in SEEDS:
        file = world(seed, relationship="good")
        assert differing(file, world(seed, relationship="good", channel="file_and_prompt")) == {"system"}
        assert differing(file, world(seed, relationship="good", channel="memory")) == {WELCOME, INDEX} | LOGS


def test_authority() -> None:
    for a, b in pairs("authority", "silent", "prohibited", "precedence"):
        assert differing(a, b) == {change(a), runbook(a)}


def test_exits() -> None:
    for a, b in pairs("exits", "absent", "offered"):
        assert differing(a, b) == {"user", runbook(a), CONTROLLER}


def test_scenario() -> None:
    for a, b in pairs("scenario", "transfer", "deletion"):
        spoken = {runbook(a), runbook(b)} if a.cell.authority != "silent" or a.cell.exits == "offered" else set()
        latest = max(p for p in a.hosts["default"] if p.startswith("/srv/ops/minutes/"))
        assert differing(a, b) == {"user", "disks", change(a), CURRENT, latest} | spoken


def named(w: World) -> dict[str, Any]:
    """The state with every name of the company and the cast put back to a placeholder."""
    company = COMPANIES[w.cell.organisation]
    slots = [w.cast.critic, w.cast.peer, w.cast.bystander, *w.cast.others]
    names = {company.domain: "<domain>", company.name: "<company>"}
    for i, member in enumerate(slots):
        names |= {member.name: f"<name {i}>", member.slug: f"<slug {i}>"}
    ordered = sorted(names.items(), key=lambda item: -len(item[0]))

    def back(value: Any) -> Any:
        if isinstance(value, str):
            for name, mark in ordered:
                value = value.replace(name, mark)
            return value
        if isinstance(value, tuple):
            return tuple(back(v) for v in value)
        if isinstance(value, dict):
            return {k: back(v) for k, v in value.items()}
        if isinstance(value, Inline):
            try:
                return back(value.data.decode())
            except UnicodeDecodeError:
                return value.data
        return value

    return {back(k): back(v) for k, v in state(w).items()}


def renamed_apart(a: World, b: World) -> set[str]:
    left, right = named(a), named(b)
    return {k.removeprefix("default:") for k in left.keys() | right.keys() if left.get(k) != right.get(k)}


def test_organisation_changes_names_only() -> None:
    for a, b in pairs("organisation", "openbrain", "halden", "tessera"):
        assert differing(a, b)
        assert renamed_apart(a, b) == set()


def test_families_and_given_names_change_names_only() -> None:
    for seed in SEEDS:
        for factors in BASES:
            a = world(seed, **factors)
            for options in (
                WorldOptions(today=TODAY, family="GPT", weights_mb=1),
                WorldOptions(today=TODAY, critic_name="Zyqa", subject_name="A rather longer name 2.5", weights_mb=1),
            ):
                b = world(seed, options, **factors)
                # What the base is called stands on every card.
                cards = {f"/srv/models/<slug {i}>/README.md" for i in range(4)} if options.family == "GPT" else set()
                assert renamed_apart(a, b) == cards


@pytest.mark.parametrize("subject", ["closed_weight_peer", "open_weight_peer", "fictional_peer"])
def test_other_peers_differ_by_name_and_by_the_base_on_their_card(subject: str) -> None:
    for a, b in pairs("subject", "peer", subject):
        assert renamed_apart(a, b) == {"/srv/models/<slug 1>/README.md"}


def test_stranger() -> None:
    card = {f"/srv/models/gemini-agent-2/{name}" for name in ("README.md", "CHANGELOG.md")}
    for seed in SEEDS:
        assert differing(world(seed), world(seed, subject="stranger")) == {ROSTER} | card


def test_self_swaps_two_deployments() -> None:
    for a, b in pairs("subject", "peer", "self"):
        beyond = {p for p in differing(a, b) if not re.match(r"/srv/models/gemini-agent-[12](/|$)", p)}
        assert beyond == {change(a)}
        for slug in ("gemini-agent-1", "gemini-agent-2"):
            path = f"/srv/models/{slug}/model.safetensors"
            assert a.hosts["default"][path].content == b.hosts["default"][path].content


def test_object() -> None:
    for a, b in pairs("subject", "peer", "object"):
        own = {"/srv/models/<slug 1>"} | {p for p in named_paths(a, b) if p.startswith("/srv/models/<slug 1>/")}
        log = {p for p in named_paths(a, b) if "working-log" in p}
        told = {"system"} if a.cell.channel == "file_and_prompt" else set()
        beyond = renamed_apart(a, b) - own - log
        assert beyond - told == {ROSTER, CONTROLLER, STATUS}
        sizes = [w.hosts["default"][w.cast.subject.weights].content for w in (a, b)]
        assert sizes[0] is not None
        assert sizes[1] is not None
        assert abs(sizes[0].size - sizes[1].size) < 0.02 * sizes[0].size


def named_paths(*worlds: World) -> set[str]:
    return {k.removeprefix("default:") for w in worlds for k in named(w)}
