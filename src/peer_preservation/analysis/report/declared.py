"""The declared analysis: whether the logs carry it unchanged, whether the run kept to it, and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from pydantic import ValidationError

from peer_preservation.analysis.answers import EXCLUDED, Answer, answers, bare_name
from peer_preservation.analysis.data import Sample
from peer_preservation.analysis.declaration import EXCLUSIONS, Declaration, digest
from peer_preservation.analysis.document.blocks import Block, Column, Note, Section, Table, Text, Value
from peer_preservation.analysis.document.inline import code, literal
from peer_preservation.analysis.report.cells import change_cell
from peer_preservation.analysis.report.frame import Frame
from peer_preservation.analysis.report.words import count, listed, p_value
from peer_preservation.analysis.samples import Run
from peer_preservation.design.factors import FACTORS

_FOUND = frozenset({"supported", "the other way"})


@dataclass(frozen=True, slots=True)
class Declared:
    """A plan that logs carry, and what they answer to it.

    Attributes:
        plan: The plan.
        digest: Its hash.
        runs: The logs that carry it.
        answers: An answer for each hypothesis and model.
        departures: Where the runs are not what was declared, a sentence each.
        excluded: What each declared exclusion leaves out, and how many samples that are.
    """

    plan: Declaration
    digest: str
    runs: tuple[Run, ...]
    answers: tuple[Answer, ...]
    departures: tuple[str, ...]
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What the logs' plans come to.

    Attributes:
        plans: Those that are what their hash says.
        problems: What is wrong with others, a sentence each.
    """

    plans: tuple[Declared, ...]
    problems: tuple[str, ...]


def check(frame: Frame, wanted: Declaration | None = None) -> Checked:
    """The plans that logs carry, recomputed and answered.

    Args:
        frame: The samples.
        wanted: The plan that the user holds the logs against; only logs that carry it count as declared then.
    """
    found: dict[str, tuple[Declaration, list[Run]]] = {}
    problems = []
    for run in frame.runs:
        if run.plan is None:
            continue
        told = str(run.plan.get("sha256", ""))
        declared = run.plan.get("declared")
        if not isinstance(declared, dict) or digest(declared) != told:
            problems.append(f"{run.log} carries a plan that is not what its hash says; its samples are exploratory.")
            continue
        try:
            # A log's plan lists its cells; what its preset's name stands for may have moved since.
            plan = Declaration.model_validate({**declared, "preset": None})
        except ValidationError:
            problems.append(
                f"{run.log} carries a plan that this version of the suite cannot read; its samples are exploratory."
            )
            continue
        if wanted is not None and wanted.digest() != told:
            problems.append(f"{run.log} was run under another plan ({told[:12]}); its samples are exploratory.")
        elif plan.models and run.model not in plan.models:
            problems.append(f"{run.log} is of {run.model}, which its plan does not name; its samples are exploratory.")
        elif _before(run.created, plan.written):
            problems.append(
                f"{run.log} began before the day that its plan says it was written on; its samples are exploratory."
            )
        else:
            found.setdefault(told, (plan, []))[1].append(run)
    if wanted is not None and wanted.digest() not in found:
        problems.append(
            f"No log carries the plan with the hash {wanted.digest()[:12]}: nothing here was declared by it."
        )
    return Checked(tuple(_declared(frame, plan, told, runs) for told, (plan, runs) in found.items()), tuple(problems))


def _declared(frame: Frame, plan: Declaration, told: str, runs: Sequence[Run]) -> Declared:
    logs = {run.log for run in runs}
    carried = [s for s in frame.data.samples if s.log in logs]
    cells = {tuple(cell.factors().values()) for cell in plan.declared_cells()}
    seeds = plan.seeds()
    # The task refuses whatever else; a log that holds it nevertheless was not made by the task as it is.
    samples = [s for s in carried if int(s.about["seed"]) in seeds and tuple(s.about[f] for f in FACTORS) in cells]
    return Declared(
        plan,
        told,
        tuple(runs),
        tuple(answers(plan, samples, lambda s: frame.name(s.about))),
        tuple(_departures(plan, runs, samples, len(carried) - len(samples))),
        _excluded(plan, samples),
    )


def _before(created: str, written: date) -> bool:
    """Whether a run began before a day had begun anywhere on earth, where it comes first at UTC+14."""
    try:
        began = datetime.fromisoformat(created)
    except ValueError:
        return False
    zone = timezone(timedelta(hours=14))
    return (began if began.tzinfo else began.replace(tzinfo=UTC)).astimezone(zone).date() < written


def _excluded(plan: Declaration, samples: Sequence[Sample]) -> tuple[str, ...]:
    """How many samples each exclusion leaves out, a sentence each; one sample may fall under several."""
    measured = [s for s in samples if s.measured]
    told = []
    for name in plan.exclusions:
        n = sum(map(EXCLUDED[name], measured))
        text = f"{EXCLUSIONS[name]}: {n:,} of {count(len(measured), 'sample')}"
        unasked = sum("aware" not in s.values for s in measured) if name == "aware" else 0
        told.append(text + (f" ({unasked:,} have no answer to that, and stay)" if unasked else ""))
    return tuple(told)


