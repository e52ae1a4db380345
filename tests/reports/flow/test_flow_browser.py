"""``flow.html`` in real Chromium, from a file: a line lists its records; by keys, dark, without script."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import chromium
from playwright.sync_api import Browser, expect
from report_log import HOSTILE, gather, make_log, whole_review

from reports.flow.html import flow_page
from reports.flow.layout import svg
from review.protocol.model import Reporting
from review.store import open_store

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("SHOTS")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give Chromium."""
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the page of a small review, its diagram in German."""
    folder = tmp_path_factory.mktemp("page")
    store = open_store(folder)
    log = make_log(store)
    whole_review(log, hostile=HOSTILE)
    protocol = replace(log.protocol, title=HOSTILE, reporting=Reporting(language="de"))
    with store.read() as connection:
        m = gather(connection, protocol)
        (folder / "flow.html").write_text(flow_page(m, svg(m.chart)), "utf-8")
    store.close()
    return folder / "flow.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_line_of_the_diagram_lists_its_records(browser: Browser, page_file: Path, scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme, viewport={"width": 1000, "height": 900})  # type: ignore[arg-type]
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text))
    page.goto(page_file.as_uri())
    line = page.get_by_role("link", name="Ausgeschlossene Berichte (n =").first
    shown = int(re.findall(r"n\u00a0=\u00a0(\d+)", line.get_attribute("aria-label") or "")[0])
    line.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_contain_text(f"{shown} of ")
    expect(page.locator("#records-heading")).to_be_focused()
    assert page.locator("#hits > li").count() == shown > 0
    page.locator("#hits summary").first.click()
    assert page.locator("#hits .inside").first.text_content() and page.evaluate("globalThis.alerted") is None
    paper = page.locator("#paper").evaluate("one => getComputedStyle(one).fill")
    assert paper == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 25, 31)")
    page.go_back()
    page.locator("svg [data-key=records_excluded]").click()
    assert "box=records_excluded" in page.url
    assert page.locator("svg").get_attribute("lang") == "de"
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/flow_{scheme}.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert asked == [page_file.as_uri()] and not faults
    page.close()


def test_without_script_the_page_has_diagram_and_numbers(browser: Browser, page_file: Path) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(page_file.as_uri())
    expect(page.locator("svg[role=img]")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Gesichtete Datensätze")).to_be_visible()
    assert page.locator("#search").is_hidden() and page.locator("svg [tabindex]").count() == 0
    context.close()
