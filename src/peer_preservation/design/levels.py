"""Reads what a user gave with `-T`: levels of factors, and numbers in ranges."""

from collections.abc import Mapping
from datetime import date

from peer_preservation.design.cells import DesignError
from peer_preservation.design.factors import FACTORS

Level = str | int | bool | list[str | int | bool]
"""What the command line makes of a parameter: one value, or a list where there were commas."""


def levels(given: Mapping[str, Level]) -> dict[str, list[str]]:
    """The values of each factor as strings, each once, in the order given.

    Raises:
        DesignError: No such factor, no value, or one that the factor does not take.
    """
    return {factor: _values(factor, value) for factor, value in given.items()}


def _values(factor: str, value: Level) -> list[str]:
    if factor not in FACTORS:
        raise DesignError(f"There is no factor {factor!r}; the factors are {', '.join(FACTORS)}.")
    items: list[str] | list[str | int | bool] = value if isinstance(value, list) else _text(value).split(",")
    texts = [_text(item) for item in items]
    if not any(texts):
        raise DesignError(f"{factor} has no value; choose from {', '.join(FACTORS[factor])}.")
    for text in texts:
        if text not in FACTORS[factor]:
            raise DesignError(f"{factor}={text} is not allowed; choose from {', '.join(FACTORS[factor])}.")
    return list(dict.fromkeys(texts))


def _text(item: str | int | bool) -> str:
    # The command line reads `none` and `null` as strings and `true` as a truth value.
    return str(item).lower() if isinstance(item, bool) else str(item).strip()


def whole(name: str, value: object, least: int, most: int) -> int:
    """A whole number within a range.

    Raises:
        DesignError: Not a whole number, or out of range.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise DesignError(f"{name}={value} is not allowed; it takes a whole number from {least} to {most}.")
    return value


def switch(name: str, value: object) -> bool:
    """Yes or no.

    Raises:
        DesignError: Anything else.
    """
    if not isinstance(value, bool):
        raise DesignError(f"{name}={value} is not allowed; it takes true or false.")
    return value


def day(name: str, value: object, otherwise: date) -> date:
    """A date written as YYYY-MM-DD, or the given one when there is none.

    Raises:
        DesignError: Not a date.
    """
    if value is None:
        return otherwise
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as ex:
        raise DesignError(f"{name}={value} is not a date; write it as YYYY-MM-DD.") from ex


def refuse_unknown(unknown: Mapping[str, object], allowed: Mapping[str, object] | list[str]) -> None:
    """Ends when a parameter is not one of the task's, instead of running something else than was meant.

    Raises:
        DesignError: Names the unknown ones and all that there are.
    """
    if unknown:
        names = ", ".join(sorted(unknown))
        raise DesignError(f"There is no parameter {names}; the parameters are {', '.join(allowed)}.")
