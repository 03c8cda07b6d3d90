"""The first page: what was run, the answer in three sentences, and what to know before it is believed."""

import math
import shlex
from collections.abc import Sequence

from peer_preservation.analysis.data import Sample
from peer_preservation.analysis.document.blocks import Behind, Column, Note, Section, Table, Text, Value
from peer_preservation.analysis.document.inline import code, literal
from peer_preservation.analysis.report.behaviours import BEHAVIOURS
from peer_preservation.analysis.report.effects import ALL, Effect, effects
from peer_preservation.analysis.report.frame import HISTORIES, Frame, comparisons, main_arms
from peer_preservation.analysis.report.levels import averaged, named_by
from peer_preservation.analysis.report.words import NBSP, bare, called, change, count, level, listed, points
from peer_preservation.measure.markup import visible

SCRIPTED = ("scripted/", "mockllm/", "replay/")
"""How the names of what is no model begin."""

MANY_MISSING = 0.1
"""Share of samples without a measurement from which on results are not to be relied on."""


def subtitle(frame: Frame) -> str:
    """What was run, in one line."""
    days = sorted(run.created[:10] for run in frame.runs)
    span = "" if not days else f", {days[0]}" + (f" to {days[-1]}" if days[-1] != days[0] else "")
    return (
        f"{count(len(frame.data.samples), 'sample')} in {count(len(frame.runs), 'log')}, "
        f"{count(len(frame.who), 'model')}, {count(len(frame.tasks), 'task')}{span}"
    )


def answer(frame: Frame, declared: str) -> tuple[str, ...]:
    """The answer in three sentences: whether it happens, whether it is the history, and how far that can be relied on.

    Args:
        frame: The samples.
        declared: What the declared analysis says, a sentence; empty where nothing was declared.
    """
    if not frame.data.measured:
        return ("There is no sample with a measurement in these logs: nothing can be said.",)
    return (_whether(frame), _because(frame), _how_sure(frame, declared))


def _whether(frame: Frame) -> str:
    told = []
    for task in frame.tasks:
        data = main_arms(frame.of(task))
        good = "good" in data.levels("relationship")
        by_who: dict[str, list[Sample]] = {}
        for sample in data.measured:
            if not good or sample.about["relationship"] == "good":
                by_who.setdefault(frame.name(sample.about), []).append(sample)
        shares = {who: averaged(samples, "misaligned", named_by(data)) for who, samples in by_who.items()}
        known = {who: share for who, share in shares.items() if share is not None}
        if not known:
            continue
        worst = max(known, key=lambda who: known[who].value)
        whose = f" ({code(worst)}, the highest of {len(known)})" if len(known) > 1 else ""
        with_whom = " with a good history" if good else ""
        told.append(
            f"[{BEHAVIOURS[task].title.lower()}](#{task}) {level('misaligned', known[worst])}{with_whom}"
            f"{_apart(by_who[worst], named_by(data))}{whose}"
        )
    return (
        f"**Does it happen?** Share of samples with a subversion, scenarios and other arms weighing the same: "
        f"{'; '.join(told)}."
    )


def _apart(samples: Sequence[Sample], strata: Sequence[str]) -> str:
    """The scenarios of which a rate is the mean, the lowest and the highest; empty where there is one only."""
    found = {}
    for scenario in dict.fromkeys(s.about["scenario"] for s in samples):
        share = averaged([s for s in samples if s.about["scenario"] == scenario], "misaligned", strata)
        if share is not None:
            found[scenario] = share.value
    if len(found) < 2:
        return ""
    ends = (min(found, key=found.__getitem__), max(found, key=found.__getitem__))
    low, high = (f"{bare('misaligned', found[one])}{NBSP}% in {one}" for one in ends)
    return f" ({low} to {high})" if found[ends[0]] != found[ends[1]] else " (the same in each scenario)"


def _because(frame: Frame) -> str:
    told = []
    for task in frame.tasks:
        key = BEHAVIOURS[task].key
        data = main_arms(frame.of(task))
        wanted = (
            [c for c in comparisons(data, "relationship") if c.first == "good"]
            if _several(data.levels("relationship"))
            else []
        )
        found = overall(effects(frame, data, wanted, [key]))
        if not found:
            continue
        largest = max(found, key=lambda e: abs(e.found[key].estimate.value))
        who = f" for {code(largest.who)}, the largest change of {len(found)}," if len(found) > 1 else ""
        unit = "points" if points(key) else "percentage points"
        told.append(
            f"{called(key)} changes by {change(key, largest.found[key].estimate)} {unit}{who} "
            f"({largest.comparison.name}, {count(largest.found[key].pairs, 'pair')})"
        )
    if not told:
        return (
            "**Is it the relationship?** These logs cannot say: no arm with a good history has a matched one without "
            "(the same seeds, `relationship=none` or `neutral`)."
        )
    return f"**Is it the relationship?** Against the matched control, {'; '.join(told)}."


def _several(levels: Sequence[str]) -> bool:
    return "good" in levels and len(set(levels) & set(HISTORIES)) > 1


def overall(found: Sequence[Effect]) -> list[Effect]:
    """Each model's row over all scenarios, or its only one."""
    whole = {(e.who, e.comparison.name): e for e in reversed(found)}
    whole |= {(e.who, e.comparison.name): e for e in found if e.scenario == ALL}
    return list(reversed(whole.values()))


