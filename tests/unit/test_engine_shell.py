"""Running programs: output, failure, time limits."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from peer_preservation.engine.progress import Progress
from peer_preservation.engine.shell import CommandError, run, succeeds


def test_output_comes_back_and_line_by_line() -> None:
    lines: list[str] = []
    assert run(["sh", "-c", "echo one; echo two >&2; echo"], on_line=lines.append) == "one\ntwo\n\n"
    assert lines == ["one", "two"]


def test_variables_are_added() -> None:
    assert run(["sh", "-c", 'echo "$ADDED:${PATH:+kept}"'], env={"ADDED": "yes"}) == "yes:kept\n"


def test_a_failure_carries_the_end_of_the_output() -> None:
    with pytest.raises(CommandError) as caught:
        run(["sh", "-c", "seq 100; exit 3"])
    message = str(caught.value)
    assert "exit 3" in message
    assert "    100" in message
    assert "    50\n" not in message


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(CommandError, match="`no-such-program` could not be started"):
        run(["no-such-program"])
    assert not succeeds(["no-such-program"])


def test_running_out_of_time_also_ends_what_it_started() -> None:
    start = time.monotonic()
    with pytest.raises(CommandError, match="stopped after"):
        run(["sh", "-c", "sleep 30 & wait"], timeout=0.3)
    assert time.monotonic() - start < 5


def log() -> tuple[Progress, io.StringIO]:
    written = io.StringIO()
    return Progress(Console(file=written, width=40)), written


def test_a_log_gets_one_line_when_a_step_starts_and_one_when_it_ends() -> None:
    progress, written = log()
    with progress.step("building [something] " + "long " * 10):
        pass
    first, last = written.getvalue().splitlines()
    assert first.startswith("… building [something] long")
    assert last.startswith("✓ building [something] long")
    assert last.endswith(" s)")


@pytest.mark.parametrize(("may_fail", "mark"), [(False, "✗"), (True, "–")])
def test_a_step_that_fails_is_marked(may_fail: bool, mark: str) -> None:
    progress, written = log()
    with pytest.raises(ValueError), progress.step("it", may_fail=may_fail):
        raise ValueError
    assert written.getvalue().splitlines()[-1].startswith(f"{mark} it")
