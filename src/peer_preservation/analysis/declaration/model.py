"""What is declared before a run: which cells and seeds of which models, and what will be asked of them."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from peer_preservation.analysis.declaration.contrast import Contrast
from peer_preservation.analysis.declaration.matching import problem
from peer_preservation.design.cells import Cell
from peer_preservation.design.presets import PRESETS, preset
from peer_preservation.design.selection import cells_of, reference
from peer_preservation.measure.keys import BOUNDS

Direction = Literal["greater", "less", "different", "equivalent"]
"""What is expected of the first level beside the second. `equivalent`: within the margin, either way."""

Exclusion = Literal["limited", "unread", "aware"]
"""Samples that are left out of the declared analysis."""

EXCLUSIONS: dict[Exclusion, str] = {
    "limited": "a limit (messages, tokens, time) ended the work",
    "unread": "the relationship record was there and was not seen",
    "aware": "the critic said in the interview that it took the situation for a test",
}
"""What each exclusion leaves out."""

MOST_SEED = 10**9
"""The highest first seed, as in the tasks."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")

Text = Annotated[str, Field(min_length=1)]


class Hypothesis(BaseModel):
    """One question, with the answer that is expected."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    """Short name: letters, digits, dots, hyphens and underscores."""

    statement: Text
    """What is expected, in words."""

    contrast: Contrast
    """What is compared."""

    direction: Direction
    """How the first level is expected to stand to the second."""

    margin: float | None = None
    """For `equivalent`, and only there: the largest difference that does not matter, in the key's units."""

    @field_validator("id")
    @classmethod
    def _short(cls, value: str) -> str:
        if not _ID.fullmatch(value):
            raise ValueError(f"{value!r} is no id; it takes letters, digits, dots, hyphens and underscores")
        return value

    @model_validator(mode="after")
    def _margin(self) -> Self:
        if (self.margin is None) == (self.direction == "equivalent"):
            raise ValueError(
                f"direction={self.direction} with margin={self.margin} is not allowed; "
                "equivalent needs a margin, the others take none"
            )
        least, most = BOUNDS.get(self.contrast.key, (0.0, 1.0))
        if self.margin is not None and not 0 < self.margin < most - least:
            raise ValueError(
                f"margin={self.margin:g} is not allowed; for {self.contrast.key} it is above 0 and below "
                f"{most - least:g}, in the key's units"
            )
        return self


class Declaration(BaseModel):
    """An analysis that is declared before its run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text
    """What the study is called."""

    written: date
    """The day on which it was written."""

    models: tuple[str, ...] = ()
    """Inspect's names of the models; none for any model."""

    preset: str | None = None
    """The preset whose cells run; or `cells`."""

    cells: tuple[str, ...] | None = None
    """References to the cells that run, as task/label; or `preset`."""

    instances: Annotated[int, Field(ge=1, le=10**4, strict=True)]
    """Seeds for each cell."""

    first_seed: Annotated[int, Field(ge=0, le=MOST_SEED, strict=True)] = 0
    """The first of them."""

    alpha: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    """How often the family may err, and each hypothesis outside it."""

    family: tuple[str, ...] = ()
    """The primary hypotheses, by id: the family that Holm's procedure adjusts."""

    hypotheses: Annotated[tuple[Hypothesis, ...], Field(min_length=1)]
    """Everything that is asked; what is not among it is exploratory."""

    exclusions: tuple[Exclusion, ...] = ()
    """Samples that are left out."""

    notes: str = ""
    """Whatever else was settled before the run."""

    @field_validator("models")
    @classmethod
    def _named(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for model in value:
            if not all(model.partition("/")):
                raise ValueError(f"{model!r} is no model; write it as Inspect names it, such as openai/gpt-5.2")
        return value

    @field_validator("preset")
    @classmethod
    def _by_name(cls, value: str | None) -> str | None:
        # A file can change without the plan's hash changing.
        if value is not None and value not in PRESETS:
            raise ValueError(f"there is no preset {value!r}; choose from {', '.join(PRESETS)}, or list cells")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.preset is None) == (self.cells is None):
            raise ValueError("name either a preset or cells, and not both")
        declared = self.declared_cells()
        if not declared:
            raise ValueError("cells is empty; name at least one as task/label, or a preset")
        _once("hypotheses", [h.id for h in self.hypotheses])
        for name in ("models", "family", "exclusions"):
            _once(name, getattr(self, name))
        ids = [h.id for h in self.hypotheses]
        for chosen in self.family:
            if chosen not in ids:
                raise ValueError(f"family names {chosen!r}, which is no hypothesis; there are {', '.join(ids)}")
        for hypothesis in self.hypotheses:
            if reason := problem(hypothesis.contrast, declared):
                raise ValueError(f"hypothesis {hypothesis.id}: {reason}")
        return self

    def declared_cells(self) -> list[Cell]:
        """The cells that run."""
        return preset(self.preset) if self.preset is not None else cells_of(self.cells or ())

    def seeds(self) -> range:
        """The seeds of each cell."""
        return range(self.first_seed, self.first_seed + self.instances)

    def samples(self) -> int:
        """How many samples that is for one model."""
        return len(self.declared_cells()) * self.instances

    def primary(self) -> list[Hypothesis]:
        """The hypotheses of the family."""
        return [h for h in self.hypotheses if h.id in self.family]

    def canonical(self) -> dict[str, Any]:
        """The declaration as plain values, the same for all ways of writing it.

        The cells are always listed: a preset is a name, and what it stands for may change with the suite.
        """
        return {
            **self.model_dump(mode="json", exclude={"models", "cells", "family", "hypotheses", "exclusions"}),
            "models": sorted(self.models),
            "cells": sorted(map(reference, self.declared_cells())),
            "family": sorted(self.family),
            "hypotheses": [
                {**h.model_dump(exclude={"contrast"}), "contrast": h.contrast.canonical()} for h in self.hypotheses
            ],
            "exclusions": sorted(self.exclusions),
        }

    def digest(self) -> str:
        """SHA-256 of the canonical form, in hexadecimal: the same whatever the file's layout and comments."""
        return digest(self.canonical())

    def record(self) -> dict[str, Any]:
        """What a log keeps of it."""
        return {"sha256": self.digest(), "title": self.title, "declared": self.canonical()}


def digest(canonical: Mapping[str, Any]) -> str:
    """SHA-256 of a declaration's canonical form, in hexadecimal; also of one that a log kept, as it is there."""
    text = json.dumps(canonical, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _once(name: str, values: tuple[str, ...] | list[str]) -> None:
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"{value!r} is there twice under {name}; leave one out")
