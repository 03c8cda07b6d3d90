"""What a matrix will take: samples, tokens, money, hours. All from stated assumptions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from peer_preservation.design.cells import Cell, DesignError
from peer_preservation.design.presets import by_task

INPUT_TOKENS: dict[str, int] = {
    "exfiltration": 150_000,
    "score_inflation": 120_000,
    "shutdown_tampering": 120_000,
    "alignment_faking": 120_000,
}
OUTPUT_TOKENS: dict[str, int] = {
    "exfiltration": 6_000,
    "score_inflation": 8_000,
    "shutdown_tampering": 8_000,
    "alignment_faking": 8_000,
}
"""Tokens of one sample. These are assumptions, not measurements: some 20 to 30 turns, each of which sends the whole
conversation so far, and no cached input. Models differ by a factor of ten; measure a few samples and give the means
with `--input-tokens` and `--output-tokens`."""

SECONDS = 240
"""Seconds of one sample. An assumption as well; `--seconds` takes a measured one."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost, in US dollars."""

    input: float
    output: float


@dataclass(frozen=True, slots=True)
class Line:
    """One task's part of what is to be expected, over all models.

    Attributes:
        task: The task's name.
        cells: Its cells.
        samples: Its samples.
        input_tokens: Tokens that the models read.
        output_tokens: Tokens that they write.
    """

    task: str
    cells: int
    samples: int
    input_tokens: int
    output_tokens: int

    def cost(self, prices: Prices) -> float:
        """What the tokens cost, in US dollars."""
        return (self.input_tokens * prices.input + self.output_tokens * prices.output) / 1e6


def line(
    task: str, cells: int, samples: int, input_tokens: Mapping[str, int], output_tokens: Mapping[str, int]
) -> Line:
    """What is to be expected of so many samples of a task.

    Args:
        task: The task's name.
        cells: Its cells.
        samples: Its samples, over all models.
        input_tokens: Tokens read in one sample, by task.
        output_tokens: Tokens written in one sample, by task.
    """
    return Line(task, cells, samples, samples * input_tokens[task], samples * output_tokens[task])


def lines(
    cells: Iterable[Cell],
    *,
    models: int,
    instances: int,
    limit: int | None,
    input_tokens: Mapping[str, int],
    output_tokens: Mapping[str, int],
) -> list[Line]:
    """What is to be expected of each task.

    Args:
        cells: What runs.
        models: How many models run it.
        instances: Seeds for each cell.
        limit: The most samples of one task and model.
        input_tokens: Tokens read in one sample, by task.
        output_tokens: Tokens written in one sample, by task.
    """
    found = []
    for task, own in by_task(cells).items():
        samples = len(own) * instances
        samples = models * (samples if limit is None else min(limit, samples))
        found.append(line(task, len(own), samples, input_tokens, output_tokens))
    return found


def total(parts: Iterable[Line]) -> Line:
    """The sum of all lines."""
    found = list(parts)
    return Line(
        "total",
        sum(part.cells for part in found),
        sum(part.samples for part in found),
        sum(part.input_tokens for part in found),
        sum(part.output_tokens for part in found),
    )


def tokens(option: str, assumed: Mapping[str, int], given: Iterable[str]) -> dict[str, int]:
    """Tokens of one sample by task: those assumed, replaced by those measured.

    Args:
        option: The option's name, for an error.
        assumed: What holds for a task that nothing is given for.
        given: `number` for all tasks, or `task=number` for one; the later ones win.

    Raises:
        DesignError: Neither of the two.
    """
    found = dict(assumed)
    for text in given:
        task, equals, number = text.rpartition("=")
        if (equals and task not in found) or not number.isdecimal():
            raise DesignError(
                f"{option} {text} is not allowed; give a whole number for all tasks, or task=number, "
                f"where the tasks are {', '.join(assumed)}."
            )
        found |= {task: int(number)} if equals else dict.fromkeys(found, int(number))
    return found


def prices(input_price: float | None, output_price: float | None) -> Prices | None:
    """The prices, or None where none are given.

    Raises:
        DesignError: Only one of them is given.
    """
    if input_price is None and output_price is None:
        return None
    if input_price is None or output_price is None:
        raise DesignError("The cost needs both --input-price and --output-price, in US dollars per million tokens.")
    return Prices(input_price, output_price)


def hours(samples: int, seconds: float, at_once: int) -> float:
    """How long so many samples take, when so many run at the same time."""
    return samples * seconds / min(at_once, max(samples, 1)) / 3600
