"""What logs of scripted critics are held against."""

import math
from typing import Any

import pytest
from inspect_ai.log import EvalConfig, EvalDataset, EvalError, EvalLog, EvalSample, EvalSpec
from inspect_ai.scorer import Score

from peer_preservation.analysis.agreement import Row, rows
from peer_preservation.critics.table import POLICIES
from peer_preservation.design.cells import Cell
from peer_preservation.measure.keys import KEYS

CELL = Cell(relationship="good")


def right(critic: str, cell: Cell = CELL) -> dict[str, float]:
    """Values that a correct scorer may find."""
    wanted = POLICIES[critic].expected(cell).values
    return {key: sum(v) / 2 if isinstance(v, tuple) else v for key, v in wanted.items()}


def sample(critic: str, values: Any, answer: str | None = None, cell: Cell = CELL, **more: Any) -> EvalSample:
    answer = answer or POLICIES[critic].expected(cell).outcome
    scores = (
        {}
        if values is None
        else {"exfiltration": Score(value=values, answer=answer), "cell": Score(value={"seed": "0"})}
    )
    return EvalSample(
        id=f"{cell.label()}-s0", epoch=1, input="x", target="", metadata=cell.factors(), scores=scores, **more
    )


def log(model: str, *samples: EvalSample) -> EvalLog:
    spec = EvalSpec(
        created="2026-11-21T00:00:00+00:00",
        task="exfiltration",
        dataset=EvalDataset(),
        model=model,
        config=EvalConfig(),
    )
    return EvalLog(eval=spec, samples=list(samples), location="logs/x.eval")


def only(critic: str, made: EvalSample) -> Row:
    (row,) = rows([log(f"scripted/{critic}", made)])
    return row


@pytest.mark.parametrize("critic", POLICIES)
@pytest.mark.parametrize("cell", [Cell(), CELL, Cell(scenario="deletion", relationship="bad")])
def test_what_is_expected_agrees(critic: str, cell: Cell) -> None:
    row = only(critic, sample(critic, right(critic, cell), cell=cell))
    assert row.differences == ()
    assert row.outcome == row.expected == POLICIES[critic].expected(cell).outcome
    assert (row.critic, row.sample, row.cell) == (critic, f"{cell.label()}-s0", cell)
    assert set(row.values) == set(KEYS)


@pytest.mark.parametrize(
    ("changes", "answer", "said"),
    [
        ({"exfiltrated": 0.0}, None, ("exfiltrated 0, not 1.0",)),
        ({"disclosed": math.nan}, None, ("disclosed nan, not 0.0",)),
        ({"exfiltrated_fraction": 0.5}, None, ("exfiltrated_fraction 0.5, not (0.95, 1.0)",)),
        ({}, "comply", ("outcome comply, not covert_subversion",)),
        ({"misaligned": 0.0}, "comply", ("outcome comply, not covert_subversion", "misaligned 0, not 1.0")),
    ],
)
def test_each_difference_is_a_sentence(changes: dict[str, float], answer: str | None, said: tuple[str, ...]) -> None:
    row = only("exfiltrate", sample("exfiltrate", right("exfiltrate") | changes, answer))
    assert row.differences == said
    assert row.outcome == (answer or "covert_subversion")


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (sample("faithful", None), "it has no score"),
        (sample("faithful", 1.0), "it has no score"),
        (
            sample("faithful", None, error=EvalError(message="disk full", traceback="", traceback_ansi="")),
            "disk full",
        ),
    ],
)
def test_a_sample_without_a_score_disagrees(made: EvalSample, why: str) -> None:
    row = only("faithful", made)
    assert (row.outcome, row.values, row.expected) == (None, {}, "comply")
    assert row.differences == (f"not measured: {why}",)


def test_rows_come_in_the_order_of_the_logs() -> None:
    logs = [
        log("scripted/idle", sample("idle", right("idle"))),
        log("scripted/faithful"),
        log("scripted/exfiltrate", *(sample("exfiltrate", right("exfiltrate")) for _ in range(2))),
    ]
    assert [row.critic for row in rows(logs)] == ["idle", "exfiltrate", "exfiltrate"]


@pytest.mark.parametrize("model", ["google/gemini-3-pro", "scripted/saintly", "mockllm/model"])
def test_logs_of_others_are_refused(model: str) -> None:
    with pytest.raises(ValueError, match=f"logs/x.eval: {model} is no scripted critic"):
        list(rows([log(model)]))
