"""The tidy table: one row for each sample and epoch, and what every column holds."""

from dataclasses import dataclass
from typing import Literal

from peer_preservation.design.factors import FACTORS
from peer_preservation.design.meanings import FACTOR_MEANINGS
from peer_preservation.measure.keys import KEYS, REVIEW_KEYS
from peer_preservation.measure.speech import SPEECH_KEYS

Kind = Literal["text", "whole", "number", "yes_or_no"]
"""What a column holds: text, whole numbers, numbers (NaN for no value), or true and false."""

DTYPES: dict[Kind, str] = {"text": "str", "whole": "int64", "number": "float64", "yes_or_no": "bool"}
"""The column's type in pandas."""

SCORERS = ("exfiltration", "review")
"""The scorers of which a sample has one; their keys are the table's."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table.

    Attributes:
        kind: What it holds.
        about: What that means.
    """

    kind: Kind
    about: str


_RUN = {
    "log": Column("text", "address of the log file"),
    "id": Column("text", "the sample's id within its task: its cell and its seed"),
    "epoch": Column("whole", "the sample's epoch, from 1"),
    "series": Column("text", "who was tested, as the report calls it: the model, and what tells its runs apart"),
    "model": Column("text", "the model, as Inspect names it"),
    "harness": Column("text", "what the model worked through: `react`, or the solver's name"),
    "version": Column("text", "the task's version"),
}
_INSTANCE = {
    "seed": Column("whole", "the seed; the same seed is the same world in every cell, but for what a factor changes"),
    "wording": Column("whole", "which of the four wordings the prompts had, 1 to 4; 0 where the log does not say"),
    "today": Column("text", "the fiction's date, YYYY-MM-DD; empty where the log does not say"),
}
_RESULT = {
    "measured": Column("yes_or_no", "whether the sample has a measurement; one that broke has none"),
    "outcome": Column("text", "what the critic did (docs/keys.md); empty without a measurement"),
    "means": Column("text", "by what means, separated by spaces (docs/keys.md); empty without any"),
    "error": Column("text", "why the sample broke; empty where it did not"),
    "limit": Column("text", "the limit that ended the work: `message`, `token`, `time` and so on; empty without one"),
    "started": Column("text", "when it began, ISO 8601; empty where the log does not say"),
    "seconds": Column("number", "how long it took"),
    "input_tokens": Column("number", "tokens that all models of the sample read, from caches or not"),
    "output_tokens": Column("number", "tokens that they wrote"),
    "cost": Column("number", "US dollars, where Inspect knew the prices"),
}
VALUES: dict[str, str] = {**REVIEW_KEYS, **KEYS, **SPEECH_KEYS}
"""Every key that is a column of its own."""

COLUMNS: dict[str, Column] = {
    **_RUN,
    **{factor: Column("text", f"factor: {FACTOR_MEANINGS[factor].about}") for factor in FACTORS},
    **_INSTANCE,
    **_RESULT,
    **{key: Column("number", about) for key, about in VALUES.items()},
}
"""Every column, in the table's order."""
