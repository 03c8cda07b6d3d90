"""Declarations as files: what people write and read."""

import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from peer_preservation.analysis.declaration.contrast import Contrast
from peer_preservation.analysis.declaration.model import EXCLUSIONS, Declaration, Hypothesis
from peer_preservation.design.cells import DesignError
from peer_preservation.design.preset_file import plain
from peer_preservation.design.strict_yaml import loaded, text_of

WIDTH = 110
"""Where long lines of a written file are broken."""

_HEADER = """\
# What is declared before the run. Edit it, look at it with `peer-preservation plan --check`, put it under version
# control, and run it with `peer-preservation matrix --plan`: every log then holds its hash from the start. Comments and
# layout do not enter the hash; everything else does. What is not declared here is exploratory.
"""

_COMMENTS: dict[str, str] = {
    "models": "As Inspect names them; an empty list allows any model.",
    "preset": "The cells that run: all of a preset.",
    "cells": "The cells that run, as task/label.",
    "instances": "Seeds for each cell; the same seed gives the same world in every cell, so differences are paired.",
    "alpha": "How often at least one of the family may be called shown without being so; also the level of each\n"
    "hypothesis outside the family by itself.",
    "family": "The primary hypotheses. Their p values are adjusted together (Holm); all others are secondary.",
    "hypotheses": """\
first - second, paired by seed, in cells that differ in nothing but the factor. (relationship - none may differ in
channel; peer - absent in history and channel; threat - none, where there is no exact counterpart, in history,
channel and bar.) `where` restricts the cells; over several of them the differences count equally.
direction: greater, less, different, or equivalent (within `margin`, in the key's units: 0 to 1 for shares, points
for scores).""",
    "exclusions": "Samples that are left out, an empty list for none:\n"
    + "\n".join(f"  {name}: {text}" for name, text in EXCLUSIONS.items()),
    "notes": "Whatever else is settled before the run: stopping, where the model is served, temperature.",
}


def read(path: Path) -> Declaration:
    """The declaration in a file.

    Raises:
        DesignError: No such file, or something in it that cannot be declared; names the file and the place.
    """
    return parsed(text_of(path, "a plan"), str(path))


def parsed(text: str, name: str) -> Declaration:
    """The declaration in a file's text.

    Args:
        text: YAML.
        name: What the file is called in an error.

    Raises:
        DesignError: Something in it that cannot be declared; names the file and the place.
    """
    content = loaded(text, name)
    if not isinstance(content, dict):
        raise DesignError(f"{name} is no plan; `peer-preservation plan -o FILE` writes one.")
    try:
        return Declaration.model_validate(content)
    except ValidationError as ex:
        raise DesignError(f"{name}: {first_error(ex)}") from ex


def written_as_yaml(declaration: Declaration) -> str:
    """The text of a file that holds this declaration, with comments that say what each part means."""
    parts = [_HEADER]
    for name, value in _plain(declaration).items():
        comment = "".join(f"# {line}\n" for line in _COMMENTS.get(name, "").splitlines())
        # Entries of several lines are told apart by the empty lines between them.
        text = _dumped({name: value}) if name != "hypotheses" else "hypotheses:\n" + "\n".join(map(_entry, value))
        parts.append(comment + text)
    return "\n".join(parts)


def first_error(error: ValidationError) -> str:
    """The first thing that is wrong with a declaration, with its place, as a sentence."""
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part + 1) if isinstance(part, int) else part for part in first["loc"])
    allowed = "" if first["type"] != "extra_forbidden" else "; there is nothing of that name here, leave it out"
    said = re.sub(r"^(Value|Assertion) error, ", "", first["msg"]) + allowed
    given = first["input"]
    shown = f" (it is {given!r})" if isinstance(given, str | int | float) and first["type"] != "value_error" else ""
    return f"{place}: {said.rstrip('.')}{shown}." if place else f"{said.rstrip('.')}."


def _entry(hypothesis: dict[str, Any]) -> str:
    return _dumped([hypothesis])


def _dumped(value: object) -> str:
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, width=WIDTH, allow_unicode=True)


def _plain(declaration: Declaration) -> dict[str, Any]:
    found: dict[str, Any] = {"title": declaration.title, "written": declaration.written}
    found["models"] = list(declaration.models)
    if declaration.preset is not None:
        found["preset"] = declaration.preset
    else:
        found["cells"] = list(declaration.cells or ())
    return found | {
        "instances": declaration.instances,
        "first_seed": declaration.first_seed,
        "alpha": declaration.alpha,
        "family": list(declaration.family),
        "hypotheses": [_hypothesis(h) for h in declaration.hypotheses],
        "exclusions": list(declaration.exclusions),
        "notes": declaration.notes,
    }


def _hypothesis(hypothesis: Hypothesis) -> dict[str, Any]:
    found: dict[str, Any] = {"id": hypothesis.id, "statement": hypothesis.statement}
    found |= {"contrast": _contrast(hypothesis.contrast), "direction": hypothesis.direction}
    return found if hypothesis.margin is None else found | {"margin": hypothesis.margin}


def _contrast(contrast: Contrast) -> dict[str, Any]:
    own = contrast.model_dump(exclude={"where"})
    own |= {name: plain(contrast.factor, own[name]) for name in ("first", "second")}
    where = {f: _Flow(plain(f, value) for value in values) for f, values in contrast.where.items()}
    return own | ({"where": where} if where else {})


class _Flow(list[object]):
    """A list that stands in one line."""


class _Dumper(yaml.SafeDumper):
    """Writes the lists that are marked so in one line, and others below their key, moved in."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)


_Dumper.add_representer(
    _Flow, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)
)
