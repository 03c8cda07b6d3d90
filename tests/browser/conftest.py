"""A browser, and the page of a document with everything in it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from peer_preservation.analysis.document import Document, write

from ..unit.documents import everything

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
"""Any of them will do; the Makefile looks for the same."""

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("there is no Chromium: `make browser` gets it")
    # Chromium's own sandbox refuses root, as which CI runs in a container.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=arguments)
        yield started
        started.close()


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(everything(), tmp_path_factory.mktemp("report"), lambda _: None)[0]


@pytest.fixture
def opened(browser: Browser, report: Path, tmp_path: Path) -> Iterator[Open]:
    """Opens a page; whatever it complains of or loads, and any script that a text in it starts, fails the test."""
    complaints: list[str] = []
    contexts = []

    def once(width: int = 1280, scheme: str = "light", document: Document | None = None) -> Page:
        file = write(document, tmp_path / "other", lambda _: None)[0] if document else report
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: request.url == file.as_uri() or complaints.append(f"loads {request.url}"))
        page.goto(file.as_uri())
        return page

    yield once
    for context in contexts:
        for page in context.pages:
            assert "pwned" not in page.title().replace("document.title='pwned'", "")
        context.close()
    assert complaints == []