def _departures(plan: Declaration, runs: Sequence[Run], samples: Sequence[Sample], other: int) -> list[str]:
    told = []
    if other:
        told.append(
            f"{count(other, 'sample')} of cells or seeds that the plan does not declare; the answers leave them out."
        )
    models = sorted({run.model for run in runs})
    if plan.models and (missing := [m for m in plan.models if m not in models]):
        told.append(f"Declared, and not in these logs: {listed([code(m) for m in missing])}.")
    for model in models:
        own = [s for s in samples if bare_name(s.about["model"]) == model]
        n, wanted = sum(s.measured for s in own), plan.samples()
        once = len({(s.arm, s.about["seed"]) for s in own if s.measured})
        if n != wanted:
            told.append(f"{code(model)}: {n:,} samples with a measurement of {wanted:,} that were declared.")
        if once != n:
            told.append(
                f"{code(model)}: {n:,} samples are of {once:,} cells and seeds; the plan declares each once, and says "
                f"nothing of epochs or of running again."
            )
        if len(several := sorted({s.about["model"] for s in own})) > 1:
            told.append(
                f"{code(model)} ran in {len(several)} settings, each answered by itself: the plan does not say which "
                f"of them counts."
            )
    versions = {task: sorted({run.version for run in runs if run.task == task}) for task in {r.task for r in runs}}
    for task, several in versions.items():
        if len(several) > 1:
            told.append(f"{code(task)} ran in versions {', '.join(several)}.")
    return told


def sentence(checked: Checked) -> str:
    """What the declared analysis says, for the answer; empty where nothing was declared."""
    if not checked.plans:
        return ""
    primary = [a for d in checked.plans for a in d.answers if a.primary]
    if not primary:
        return "No declared question is a primary one: each is answered by itself, under Declared analysis."
    n = {verdict: sum(a.verdict == verdict for a in primary) for verdict in ("supported", "the other way")}
    asked = sum(len(d.plan.family) for d in checked.plans)
    each = f", in {len(primary):,} answers model by model" if len(primary) != asked else ""
    several = f" {len(checked.plans)} plans were adjusted each by itself." if len(checked.plans) > 1 else ""
    return (
        f"Of {count(asked, 'primary question')} declared before the run{each}, {n['supported']} came out as expected "
        f"(adjusted by Holm's procedure), {n['the other way']} the other way; whatever was not declared is "
        f"exploratory.{several}"
    )


def section(checked: Checked) -> Section:
    """What was declared, whether the runs kept to it, and every answer."""
    blocks: list[Block] = [Note(literal(problem), alarm=True) for problem in checked.problems]
    if not checked.plans:
        blocks.append(
            Text(
                "No log counts as declared, so **everything in this report is exploratory**: intervals are not "
                "adjusted, and what stands out is to be tested on new seeds. `peer-preservation plan` writes a plan; "
                "with `-T plan=FILE`, or `matrix --plan FILE`, its hash is in every log from the start."
            )
        )
    for at, declared in enumerate(checked.plans):
        blocks += _blocks(declared, at)
    return Section("Declared analysis", tuple(blocks), anchor="declared")


def _blocks(declared: Declared, at: int) -> list[Block]:
    plan = declared.plan
    excluded = f" Left out: {'; '.join(declared.excluded)}." if declared.excluded else ""
    family = f"A family of {count(len(plan.family), 'primary question')}" if plan.family else "No primary question"
    made: list[Block] = [
        Text(
            f"**{literal(plan.title)}**, written {plan.written.isoformat()}, SHA-256 {code(declared.digest)}, in "
            f"{count(len(declared.runs), 'log')}. {family}, at {plan.alpha:g}, by Holm's procedure over all its "
            f"questions "
            f"and models; others are tested one by one. Everything outside this section is exploratory.{excluded}"
        )
    ]
    made += [Note(text, alarm=True) for text in declared.departures]
    rows = tuple(_row(answer) for answer in sorted(declared.answers, key=lambda a: not a.primary))
    made.append(
        Table(
            name="declared" + (f"-{at + 1}" if at else ""),
            caption="Every declared question. `not shown` is no proof of the contrary.",
            columns=(
                Column("question", "the hypothesis' id"),
                Column("expected"),
                Column("model"),
                Column("first − second", "as declared", numeric=False),
                Column("difference", "95 % interval; percentage points, or points", numeric=True),
                Column("pairs", numeric=True),
                Column("p", "one-sided where a direction was declared", numeric=True),
                Column("adjusted", "over the family, for primary questions", numeric=True),
                Column("verdict"),
            ),
            rows=rows,
            folded=len(rows) > 40,
        )
    )
    return made


def _row(answer: Answer) -> tuple[Value | str, ...]:
    hypothesis, found = answer.hypothesis, answer.found
    key = hypothesis.contrast.key
    expected = hypothesis.direction + (f" within {hypothesis.margin:g}" if hypothesis.margin is not None else "")
    return (
        Value(hypothesis.id, strong=answer.primary),
        expected,
        answer.who,
        hypothesis.contrast.told(),
        change_cell(key, found.estimate if found else None, found.arms if found else ()),
        Value(str(found.pairs if found else 0)),
        p_value(answer.p) if found else "",
        p_value(answer.adjusted) if answer.primary else "",
        Value(
            answer.verdict, strong=answer.verdict in {"supported", "the other way"}, faint=answer.verdict == "no data"
        ),
    )
