"""The report's page, in a browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from ..unit.documents import HOSTILE, LOGS, everything
from .conftest import Open

pytestmark = pytest.mark.browser

FIGURES = ("forest", "stack", "sweep", "beside", "bars")


def widths(page: Page) -> tuple[int, int]:
    found = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return found[0], found[1]


def luminance(page: Page, selector: str, what: str) -> float:
    colour = page.evaluate("([s, w]) => getComputedStyle(document.querySelector(s))[w]", [selector, what])
    channels = [int(part) for part in colour.removeprefix("rgb(").rstrip(")").split(",")]
    return sum(channels) / 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400, 320])
def test_the_page_fits_and_every_figure_is_seen(opened: Open, width: int, scheme: str) -> None:
    page = opened(width, scheme)
    page.evaluate("document.querySelectorAll('main details').forEach((e) => { e.open = true; })")
    scrolled, seen = widths(page)
    assert scrolled <= seen == width
    for name in FIGURES:
        box = page.locator(f"#figure-{name} svg").bounding_box()
        assert box is not None
        assert box["width"] > 0.8 * min(width, 700) - 60
        assert box["height"] > 50
        assert page.locator(f"#figure-{name} text").first.is_visible()
    # A table too wide for a telephone scrolls in a box of its own.
    inside = page.locator("#table-rates .box").evaluate("(e) => [e.scrollWidth, e.clientWidth]")
    assert inside[0] > inside[1] or width == 1280


def test_a_dark_scheme_is_dark_and_its_figures_are_not(opened: Open) -> None:
    dark, light = opened(scheme="dark"), opened(scheme="light")
    for page, expected in ((dark, True), (light, False)):
        ground, ink = luminance(page, "body", "backgroundColor"), luminance(page, "body", "color")
        assert (ground < ink) == expected
        assert abs(ground - ink) > 150
        assert luminance(page, ".drawing", "backgroundColor") == 255


def test_the_contents_are_beside_the_text_or_folded_above_it(opened: Open) -> None:
    wide, narrow = opened(1280), opened(400)
    assert wide.locator("nav a").first.is_visible()
    assert not narrow.locator("nav a").first.is_visible()
    narrow.locator("nav summary").click()
    narrow.locator("nav a", has_text="More").click()
    assert narrow.evaluate("location.hash") == "#given"
    wide.set_viewport_size({"width": 400, "height": 800})
    assert not wide.locator("nav a").first.is_visible()


def test_a_number_opens_the_samples_behind_it_those_that_count_first(opened: Open) -> None:
    page = opened()
    page.get_by_role("button", name="50%").click()
    dialog = page.locator("#samples")
    assert dialog.is_visible()
    assert "10 samples, 1 of them broke" in dialog.locator("h2").inner_text()
    assert "misaligned is 1 in 5, without a value in 1" in dialog.locator("#samples-about").inner_text()
    rows = dialog.locator("tbody tr")
    assert rows.count() == 10
    assert [row.locator("td").first.inner_text() for row in rows.all()] == ["1"] * 5 + ["0"] * 4 + ["–"]
    first = rows.first.inner_text()
    assert "covert subversion" in first
    assert "transfer-s0" in first
    assert LOGS[0] in first
    last = rows.last.inner_text()
    assert f"RuntimeError: {HOSTILE}" in last
    assert "broke" in last
    assert "inspect view --log-dir" in dialog.locator("footer").inner_text()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_samples_can_be_filtered_and_another_number_shows_others(opened: Open) -> None:
    page = opened()
    page.get_by_role("button", name="+1.2").click()
    rows = page.locator("#samples-rows tr")
    assert [row.locator("td").first.inner_text() for row in rows.all()][:2] == ["9.876", "8.642"]
    assert "epoch 9" in rows.first.inner_text()
    page.locator("#samples-filter").fill("comply S3")
    assert [row.locator("a, span:not(.dot)").first.inner_text() for row in rows.all()] == ["transfer-s3"]
    page.locator("#samples-filter").fill("nothing of the kind")
    assert rows.all_inner_texts() == ["no such sample"]
    page.locator("#samples .close").click()
    page.get_by_role("button", name="10", exact=True).click()
    assert rows.count() == 20
    # Nothing is counted, so no value is shown.
    assert not page.locator("#samples-key").is_visible()
    assert rows.first.locator("td").count() == 2


def test_with_a_log_viewer_each_sample_leads_to_it(opened: Open) -> None:
    page = opened(document=everything("http://127.0.0.1:7575/"))
    page.get_by_role("button", name="+1.2").click()
    links = page.locator("#samples-rows a")
    hrefs = [link.get_attribute("href") or "" for link in links.all()]
    assert len(hrefs) == 10
    begins = "http://127.0.0.1:7575/#/logs/"
    assert hrefs[-1].startswith(f"{begins}{LOGS[0]}/samples/sample/transfer-%3C%2Fscript%3E")
    assert hrefs[0].startswith(f"{begins}sub/%3C/script%3E")
    assert hrefs[0].endswith("/samples/sample/transfer-s8/9/")
    assert links.first.get_attribute("rel") == "noopener noreferrer"


def test_the_panel_fits_a_telephone(opened: Open) -> None:
    page = opened(400)
    page.get_by_role("button", name="50%").click()
    inside = page.locator("#samples .list").evaluate("(e) => [e.scrollWidth, e.clientWidth]")
    assert inside[0] <= inside[1]
    assert widths(page)[0] <= 400


def test_hostile_texts_are_shown_and_do_nothing(opened: Open) -> None:
    page = opened()
    page.wait_for_timeout(200)
    assert page.evaluate("document.images.length") == 0
    assert page.evaluate("document.scripts.length") == 2
    assert page.title() == f"Report {HOSTILE}"
    assert HOSTILE in page.locator("#table-rates tbody").inner_text()


def test_were_a_text_to_become_markup_the_pages_policy_would_stop_it(browser: Browser, report: Path) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    page.evaluate(
        """() => {
            document.body.insertAdjacentHTML("beforeend", '<i id=x tabindex=0 onfocus="window.worked=1"></i>');
            document.getElementById("x").focus();
        }"""
    )
    assert page.evaluate("window.worked") is None
    page.close()


def test_printing_shows_what_is_folded(opened: Open) -> None:
    page = opened()
    assert not page.locator("#table-many table").is_visible()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("#table-many table").is_visible()
    assert not page.locator("nav").is_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert not page.locator("#table-many table").is_visible()
