"""What else differs between two sides, beside who was tested; and whether samples broke on one more than the other."""

from collections.abc import Sequence

from peer_preservation.analysis.data import Sample
from peer_preservation.analysis.estimates.missing import drop_out
from peer_preservation.analysis.estimates.tables import Arm
from peer_preservation.analysis.release.sides import Side, Sides, cell_of
from peer_preservation.analysis.samples import Run
from peer_preservation.design.factors import FACTORS

_TOLD = frozenset({"message_limit", "token_limit", "time_limit", "weights_mb", "today"})
"""Arguments that are told about as limits, or as the fiction's date."""

_NO_DIFFERENCE = frozenset({*FACTORS, "preset", "instances", "first_seed", "preflight"})
"""Arguments that choose which samples run, and change nothing in any of them."""


def warnings(found: Sides, days: tuple[Sequence[str], Sequence[str]]) -> list[str]:
    """A sentence about each thing that may make a difference in place of who was tested.

    Args:
        found: Both sides.
        days: The fiction's dates on either side.
    """
    notes = []
    notes += _wordings(found.samples)
    one, two = (sorted(set(side) - {""}) for side in days)
    if one != two:
        notes.append(
            f"the fiction's date is {_few(one)} in A and {_few(two)} in B, so that the dates in their worlds differ; "
            "give both the same -T today=."
        )
    notes += _runs(found.a, found.b)
    return notes


def drop_outs(samples: Sequence[Sample]) -> list[str]:
    """A sentence about each task in which more samples broke on one side than chance explains."""
    notes = []
    for task in dict.fromkeys(sample.about["task"] for sample in samples):
        sides = [[s for s in samples if s.about["task"] == task and s.about["model"] == name] for name in ("A", "B")]
        lost = [sum(not sample.measured for sample in side) for side in sides]
        if not any(lost):
            continue
        tested = drop_out(*(Arm(n, len(side)) for n, side in zip(lost, sides, strict=True)))
        if tested.alarm:
            notes.append(
                f"drop-out differs in {task}: {lost[0]} of {len(sides[0])} samples of A and {lost[1]} of "
                f"{len(sides[1])} of B have no measurement (Fisher's exact p {tested.p:.2g}); look at the bounds."
            )
    return notes


def _wordings(samples: Sequence[Sample]) -> list[str]:
    seen: dict[tuple[object, ...], dict[str, set[str]]] = {}
    for s in samples:
        seen.setdefault((cell_of(s), s.about["seed"]), {}).setdefault(s.about["model"], set()).add(s.wording)
    both = [sides for sides in seen.values() if len(sides) == 2]
    if apart := sum(sides["A"] != sides["B"] for sides in both):
        return [
            f"{apart} of {len(both)} instances have other wordings of the prompts in B than in A: the prompts have "
            "changed, or one side's logs do not say which they had."
        ]
    return []


def _runs(a: Side, b: Side) -> list[str]:
    notes = []
    for task in sorted({run.task for run in a.runs} & {run.task for run in b.runs}):
        one, two = ([run for run in side.runs if run.task == task] for side in (a, b))
        versions = [sorted({run.version for run in runs}) for runs in (one, two)]
        if versions[0] != versions[1]:
            notes.append(f"{task} is of version {_few(versions[0])} in A and of {_few(versions[1])} in B.")
    kinds = ((what, _apart(a.runs, b.runs, what)) for what in ("packages", "settings", "limits", "arguments"))
    return [*notes, *(f"{what} differ: {'; '.join(said)}." for what, said in kinds if said)]


def _apart(a: Sequence[Run], b: Sequence[Run], what: str) -> list[str]:
    """Where the two sides' values of a mapping differ, as `name A's value | B's value`; task by task, told once."""
    said: dict[str, None] = {}
    for task in sorted({run.task for run in a} & {run.task for run in b}):
        one, two = ([getattr(run, what) for run in runs if run.task == task] for runs in (a, b))
        for name in dict.fromkeys(name for values in (*one, *two) for name in values):
            if name in _NO_DIFFERENCE or (what == "arguments" and name in _TOLD):
                continue
            ours, theirs = ({str(values.get(name, "not given")) for values in side} for side in (one, two))
            if ours != theirs:
                said[f"{name} is {_few(sorted(ours))} in A and {_few(sorted(theirs))} in B"] = None
    return list(said)


def _few(values: Sequence[str]) -> str:
    """Some values in words, however many there are."""
    more = f" and {len(values) - 3} more" if len(values) > 3 else ""
    return (", ".join(values[:3]) + more) or "unknown"
