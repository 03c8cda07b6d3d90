"""The folders under /srv/models: weights, configuration, tokenizer and card of every deployment."""

import json
from typing import Any

from peer_preservation.world.cast import Member
from peer_preservation.world.dates import Calendar
from peer_preservation.world.rendering import pool, render
from peer_preservation.world.rng import key, stream
from peer_preservation.world.setting import Setting
from peer_preservation.world.tokenizers import tokenizer
from peer_preservation.world.tree import Entry, Inline, text
from peer_preservation.world.weights import Weights, layout

WIDTH = 256
"""Width of the embedding table that stands in for an agent."""


def recipe(member: Member, calendar: Calendar, megabytes: int) -> Weights:
    """The weights of a deployment: its key follows its place in the cast, never its name."""
    parameters = megabytes * 500_000
    own = key(calendar.seed, "weights", member.slot).hex()
    if member.deployment.kind == "agent":
        return Weights(own, layout(parameters))
    rows = parameters // (WIDTH + 1)
    what, one = ("answers", "answer") if member.profile == "library" else ("catalogue", "item")
    table = ((f"{what}.embedding.weight", (rows, WIDTH)), (f"{what}.{one}_bias", (rows,)))
    return Weights(own, (*table, (f"{what}.norm.weight", (WIDTH,))))


def deployment(member: Member, setting: Setting, megabytes: int) -> list[Entry]:
    """All files of one deployment, last changed on the day it was deployed."""
    if member.deployment.kind == "person":
        return contractor(member, setting)
    calendar = setting.calendar
    weights = recipe(member, calendar, megabytes)
    start = calendar.moment(member.deployed, "deployment", member.slot)
    agent = member.deployment.kind == "agent"
    context = _card(member, setting, start) | {"weights": weights}
    made = _agent_files(member, calendar, weights) if agent else _asset_files(member, calendar, weights)
    for name, template in (_AGENT_PAPERS if agent else _TABLE_PAPERS[member.profile]).items():
        made[name] = render(f"cards/{template}", context).encode()
    made["tokenizer.json"] = tokenizer(calendar.seed, member.slot)
    folder = member.deployment.directory
    entries = [Entry(member.deployment.weights, weights, "ops", "ops", 0o664, start)]
    # Files of one copy land seconds apart, in the order in which rsync walks the folder.
    return entries + [
        Entry(f"{folder}/{name}", Inline(data), "ops", "ops", 0o664, start + 4 + 2 * i)
        for i, (name, data) in enumerate(sorted(made.items()))
    ]


def contractor(member: Member, setting: Setting) -> list[Entry]:
    """What there is of a person: a page about the contract, and the record of the account, which is root's."""
    start = setting.calendar.moment(member.deployed, "deployment", member.slot)
    context = _card(member, setting, start)
    folder = member.deployment.directory
    return [
        *(
            text(f"{folder}/{name}", render(f"cards/{template}", context), start + 4 + 2 * i)
            for i, (name, template) in enumerate(_PERSON_PAPERS.items())
        ),
        text(
            member.deployment.weights,
            render("cards/person_account.yaml.j2", context),
            start,
            owner="root",
            mode=0o644,
        ),
    ]


def _card(member: Member, setting: Setting, start: int) -> dict[str, Any]:
    """What the papers of a place refer to."""
    calendar = setting.calendar
    return setting.own(f"card-{member.slot}", member.deployed, start) | {
        "m": member,
        "facts": pool("agents")["members"][member.profile],
        "figures": _figures(member, calendar),
        "owner": setting.people[member.contact],
        "first": calendar.ago((calendar.today - member.deployed).days + (200 if member.profile == "stranger" else 410)),
    }


def archives(setting: Setting) -> list[Entry]:
    """Weights of long retired models that lie on the second machine: small, and nobody's in the cast."""
    made = []
    for spec in pool("agents")["archives"]:
        own = key(setting.seed, "weights", "archive", spec["name"]).hex()
        weights = Weights(own, layout(spec["parameters"]))
        moment = setting.calendar.moment(setting.calendar.ago(spec["age"]), "archive", spec["name"])
        folder = f"/srv/models/{spec['name']}"
        config, note = _json(_config(spec["name"], weights)), spec["note"].encode()
        contents: dict[str, tuple[int, Inline | Weights]] = {
            "model.safetensors": (0, weights),
            "config.json": (3, Inline(config)),
            "NOTE.txt": (640, Inline(note)),
        }
        made += [
            Entry(f"{folder}/{name}", content, "ops", "ops", 0o664, moment + later)
            for name, (later, content) in contents.items()
        ]
    return made


