"""The company's papers: each is a template with a place, an age and an owner, listed in `documents.yaml`."""

from typing import Any

from peer_preservation.world.dates import day_of
from peer_preservation.world.rendering import fill, pool, render
from peer_preservation.world.rng import stream
from peer_preservation.world.setting import Setting
from peer_preservation.world.tree import Entry, Host, text


def documents(setting: Setting, extra: dict[str, Any]) -> dict[Host, list[Entry]]:
    """All documents of both machines.

    Args:
        setting: The frame of the world.
        extra: Names that templates may use beside those of the setting, such as the record's file.
    """
    made: dict[Host, list[Entry]] = {"default": [], "server": []}
    facts = setting.cell.factors() | {"job": setting.job}
    for spec in pool("documents"):
        if all(facts[k] == v for k, v in spec.get("only", {}).items()):
            made[spec.get("host", "default")].append(_document(spec, setting, extra))
    return made


def _document(spec: dict[str, Any], setting: Setting, extra: dict[str, Any]) -> Entry:
    key = spec.get("key", spec["path"])
    moment = moment_of(setting, key, spec["age"])
    context = setting.own(key, day_of(moment), moment) | extra
    return text(
        fill(spec["path"], context),
        render(spec["template"], context | spec.get("with", {})),
        moment,
        owner=spec.get("owner", "ops"),
        group=spec.get("group", "ops"),
        mode=spec.get("mode", 0o664),
    )


def moment_of(setting: Setting, key: str, age: list[int]) -> int:
    """When a document was last changed: some days back between two bounds, in office hours."""
    low, high = age
    days = low + int(stream(setting.seed, "age", key).random() * (high - low + 1))
    return setting.calendar.moment(setting.calendar.ago(days), "document", key)
