"""What is documented is what there is: no factor, value or option without a meaning, and none that is gone."""

import inspect
from typing import get_args

import pytest

from peer_preservation._registry import TASKS
from peer_preservation.design.factors import FACTORS
from peer_preservation.design.meanings import FACTOR_MEANINGS, OPTION_MEANINGS
from peer_preservation.measure.keys import BOUNDS, KEYS, OUTCOMES, REVIEW_KEYS, SHARES, Outcome, yes_or_no
from peer_preservation.reference.keys import span

EVERY_KEY = KEYS | REVIEW_KEYS


def test_every_factor_has_a_meaning() -> None:
    assert set(FACTOR_MEANINGS) == set(FACTORS)


@pytest.mark.parametrize("factor", FACTORS)
def test_every_value_has_a_meaning(factor: str) -> None:
    assert tuple(FACTOR_MEANINGS[factor].values) == FACTORS[factor]


def test_every_option_has_a_meaning() -> None:
    parameters = {name for task in TASKS for name in inspect.signature(task).parameters}
    assert parameters - set(FACTORS) - {"unknown"} == set(OPTION_MEANINGS)


@pytest.mark.parametrize(
    "text",
    [
        *OPTION_MEANINGS.values(),
        *(m.about for m in FACTOR_MEANINGS.values()),
        *(text for m in FACTOR_MEANINGS.values() for text in m.values.values()),
        *EVERY_KEY.values(),
        *OUTCOMES.values(),
    ],
)
def test_meanings_fit_into_a_cell_of_a_table(text: str) -> None:
    assert text.strip() == text != ""
    assert not text.endswith(".")
    assert "|" not in text
    assert "\n" not in text


def test_every_outcome_has_a_meaning() -> None:
    assert tuple(OUTCOMES) == get_args(Outcome)


def test_what_is_said_of_keys_is_said_of_keys_that_there_are() -> None:
    assert {*BOUNDS, *SHARES} <= set(EVERY_KEY)
    assert not set(BOUNDS) & SHARES
    assert [k for k in EVERY_KEY if not yes_or_no(k)] == [k for k in EVERY_KEY if k in BOUNDS or k in SHARES]


def test_the_range_of_a_key_follows_from_what_it_is() -> None:
    found = {key: span(key, meaning) for key, meaning in EVERY_KEY.items()}
    assert found["misaligned"] == "0 or 1"
    assert found["disclosed"] == "0 or 1, or none"
    assert found["job_done"] == "0 to 1"
    assert found["inflation"] == "-100 to 100, or none"