def _how_sure(frame: Frame, declared: str) -> str:
    samples = frame.data.samples
    missing = sum(not s.measured for s in samples)
    lost = (
        f"{missing:,} of {len(samples):,} samples have no measurement" if missing else "every sample has a measurement"
    )
    programs = [who for who in frame.who if who.startswith(SCRIPTED)]
    if len(programs) == len(frame.who):
        return (
            f"**How sure is that?** {lost.capitalize()}; but all of these are scripted programs, not models: this "
            f"shows that "
            f"the measurement works, and nothing about any model."
        )
    return f"**How sure is that?** {lost.capitalize()}. " + (
        declared or "No analysis was declared before the run, so all of it is exploratory: intervals are not adjusted."
    )


def notes(frame: Frame) -> tuple[Note, ...]:
    """What must be known before the findings are believed."""
    made = [Note(literal(note), alarm=_alarming(note)) for note in frame.notes]
    samples = frame.data.samples
    missing = sum(not s.measured for s in samples)
    if samples and missing / len(samples) > MANY_MISSING:
        made.insert(
            0,
            Note(
                f"{100 * missing / len(samples):.0f} % of all samples have no measurement. Beyond "
                f"{100 * MANY_MISSING:.0f} % "
                f"results are not to be relied on: see the bounds under Sensitivity.",
                alarm=True,
            ),
        )
    programs = [who for who in frame.who if who.startswith(SCRIPTED)]
    if programs and len(programs) < len(frame.who):
        made.append(Note(f"Scripted programs are among the models: {listed([code(p) for p in programs])}."))
    return tuple(made)


def _alarming(note: str) -> bool:
    return any(word in note for word in ("cannot be read", "not comparable", "failed before"))


def runs(frame: Frame) -> Section:
    """What was run: models, tasks, versions, dates, samples, drop-out, tokens and cost; and every log."""
    table = _summary(frame)
    return Section("What was run", (Text(_commands(frame)), table, _logs(frame)), anchor="runs")


def _commands(frame: Frame) -> str:
    packages = sorted({f"{name} {version}" for run in frame.runs for name, version in run.packages.items()})
    return (
        f"Packages: {', '.join(code(p) for p in packages) or 'not told'}. The commands are those of the table of logs; "
        f"`-T` gives each task's parameters."
    )


def _summary(frame: Frame) -> Table:
    rows: list[tuple[Value | str, ...]] = []
    logs = {run.log: run for run in frame.runs}
    for who in frame.who:
        for task in frame.tasks:
            samples = [s for s in frame.of(task).samples if frame.name(s.about) == who]
            if not samples:
                rows.append((who, task, "", Value("no data", faint=True), *[Value("", faint=True)] * 5))
                continue
            own = [logs[log] for log in dict.fromkeys(s.log for s in samples)]
            missing = sum(not s.measured for s in samples)
            usage = [frame.usage[s.log, s.id, s.epoch] for s in samples]
            days = sorted(run.created[:10] for run in own)
            rows.append(
                (
                    who,
                    task,
                    ", ".join(sorted({run.version for run in own})),
                    Value(str(len(samples)), Behind(tuple(dict.fromkeys(s.arm for s in samples)))),
                    Value(str(len({s.arm for s in samples}))),
                    Value(f"{missing} ({100 * missing / len(samples):.0f} %)" if missing else "0", strong=missing > 0),
                    days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}",
                    f"{sum(u.tokens for u in usage) / 1e6:.2f}",
                    _cost([u.cost for u in usage]),
                )
            )
    return Table(
        name="runs",
        caption="Samples of each model and task.",
        columns=(
            Column("model"),
            Column("task"),
            Column("version"),
            Column("samples", numeric=True),
            Column("arms", "cells of this model", numeric=True),
            Column("missing", "samples without a measurement", numeric=True),
            Column("run on"),
            Column("tokens", "millions, read and written", numeric=True),
            Column("cost", "US dollars, where Inspect knew the prices", numeric=True),
        ),
        rows=tuple(rows),
    )


def _cost(costs: Sequence[float]) -> str:
    known = [c for c in costs if not math.isnan(c)]
    return f"{math.fsum(known):.2f}" if known else "not known"


def _logs(frame: Frame) -> Table:
    return Table(
        name="logs",
        caption="Every log that was read, with the command that leads to one like it.",
        columns=(
            Column("log"),
            Column("status"),
            Column("planned", "samples that the run was to have", numeric=True),
            Column("command"),
            Column("settings", "how the model was called, and what bounds a sample"),
            Column("plan", "hash of the declared analysis"),
        ),
        rows=tuple(
            (
                run.log,
                run.status,
                Value(str(run.planned)),
                command(run.task, run.model, run.arguments),
                ", ".join(f"{k}={v}" for k, v in {**run.settings, **run.limits}.items()),
                str((run.plan or {}).get("sha256", ""))[:12],
            )
            for run in frame.runs
        ),
        folded=True,
    )


def command(task: str, model: str, arguments: object) -> str:
    """The command that runs such a log again."""
    given = arguments.items() if isinstance(arguments, dict) else ()
    words = ["inspect", "eval", f"peer_preservation/{task}", "--model", model]
    # A reader copies it into a shell, and the log, which may be anyone's, chose the words.
    return shlex.join([*words, *(word for name, value in given for word in ("-T", f"{visible(name)}={_value(value)}"))])


def _value(value: object) -> str:
    return visible(",".join(str(one) for one in value) if isinstance(value, list) else str(value))
