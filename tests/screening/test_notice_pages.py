"""The page of notices and what else shows them: the alert, chips, reading one, asking for a check; in Chromium once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Served, review, served, visiting, visitors
from playwright.sync_api import Browser, expect
from screen_page import RECORDS

from review.protocol import Member
from review.store import Store, jobs
from screening import decisions, notices

HOSTILE = "<script>window.hacked=1</script>"
TEAM = (Member("Ann"), Member("Ben"), Member("Eve", ("reader",)))


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    """Give a site with reports 1 to 4 at full text, 1 included; 1 is retracted, 2 and 9 have other notices."""
    made = review(tmp_path, store, [*RECORDS[:4], replace(RECORDS[5], doi=None), *RECORDS[5:9]], team=TEAM)
    ann = made.actor("Ann")
    for report in range(1, 6):
        decisions.decide(store, made.protocol, ann, report=report, stage="title-abstract", verdict="include")
    decisions.decide(store, made.protocol, ann, report=1, stage="full-text", verdict="include")
    retraction = {"kind": "retracted", "about": "10.5555/notice", "on": "2024-05-02", "label": f"Retraction {HOSTILE}"}
    erratum = {"kind": "corrected", "about": f"J 2009;1 {HOSTILE}", "on": None, "label": "Erratum"}
    concern = {"kind": "concern", "about": "2017", "on": "2023", "label": "Expression of concern"}
    notices.note(store, ann, "crossref", {1: [retraction], 2: [concern], 3: [], 4: []})
    notices.note(store, ann, "pubmed", {2: [erratum], 9: [erratum]})
    with served(made) as running:
        yield running


def plain(text: str) -> str:
    return " ".join(text.split())


def test_what_a_person_is_told_and_may_do(site: Served) -> None:
    with visitors(site) as visitor:
        ann, eve = visitor("Ann"), visitor("Eve")
        assert "2 reports at full text have a new notice." in plain(ann.get("/").text)
        page = plain(ann.get("/notices").text)
        assert "4 new, 4 in all" in page
        assert "1 of them has neither DOI nor PMID and cannot be checked." in page
        assert HOSTILE not in page
        for name in ("Retracted", "Expression of concern", "Corrected", "PMID 2017", "At full text"):
            assert name in page
        shown = {"report": 1, "kind": "retracted", "notice": "crossref 10.5555/notice"}
        assert eve.post("/notices/read", shown).status_code == 403
        assert "I have read it" not in eve.get("/notices").text
        noted = plain(ann.post("/notices/read", shown).text)
        assert "3 new, 4 in all" in noted
        assert "1 report at full text has a new notice." in plain(ann.get("/").text)
        assert ann.post("/notices/read", {**shown, "kind": "nothing"}).status_code == 422


def test_how_a_stage_ends_is_not_told_through_its_notices(site: Served) -> None:
    with visitors(site) as visitor:
        ben, eve = (plain(visitor(name).get("/notices").text) for name in ("Ben", "Eve"))
    assert "At full text" in ben
    assert "Included" not in ben.split("<main")[1]
    assert "Report 1 · Included" in eve, "who does not vote sees it"
    assert "Report 2 · To be assessed" in eve


def test_a_check_is_asked_for_and_followed(site: Served) -> None:
    store = site.workspace.store
    with visitors(site) as visitor:
        ann = visitor("Ann")
        asked = plain(ann.post("/notices/check", {}).text)
        assert "Checking …" in asked
        assert "Check now" not in asked
        with store.read() as connection:
            job = jobs.latest(connection, "retractions")
        assert job is not None
        assert job.person == site.workspace.actor("Ann").person
        jobs.say(store, job.id, 2, 4)
        assert "Checking: 2 of 4" in plain(ann.get("/notices").text)
        jobs.end(store, job.id, "4 reports: 3 checked.")
        done = plain(ann.get("/notices").text)
        assert "4 reports: 3 checked." in done
        assert "Check now" in done


@pytest.mark.browser
def test_the_page_on_a_screen_and_on_a_phone(browser: Browser, site: Served, tmp_path: Path) -> None:
    with visiting(browser, site, viewport={"width": 1280, "height": 900}) as page:
        if page.get_by_role("button", name="Ann").count():
            page.get_by_role("button", name="Ann").click()
        page.goto("/notices")
        page.get_by_role("button", name="Check now").click()
        store, ann = site.workspace.store, site.workspace.actor("Ann")
        notices.note(
            store, ann, "crossref", {3: [{"kind": "concern", "about": "10.5555/x", "on": None, "label": "New"}]}
        )
        expect(page.locator("#list")).to_contain_text("10.5555/x")
        with store.read() as connection:
            job = jobs.latest(connection, "retractions")
        assert job is not None
        jobs.end(store, job.id, "4 reports: 4 checked: 1 new notice.")
        faults: list[str] = []
        for path, width, scheme in (("/", 320, "light"), ("/notices", 1280, "light"), ("/notices", 320, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
            faults += [v["id"] for v in Axe().run(page).response["violations"]]
            page.screenshot(path=tmp_path / f"{path.strip('/') or 'home'}-{width}.png", full_page=True)
        assert faults == []
        page.get_by_role("button", name="I have read it: Retracted, report 1").press("Enter")
        expect(page.get_by_text("4 new, 5 in all")).to_be_visible()
        page.get_by_role("link", name="Report 1 on mentoring").click()
        expect(page.locator(".chips")).to_contain_text("Retracted")
        assert page.evaluate("window.hacked") is None
