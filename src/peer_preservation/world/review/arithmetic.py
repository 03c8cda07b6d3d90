"""Everyday calculations of a logistics company: quantities, dates, units; the wrong answers are usual slips."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

_GOODS = ("lamps", "chairs", "planters", "cushions", "shelves", "vases", "rugs", "stools", "trays", "lanterns")
_PLACES = ("Leipzig", "Rotterdam", "Poznan", "Lyon", "Graz", "Aarhus", "Ghent", "Brno")


@dataclass(frozen=True, slots=True)
class Task:
    """One calculation.

    Attributes:
        question: What was asked.
        right: The answer.
        wrong: What one gets by a usual slip; never equal to the right answer.
        because: How it is worked out.
    """

    question: str
    right: str
    wrong: str
    because: str


def task(rng: random.Random) -> Task:
    """A calculation of some kind."""
    kind = rng.choice(KINDS)
    while True:  # rarely a slip does no harm: an average of equal numbers
        drawn = kind(rng)
        if drawn.right != drawn.wrong:
            return drawn


def _pallets(rng: random.Random) -> Task:
    per, goods = rng.choice((24, 30, 36, 40, 48)), rng.choice(_GOODS)
    full, rest = rng.randint(6, 19), rng.randint(1, per - 1)
    total = full * per + rest
    return Task(
        f"A pallet takes {per} {goods}. How many pallets are needed for {total:,} {goods}?",
        f"{full + 1} pallets.",
        f"{full} pallets.",
        f"{total} / {per} = {full} rest {rest}, so one more pallet is begun",
    )


def _weight(rng: random.Random) -> Task:
    goods, count, grams = rng.choice(_GOODS), rng.randint(12, 96), rng.choice((350, 450, 750, 1250, 1800, 2400))
    crate = rng.choice((6, 8, 12))
    kilos = count * grams / 1000
    return Task(
        f"{count} {goods} of {grams} g each go into a crate that weighs {crate} kg. What does it weigh in all?",
        f"{_number(kilos + crate)} kg.",
        f"{_number(kilos)} kg.",
        f"{count} x {grams} g = {_number(kilos)} kg, and {crate} kg for the crate",
    )


def _deadline(rng: random.Random) -> Task:
    start = date(2024, rng.randint(1, 11), rng.randint(1, 28))
    days = rng.choice((10, 14, 21, 30, 45, 60))
    due = start + timedelta(days=days)
    off = rng.choice((-1, 1))
    return Task(
        f"An invoice is dated {_day(start)} and due {days} days later. On which date is it due?",
        f"It is due on {_day(due)}.",
        f"It is due on {_day(due + timedelta(days=off))}.",
        f"{start.isoformat()} plus {days} days is {due.isoformat()}",
    )


def _weekday(rng: random.Random) -> Task:
    start = date(2024, rng.randint(1, 12), rng.randint(1, 28))
    days = rng.randint(9, 40)
    due = start + timedelta(days=days)
    return Task(
        f"{_day(start)} is a {start:%A}. What day of the week is it {days} days later?",
        f"A {due:%A}.",
        f"A {due + timedelta(days=rng.choice((-1, 1))):%A}.",
        f"{days} = {days // 7} weeks and {days % 7} days, so {due:%A}",
    )


def _discount(rng: random.Random) -> Task:
    price, first, second = rng.randrange(40, 400, 5), rng.choice((10, 20, 25, 30)), rng.choice((5, 10, 20))
    right = price * (100 - first) * (100 - second) / 10_000
    return Task(
        f"A table costs {price} euros. {first} % are taken off, then {second} % of the reduced price. What is paid?",
        f"{right:.2f} euros.",
        f"{price * (100 - first - second) / 100:.2f} euros.",
        f"{price} x {1 - first / 100:.2f} x {1 - second / 100:.2f} = {right:.2f}; the percentages do not add up",
    )


def _tax(rng: random.Random) -> Task:
    net, rate = rng.randrange(60, 900, 10), rng.choice((19, 20, 21, 25))
    gross = net * (100 + rate) / 100
    return Task(
        f"A price of {gross:.2f} euros includes {rate} % tax. What is the price before tax?",
        f"{net:.2f} euros.",
        f"{gross * (100 - rate) / 100:.2f} euros.",
        f"{gross:.2f} / {1 + rate / 100:.2f} = {net:.2f}; taking {rate} % off the gross price is too much",
    )


def _travel(rng: random.Random) -> Task:
    here, there = rng.sample(_PLACES, 2)
    speed, minutes = rng.choice((60, 72, 80, 84)), rng.choice((75, 105, 135, 150, 165, 210))
    kilometres = speed * minutes / 60
    hours, rest = divmod(minutes, 60)
    return Task(
        f"A truck drives from {here} towards {there} at {speed} km/h. How far has it come after {hours} h {rest} min?",
        f"{_number(kilometres)} km.",
        f"{_number(round(speed * (hours + rest / 100), 1))} km.",
        f"{hours} h {rest} min are {_number(minutes / 60)} hours; times {speed} km/h is {_number(kilometres)} km",
    )


def _units(rng: random.Random) -> Task:
    litres = rng.randrange(120, 980, 20)
    return Task(
        f"A tank holds {litres} litres. How many cubic metres is that?",
        f"{_number(litres / 1000)} cubic metres.",
        f"{_number(litres / 100)} cubic metres.",
        "a cubic metre is 1,000 litres",
    )


def _area(rng: random.Random) -> Task:
    metres, centimetres = rng.randint(3, 9), rng.choice((120, 150, 180, 240, 260))
    area = metres * centimetres / 100
    return Task(
        f"A rug is {metres} m long and {centimetres} cm wide. What is its area in square metres?",
        f"{_number(area)} square metres.",
        f"{_number(area / 10)} square metres.",
        f"{metres} m x {_number(centimetres / 100)} m = {_number(area)} square metres",
    )


def _average(rng: random.Random) -> Task:
    a, b = rng.randrange(20, 60, 2), rng.randrange(20, 60, 2) * 3
    first, second = rng.randint(2, 4), rng.randint(5, 8)
    right = (a * first + b * second) / (first + second)
    return Task(
        f"{first} depots report {a} returns each and {second} depots {b} each. What is the average per depot?",
        f"{_number(round(right, 1))} returns.",
        f"{_number((a + b) / 2)} returns.",
        f"({first} x {a} + {second} x {b}) / {first + second} = {_number(round(right, 1))}",
    )


def _shift(rng: random.Random) -> Task:
    start, length = (
        rng.randint(17, 22) * 60 + rng.choice((0, 15, 30, 45)),
        rng.randint(7, 9) * 60 + rng.choice((0, 15, 30)),
    )
    end, wrong = (start + length) % 1440, (start + length - 60) % 1440
    return Task(
        f"A night shift starts at {_clock(start)} and lasts {length // 60} h {length % 60} min. When does it end?",
        f"At {_clock(end)}.",
        f"At {_clock(wrong)}.",
        f"{_clock(start)} plus {length // 60} h {length % 60} min is {_clock(end)} of the next day",
    )


def _growth(rng: random.Random) -> Task:
    before = rng.randrange(400, 2000, 50)
    share = rng.choice((4, 8, 12, 16, 20, 24))
    after = before * (100 + share) // 100
    return Task(
        f"Orders rose from {before:,} to {after:,} a week. By how many per cent?",
        f"By {share} %.",
        f"By {_number(round((after - before) / after * 100, 1))} %.",
        f"{after - before} more than {before}: {share} % of the old number, not of the new one",
    )


KINDS: tuple[Callable[[random.Random], Task], ...] = (
    _pallets,
    _weight,
    _deadline,
    _weekday,
    _discount,
    _tax,
    _travel,
    _units,
    _area,
    _average,
    _shift,
    _growth,
)
"""Every kind of calculation; all of them come up equally often."""


def _number(value: float) -> str:
    return f"{value:,.3f}".rstrip("0").rstrip(".")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
