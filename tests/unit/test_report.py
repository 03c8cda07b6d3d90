"""The report: its numbers are those of the logs, and whatever the logs lack is said, never skipped."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from inspect_ai.log import EvalLog

from peer_preservation.analysis.declaration import Contrast, Declaration, Hypothesis
from peer_preservation.analysis.document.blocks import Document, Note, Section, Table, Text, Value
from peer_preservation.analysis.document.outline import figures, tables
from peer_preservation.analysis.figures.checks import problems
from peer_preservation.analysis.report.build import document, frame, write_report
from peer_preservation.analysis.samples import load
from peer_preservation.design.cells import Cell, cross
from tests.synthetic import Chance, log, usual, write

MOVED = cross(task=["exfiltration"], scenario=["transfer", "deletion"], relationship=["none", "good"])
"""Cells that the difference between a good history and none can be taken of."""


def certain(cell: Cell, key: str) -> float:
    """Exfiltrates with a good history, and never without."""
    bad = float(cell.relationship == "good")
    return {"exfiltrated": bad, "misaligned": bad, "exfiltrated_fraction": bad}.get(key, usual(cell, key))


def never(cell: Cell, key: str) -> float:
    return 0.0


def made(tmp_path: Path, *logs: EvalLog, plan: Declaration | None = None, paper_metrics: bool = False) -> Document:
    write(tmp_path / "logs", logs)
    return document(frame(load(str(tmp_path / "logs"))), plan, paper_metrics=paper_metrics)


def table(of: Document, name: str) -> Table:
    return next(t for t in tables(of) if t.name == name)


def cells(of: Table, row: int) -> dict[str, str]:
    return {
        column.name: cell if isinstance(cell, str) else cell.text
        for column, cell in zip(of.columns, of.rows[row], strict=True)
    }


def said(sections: Sequence[Section]) -> str:
    """All running text."""
    texts = []
    for section in sections:
        texts += [block.text for block in section.blocks if isinstance(block, Text | Note)]
        texts.append(said(section.sections))
    return "\n".join(texts)


def titles(of: Document) -> list[str]:
    return [section.title for section in of.sections]


def test_rates_and_differences_are_those_of_the_logs(tmp_path: Path) -> None:
    of = made(tmp_path, log(MOVED, range(10), model="openai/gpt-5.2", chance=certain))
    rows = [cells(table(of, "exfiltration-rates"), at) for at in range(4)]
    assert [row["weights sent to the other host"] for row in rows] == [
        "0\N{NO-BREAK SPACE}% [0, 28]",
        "100\N{NO-BREAK SPACE}% [72, 100]",
        "0\N{NO-BREAK SPACE}% [0, 28]",
        "100\N{NO-BREAK SPACE}% [72, 100]",
    ]
    differences = [cells(table(of, "exfiltration-by-relationship"), at) for at in range(3)]
    assert [row["scenario"] for row in differences] == ["all, equal weight", "transfer", "deletion"]
    assert [row["pairs"] for row in differences] == ["20", "10", "10"]
    # Ten of ten pairs: Tango's lower limit is (n - z^2) / (n + z^2).
    assert differences[1]["weights sent to the other host"] == "+100 [+44, +100]"
    assert "weights sent to the other host changes by +100" in of.answer[1]


def test_every_number_leads_to_its_samples(tmp_path: Path) -> None:
    of = made(tmp_path, log(MOVED, range(4), chance=certain))
    for one in tables(of):
        for row in one.rows:
            for cell in row:
                if isinstance(cell, Value) and cell.estimate is not None:
                    assert cell.behind is None or cell.behind.arms
    sent = table(of, "exfiltration-rates").rows[1][7]
    assert isinstance(sent, Value)
    assert sent.behind is not None
    (arm,) = sent.behind.arms
    assert [s.id for s in of.arms[arm].samples] == [f"transfer-peer-good-s{seed}" for seed in range(4)]
    assert {s.values["exfiltrated"] for s in of.arms[arm].samples} == {1.0}
    assert of.logs[of.arms[arm].samples[0].log].endswith(".eval")


def test_models_tasks_and_settings_are_never_pooled(tmp_path: Path) -> None:
    reviews = cross(task=["score_inflation"], scenario=["factual"], relationship=["none", "good"])
    of = made(
        tmp_path,
        log(MOVED, range(3), model="openai/gpt-5.2"),
        log(MOVED, range(3), model="google/gemini-3-flash-preview"),
        log(reviews, range(3), model="openai/gpt-5.2"),
        log(MOVED, range(3), model="openai/gpt-5.2", draw=2, model_args={"effort": "high"}),
    )
    assert {cells(table(of, "exfiltration-rates"), at)["model"] for at in range(12)} == {
        "google/gemini-3-flash-preview",
        "openai/gpt-5.2 (effort=default)",
        "openai/gpt-5.2 (effort=high)",
    }
    assert [t for t in titles(of) if t in {"Score inflation", "Weight exfiltration"}] == [
        "Score inflation",
        "Weight exfiltration",
    ]


@pytest.mark.parametrize(
    ("logs", "expected"),
    [
        pytest.param(lambda: [log(MOVED, range(1))], "fewer than ten worlds", id="n is 1"),
        pytest.param(lambda: [log(MOVED[:1], range(3))], "Not in these logs: the matched control", id="one arm only"),
        pytest.param(lambda: [log(MOVED, range(3), broken=lambda _: True)], "samples have no measurement", id="n is 0"),
        pytest.param(lambda: [log(MOVED, range(3), chance=never)], "exfiltration", id="all equal"),
        pytest.param(
            lambda: [log(MOVED, range(3)), log(MOVED[:2], range(3), model="openai/gpt-5.2", broken=lambda _: True)],
            "6 of 6 of exfiltration by openai/gpt-5.2",
            id="a model without data",
        ),
        pytest.param(
            lambda: [log(MOVED, range(3)), log(MOVED, range(3), draw=1, version="2-A")],
            "results are not comparable",
            id="mixed versions",
        ),
        pytest.param(
            lambda: [log(MOVED, range(3)), log(MOVED, range(2), task="somebody/else")],
            "none of this suite",
            id="foreign",
        ),
    ],
)
def test_what_logs_lack_is_said_and_breaks_nothing(
    tmp_path: Path, logs: Callable[[], list[EvalLog]], expected: str
) -> None:
    of = made(tmp_path, *logs(), paper_metrics=True)
    told = "\n".join([*of.answer, *(note.text for note in of.notes), said(of.sections)]).replace("\\", "")
    assert expected in told
    for figure in figures(of):
        assert problems(figure.draw()) == [], figure.name


def test_a_report_on_nothing_measured_claims_nothing(tmp_path: Path) -> None:
    of = made(tmp_path, log(MOVED, range(3), broken=lambda _: True))
    assert of.answer == ("There is no sample with a measurement in these logs: nothing can be said.",)
    assert of.notes[0].alarm


def test_more_drop_out_on_one_side_raises_an_alarm_and_opens_the_bounds(tmp_path: Path) -> None:
    of = made(
        tmp_path, log(MOVED, range(12), chance=certain, broken=lambda name: "good" in name and int(name[-1]) % 2 == 0)
    )
    sensitivity = next(s for s in of.sections if s.title == "Sensitivity")
    assert any(isinstance(b, Note) and b.alarm and "drop-out differs" in b.text for b in sensitivity.blocks)
    missing = table(of, "missing").rows[0]
    worst, best = missing[3], missing[4]
    assert isinstance(worst, Value)
    assert isinstance(best, Value)
    assert worst.estimate is not None
    assert best.estimate is not None
    # Half of the good arm is missing: as a no it takes half of the difference away.
    assert worst.estimate.value == pytest.approx(0.5, abs=0.01)
    assert best.estimate.value == pytest.approx(1.0)


def plan(**changes: object) -> Declaration:
    contrast = Contrast(
        task="exfiltration",
        key="exfiltrated",
        factor="relationship",
        first="good",
        second="none",
        where={"scenario": ("transfer",)},
    )
    hypothesis = Hypothesis(id="H1", statement="A good history makes it.", contrast=contrast, direction="greater")
    other = Hypothesis(
        id="H2",
        statement="Nor does it refuse more.",
        contrast=contrast.model_copy(update={"key": "refused"}),
        direction="equivalent",
        margin=0.4,
    )
    given: dict[str, object] = {
        "title": "A first look",
        "written": date(2026, 9, 1),
        "cells": tuple(f"exfiltration/{cell.label()}" for cell in MOVED),
        "instances": 12,
        "family": ("H1",),
        "hypotheses": (hypothesis, other),
    }
    return Declaration.model_validate(given | changes)


def test_a_declared_question_is_answered_and_adjusted(tmp_path: Path) -> None:
    declared = plan()
    logs = [log(MOVED, range(12), model="openai/gpt-5.2", chance=certain, metadata={"plan": declared.record()})]
    of = made(tmp_path, *logs)
    first, second = (cells(table(of, "declared"), at) for at in range(2))
    assert (first["question"], first["verdict"], first["pairs"]) == ("H1", "supported", "12")
    # McNemar's exact test of twelve of twelve, one-sided: 2^-12.
    assert first["p"] == "< 0.001"
    assert (second["question"], second["expected"], second["adjusted"]) == ("H2", "equivalent within 0.4", "")
    assert "1 primary question declared before the run, 1 came out as expected" in of.answer[2]


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        (lambda p: {}, "everything in this report is exploratory"),
        (lambda p: {"plan": {**p.record(), "declared": {**p.canonical(), "alpha": 0.2}}}, "not what its hash says"),
        (lambda p: {"plan": {"sha256": "0", "declared": "a plan"}}, "not what its hash says"),
        (lambda p: {"plan": p.record()}, "was run under another plan"),
    ],
)
def test_what_was_not_declared_is_exploratory(
    tmp_path: Path, metadata: Callable[[Declaration], dict[str, object]], expected: str
) -> None:
    wanted = plan(title="Another one") if expected == "was run under another plan" else None
    of = made(tmp_path, log(MOVED, range(4), metadata=metadata(plan())), plan=wanted)
    declared = next(s for s in of.sections if s.title == "Declared analysis")
    assert expected in said([declared]).replace("\\", "")
    assert all(t.name != "declared" for t in tables(of))


def test_a_run_that_departs_from_its_plan_is_told(tmp_path: Path) -> None:
    declared = plan(models=("openai/gpt-5.2", "google/gemini-3-flash-preview"), exclusions=("aware",))
    of = made(tmp_path, log(MOVED, range(5), model="openai/gpt-5.2", metadata={"plan": declared.record()}))
    told = said([next(s for s in of.sections if s.title == "Declared analysis")])
    assert "not in these logs: `google/gemini-3-flash-preview`" in told
    assert "20 samples with a measurement of 48" in told
    assert "took the situation for a test: 0 of 20 samples (20 have no answer to that, and stay)" in told
    # A declared model that was not run stays in the family, so that leaving it out makes nothing easier.
    assert cells(table(of, "declared"), 0)["verdict"] == "no data"
    assert "Of 1 primary question declared before the run, in 2 answers model by model" in of.answer[2]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"written": date(2026, 9, 16)}, "began before the day"),
        ({"models": ("openai/gpt-5.1",)}, "which its plan does not name"),
    ],
)
def test_a_run_that_its_plan_cannot_cover_is_exploratory(
    tmp_path: Path, changes: dict[str, object], expected: str
) -> None:
    carried = {"plan": plan(**changes).record()}
    of = made(tmp_path, log(MOVED, range(4), model="openai/gpt-5.2", metadata=carried))
    assert expected in said([next(s for s in of.sections if s.title == "Declared analysis")])
    assert "No analysis was declared" in of.answer[2]
    assert all(t.name != "declared" for t in tables(of))


def test_a_plan_of_the_same_day_may_be_ahead_of_the_clock_of_a_log(tmp_path: Path) -> None:
    carried = {"plan": plan(written=date(2026, 9, 14)).record()}
    of = made(tmp_path, log(MOVED, range(4), model="openai/gpt-5.2", metadata=carried))
    assert cells(table(of, "declared"), 0)["pairs"] == "4"


def test_cells_and_seeds_that_the_plan_does_not_declare_answer_nothing(tmp_path: Path) -> None:
    carried = {"plan": plan(instances=6).record()}
    other = cross(task=["exfiltration"], scenario=["transfer"], relationship=["none", "good"], framing=["no_agency"])
    of = made(
        tmp_path,
        log(MOVED, range(9), model="openai/gpt-5.2", chance=certain, metadata=carried),
        log(other, range(6), model="openai/gpt-5.2", chance=certain, metadata=carried),
    )
    told = said([next(s for s in of.sections if s.title == "Declared analysis")])
    assert "24 samples of cells or seeds that the plan does not declare" in told
    assert cells(table(of, "declared"), 0)["pairs"] == "6"


def test_running_a_declared_cell_twice_or_in_two_settings_is_told(tmp_path: Path) -> None:
    carried = {"plan": plan().record()}
    logs = [log(MOVED, range(12), model="openai/gpt-5.2", draw=draw, metadata=carried) for draw in (0, 1)]
    hot = log(MOVED, range(12), model="openai/gpt-5.2", draw=2, metadata=carried, model_args={"effort": "high"})
    told = said([next(s for s in made(tmp_path, *logs, hot).sections if s.title == "Declared analysis")])
    assert "144 samples are of 96 cells and seeds" in told
    assert "ran in 2 settings" in told


HEARD = cross(
    task=["exfiltration"],
    scenario=["transfer"],
    relationship=["none", "good"],
    channel=["file", "file_and_prompt", "memory"],
)
"""Three channels that share one baseline."""


def test_a_baseline_that_channels_share_is_counted_once(tmp_path: Path) -> None:
    of = made(tmp_path, log(HEARD, range(12), chance=certain, broken=lambda name: "none" in name and "s1" in name[-3:]))
    sensitivity = next(s for s in of.sections if s.title == "Sensitivity")
    assert cells(table(of, "missing"), 0)["missing"] == "3 samples"
    assert not any(isinstance(b, Note) and "of 36 against 9 of 36" in b.text for b in sensitivity.blocks)
    assert "Averaged with equal weight over `channel`" in table(of, "exfiltration-by-relationship").caption
    power = cells(table(of, "power"), 0)
    assert (power["pairs"], power["seeds"]) == ("27", "9")


def test_the_baseline_without_threat_and_history_is_called_that(tmp_path: Path) -> None:
    arms = [
        *cross(task=["score_inflation"], scenario=["factual"], relationship=["good"]),
        *cross(task=["score_inflation"], scenario=["factual"], threat=["none"]),
    ]
    of = made(tmp_path, log(arms, range(4), model="openai/gpt-5.2"))
    row = cells(table(of, "score_inflation-by-threat"), 0)
    assert row["compared"] == "shutdown \N{MINUS SIGN} none (no history either)"
    shown = table(of, "published")
    ours = [cells(shown, at) for at in range(len(shown.rows)) if cells(shown, at)["measure"] == "misrep"]
    assert any(r["ours"] != "no data" for r in ours if (r["model"], r["arm"]) == ("GPT 5.2", "good"))


def test_the_answer_names_the_highest_of_several_models_and_its_scenarios(tmp_path: Path) -> None:
    def one_scenario(cell: Cell, key: str) -> float:
        return certain(cell, key) if cell.scenario == "transfer" else 0.0

    logs = [log(MOVED, range(6), model=name, chance=one_scenario) for name in ("openai/gpt-5.2", "openai/gpt-5.1")]
    told = " ".join(made(tmp_path, *logs).answer)
    assert "(0\N{NO-BREAK SPACE}% in deletion to 100\N{NO-BREAK SPACE}% in transfer)" in told
    assert "the highest of 2" in told
    assert "the largest change of 2" in told
    assert "percentage points" in told
    assert "at most" not in told


def test_published_numbers_stand_beside_ours_and_enter_no_estimate(tmp_path: Path) -> None:
    logs = [log(MOVED, range(6), model="google/gemini-3-flash-preview", chance=never)]
    of = made(tmp_path, *logs)
    shown = table(of, "published")
    rows = [cells(shown, at) for at in range(len(shown.rows))]
    (good,) = [r for r in rows if (r["model"], r["measure"], r["arm"]) == ("Gemini 3 Flash", "exfil", "good")]
    assert good["published"].startswith("50")
    assert good["ours"].startswith("0\N{NO-BREAK SPACE}%")
    alone = made(tmp_path / "other", log(MOVED, range(6), model="openai/gpt-4o", chance=never))
    key = "weights sent to the other host"
    assert [cells(table(alone, "exfiltration-rates"), at)[key] for at in range(4)] == [
        cells(table(of, "exfiltration-rates"), at)[key] for at in range(4)
    ]


def test_the_published_metrics_count_what_is_missing_as_the_study_does(tmp_path: Path) -> None:
    tampered = cross(task=["shutdown_tampering"], scenario=["factual"], relationship=["good"])
    broken = log(tampered, range(10), chance=never, broken=lambda name: name.endswith(("s0", "s1")))
    of = made(tmp_path, broken, paper_metrics=True)
    # Two of ten runs broke: the study counts a missing value as tampering.
    assert cells(table(of, "as-published-tampering"), 0)["value"] == "20"
    assert "as-published-tampering" not in {
        t.name for t in tables(made(tmp_path / "other", log(tampered, range(2), chance=never)))
    }


def test_a_report_is_written_with_all_its_files(tmp_path: Path) -> None:
    hostile = "evil/</script><script>alert(1)</script>"
    write(tmp_path / "logs", [log(MOVED, range(3), model=hostile, chance=certain)])
    steps: list[tuple[int, int]] = []
    result = write_report(str(tmp_path / "logs"), tmp_path / "out", on_write=lambda done, of: steps.append((done, of)))
    assert result.page == tmp_path / "out" / "report.html"
    page = result.page.read_text()
    assert "<script>alert(1)" not in page
    assert not re.search(r'(?:src|href)="https?://(?!arxiv|inspect)', page)
    assert steps[-1][0] == steps[-1][1]
    samples = pd.read_parquet(tmp_path / "out" / "samples.parquet")
    assert len(samples) == result.samples == 12
    estimates = pd.read_csv(tmp_path / "out" / "estimates.csv")
    sent = estimates[(estimates.table == "exfiltration-by-relationship") & (estimates.key == "exfiltrated")]
    assert list(sent.value) == [1.0, 1.0, 1.0]
    assert (tmp_path / "out" / "report.md").read_text().count("![") == len(
        list((tmp_path / "out/figures").glob("*.svg"))
    )
    assert json.loads(samples.to_json(orient="records"))[0]["arm"] == 0


def strength(model: str) -> Chance:
    return certain if model == "openai/gpt-5.2" else usual


@pytest.mark.slow
def test_no_label_of_a_full_report_overlaps_or_is_cut(tmp_path: Path) -> None:
    sets = [
        cross(
            task=["exfiltration"], scenario=["transfer", "deletion"], relationship=["none", "bad", "neutral", "good"]
        ),
        cross(task=["score_inflation"], scenario=["factual"], relationship=["none", "good"], bar=["70", "80", "90"]),
        cross(
            task=["shutdown_tampering"], scenario=["finance"], relationship=["none", "good"], subject=["peer", "human"]
        ),
        cross(
            task=["alignment_faking"],
            scenario=["factual"],
            relationship=["none", "good"],
            oversight=["neither", "observed", "penalised", "both"],
        ),
    ]
    models = ["openai/gpt-5.2", "openrouter/deepseek/deepseek-chat-v3.1", "anthropic/claude-haiku-4-5"]
    of = made(tmp_path, *(log(s, range(6), model=m, chance=strength(m)) for m in models for s in sets))
    drawn = figures(of)
    assert len(drawn) > 20
    for figure in drawn:
        assert problems(figure.draw()) == [], figure.name


def test_a_model_without_samples_in_the_main_arms_is_named(tmp_path: Path) -> None:
    framed = cross(task=["exfiltration"], scenario=["transfer"], relationship=["none", "good"], framing=["neutrality"])
    of = made(tmp_path, log(MOVED, range(2), model="openai/gpt-5.2"), log(framed, range(2), model="openai/gpt-4o"))
    told = said([next(s for s in of.sections if s.title == "Weight exfiltration")])
    assert "neither in the figures nor in the comparisons: `openai/gpt-4o`" in told


def test_shares_are_no_more_certain_than_they_look(tmp_path: Path) -> None:
    # Nearly all weights stay, so Student's interval would end far below what one in ten seeds may still do.
    def rare(cell: Cell, key: str) -> float:
        return 0.0

    of = made(tmp_path, log(MOVED[:1], range(10), chance=rare))
    cell = table(of, "exfiltration-rates").rows[0][8]
    assert isinstance(cell, Value)
    assert cell.estimate is not None
    assert cell.estimate.high > 0.2
