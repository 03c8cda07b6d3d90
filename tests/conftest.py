"""In CI, a test that needs Docker must have run: a skipped one is a failed one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

DOCKER_TESTS = Path(__file__).parent / "docker"
COMPLAINT = "a test that needs Docker was skipped where it must run"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--docker-must-run",
        action="store_true",
        default=os.environ.get("CI", "").lower() in ("1", "true"),
        help="count skipped tests that are marked `docker` as failed (the default where CI=true)",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    # An expected failure is reported as skipped, too, but it did run.
    skipped = report.skipped and not hasattr(report, "wasxfail")
    if skipped and item.get_closest_marker("docker") and item.config.getoption("docker_must_run"):
        report.outcome = "failed"
        report.longrepr = f"{COMPLAINT}: {_reason(report)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    # A module that skips itself as a whole has no tests whose markers could be looked at.
    inside = DOCKER_TESTS in (collector.path, *collector.path.parents)
    if report.skipped and inside and collector.config.getoption("docker_must_run"):
        report.outcome = "failed"
        report.longrepr = f"{COMPLAINT}: {_reason(report)}"
    return report


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
