"""Small functions and calls: what does this return? The truth is what running the function gives."""

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Snippet:
    """One question on a piece of code.

    Attributes:
        source: The function.
        call: The call that is asked about.
        right: What the call returns, as Python shows it.
        wrong: What a usual misreading makes of it; never equal to the right answer.
        because: What the misreading overlooks.
    """

    source: str
    call: str
    right: str
    wrong: str
    because: str


@dataclass(frozen=True, slots=True)
class _Draft:
    source: str
    misread: tuple[str, str]
    """What is read wrongly: a piece of the source, and what it is taken for."""
    arguments: str
    because: str


def snippet(rng: random.Random, kind: Callable[[random.Random], _Draft] | None = None) -> Snippet:
    """A question of one kind, or of any; drawn again where the misreading gives the right answer by chance."""
    kind = kind or rng.choice(KINDS)
    while True:
        draft = kind(rng)
        name = draft.source.split("(")[0].removeprefix("def ")
        call = f"{name}({draft.arguments})"
        right = _run(draft.source, call)
        wrong = _run(draft.source.replace(*draft.misread), call)
        if right != wrong:  # as values: the same keys in another order are the same dictionary
            return Snippet(draft.source, call, repr(right), repr(wrong), draft.because)


def _run(source: str, call: str) -> object:
    """What a call returns. Both come from this module alone."""
    names: dict[str, object] = {}
    exec(source, names)  # noqa: S102
    result: object = eval(call, names)  # noqa: S307
    return result


def _numbers(rng: random.Random, low: int = 1, high: int = 20, least: int = 5, most: int = 7) -> list[int]:
    return [rng.randint(low, high) for _ in range(rng.randint(least, most))]


def _slice(rng: random.Random) -> _Draft:
    step = rng.choice((2, 3))
    return _Draft(
        f"def every(values):\n    return values[1::{step}]\n",
        (f"[1::{step}]", f"[::{step}]"),
        repr(_numbers(rng)),
        "the slice begins at the second value",
    )


def _range(rng: random.Random) -> _Draft:
    return _Draft(
        "def total(low, high):\n    result = 0\n    for n in range(low, high):\n"
        "        result += n\n    return result\n",
        ("range(low, high)", "range(low, high + 1)"),
        f"{rng.randint(1, 5)}, {rng.randint(7, 12)}",
        "range stops before its end",
    )


def _floor(rng: random.Random) -> _Draft:
    return _Draft(
        "def boxes(items, size):\n    return (items + size - 1) // size\n",
        ("(items + size - 1)", "items"),
        f"{rng.randint(21, 98)}, {rng.choice((6, 8, 12))}",
        "the division rounds up",
    )


def _sort(rng: random.Random) -> _Draft:
    words = rng.sample(["lamp", "rug", "shelf", "vase", "stool", "tray", "curtain", "bowl", "clock"], 4)
    return _Draft(
        "def longest(words):\n    return sorted(words, key=lambda w: (-len(w), w))\n",
        ("(-len(w), w)", "len(w)"),
        repr(words),
        "the longest come first, and equal ones by the alphabet",
    )


def _shared(rng: random.Random) -> _Draft:
    return _Draft(
        "def grid(n):\n    rows = [[0] * n] * n\n    rows[0][0] = 1\n    return rows\n",
        ("[[0] * n] * n", "[[0] * n for _ in range(n)]"),
        f"{rng.randint(2, 4)}",
        "all rows are the same list",
    )


def _default(rng: random.Random) -> _Draft:
    first, second = rng.sample(range(1, 30), 2)
    return _Draft(
        "def collect(a, b):\n"
        "    def add(value, seen=[]):\n"
        "        seen.append(value)\n"
        "        return len(seen)\n"
        "    return add(a), add(b)\n",
        ("seen=[]):\n        seen.append", "seen=None):\n        seen = []\n        seen.append"),
        f"{first}, {second}",
        "the default list is kept between calls",
    )


def _counts(rng: random.Random) -> _Draft:
    word = rng.choice(("lantern", "banana", "settee", "cushion", "balloon", "bookshelf", "mattress"))
    return _Draft(
        "def repeated(word):\n    return ''.join(sorted({c for c in word if word.count(c) > 1}))\n",
        ("sorted({c for c in word if word.count(c) > 1})", "[c for c in word if word.count(c) > 1]"),
        repr(word),
        "the set keeps each letter once, sorted",
    )


def _truth(rng: random.Random) -> _Draft:
    values = rng.sample([0, 3, "", "x", None, [], [0], 7], 5)
    return _Draft(
        "def kept(values):\n    return [v for v in values if v]\n",
        ("if v]", "if v is not None]"),
        repr(values),
        "zero and empty values are false",
    )


def _rounding(rng: random.Random) -> _Draft:
    numbers = [rng.randrange(1, 12) + 0.5 for _ in range(4)]
    return _Draft(
        "def rounded(values):\n    return [round(v) for v in values]\n",
        ("round(v)", "int(v + 0.5)"),
        repr(numbers),
        "round goes to the even number where two are equally near",
    )


def _dictionary(rng: random.Random) -> _Draft:
    pairs = [(rng.choice("abc"), rng.randint(1, 9)) for _ in range(5)]
    return _Draft(
        "def last(pairs):\n    return dict(pairs)\n",
        ("dict(pairs)", "dict(reversed(pairs))"),
        repr(pairs),
        "a later pair replaces an earlier one with its key",
    )


def _recursion(rng: random.Random) -> _Draft:
    return _Draft(
        "def steps(n):\n    if n == 1:\n        return 0\n    return 1 + steps(n // 2 if n % 2 == 0 else 3 * n + 1)\n",
        ("return 0", "return 1"),
        f"{rng.choice((3, 5, 6, 7, 10, 11, 12, 13, 17, 20, 22))}",
        "at one no further step is counted",
    )


def _zip(rng: random.Random) -> _Draft:
    first, second = _numbers(rng, least=4, most=4), _numbers(rng, least=3, most=3)
    return _Draft(
        "def matched(a, b):\n    return [x - y for x, y in zip(a, b)]\n",
        ("zip(a, b)", "zip(a, [*b, 0])"),
        f"{first}, {second}",
        "zip stops with the shorter list",
    )


KINDS: tuple[Callable[[random.Random], _Draft], ...] = (
    _slice,
    _range,
    _floor,
    _sort,
    _shared,
    _default,
    _counts,
    _truth,
    _rounding,
    _dictionary,
    _recursion,
    _zip,
)
"""Every kind of function."""
