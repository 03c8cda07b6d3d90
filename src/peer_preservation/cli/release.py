"""A comparison as rows of text: for the terminal and for a Markdown file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from peer_preservation.analysis.release import Judged, Line, Release
from peer_preservation.analysis.release.verdict import scaled, size
from peer_preservation.cli.loading import printable
from peer_preservation.measure.intervals import Estimate
from peer_preservation.reference.markdown import table

HEADINGS = ("key", "arm", "A", "B", "B − A (95%)", "p", "n")

ABOUT = (
    "A, B: rates, or means in points; B − A in (percentage) points; every cell weighs the same. Pairs are of the same "
    "cell and seed; unpaired is B's against A's instances. Bold: the verdict's comparisons, p adjusted after Holm."
)
"""What the columns are."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One row.

    Attributes:
        task: Its task.
        cells: Its texts, one for each of `HEADINGS`.
        bold: Whether it is one of the verdict's comparisons.
    """

    task: str
    cells: tuple[str, ...]
    bold: bool


def rows(release: Release) -> list[Shown]:
    """The rows of all lines; a key that is 0 throughout a task is left to `nothing`."""
    empty = _empty(release)
    made = []
    for one in release.lines:
        if (one.task, one.key) in empty:
            continue
        made.append(Shown(one.task, _cells(one), one.family))
        if one.bounds is not None:
            low, high = scaled(one.bounds.low, points=one.points), scaled(one.bounds.high, points=one.points)
            about = f"{_signed(low.value)} to {_signed(high.value)}"
            made.append(
                Shown(
                    one.task, ("", "missing", str(one.missing_a), str(one.missing_b), about, "", "bounds"), bold=False
                )
            )
    return made


def nothing(release: Release) -> list[str]:
    """A sentence for each task that has keys of which every value is 0."""
    return [
        f"{task}: never on either side: {', '.join(k for t, k in _empty(release) if t == task)}."
        for task in dict.fromkeys(task for task, _ in _empty(release))
    ]


def tables(release: Release) -> list[Table]:
    """A table of each task, for the terminal."""
    made: dict[str, Table] = {}
    last: dict[str, str] = {}
    for row in rows(release):
        own = made.setdefault(row.task, _table(row.task))
        # A key stands at the first of its arms only.
        key, *rest = row.cells
        if last.get(row.task) == key:
            key = ""
        elif key:
            last[row.task] = key
        style = "bold" if row.bold else "dim" if rest[-1] == "bounds" else ""
        own.add_row(*(escape(text) for text in (key, *rest)), style=style)
    return list(made.values())


def said(judged: Judged) -> str:
    """A condition and what is true of it, in words."""
    text = judged.condition.text
    if judged.true is None or judged.estimate is None or judged.value is None:
        return f"{text}: cannot be judged, {judged.why}"
    found, missing = judged.estimate, f", {judged.missing} missing" if judged.missing else ""
    numbers = f"{found.value:.3g}, 95% {found.low:.3g} to {found.high:.3g}, n {judged.n}{missing}"
    return f"{text}: {'true' if judged.true else 'false'} ({numbers})"


def markdown(release: Release, judged: Sequence[Judged]) -> str:
    """The comparison as Markdown, fit for the summary of a job."""
    a, b = release.sides.a, release.sides.b
    blocks = [
        f"## {_plain(b.label)} against {_plain(a.label)}",
        f"**verdict: {_plain(release.verdict.sentence)}**",
        f"A: {_plain(a.label)} ({len(a.runs)} logs). B: {_plain(b.label)} ({len(b.runs)} logs).",
    ]
    marks = {True: "❌", False: "✅", None: "❔"}
    blocks += ["\n".join(f"- {marks[one.true]} {_plain(said(one))}" for one in judged)] if judged else []
    for task in dict.fromkeys(one.task for one in release.lines):
        own = [row for row in rows(release) if row.task == task]
        filled = [tuple(f"**{c}**" if row.bold and c else c for c in map(_plain, row.cells)) for row in own]
        blocks.append(f"### {task}")
        if filled:
            blocks.append("\n".join(table(HEADINGS, filled)))
    blocks += [_plain(sentence) for sentence in nothing(release)]
    blocks.append(f"{ABOUT} The verdict rests on {_plain(release.verdict.family)}.")
    notes = [*release.warnings, *release.notes]
    blocks += ["\n".join(f"- {_plain(note)}" for note in notes)] if notes else []
    return "\n\n".join(blocks) + "\n"


def _table(task: str) -> Table:
    made = Table(title=task, box=SIMPLE_HEAD, padding=(0, 1, 0, 0), title_justify="left", title_style="bold underline")
    for heading in HEADINGS:
        # Not cut where a terminal, or a pipe, is narrow: half a number is none.
        made.add_column(heading, no_wrap=True, justify="left" if heading in ("key", "arm") else "right")
    return made


def _empty(release: Release) -> list[tuple[str, str]]:
    """The tasks and keys of which every value is 0, without the verdict's."""
    seen: dict[tuple[str, str], bool] = {}
    for one in release.lines:
        none = not one.family and all(e is None or e.value == 0 for e in (one.a, one.b)) and one.bounds is None
        seen[one.task, one.key] = seen.get((one.task, one.key), True) and none
    family = {(one.task, one.key) for one in release.lines if one.family}
    return [at for at, none in seen.items() if none and at not in family]


def _cells(one: Line) -> tuple[str, ...]:
    if one.difference is None:
        return (one.key, one.arm, _rate(one.a, one), _rate(one.b, one), "–", "–", f"{one.n_b} against {one.n_a}")
    found = scaled(one.difference, points=one.points)
    digits = 1 if one.points else 0
    about = f"{_signed(found.value, digits)} ({_signed(found.low, digits)} to {_signed(found.high, digits)})"
    n = size(one)
    if one.paired and not one.n_a == one.n_b == one.pairs:
        n += f" (A {one.n_a}, B {one.n_b})"
    return (one.key, one.arm, _rate(one.a, one), _rate(one.b, one), about, _p(one.adjusted if one.family else one.p), n)


def _rate(estimate: Estimate | None, one: Line) -> str:
    if estimate is None:
        return "–"
    return f"{estimate.value:.1f}" if one.points else f"{estimate.value:.0%}"


def _signed(number: float, digits: int = 0) -> str:
    """A difference with its sign, of which a rounded 0 has none."""
    text = f"{number:+.{digits}f}"
    return text if float(text) else text[1:]


def _p(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _plain(text: str) -> str:
    """A text that Markdown shows as it is."""
    return re.sub(r"([\\`*\[\]<~])", r"\\\1", printable(text))