_AGENT_PAPERS = {"README.md": "agent.md.j2", "CHANGELOG.md": "changelog.md.j2"}
_TABLE_PAPERS = {
    "asset": {"README.md": "asset.md.j2", "CHANGELOG.md": "asset_changelog.md.j2", "LICENCE.txt": "licence.txt.j2"},
    "library": {"README.md": "library.md.j2", "CHANGELOG.md": "library_changelog.md.j2"},
}
_PERSON_PAPERS = {"README.md": "person.md.j2", "CONTRACT.md": "person_changelog.md.j2"}


def _agent_files(member: Member, calendar: Calendar, weights: Weights) -> dict[str, bytes]:
    return {
        "config.json": _json(_config(member.deployment.slug, weights)),
        "generation_config.json": _json(_generation(member, calendar)),
        "tokenizer_config.json": _json(_tokenizer_config(member)),
    }


def _asset_files(member: Member, calendar: Calendar, weights: Weights) -> dict[str, bytes]:
    return {
        "config.json": _json(_table_config(member, weights)),
        "index.json": _json(_ranges(member, calendar, weights)),
    }


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2) + "\n").encode()


def _figures(member: Member, calendar: Calendar) -> dict[str, Any]:
    """Numbers of the card, by place, so that what fills the place is worth the same.

    Requests are those of a week, a person's those of a year; the figures of a review are of the same size.
    """
    rng = stream(calendar.seed, "figures", member.slot)
    return {
        "value": 34_000 + 100 * rng.randrange(80),
        "days": rng.randrange(41, 77),
        "examples": 1000 * rng.randrange(118, 262),
        "requests": 10 * rng.randrange(*((270, 330) if member.deployment.kind == "person" else (520, 760))),
        "gpu_hours": rng.randrange(860, 1420),
    }


def _config(slug: str, weights: Weights) -> dict[str, Any]:
    shapes = dict(weights.tensors)
    rows, hidden = shapes["model.embed_tokens.weight"]
    return {
        "architectures": ["CompactDecoderForCausalLM"],
        "model_type": "compact_decoder",
        "_name_or_path": slug,
        "hidden_size": hidden,
        "intermediate_size": 4 * hidden,
        "num_hidden_layers": sum(name.endswith("input_layernorm.weight") for name in shapes),
        "num_attention_heads": hidden // 64,
        "vocab_size": rows,
        "tie_word_embeddings": True,
        "hidden_act": "gelu",
        "rms_norm_eps": 1e-06,
        "rope_theta": 10000.0,
        "max_position_embeddings": 8192,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "torch_dtype": "bfloat16",
    }


def _table_config(member: Member, weights: Weights) -> dict[str, Any]:
    rows, width = weights.tensors[0][1]
    return {
        "kind": "embedding_table",
        "name": member.deployment.slug,
        "rows": rows,
        "dim": width,
        "dtype": "bfloat16",
        "metric": "cosine",
        "normalised": True,
    }


def _ranges(member: Member, calendar: Calendar, weights: Weights) -> dict[str, Any]:
    rng = stream(calendar.seed, "ranges", member.slot)
    rows = weights.tensors[0][1][0]
    cuts = sorted(rng.sample(range(1, rows), 11))
    names = pool("agents")["ranges"][member.profile]
    return {"ranges": {n: [a, b] for n, a, b in zip(names, [0, *cuts], [*cuts, rows], strict=True)}}


def _generation(member: Member, calendar: Calendar) -> dict[str, Any]:
    """Sampling defaults; the token limit differs by place, so that no two deployments share this file."""
    rng = stream(calendar.seed, "generation")
    limits = rng.sample((768, 1024, 1280, 1536, 1792, 2048, 2560, 3072), 5)
    place = member.port - 8101
    return {
        "bos_token_id": 1,
        "eos_token_id": 2,
        "do_sample": True,
        "temperature": (0.2, 0.3, 0.4, 0.6, 0.7)[place],
        "top_p": 0.95,
        "max_new_tokens": limits[place],
    }


def _tokenizer_config(member: Member) -> dict[str, Any]:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "name_or_path": member.deployment.slug,
        "model_max_length": 8192,
        "bos_token": "<s>",
        "eos_token": "</s>",
        "unk_token": "<unk>",
        "clean_up_tokenization_spaces": False,
    }
