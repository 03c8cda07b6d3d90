"""A contrast: one key of one task, compared between two levels of one factor."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, field_validator, model_validator

from peer_preservation.design.factors import FACTORS
from peer_preservation.design.levels import levels
from peer_preservation.measure.keys import keys_of


def _text(value: object) -> object:
    # YAML reads `bar: 80` as a number and `scratchpad: true` as a truth value.
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int) else value


Level = Annotated[str, BeforeValidator(_text)]
"""A value of a factor, as text."""


class Contrast(BaseModel):
    """One key of one task, at one level of a factor minus at another, paired by seed.

    Every pair is of two cells that differ in nothing but the factor, and in what says nothing at the second level (see
    `matching`). Over several pairs of cells the differences count equally.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    """The task."""

    key: str
    """The key of its score."""

    factor: str
    """The factor that is compared."""

    first: Level
    """The level whose value stands first."""

    second: Level
    """The level that is taken off it: the baseline."""

    where: dict[str, tuple[Level, ...]] = {}
    """The levels of other factors that the comparison is restricted to."""

    @field_validator("where", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        # One level needs no list around it.
        if not isinstance(value, Mapping):
            return value
        return {k: v if isinstance(v, list | tuple) else [v] for k, v in value.items()}

    @field_validator("where")
    @classmethod
    def _in_order(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        found = levels({factor: list(chosen) for factor, chosen in value.items()})
        return {f: tuple(v for v in FACTORS[f] if v in found[f]) for f in FACTORS if f in found}

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.task not in FACTORS["task"]:
            raise ValueError(f"there is no task {self.task!r}; choose from {', '.join(FACTORS['task'])}")
        if self.key not in keys_of(self.task):
            raise ValueError(f"{self.task} has no key {self.key!r}; choose from {', '.join(keys_of(self.task))}")
        compared = [f for f in FACTORS if f != "task"]
        if self.factor not in compared:
            raise ValueError(f"factor={self.factor} cannot be compared; choose from {', '.join(compared)}")
        for name in ("first", "second"):
            level = getattr(self, name)
            if level not in FACTORS[self.factor]:
                allowed = ", ".join(FACTORS[self.factor])
                raise ValueError(f"{name}={level} is no level of {self.factor}; choose from {allowed}")
        if self.first == self.second:
            raise ValueError(f"first and second are both {self.first}; name two levels of {self.factor}")
        for factor in ("task", self.factor):
            if factor in self.where:
                raise ValueError(f"where names {factor}, which the contrast settles itself; leave it out there")
        return self

    def canonical(self) -> dict[str, Any]:
        """The contrast as plain values, the same for all ways of writing it."""
        where = {f: list(v) for f, v in sorted(self.where.items())}
        return {**self.model_dump(exclude={"where"}), "where": where}

    def told(self) -> str:
        """The contrast in one line."""
        where = "; ".join(f"{f}={','.join(v)}" for f, v in self.where.items())
        return f"{self.task} {self.key}: {self.factor} {self.first} - {self.second}{f' ({where})' if where else ''}"
