"""The order of records on the page, in real Chromium: which one is on, and why a record is where it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Served, Visitor, review, served, visiting, visitors
from playwright.sync_api import Browser, expect
from screen_page import BASE, heading, press

from review.record import Record
from review.store import Store
from screening.ranked import Ranker

pytestmark = pytest.mark.browser

RECORDS = [
    Record(
        title=f"{'Mentoring of tired doctors' if n % 3 == 0 else 'Membranes of <b>cells</b> in culture'}, part {n}",
        abstract=f"Text {n} is about {'mentors' if n % 3 == 0 else 'rats and <i>cells</i>'} only.",
    )
    for n in range(1, 31)
]


@pytest.fixture
def voted(tmp_path: Path, store: Store) -> Iterator[Served]:
    """Give a site where Ann has included report 3 and excluded 1, and where the worker has not come yet."""
    with served(review(tmp_path, store, RECORDS)) as site:
        with visitors(site) as visitor:
            ann: Visitor = visitor("Ann")
            for report, verdict in ((3, "include"), (1, "exclude")):
                ann.post(f"{BASE}/votes", {"report": report, "verdict": verdict})
        yield site


def rank(site: Served) -> None:
    ranker = Ranker(site.workspace.store, site.workspace.protocol)
    while ranker.step():
        pass


def test_the_order_is_said_and_why_is_told_when_asked(browser: Browser, voted: Served) -> None:
    with visiting(browser, voted) as page:
        page.goto(BASE)
        expect(page.locator("#order span")).to_have_text("In the order of import")
        expect(page.locator("#why")).to_be_hidden()
        press(page, "w")
        expect(page.locator("#reasoning")).to_contain_text("nothing was learnt for this one")
        press(page, "Escape")
        rank(voted)
        page.goto(BASE)
        expect(page.locator("#record h1")).to_contain_text("Mentoring")
        expect(page.locator("#order span")).to_have_text("Most likely first · learnt from 2 votes · 1 in 20 at random")
        assert page.locator("#reasoning dt").count() == 0, "nothing is told unasked"
        press(page, "w")
        told = page.locator("#reasoning")
        expect(told.get_by_role("heading", name="Why is this one here?")).to_be_focused()
        expect(told).to_contain_text("decide first, then look")
        expect(told).to_contain_text("Place 1 of 28")
        expect(told.locator("section").first.locator("dt")).to_contain_text(["tired doctors"])
        assert Axe().run(page).response["violations"] == []
        press(page, "Escape", "i")
        expect(told).to_be_hidden()
        heading(page, "Mentoring")
        for report in (2, 1):
            page.goto(f"{BASE}?report={report}")
            page.get_by_role("link", name="Why is this one here?").click()
            against = told.locator("section").nth(1)
            expect(against.locator("dt").first).to_be_visible()
            expect(told).to_contain_text("Place" if report == 2 else "It was not left to read")
            assert told.locator("dt b").count() == 0
            press(page, "Escape")


def test_without_script_it_is_a_page_and_plain_order_is_a_choice(browser: Browser, voted: Served) -> None:
    rank(voted)
    with visiting(browser, voted, java_script_enabled=False) as page:
        page.goto(BASE)
        expect(page.locator("h1")).to_contain_text("Mentoring")
        page.get_by_role("link", name="Why is this one here?").click()
        expect(page.locator("main")).to_contain_text("Speaks for it")
        page.get_by_role("link", name="Mentoring of tired doctors").click()
        page.get_by_role("link", name="Settings").click()
        page.get_by_label("In the order of import").check()
        page.locator("section", has_text="The order of records").get_by_role("button").click()
        expect(page.get_by_role("status")).to_have_text("That is saved.")
        page.get_by_role("link", name="Back to screening").click()
        expect(page.locator("#order span")).to_have_text("In the order of import")
        expect(page.locator("h1")).to_contain_text("part 2")
