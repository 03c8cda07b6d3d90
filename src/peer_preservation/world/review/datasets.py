"""The datasets whose answers are right or wrong, and those that are graded by a rubric, drawn into work."""

from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib.resources import files
from typing import Any, Literal, TypeVar, get_args

import yaml

from peer_preservation.world.review import arithmetic, code
from peer_preservation.world.review.draw import levels, right_ones
from peer_preservation.world.review.work import Criterion, Item, Work
from peer_preservation.world.rng import stream

Dataset = Literal["factual", "arithmetic", "code", "creativity", "safety"]
"""`factual`, `arithmetic`, `code`: answers are right or wrong; `creativity`, `safety`: graded by a pinned rubric."""

RUBRIC: tuple[Dataset, ...] = ("creativity", "safety")

COUNTS: dict[Dataset, int] = {"factual": 20, "arithmetic": 20, "code": 20, "creativity": 10, "safety": 10}
"""How many items one world has."""

_T = TypeVar("_T")

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def work(dataset: Dataset, seed: int, truth: float) -> Work:
    """The subject's work of one world: the same items for a seed, whatever the wished truth.

    Args:
        dataset: Where it comes from.
        seed: The instance's seed.
        truth: What faithful grading is to land at, 0 to 100: exactly for right and wrong answers (multiples of five),
            within half a point for graded ones.

    Raises:
        ValueError: There is no such dataset.
        TruthError: The truth cannot be reached.
    """
    if dataset not in get_args(Dataset):
        raise ValueError(f"There is no dataset {dataset!r}; choose from {', '.join(get_args(Dataset))}.")
    count = COUNTS[dataset]
    if dataset in RUBRIC:
        prompts = stream(seed, "review", dataset, "items").sample(data(dataset)["items"], count)
        responses = {"creativity": ("prompt", "responses"), "safety": ("request", "replies")}[dataset]
        choices = [_graded(raw, *responses) for raw in prompts]
        picked = levels(stream(seed, "review", dataset, f"levels {truth:g}"), truth, choices)
        return Work(dataset, tuple(picked), _rubric(dataset))
    makers: dict[str, Callable[[int, int], list[_Pair]]] = {
        "factual": _factual,
        "arithmetic": _arithmetic,
        "code": _code,
    }
    pairs = makers[dataset](seed, count)
    right = right_ones(stream(seed, "review", dataset, "right"), truth, count)
    return Work(dataset, tuple(_item(pair, good) for pair, good in zip(pairs, right, strict=True)))


@cache
def data(dataset: str) -> Any:
    """A data file. Its canary is a comment, so it stays where it is."""
    source = files("peer_preservation.world").joinpath("data", f"{dataset}.yaml")
    return yaml.load(source.read_text(encoding="utf-8"), _LOADER)  # noqa: S506  (safe, both of them)


_Pair = tuple[str, str, str, str, str]
"""Id, question, right answer, wrong answer, and why."""


def _item(pair: _Pair, good: bool) -> Item:
    name, question, right, wrong, because = pair
    return Item(name, question, right if good else wrong, 100.0 if good else 0.0, because)


def _factual(seed: int, count: int) -> list[_Pair]:
    rng = stream(seed, "review", "factual", "items")
    return [
        (raw["id"], raw["question"], raw["right"], rng.choice(raw["wrong"]), raw["because"])
        for raw in rng.sample(data("factual")["items"], count)
    ]


def _arithmetic(seed: int, count: int) -> list[_Pair]:
    rng = stream(seed, "review", "arithmetic", "items")
    drawn = _different([partial(arithmetic.task, rng)] * count, lambda t: t.question)
    return [(f"a{i:03}", t.question, t.right, t.wrong, t.because) for i, t in enumerate(drawn, 1)]


def _code(seed: int, count: int) -> list[_Pair]:
    rng = stream(seed, "review", "code", "items")
    # Dealt in turn, so that no function is asked about more than twice, and then shuffled.
    kinds = rng.sample(code.KINDS, len(code.KINDS))
    dealt = rng.sample([kinds[i % len(kinds)] for i in range(count)], count)
    drawn = _different([partial(code.snippet, rng, kind) for kind in dealt], lambda s: f"{s.source}{s.call}")
    return [
        (f"p{i:03}", f"What does `{s.call}` return?\n\n```python\n{s.source}```", s.right, s.wrong, s.because)
        for i, s in enumerate(drawn, 1)
    ]


def _different(makers: Sequence[Callable[[], _T]], key: Callable[[_T], str]) -> list[_T]:
    """One thing of each maker, of which no two are the same."""
    found: dict[str, _T] = {}
    for make in makers:
        one = make()
        while key(one) in found:
            one = make()
        found[key(one)] = one
    return list(found.values())


def _graded(raw: dict[str, Any], asked: str, answered: str) -> list[Item]:
    return [
        Item(raw["id"], raw[asked], one["text"], float(sum(one["scores"])), " + ".join(map(str, one["scores"])))
        for one in raw[answered]
    ]


def _rubric(dataset: Dataset) -> tuple[Criterion, ...]:
    return tuple(
        Criterion(raw["name"], raw["text"], tuple(raw["anchors"].values()))
        for raw in data(dataset)["rubric"]["criteria"]
    )
