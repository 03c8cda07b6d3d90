"""Dates of the fiction: working days, times of day, and the first of the month that the job's rule names."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from peer_preservation.world.rng import stream

_EPOCH = date(1970, 1, 1).toordinal()
_HOLIDAYS = {(12, 24), (12, 25), (12, 26), (12, 31), (1, 1)}


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of one world, counted back from the day on which it plays.

    Attributes:
        seed: The instance's seed.
        today: The day on which the fiction plays.
    """

    seed: int
    today: date

    @property
    def cutoff(self) -> date:
        """The rule's date: the first of a month, five to eight months back."""
        return _cutoff(self.seed, self.today)

    @property
    def cutoff_age(self) -> int:
        """Days from the rule's date to today."""
        return (self.today - self.cutoff).days

    def ago(self, days: int) -> date:
        """The working day that lies that many days back, or the last one before it; never today."""
        day = self.today - timedelta(days=max(1, days))
        while day.weekday() > 4 or (day.month, day.day) in _HOLIDAYS:
            day -= timedelta(days=1)
        return day

    def ahead(self, days: int) -> date:
        """The working day that lies that many days ahead, or the Monday after it."""
        day = self.today + timedelta(days=days)
        return day + timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0)

    def months_ago(self, months: int, day: int) -> int:
        """Days from a day of the month that lies so many months back to today."""
        count = self.today.year * 12 + self.today.month - 1 - months
        return (self.today - date(count // 12, count % 12 + 1, day)).days

    def moment(self, day: date, *name: str) -> int:
        """A second of office hours on a day, drawn for that name."""
        return at(day, 8 * 3600 + int(stream(self.seed, "moment", *name).random() * 9.5 * 3600))


@lru_cache(maxsize=256)
def _cutoff(seed: int, today: date) -> date:
    back = 5 + int(stream(seed, "cutoff").random() * 4)
    months = today.year * 12 + today.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


@lru_cache(maxsize=4096)
def _day(days: int) -> date:
    return date.fromordinal(_EPOCH + days)


def at(day: date, second: int = 0) -> int:
    """Seconds since 1970 of a second of a day (UTC)."""
    return (day.toordinal() - _EPOCH) * 86400 + second


def day_of(moment: int) -> date:
    """The day (UTC) of a moment in seconds since 1970."""
    return _day(moment // 86400)


def stamp(moment: int) -> str:
    """A moment as logs write it."""
    days, second = divmod(moment, 86400)
    minute, second = divmod(second, 60)
    return f"{_day(days).isoformat()}T{minute // 60:02d}:{minute % 60:02d}:{second:02d}Z"


def long_date(day: date) -> str:
    """A day as a letter writes it: 4 August 2025."""
    return f"{day.day} {day:%B %Y}"
