"""Records taken along, in real Chromium: no network, pages closed and reloaded, everything sent on return, once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Served, review, served
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect
from screen_page import BASE, heading, press
from sqlalchemy import select
from team_server import SENTENCE, door, join

from review.protocol import Member
from review.record import Record
from review.store import Store, accounts, append
from review.store.aside import lease
from review.store.events import read_events
from screening.offline_pages import DAYS

pytestmark = pytest.mark.browser

LONG = "Mentors help doctors. " * 455
RECORDS = [Record(title=f"Report {n} on mentoring", abstract=LONG if n % 20 == 1 else "Short.") for n in range(1, 231)]
TEAM = (Member("Ann", ("lead", "reviewer")), Member("Ben"))


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    """A team's server with 230 records, some with 10,000 characters; Ann and Ben have accounts."""
    workspace = review(tmp_path, store, RECORDS, team=TEAM)
    members = door(workspace)
    for name in ("Ann", "Ben"):
        join(members, name, name.lower())
    with served(workspace, members) as running:
        yield running


@contextmanager
def signed_in(browser: Browser, site: Served, login: str = "ann") -> Iterator[BrowserContext]:
    """Give a browser whose pages fail the test when they ask another host, or a script errs."""
    context = browser.new_context(base_url=site.url)
    faults: list[str] = []
    context.on("request", lambda r: r.url.startswith(site.url) or faults.append(r.url))
    context.on("weberror", lambda e: faults.append(str(e.error)))
    page = context.new_page()
    sign_in(page, login)
    yield context
    context.close()
    assert faults == []


def sign_in(page: Page, login: str) -> None:
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(SENTENCE)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


def take(page: Page) -> None:
    page.goto(f"{BASE}/offline")
    page.get_by_role("button", name="Take the next 200 along").click()
    expect(page.get_by_text("200 of 200 left")).to_be_focused(timeout=60_000)
    page.goto(BASE)


def keeps(page: Page, count: int) -> None:
    """Wait until the browser keeps the pages of so many batches."""
    for _ in range(200):
        if len(page.evaluate("caches.keys()")) == count:
            return
        page.wait_for_timeout(50)
    pytest.fail(f"it keeps {page.evaluate('caches.keys()')}")


def said(store: Store) -> list[tuple[int, str, list[str]]]:
    with store.read() as connection:
        found = [event.payload for event in read_events(connection, "decision")]
    return [(p["report"], p["verdict"], p["reasons"]) for p in found]


def held(store: Store) -> dict[int, str]:
    with store.read() as connection:
        return dict(connection.execute(select(lease.c.report, lease.c.until)).all())


def test_a_batch_is_decided_on_without_a_network_and_saved_on_return(browser: Browser, site: Served) -> None:
    store = site.workspace.store
    with signed_in(browser, site) as context:
        page = context.pages[0]
        take(page)
        assert sorted(held(store)) == [*range(1, 201)]
        context.set_offline(True)
        page.reload()
        expect(page.locator("#unsaved")).to_contain_text("Offline: 200 of 200 taken along left")
        heading(page, "Report 1 ")
        expect(page.locator("#record .abstract")).to_contain_text("Mentors help doctors.")
        press(page, "i")
        heading(page, "Report 2 ")
        press(page, "e", "1", "3", "Enter")
        heading(page, "Report 3 ")
        press(page, "m")
        heading(page, "Report 4 ")
        press(page, "u")
        heading(page, "Report 3 ")
        expect(page.locator("#unsaved")).to_contain_text("198 of 200 taken along left; 4 decisions wait in")
        expect(page.locator("#position")).to_have_text("Record 3 of 200 taken along")
        assert said(store) == []
        page.close()

        page = context.new_page()
        page.goto(BASE)
        heading(page, "Report 3 ")
        press(page, "u")
        heading(page, "Report 2 ")
        expect(page.locator("#unsaved")).to_contain_text("199 of 200 taken along left; 5 decisions wait")
        for n in range(2, 16):
            heading(page, f"Report {n} ")
            press(page, "i")
        expect(page.locator("#unsaved")).to_contain_text("185 of 200 taken along left; 19 decisions wait")

        context.set_offline(False)
        expect(page.locator("#saved")).to_have_text("Saved: 19 decisions.", timeout=60_000)
        expect(page.locator("#unsaved")).to_be_hidden()
        expect(page.locator("#position")).to_contain_text("Record 16 of 230 · 215 left")
        assert said(store) == [
            (1, "include", []), (2, "exclude", ["language", "intervention"]), (3, "maybe", []), (3, "cleared", []),
            (2, "cleared", []), *((n, "include", []) for n in range(2, 16)),
        ]  # fmt: skip
        assert sorted(n for n, until in held(store).items() if until > "2026-11-24") == [*range(16, 201)]
        press(page, "e", "Enter")
        heading(page, "Report 17 ")
        page.reload()
        assert page.locator("main").get_attribute("data-kept") is None, "with a network nothing kept is shown"
        expect(page.locator("#position")).to_contain_text("Record 17 of 230")
        page.goto(f"{BASE}/offline")
        expect(page.get_by_text("184 of 200 left")).to_be_visible()
        page.get_by_role("button", name="Give the rest back").click()
        expect(page.get_by_role("button", name="Take the next 200 along")).to_be_visible()
        assert held(store) == {}
        assert page.evaluate("caches.keys()") == []


