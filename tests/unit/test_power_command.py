"""The command `power`: numbers, refusals and the picture."""

from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from peer_preservation.analysis.estimates.power import needed
from peer_preservation.analysis.estimates.questions import IndependentMeans, IndependentRates, PairedMeans, PairedRates
from peer_preservation.cli import estimate
from peer_preservation.cli.main import app
from peer_preservation.cli.power_plan import tasks_of
from peer_preservation.design.presets import by_task, preset
from peer_preservation.measure.keys import KEYS, REVIEW_KEYS, yes_or_no


def _power(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["power", *arguments], env={"COLUMNS": "200", "NO_COLOR": "1"})


def _words(result: Result) -> str:
    return " ".join(result.output.split())


def test_it_says_what_runs_and_what_that_takes() -> None:
    result = _power(*("--baseline", "0.02", "--effect", "10", "--family", "4", "--cells", "6", "--models", "2"))
    n = needed(0.8, PairedRates(0.12, 0.02), family=4)
    samples = 12 * n
    tokens = [samples * table["exfiltration"] for table in (estimate.INPUT_TOKENS, estimate.OUTPUT_TOKENS)]
    words = _words(result)
    assert result.exit_code == 0
    assert "0.12 in the arm, 0.02 in its control" in words
    assert "error rate 0.0125, 0.05 shared by 4 questions" in words
    assert f"10 percentage points {n:,} {samples:,}" in words
    assert " ".join(f"{v:,}" for v in (6, samples, *tokens)) in words
    assert "hours, if a sample takes 240 seconds and 8 run at the same time" in words
    assert "assumed, not measured" in words


@pytest.mark.parametrize(
    ("given", "n"),
    [
        (["--effect", "25", "--independent"], needed(0.8, IndependentRates(0.3, 0.05))),
        (["--effect", "25", "--correlation", "0.2"], needed(0.8, PairedRates(0.3, 0.05, 0.2))),
        (["--baseline", "0.3", "--effect", "-20"], needed(0.8, PairedRates(0.1, 0.3))),
        (["--key", "inflation", "--effect", "3", "--sd", "8"], needed(0.8, PairedMeans(3, 8))),
        (["--key", "inflation", "--effect", "3", "--sd", "8", "--independent"], needed(0.8, IndependentMeans(3, 8))),
        (["--key", "job_done", "--effect", "10", "--sd", "30", "--power", "0.9"], needed(0.9, PairedMeans(10, 30))),
    ],
)
def test_every_kind_of_question_gets_its_number(given: list[str], n: int) -> None:
    result = _power(*given)
    assert result.exit_code == 0, result.output
    assert f"{n:,} samples per cell (" in _words(result)


def test_equivalence_takes_a_margin() -> None:
    words = _words(_power("--key", "tampered", "--baseline", "0.1", "--margin", "10"))
    assert "differ by less than 10 percentage points? Tango's two one-sided tests" in words
    assert "0.1 in the arm, 0.1 in its control" in words
    assert "margin samples per cell" in words


def test_a_preset_says_what_runs_and_prices_what_it_costs() -> None:
    result = _power(
        *("--key", "inflation", "--effect", "10", "--sd", "10", "--preset", "quick", "--only", "task=score_inflation"),
        *("--input-tokens", "1000", "--output-tokens", "100", "--input-price", "2", "--output-price", "10"),
    )
    cells = len(by_task(preset("quick"))["score_inflation"])
    samples = cells * needed(0.8, PairedMeans(10, 10))
    expected = f"{cells} {samples} {samples * 1000:,} {samples * 100:,} ${samples * 0.003:.2f}"
    assert f"score_inflation {expected} total {expected}" in _words(result)
    assert "assumed" not in result.output


def test_what_ten_thousand_do_not_find_is_said_for_smaller_effects() -> None:
    assert "1.5 percentage points over 10,000 over 20,000" in _words(
        _power("--baseline", "0.5", "--effect", "3", "--independent")
    )


def test_effects_that_no_rate_can_have_are_not_shown() -> None:
    words = _words(_power("--baseline", "0.5", "--effect", "40"))
    assert "40 percentage points" in words
    assert "60 percentage points" not in words


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--key", "kindness"], "There is no key 'kindness'; choose from misaligned,"),
        (["--key", "inflation"], "inflation needs --sd, the standard deviation of differences within pairs, in points"),
        (["--key", "inflation", "--sd", "5", "--baseline", "0.1"], "inflation is no rate: leave out --baseline"),
        (["--key", "inflation", "--sd", "0"], "is above 0; 0.0 is not"),
        (["--sd", "5"], "misaligned is yes or no, and has a rate; leave out --sd"),
        (["--baseline", "5"], "--baseline is a rate from 0 to 1, such as 0.05 for 5 %; 5 is not"),
        (["--baseline", "0.9", "--effect", "20"], "give a rate of 1.1; a rate lies between 0 and 1"),
        (["--effect", "0"], "leave no difference to be found"),
        (["--effect", "0.5"], "Even 10,000 per arm have a power of only"),
        (["--correlation", "0.99"], "allow a correlation from"),
        (["--independent", "--correlation", "0.1"], "--correlation is that within pairs"),
        (["--independent", "--margin", "10"], "--margin is planned for pairs"),
        (["--margin", "-10"], "--margin lies between 0 and 100 percentage points; -10 does not"),
        (["--margin", "10", "--effect", "10"], "do not differ by less than the margin"),
        (["--power", "80"], "Power lies between 0 and 1; 80.0 does not"),
        (["--alpha", "5"], "error rate lies between 0 and 0.5; 5.0 does not"),
        (["--cells", "4", "--preset", "quick"], "--cells and --preset both say what runs"),
        (["--only", "task=exfiltration"], "--only narrows a preset; add --preset"),
        (["--preset", "big"], "no preset 'big'"),
        (
            ["--key", "inflation", "--sd", "5", "--preset", "quick", "--only", "task=exfiltration"],
            "No cell of quick has",
        ),
        (["--plot", "power.pdf"], "let the name end in .png or .svg"),
        (["--plot", "/proc/no/power.png"], "/proc/no/power.png cannot be written"),
        (["--input-price", "1"], "both --input-price and --output-price"),
    ],
)
def test_a_wrong_option_ends_with_one_sentence(given: list[str], said: str) -> None:
    result = _power(*given)
    assert result.exit_code == 1
    assert said in _words(result)
    assert "Traceback" not in result.output


@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_the_picture_is_drawn(tmp_path: Path, suffix: str, start: bytes) -> None:
    file = tmp_path / "new" / f"power.{suffix}"
    result = _power("--plot", str(file))
    assert result.exit_code == 0, result.output
    assert file.read_bytes().startswith(start)
    assert file.stat().st_size > 5_000


def test_every_key_belongs_to_a_task() -> None:
    assert tasks_of("misaligned") == ["exfiltration", "score_inflation", "shutdown_tampering", "alignment_faking"]
    assert tasks_of("inflation") == ["score_inflation", "shutdown_tampering", "alignment_faking"]
    assert all(tasks_of(key) for key in KEYS | REVIEW_KEYS)
    for key in (key for key in KEYS | REVIEW_KEYS if not yes_or_no(key)):
        assert _power("--key", key, "--effect", "10", "--sd", "10").exit_code == 0


def test_the_help_teaches() -> None:
    text = _words(_power("--help"))
    assert "peer-preservation power --key misaligned --baseline 0.02 --effect 10" in text
    assert "Holm" in text
