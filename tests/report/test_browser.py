"""The report in a browser: no fault, no request, charts drawn, and everything that can be pressed works."""

from __future__ import annotations

import shutil
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.report import reported
from tests.report.reported import EVIL

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CHARTS = ("stock", "flow", "backorders", "limit", "cost")

pytestmark = [
    pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine; install it to see the report tested"),
    # the driver's own loop, not ours
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning"),
]


class Watched:
    """An open page, and what it complained of and asked for."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def texts(self, selector: str) -> list[str]:
        """Texts of all elements."""
        found: list[str] = self.page.locator(selector).all_inner_texts()
        return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser that knows nothing."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=BROWSER, args=list(SWITCHES))
        yield started
        started.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    """The report on disk."""
    written = tmp_path_factory.mktemp("report") / "report.html"
    written.write_text(reported.text(), encoding="utf-8", newline="\n")
    return Path(written)


@pytest.fixture
def opened(browser, file, request) -> Iterator[Watched]:
    """The report as opened on a screen; all charts are drawn."""
    options = {"viewport": {"width": 1400, "height": 900}, **getattr(request, "param", {})}
    context = browser.new_context(**options)
    watched = Watched(context.new_page())
    watched.page.goto(file.as_uri())
    watched.page.wait_for_selector("html[data-drawn]", timeout=20_000)
    yield watched
    assert watched.complaints == []
    assert watched.requests == [file.as_uri()], "nothing but the file itself is asked for"
    context.close()


def colours(png: bytes) -> int:
    """Count the different rows of pixels of a PNG, all of whose scan lines a blank picture has the same."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    body, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            body += png[at + 8 : at + 8 + length]
        at += 12 + length
    assert depth == 8
    line = 1 + width * {2: 3, 6: 4}[kind]
    raw = zlib.decompress(body)
    assert len(raw) == line * height
    return len({raw[k * line : (k + 1) * line] for k in range(height)})


NARROW = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "has_touch": True}


@pytest.mark.parametrize("opened", [{}, NARROW], ids=["wide-light", "narrow-dark"], indirect=True)
def test_charts_are_drawn_and_the_page_fits(opened):
    page = opened.page
    for kind in CHARTS:
        chart = page.locator(f'[data-chart="{kind}"]').first
        assert colours(chart.screenshot()) > 20, f"{kind} is more than a blank picture"
        assert len(chart.get_attribute("aria-label") or "") > 20
        assert chart.locator("svg path").count() > 3
    assert page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]
    assert page.evaluate("window.evil") is None


def test_a_heading_sorts_up_down_and_back(opened):
    heading = opened.page.locator('#release-lines th[data-key="quantity"]')

    def quantities() -> list[float]:
        rows = opened.page.locator("#release-lines tbody tr:not(.group) td:nth-child(2)").all_inner_texts()
        return [float(text.replace(",", "")) for text in rows]

    given, groups = quantities(), len(opened.texts("#release-lines tr.group"))
    assert groups > 1
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert quantities() == sorted(given, reverse=True)
    assert opened.texts("#release-lines tr.group") == []
    heading.locator("button").press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"
    assert quantities() == sorted(given)
    heading.locator("button").press("Enter")
    assert heading.get_attribute("aria-sort") is None
    assert quantities() == given
    assert len(opened.texts("#release-lines tr.group")) == groups


def test_the_search_finds_words_in_ids_and_descriptions_and_totals_follow(opened):
    opened.page.fill("#cells input", "bolt köln")
    opened.page.wait_for_function("document.querySelectorAll('#cells tbody tr').length === 1")
    (row,) = opened.texts("#cells tbody tr")
    assert "BOLT" in row
    assert "KÖLN" in row
    assert "1 of 5 item-warehouses" in opened.texts("#cells .count")[0]
    cost = next(iter(opened.texts("#cells tbody td:nth-child(3)")))
    assert opened.texts('#cells tfoot td[data-key="cost"]') == [cost]
    opened.page.fill("#cells input", "no such thing")
    opened.page.wait_for_selector("#cells .none")


def test_a_choice_of_supplier_shows_its_orders_only(opened):
    opened.page.locator("#schedule-orders select").select_option("Nearby")
    assert set(opened.texts("#schedule-orders tbody td:nth-child(2)")) == {"Nearby"}


def test_an_item_is_chosen_by_mouse_or_keyboard(opened):
    page = opened.page
    before = page.locator("#chart-stock").inner_html()
    assert "BOLT at BONN" in page.locator("#chosen-title").inner_text()
    button = page.locator("#cells button", has_text="NUT")
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('chosen-title').textContent.startsWith('NUT at KÖLN')")
    assert button.get_attribute("aria-pressed") == "true"
    page.wait_for_function("old => document.getElementById('chart-stock').innerHTML !== old", arg=before)
    assert "NUT" in page.locator("#chart-stock").get_attribute("aria-label")
    assert page.locator("#chosen-figures tbody tr").count() == reported.PLAN["periods"]
    page.locator("#cells button", has_text="script").click()
    assert page.locator("#chosen-title").inner_text().startswith(EVIL)


def test_the_keyboard_begins_at_the_skip_link_and_focus_is_seen(opened):
    page = opened.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the plan"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_on_paper_every_row_is_there_and_no_control(opened, tmp_path):
    page = opened.page
    rows = page.locator("#schedule-lines tbody tr:not(.group)")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert rows.count() == len(reported.page().values("schedule-lines", "item"))
    assert page.locator("details:not([open])").count() == 0
    for control in ("nav", "#schedule-lines input", ".skip", "summary"):
        assert not page.locator(control).first.is_visible()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0
    assert page.pdf(path=tmp_path / "page.pdf", format="A4").startswith(b"%PDF")