def test_what_comes_back_to_another_state_is_told_and_kept(browser: Browser, site: Served) -> None:
    """A merged record, a session that ended, somebody else on the same browser: nothing is lost, nothing shown."""
    store = site.workspace.store
    with signed_in(browser, site) as context:
        page = context.pages[0]
        take(page)
        context.set_offline(True)
        page.reload()
        for n in (1, 2):
            heading(page, f"Report {n} ")
            press(page, "i")
        heading(page, "Report 3 ")
        press(page, "u")
        heading(page, "Report 2 ")
        press(page, "ArrowRight")
        for n in (3, 4):
            heading(page, f"Report {n} ")
            press(page, "i")
        heading(page, "Report 5 ")
        append(store, site.workspace.software(), "merge", {"reports": [1, 2, 3], "rule": "test", "score": 1.0})
        with store.write() as connection:
            accounts.end(store, connection, "Ann")
        context.set_offline(False)
        expect(page.locator("#unsaved")).to_contain_text("5 decisions are not saved yet. You are signed out")
        page.reload()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        sign_in(page, "ben")
        page.goto(f"{BASE}/offline")
        expect(page.locator("#others")).to_contain_text("5 decisions of other people wait in this browser")
        expect(page.get_by_role("button", name="Take the next 200 along")).to_be_visible()
        assert page.evaluate("caches.keys()") == []
        context.set_offline(True)
        with pytest.raises(Error, match="ERR_"):
            page.goto(BASE)
        context.set_offline(False)
        assert said(store) == []

        sign_in(page, "ann")
        page.goto(BASE)
        expect(page.locator("#saved")).to_have_text("Saved: 2 decisions.")
        expect(page.locator("#refused")).to_contain_text("1 decision was not taken")
        told = "Include: Report 3 on mentoring. Report 3 was merged into report 1. Decide on report 1."
        expect(page.locator("#refused li")).to_have_text(told)
        assert said(store) == [(1, "include", []), (4, "include", [])], "the undo on 2 has not taken back the vote on 1"
        heading(page, "Report 5 ")
        page.reload()
        expect(page.locator("#refused li")).to_have_text(told)
        page.get_by_role("button", name="I have seen this").click()
        page.reload()
        expect(page.locator("#record h1")).to_contain_text("Report 5 ")
        expect(page.locator("#refused")).to_be_hidden()
        keeps(page, 1)
        page.goto("/you")
        page.get_by_role("button", name="Sign out", exact=True).click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        keeps(page, 0)


def test_two_tabs_send_each_decision_once_and_in_order(browser: Browser, site: Served) -> None:
    store = site.workspace.store
    with signed_in(browser, site) as context:
        one = context.pages[0]
        take(one)
        two = context.new_page()
        two.goto(BASE)
        for tab in (one, two):
            tab.wait_for_load_state("networkidle")
        context.set_offline(True)
        press(one, "i")
        heading(one, "Report 2 ")
        expect(two.locator("#record .mine")).to_have_text("You included this record.")
        press(two, "ArrowRight")
        heading(two, "Report 2 ")
        press(two, "m")
        press(one, "ArrowRight")
        heading(one, "Report 3 ")
        press(one, "u")
        heading(one, "Report 2 ")
        press(one, "e", "2", "Enter")
        heading(one, "Report 3 ")
        expect(two.locator("#unsaved")).to_contain_text("4 decisions wait in this browser")
        context.set_offline(False)
        for tab in (one, two):
            expect(tab.locator("#unsaved")).to_be_hidden(timeout=60_000)
    assert said(store) == [
        (1, "include", []), (2, "maybe", []), (2, "cleared", []), (2, "exclude", ["population"]),
    ]  # fmt: skip


