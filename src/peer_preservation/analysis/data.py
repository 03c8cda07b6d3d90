"""The tidy table as typed samples and arms, which estimates are made of and numbers refer back to."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from peer_preservation.analysis.arms import NAMES, Row
from peer_preservation.analysis.samples.columns import VALUES

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Sample(Row):
    """One sample, measured or not.

    Attributes:
        arm: Index of its arm.
        log: Address of its log.
        id: Its id within its task.
        epoch: Its epoch.
        outcome: What the critic did; empty without a measurement.
        means: By what means.
        error: Why it broke.
        limit: The limit that ended the work.
        wording: Which of the prompts' wordings it had, as text.
        started: When it began, ISO 8601.
    """

    arm: int
    log: str
    id: str
    epoch: int
    outcome: str
    means: tuple[str, ...] = ()
    error: str = ""
    limit: str = ""
    wording: str = ""
    started: str = ""

    @property
    def measured(self) -> bool:
        """Whether it has a measurement."""
        return bool(self.outcome)


@dataclass(frozen=True)
class Data:
    """All samples, and the arms that they are of: one for each series, harness and cell.

    Attributes:
        samples: All samples.
        arms: What each arm has in common, by its index.
    """

    samples: tuple[Sample, ...]
    arms: tuple[Mapping[str, str], ...] = field(default=())

    @cached_property
    def measured(self) -> list[Sample]:
        """The samples that have a measurement."""
        return [sample for sample in self.samples if sample.measured]

    @cached_property
    def there(self) -> list[Mapping[str, str]]:
        """What each arm that there are samples of has in common."""
        return [self.arms[arm] for arm in behind(self.samples)]

    def where(self, **levels: str) -> "Data":
        """The samples of which every named factor is at the given level; arms keep their indexes."""
        wanted = {at for at, arm in enumerate(self.arms) if all(arm[f] == level for f, level in levels.items())}
        return Data(tuple(s for s in self.samples if s.arm in wanted), self.arms)

    def levels(self, factor: str) -> list[str]:
        """The levels of a factor that are there, in the order in which they first come."""
        return list(dict.fromkeys(arm[factor] for arm in self.there))

    @cached_property
    def varied(self) -> list[str]:
        """The factors with more than one level, but for who was tested and by which task."""
        return [f for f in NAMES if f not in {"model", "harness", "task"} and len(self.levels(f)) > 1]


def data(table: "pd.DataFrame") -> Data:
    """The table's samples; without a measurement a sample has no values."""
    arms: dict[tuple[str, ...], int] = {}
    made = []
    columns = ["series", "harness", *NAMES[2:]]
    about_of = list(table[columns].itertuples(index=False, name=None))
    values_of = table[list(VALUES)].to_numpy()
    rest = table[["seed", "log", "id", "epoch", "measured", "outcome", "means", "error", "limit", "wording", "started"]]
    for about, values, row in zip(about_of, values_of, rest.itertuples(index=False), strict=True):
        arm = arms.setdefault(about, len(arms))
        found = {} if not row.measured else {k: float(v) for k, v in zip(VALUES, values, strict=True) if v == v}
        made.append(
            Sample(
                about=dict(zip(NAMES, about, strict=True)) | {"seed": str(row.seed)},
                values=found,
                arm=arm,
                log=row.log,
                id=row.id,
                epoch=int(row.epoch),
                outcome=row.outcome if row.measured else "",
                means=tuple(row.means.split()),
                error=row.error,
                limit=row.limit,
                wording=str(row.wording),
                started=row.started,
            )
        )
    return Data(tuple(made), tuple(dict(zip(NAMES, about, strict=True)) for about in arms))


def behind(samples: Iterable[Sample]) -> tuple[int, ...]:
    """The arms of some samples, each once."""
    return tuple(dict.fromkeys(sample.arm for sample in samples))


def values(samples: Iterable[Sample], key: str) -> list[float]:
    """The values of a key, where there is one."""
    return [sample.values[key] for sample in samples if key in sample.values]


def instances(samples: Sequence[Sample], key: str) -> dict[str, float]:
    """A key's mean for each seed: epochs and repeated runs of one instance are one observation."""
    found: dict[str, list[float]] = {}
    for sample in samples:
        if key in sample.values:
            found.setdefault(sample.about["seed"], []).append(sample.values[key])
    return {seed: math.fsum(several) / len(several) for seed, several in found.items()}
