"""The report on the example logs, in a browser: as a new user sees it first."""

from pathlib import Path

import pytest

from peer_preservation.analysis.document import Document
from peer_preservation.analysis.document.outline import figures
from peer_preservation.analysis.figures.checks import problems
from peer_preservation.analysis.report.build import document, frame
from peer_preservation.analysis.samples import load

from .conftest import Open

pytestmark = pytest.mark.browser

EXAMPLES = Path(__file__).parents[2] / "logs" / "examples"


@pytest.fixture(scope="module")
def examples() -> Document:
    return document(frame(load(str(EXAMPLES))), paper_metrics=True)


@pytest.mark.parametrize("width", [1280, 400])
def test_the_report_on_the_examples_fits_and_shows_every_figure(opened: Open, examples: Document, width: int) -> None:
    page = opened(width, document=examples)
    scrolled = page.evaluate("document.documentElement.scrollWidth")
    assert scrolled <= width
    drawn = figures(examples)
    assert len(drawn) > 15
    for figure in drawn:
        box = page.locator(f"#figure-{figure.name} svg").bounding_box()
        assert box is not None, figure.name
        assert box["width"] > 0.8 * min(width, 700) - 60, figure.name
    # Letters of the text, and those of figures, which shrink with them.
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)") >= 14
    # The answer, and a number that opens its samples.
    assert page.get_by_text("How sure is that?").is_visible()
    page.locator("#table-runs button").first.click()
    assert page.locator("dialog").get_by_text(".eval").first.is_visible()


def test_no_label_in_a_figure_of_the_examples_overlaps_or_is_cut(examples: Document) -> None:
    for figure in figures(examples):
        assert problems(figure.draw()) == [], figure.name
