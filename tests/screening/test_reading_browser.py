"""The pane beside the decision in real Chromium: pages with text, finding, quotes, bad files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import papers
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Served, review, served, visiting
from playwright.sync_api import Browser, Page, expect
from screen_page import RECORDS, heading, press

from review.store import Store
from review.store.events import read_events
from screening import decisions

pytestmark = pytest.mark.browser

BASE = "/screen/full-text"
LONG = (
    "The support that they were given by an older colleague was, for most of the physicians, what made the difference. "
    * 9
)


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    """Give a site with seven reports at full text: a PDF, an article, a damaged file, none, a PDF with a script."""
    workspace = review(tmp_path, store, RECORDS[:8])
    ann = workspace.actor("Ann")
    for report in range(1, 8):
        decisions.decide(store, workspace.protocol, ann, report=report, stage="title-abstract", verdict="include")
    papers.add(store, ann, 1, papers.pdf(more=LONG), pages=papers.numbered())
    papers.add(store, ann, 2, papers.JATS.encode(), kind="jats", pages=(("Methods", "We asked mentors & mentees"),))
    papers.add(store, ann, 3, b"%PDF-1.4\nnot a PDF, whatever its name says")
    papers.add(store, ann, 6, papers.with_script(papers.pdf()), name="first.pdf", pages=papers.numbered())
    papers.add(store, ann, 6, papers.JATS.encode(), kind="jats")
    with served(workspace) as running:
        yield running


@pytest.fixture
def page(browser: Browser, site: Served) -> Iterator[Page]:
    with visiting(browser, site, viewport={"width": 1280, "height": 800}) as opened:
        opened.goto(BASE)
        yield opened


def layer(page: Page, number: int) -> Any:
    return page.locator(f'[data-number="{number}"] .textLayer')


def kept(site: Served) -> list[dict[str, Any]]:
    with site.workspace.store.read() as connection:
        return [event.payload for event in read_events(connection, "quote")]


def select(page: Page, first: str, last: str) -> None:
    """Drag the pointer from the begin of one piece of the text to the end of another."""
    start, end = (page.locator(".textLayer > span", has_text=text).first.bounding_box() for text in (first, last))
    assert start
    assert end
    page.mouse.move(start["x"] + 1, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=4)
    page.mouse.move(end["x"] + end["width"] - 0.5, end["y"] + end["height"] / 2, steps=4)
    page.mouse.up()


def test_a_passage_is_read_selected_kept_and_deleted(page: Page, site: Served) -> None:
    expect(layer(page, 1)).to_contain_text("Doctors are tired, and mentoring may help them.")
    page.wait_for_function("() => CSS.highlights.get('c1')?.size > 2")
    page.wait_for_function(
        "() => { const marked = [...CSS.highlights.get('c2') ?? []].map(String);"
        " return ['mentoring', 'peer support'].every((one) => marked.includes(one)); }"
    )
    press(page, ".")
    expect(page.locator("#page")).to_have_value("2")
    expect(layer(page, 2)).to_contain_text("forty physicians")
    select(page, "We interviewed", "every month")
    page.get_by_role("button", name="Keep as quote").click()
    quote = page.locator(".quotes li")
    expect(quote).to_contain_text(
        "We interviewed forty physicians in three hospitals. A peer support group met every month."
    )
    expect(quote.get_by_role("link", name="Page 2")).to_be_visible()
    expect(page.locator("#live")).to_have_text("Kept as a quote, page 2.")
    expect(page.locator("#keep")).to_be_hidden()
    assert [(one["report"], one["page"]) for one in kept(site)] == [(1, "2")]

    quote.locator("summary").click()
    quote.get_by_label("Note").fill("the sample")
    press(page, "Escape")
    press(page, "Control+f")  # ours, and what was typed into the note stays
    page.keyboard.type("Bürnout fell")
    expect(page.locator("#hits")).to_have_text("1 of 1")
    expect(page.locator("#page")).to_have_value("3")
    press(page, "Escape", "q")
    expect(quote).to_have_count(2)
    assert kept(site)[1]["text"] == "Their burnout fell in the second year."
    expect(quote.first.get_by_label("Note")).to_have_value("the sample")
    quote.first.get_by_role("button", name="Save").click()
    expect(quote.first.locator(".remark")).to_have_text("the sample")
    quote.first.get_by_role("link", name="Page 2").click()
    expect(page.locator("#page")).to_have_value("2")
    quote.nth(1).locator("summary").click()
    quote.nth(1).get_by_role("button", name="Delete").click()
    expect(quote).to_have_count(1)
    page.reload()
    expect(page.locator(".quotes .remark")).to_have_text("the sample")


def test_every_record_brings_its_own_text(page: Page, site: Served) -> None:
    press(page, "ArrowRight")
    heading(page, "& more")
    expect(page.locator("#paper h3")).to_have_text("Sample")
    assert page.evaluate("window.hacked") is None
    page.locator('[data-page="Methods"] p').first.select_text()
    press(page, "q")
    expect(page.locator(".quotes li")).to_contain_text("We asked mentors & mentees <script>hacked()</script>.")
    expect(page.locator(".quotes .from")).to_contain_text("Methods")
    press(page, "ArrowRight")
    expect(page.locator("#pane-says")).to_contain_text("This file cannot be read as a PDF: it is damaged")
    press(page, "ArrowRight")
    expect(page.locator("#nothing")).to_contain_text("Nobody has looked for the full text yet.")
    press(page, "q")
    page.locator(".write textarea").first.fill("read in the library")
    page.locator("#record h1").click()
    press(page, "ArrowLeft", "ArrowLeft")
    expect(page.locator("#record h1")).to_contain_text("& more")
    expect(page.locator(".quotes li")).to_have_count(1)  # the card had come before the quote
    press(page, "ArrowRight", "ArrowRight")
    expect(page.locator(".write textarea").first).to_have_value("read in the library")


def test_a_pdf_runs_nothing_and_leads_nowhere(page: Page, site: Served) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.message) or dialog.dismiss())
    page.goto(f"{BASE}?report=6")
    expect(layer(page, 1)).to_contain_text("Doctors are tired")
    page.locator('[data-number="1"]').click(position={"x": 100, "y": 400})
    assert (asked, page.evaluate("window.hacked"), page.locator("#paper a").count()) == ([], None, 0)
    assert len(page.context.pages) == 1
    page.locator("#which").select_option(index=1)
    expect(page.locator("#paper h3")).to_have_text("Sample")


def test_keys_and_links_move_about_in_the_text_and_decide_nothing(page: Page, site: Served) -> None:
    expect(layer(page, 1)).to_contain_text("Doctors")
    press(page, "f", "ArrowRight")
    expect(page.locator("#page")).to_have_value("2")
    press(page, "ArrowLeft")
    expect(page.locator("#page")).to_have_value("1")
    expect(page.locator("#record h1")).to_contain_text("Report 1")
    before = layer(page, 1).bounding_box()
    press(page, "-")
    page.wait_for_function(
        "w => document.querySelector('.textLayer')?.offsetWidth < w", arg=(before or {})["width"] - 50
    )
    press(page, "f")
    page.locator("#divider").focus()
    press(page, "ArrowLeft", "ArrowLeft")
    expect(page.locator("#divider")).to_have_attribute("aria-valuenow", "54")
    page.locator("#where summary").click()
    page.get_by_role("button", name="p. 3 ×1").first.click()
    expect(page.locator("#page")).to_have_value("3")
    press(page, "i")
    expect(page.locator("#record h1")).not_to_contain_text("Report 1")
    page.goto(f"{BASE}/find?q=peer+support")
    page.locator(".in-texts").get_by_role("link", name="Page 2").first.click()
    expect(page.locator("#page")).to_have_value("2")
    expect(page.locator("#hits")).to_have_text("1 of 1")


def test_the_pane_fits_and_axe_finds_nothing(browser: Browser, site: Served) -> None:
    looks: tuple[tuple[int, Any, int], ...] = ((1280, "light", 1), (1280, "dark", 2), (320, "dark", 1))
    for width, scheme, report in looks:
        with visiting(browser, site, viewport={"width": width, "height": 700}, color_scheme=scheme) as page:
            page.goto(f"{BASE}?report={report}")
            if width < 900:
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                page.get_by_role("button", name="Full text", exact=True).click()
            page.locator("#paper :is(.textLayer, article):visible").first.wait_for()
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert violations(page) == [], (report, width)


def violations(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")]


def test_without_script_there_is_a_link_and_a_form(browser: Browser, site: Served) -> None:
    with visiting(browser, site, java_script_enabled=False) as page:
        page.goto(f"{BASE}?report=2")
        page.get_by_role("link", name="Article").click()
        page.context.pages[-1].wait_for_load_state()
        page.get_by_text("Write a quote").click()
        page.get_by_role("textbox", name="Text").fill("We asked mentors")
        page.get_by_label("Page or section").fill("Methods")
        page.get_by_role("button", name="Keep the quote").click()
        expect(page.locator(".quotes li")).to_contain_text("We asked mentors")
        assert kept(site)[0]["page"] == "Methods"
