"""The page that says when to stop: who sees which numbers, who may stop, and how it looks in real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Served, review, served, visiting, visitors
from playwright.sync_api import Browser, Page, expect
from screen_page import RECORDS

from review.protocol import Member, Stage
from review.store import Store
from screening import decisions, stops
from screening.ranking.order import permutation
from screening.stop_pages import curve

STAGE: Stage = "title-abstract"
BASE = f"/screen/{STAGE}/stop"
TEAM = (Member("Lea", ("lead",)), "Ann", "Ben", Member("Max", ("lead", "reviewer")))
READ = permutation(range(1, 31), STAGE)[:12]


def site_of(tmp_path: Path, store: Store, votes: int) -> Iterator[Served]:
    """Ann has read twelve of thirty, the first two of them relevant."""
    workspace = review(tmp_path, store, RECORDS, team=TEAM, votes=votes)
    ann = workspace.actor("Ann")
    for n, report in enumerate(READ):
        decisions.decide(
            store, workspace.protocol, ann, report=report, stage=STAGE, verdict="exclude" if n > 1 else "include"
        )
    with served(workspace) as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    yield from site_of(tmp_path, store, 1)


@pytest.fixture
def pair_site(tmp_path: Path, store: Store) -> Iterator[Served]:
    yield from site_of(tmp_path, store, 2)


def test_two_reviewers_see_their_own_numbers_and_only_the_lead_stops(pair_site: Served) -> None:
    with visitors(pair_site) as visitor:
        lea, ann, ben = visitor("Lea"), visitor("Ann"), visitor("Ben")
        assert "Nothing is read yet" in ben.get(BASE).text
        assert "From your own decisions only" in ann.get(BASE).text
        assert "2 relevant in 12 read" in lea.get(BASE).text
        for one in (ann, ben):
            assert "Stop screening" not in one.get(BASE).text
            assert one.post(BASE, {"why": "The rule", "unread": "18"}).status_code == 403
            assert one.post(f"/screen/{STAGE}/resume", {"why": "No"}).status_code == 403
        for unread, why, fault in (
            ("", "The rule", "not confirmed"),
            ("17", "The rule", "18 reports"),
            ("18", "", "needs its reason"),
        ):
            reply = lea.post(BASE, {"why": why, "unread": unread})
            assert (reply.status_code, fault in reply.text) == (422, True), fault
        done = lea.post(BASE, {"why": "The <b>rule</b>", "unread": "18"})
        assert '18 <span class="muted">records were not screened' in done.text
        assert "The &lt;b&gt;rule&lt;/b&gt;" in done.text
        assert "Read 12 of 30, relevant 2" in done.text
        seen_by_ben = ben.get(BASE).text
        assert "were not screened" in seen_by_ben and "relevant 2" not in seen_by_ben
        assert "Record 1 of 12" in ben.get(f"/screen/{STAGE}").text  # what Ann has seen is finished
        assert ann.get("/screen/full-text/stop").status_code == 404
        max_ = visitor("Max")
        max_.post(f"/screen/{STAGE}/votes", {"report": str(READ[0]), "verdict": "include", "client": "c"})
        assert "Take it back" in max_.get(BASE).text and "relevant 2" not in max_.get(BASE).text  # who leads and votes


def test_who_has_nothing_left_is_told_of_the_stop(site: Served) -> None:
    workspace = site.workspace
    stops.stop(workspace.store, workspace.protocol, workspace.actor("Lea"), STAGE, why="The rule", unread=18)
    with visitors(site) as visitor:
        ben = visitor("Ben")
        page = ben.get(f"/screen/{STAGE}").text
        assert "stopped by Lea" in page and "18 records were not screened" in page
        report = next(n for n in range(1, 31) if n not in READ)
        assert "Not screened: reading was stopped" in ben.get(f"/screen/{STAGE}?report={report}").text
        ben.post(f"/screen/{STAGE}/votes", {"report": str(report), "verdict": "exclude", "client": "c"})
        assert "17 records were not screened" in ben.get(f"/screen/{STAGE}").text
        assert "17</dd>" in ben.get("/").text


def test_the_curve_rises_where_something_was_found() -> None:
    assert curve([False, True, False, True], 8) == curve([False, True, False, True], 8)
    assert curve([False, True, False, True], 8).points == "0,200 75,200 150,100 225,100 300,0"
    assert curve([], 0).points == "0,200"


@pytest.mark.browser
def test_it_is_stopped_and_taken_back_and_all_is_accessible(browser: Browser, site: Served) -> None:
    options = {"viewport": {"width": 320, "height": 700}, "color_scheme": "dark", "java_script_enabled": True}
    with visiting(browser, site, **options) as page:
        page.get_by_role("button", name="Lea lead").click()
        page.goto("/")
        page.get_by_role("link", name="When to stop").click()
        expect(page.get_by_role("heading", name="How much has been found")).to_be_visible()
        expect(page.locator("#found + .big")).to_contain_text("of what is relevant, with 95 % confidence")
        page.get_by_role("link", name="90 %").click()
        expect(page.get_by_role("heading", name="Could less than 90 % have been found?")).to_be_visible()
        grave = checked(page)
        page.get_by_label("Why, for the methods section").fill("Twelve were enough")
        page.get_by_label("How many records stay unread").fill("18")
        page.get_by_role("button", name="Stop screening").click()
        expect(page.get_by_role("status")).to_contain_text("Screening is stopped")
        page.get_by_text("Take it back").click()
        grave += checked(page)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")
        grave += checked(page, 1280)
        page.get_by_label("Why reading goes on").fill("More was found")
        page.get_by_role("button", name="Put them back").click()
        expect(page.get_by_role("status")).to_contain_text("taken back")
        expect(page.get_by_text("Lea stopped on")).to_be_visible()
        assert grave == []


def checked(page: Page, width: int = 320) -> list[tuple[str, str]]:
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found]
