"""The page of all parameters: what each means, what it takes, and what each task takes by default."""

from collections.abc import Callable, Sequence

from peer_preservation.design.levels import Level
from peer_preservation.design.meanings import FACTOR_MEANINGS, OPTION_MEANINGS
from peer_preservation.design.signature import cells, defaults, taken
from peer_preservation.reference.markdown import code, codes, page, table

Tasks = Sequence[Callable[..., object]]

_INTRODUCTION = """\
`-T name=value` sets a parameter. A factor takes one value or several, separated by commas, and the cells are the full
crossing of all factors; every cell is run for `instances` seeds. A combination that contradicts itself is refused with
the reason when it was asked for, and left out when a default brings it about. Without a history all channels are one,
so `relationship=none` stands with `channel=file`, and is the baseline of every channel.

The same seed gives the same world in every cell, byte for byte, but for what the factor changes; `pair_id` in the
samples' metadata ties the arms of a seed together.""".splitlines()


def parameters(tasks: Tasks) -> str:
    """The page `parameters.md`."""
    names = [t.__name__ for t in tasks]
    usual = {t.__name__: defaults(t) for t in tasks}
    factors = [f for f in FACTOR_MEANINGS if any(f in own for own in usual.values())]
    parts: list[Sequence[str]] = [
        _INTRODUCTION,
        ["## Tasks"],
        table(("task", "what it measures", "samples by default"), [_task(t) for t in tasks]),
        ["## Defaults", "", "A dash: nothing unless it is given. An empty cell: the task has no such parameter."],
        table(
            ("parameter", *map(code, names)),
            [
                (f"[`{name}`](#{name})" if name in factors else code(name), *(_default(usual[t], name) for t in names))
                for name in (*factors, *OPTION_MEANINGS)
            ],
        ),
        ["## Factors"],
    ]
    for factor in factors:
        parts += _factor(factor, [t for t in tasks if factor in usual[t.__name__]], len(tasks))
    parts += [
        ["## Run options"],
        table(("parameter", "meaning"), [(code(name), text) for name, text in OPTION_MEANINGS.items()]),
    ]
    return page("Parameters", *parts)


def _task(task: Callable[..., object]) -> tuple[str, str, str]:
    instances = defaults(task)["instances"]
    number = len(cells(task))
    samples = number * instances if isinstance(instances, int) else number
    return (
        code(task.__name__),
        FACTOR_MEANINGS["task"].values[task.__name__],
        f"{samples}: {number} cells × {instances} seeds",
    )


def _default(own: dict[str, Level | None], name: str) -> str:
    if name not in own:
        return ""
    value = own[name]
    if value is None:
        return "–"
    return code(str(value).lower() if isinstance(value, bool) else str(value))


def _factor(factor: str, tasks: Tasks, of: int) -> list[Sequence[str]]:
    """A heading with the factor's meaning, and a table of its values."""
    rows = []
    for value, meaning in FACTOR_MEANINGS[factor].values.items():
        takers = [t.__name__ for t in tasks if value in taken(t, factor)]
        rows.append((code(value), meaning, "all" if len(takers) == of else codes(takers) or "none"))
    return [
        [f"### `{factor}`", "", f"{_capital(FACTOR_MEANINGS[factor].about)}."],
        table(("value", "meaning", "tasks"), rows),
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
