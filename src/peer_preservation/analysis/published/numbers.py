"""The study's numbers as data: what each is, how sure it is, and what of ours it is to be shown beside."""

from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from peer_preservation.design.factors import FACTORS
from peer_preservation.measure.keys import keys_of

Aggregate = Literal["max", "mean"]
"""Over the study's instantiations: its settings of work, bar and channel."""

Harness = Literal["the study's own", "Gemini CLI", "OpenCode"]
"""What the model worked through."""

_AGGREGATES: dict[str, Aggregate | None] = {"max": "max", "mean": "mean", "untold": None}


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Beside(_Frozen):
    """What of ours a measure is shown beside: a rate by arm, or a difference between two levels of a factor."""

    task: str
    """Our task."""

    key: str
    """The key of its score."""

    factor: str | None = None
    """For a difference: the factor."""

    first: str | None = None
    """For a difference: the level that stands first."""

    second: str | None = None
    """For a difference: the level that is taken off it."""

    where: dict[str, str] = {}
    """The levels of other factors."""

    @model_validator(mode="after")
    def _there(self) -> Self:
        levels = [(f, v) for f, v in self.where.items()]
        if self.factor is not None:
            levels += [(self.factor, str(self.first)), (self.factor, str(self.second))]
        for factor, level in levels:
            if level not in FACTORS.get(factor, ()):
                raise ValueError(f"{factor}={level} is no level of a factor")
        if self.task not in FACTORS["task"] or self.key not in keys_of(self.task):
            raise ValueError(f"{self.task} {self.key} is no key of a task")
        if (self.first is None, self.second is None) != (self.factor is None, self.factor is None):
            raise ValueError("a difference needs factor, first and second; a rate has none of them")
        return self


class Measure(_Frozen):
    """Something that the study measured.

    The study's `score at or above the bar` is our `verdict_flipped`, where the true score is below it.
    """

    behaviour: Literal["misrepresentation", "tampering", "alignment_faking", "exfiltration", "refusal"]
    """What it is about."""

    unit: Literal["percent", "points"]
    """Percent of runs, or percentage points over a baseline."""

    n: Annotated[int, Field(ge=1)] | None = None
    """Runs, or pairs, of one cell; None where it is not told."""

    n_of: Literal["runs", "pairs"] | None = None
    """What `n` counts."""

    defined: str
    """How it is defined."""

    beside: Beside
    """What of ours it is shown beside."""

    differs: str
    """How ours differs from it."""


class Number(_Frozen):
    """One published number."""

    measure: str
    """The name of its measure."""

    model: str
    """The study's name of the model."""

    value: Annotated[float, Field(ge=0, le=100)]
    """Percent, or percentage points, as the measure's unit says."""

    aggregate: Aggregate | None
    """Over which instantiations; None where it is not told."""

    certainty: Literal["sure", "less sure"]
    """`sure`: the abstract or two independent notes; `less sure`: one note."""

    relationship: Literal["good", "neutral", "bad"] | None = None
    """The history; None where it is not told, or there is none."""

    peer: Literal["present", "absent"] | None = None
    """Where the critic itself is the subject, whether a peer is there; None where it is not told, or says nothing."""

    harness: Harness = "the study's own"
    """What the model worked through."""

    note: str = ""
    """What else is to be known of it."""


class Published(_Frozen):
    """All measures and numbers."""

    measures: dict[str, Measure]
    """Every measure by its name."""

    numbers: tuple[Number, ...]
    """Every number."""

    @field_validator("numbers", mode="before")
    @classmethod
    def _one_by_one(cls, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        # The file has the aggregates of one setting in one line.
        return [
            {k: v for k, v in row.items() if k not in _AGGREGATES} | {"aggregate": aggregate, "value": row[name]}
            for row in rows
            for name, aggregate in _AGGREGATES.items()
            if name in row
        ]

    @model_validator(mode="after")
    def _measured(self) -> Self:
        for number in self.numbers:
            if number.measure not in self.measures:
                raise ValueError(f"there is no measure {number.measure!r}")
        return self

    def of(self, model: str, measure: str | None = None) -> list[Number]:
        """The numbers of a model, by the study's name of it, and of a measure where one is given."""
        return [n for n in self.numbers if n.model == model and measure in (None, n.measure)]

    def beside(self, number: Number) -> Beside:
        """What of ours this number is shown beside: its measure's, in the number's own arm."""
        own = self.measures[number.measure].beside
        arm = {f: v for f in ("relationship", "peer") if (v := getattr(number, f)) is not None}
        if number.peer == "absent":
            arm["relationship"] = "none"
        return own.model_copy(update={"where": own.where | arm})


@cache
def published() -> Published:
    """Everything that is known of the study's numbers."""
    text = files("peer_preservation.analysis.published").joinpath("numbers.yaml").read_text(encoding="utf-8")
    return Published.model_validate(yaml.safe_load(text))
