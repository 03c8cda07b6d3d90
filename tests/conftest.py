"""In CI, a test that needs Docker or a browser must have run: a skipped one is a failed one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

TESTS = Path(__file__).parent
NEEDS = {"docker": "Docker", "browser": "a browser"}
"""The markers that must run, which are also the folders of their tests, and what those need."""


def pytest_addoption(parser: pytest.Parser) -> None:
    for marker in NEEDS:
        parser.addoption(
            f"--{marker}-must-run",
            action="store_true",
            default=os.environ.get("CI", "").lower() in ("1", "true"),
            help=f"count skipped tests that are marked `{marker}` as failed (the default where CI=true)",
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    # An expected failure is reported as skipped, too, but it did run.
    if report.skipped and not hasattr(report, "wasxfail"):
        _complain(report, item.config, [marker for marker in NEEDS if item.get_closest_marker(marker)])
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    # A module that skips itself as a whole has no tests whose markers could be looked at.
    if report.skipped:
        around = (collector.path, *collector.path.parents)
        _complain(report, collector.config, [marker for marker in NEEDS if TESTS / marker in around])
    return report


def _complain(report: pytest.TestReport | pytest.CollectReport, config: pytest.Config, markers: list[str]) -> None:
    for marker in markers:
        if config.getoption(f"{marker}_must_run"):
            report.outcome = "failed"
            report.longrepr = f"a test that needs {NEEDS[marker]} was skipped where it must run: {_reason(report)}"


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