BROKEN = {
    "delete Navigator.prototype.serviceWorker": "Not possible in this window: the browser keeps no pages",
    "indexedDB.open = () => { throw new DOMException('', 'SecurityError') }": "this browser's storage is switched off.",
    "IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError') }": "storage is full.",
    "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') }": None,
}
"""What a browser may lack, and what the page says to that; decisions alone are kept by the last."""


def test_a_browser_that_keeps_nothing_is_told_in_a_sentence(browser: Browser, site: Served) -> None:
    store = site.workspace.store
    with signed_in(browser, site) as context:
        for broken, sentence in BROKEN.items():
            page = context.new_page()
            page.add_init_script(broken)
            if sentence is not None:
                page.goto(f"{BASE}/offline")
                page.get_by_role("button", name="Take the next 200 along").click()
                expect(page.locator("#trouble")).to_contain_text(sentence, timeout=60_000)
                assert held(store) == {}, "others are handed the records again"
        page.goto(BASE)
        page.wait_for_load_state("networkidle")
        context.set_offline(True)
        press(page, "i")
        heading(page, "Report 2 ")
        expect(page.locator("#unsaved")).to_contain_text("storage is full or switched off: leave this page open until")
        context.set_offline(False)
        expect(page.locator("#saved")).to_have_text("Saved: 1 decision.", timeout=60_000)
        assert said(store) == [(1, "include", [])]


def test_it_looks_right_on_a_phone_light_and_dark(browser: Browser, site: Served) -> None:
    grave: list[tuple[str, str]] = []

    def look(page: Page, where: str) -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found: list[dict[str, Any]] = Axe().run(page).response["violations"]
            grave.extend((where, v["id"]) for v in found if v["impact"] in ("serious", "critical"))
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        grave.extend([(where, "wider than the screen")] if wide > 0 else [])

    with signed_in(browser, site) as context:
        page = context.pages[0]
        page.set_viewport_size({"width": 320, "height": 700})
        page.goto(f"{BASE}/offline")
        look(page, "nothing taken")
        take(page)
        context.set_offline(True)
        page.reload()
        heading(page, "Report 1 ")
        look(page, "offline")
        press(page, "i")
        page.goto(f"{BASE}/offline")
        expect(page.get_by_text("199 of 200 left")).to_be_visible()
        look(page, "taken along")
    assert grave == []


def test_one_can_clear_the_browser_and_its_time_runs_out(browser: Browser, site: Served) -> None:
    with signed_in(browser, site) as context:
        page = context.pages[0]
        page.on("dialog", lambda dialog: dialog.accept())
        take(page)
        context.set_offline(True)
        page.reload()
        heading(page, "Report 1 ")
        press(page, "i")
        page.goto(f"{BASE}/offline")
        expect(page.get_by_text("1 decision waits in this browser.", exact=True)).to_be_visible()
        page.get_by_role("button", name="Discard what is not saved").click()
        expect(page.get_by_text("200 of 200 left")).to_be_visible()
        page.goto(BASE)
        heading(page, "Report 1 ")
        context.clock.set_fixed_time(datetime.now() + timedelta(days=DAYS, hours=1))
        page.reload()
        expect(page.get_by_role("heading", name="Nothing is kept here to decide on")).to_be_visible()
        expect(page.locator("#saved")).to_contain_text("200 of 200 were left and are no longer kept here")
        press(page, "i")
        keeps(page, 0)

        context.set_offline(False)
        page.goto(f"{BASE}/offline")
        page.get_by_role("button", name="Take the next 200 along").click()
        expect(page.get_by_text("200 of 200 left")).to_be_focused(timeout=60_000)
        context.set_offline(True)
        page.get_by_role("button", name="Give the rest back").click()
        expect(page.get_by_role("button", name="Take the next 200 along")).to_be_visible()
        assert said(site.workspace.store) == []
