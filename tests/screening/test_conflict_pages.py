"""The pages of conflicts and agreement, and the start page: what each person is shown; a conflict from end to end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Served, Visitor, review, served, visiting, visitors
from playwright.sync_api import Browser, Page, expect
from screen_page import BASE, RECORDS

from review.protocol import Member
from review.record import Record
from review.stages import Workspace
from review.store import Entry, Store, append, append_many
from review.store.events import read_events
from screening import decisions

STAGE = "title-abstract"
TEAM = (Member("Ann"), Member("Ben"), Member("Cy", ("adjudicator",)))


@pytest.fixture
def workspace(tmp_path: Path, store: Store) -> Workspace:
    """Give a review of eight records by two, with a third to resolve; they disagree on 1 and 2."""
    made = review(tmp_path, store, RECORDS[:8], team=TEAM, votes=2)
    rules = replace(made.protocol.title_abstract, conflicts="third", names_hidden=True, reason_required=True)
    made = replace(made, protocol=replace(made.protocol, title_abstract=rules))
    for report in (1, 2):
        vote(made, "Ann", report, "include")
        vote(made, "Ben", report, "exclude", "outcome", note="<i>No outcome</i>")
    return made


def vote(made: Workspace, name: str, report: int, verdict: str, *reasons: str, note: str | None = None) -> None:
    decisions.decide(
        made.store, made.protocol, made.actor(name), report=report, stage=STAGE, verdict=verdict, reasons=reasons,
        note=note,
    )  # fmt: skip


@pytest.fixture
def site(workspace: Workspace) -> Iterator[Served]:
    with served(workspace) as running:
        yield running


@pytest.fixture
def visit(site: Served) -> Iterator[Callable[..., Visitor]]:
    with visitors(site) as visitor:
        yield visitor


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def test_who_may_not_end_a_conflict_is_told_who_does(site: Served, visit: Callable[..., Visitor]) -> None:
    ann = visit("Ann")
    page = ann.get(f"{BASE}/conflicts").text
    assert "A third person, who has not voted on it, ends it." in page
    assert 'id="resolve"' not in page
    assert "&lt;i&gt;No outcome&lt;/i&gt;" in page
    main = page.split("<main")[1]
    assert "Ben" not in main, "names are hidden"
    assert "Reviewer A" in main
    refused = ann.post(f"{BASE}/conflicts", {"report": 1, "verdict": "include"})
    assert refused.status_code == 403, "no role of hers"


def test_what_another_person_wrote_in_this_browser_is_refused(site: Served, visit: Callable[..., Visitor]) -> None:
    ann, cy = site.workspace.actor("Ann").person, visit("Cy")
    for path, fields in (("comments", {"text": "x"}), ("conflicts", {"verdict": "include"})):
        assert cy.post(f"{BASE}/{path}", {"person": ann, "report": 1, **fields}).status_code == 403


def test_a_comment_sent_twice_is_said_once(site: Served, visit: Callable[..., Visitor]) -> None:
    cy = visit("Cy")
    for _ in range(2):
        page = cy.post(f"{BASE}/comments", {"report": 1, "text": "<b>Why?", "client": "one"})
    assert "#said-" in page.url
    assert page.text.count("&lt;b&gt;Why?") == 1
    with site.workspace.store.read() as connection:
        assert len(list(read_events(connection, "comment"))) == 1


def test_settled_records_can_be_looked_at_and_waiting_ones_not(site: Served, visit: Callable[..., Visitor]) -> None:
    cy = visit("Cy")
    ended = cy.post(f"{BASE}/conflicts", {"report": 1, "verdict": "include", "note": "Talked over."})
    assert "Record 1: resolved, included." in ended.text
    assert "Conflict 1 of 1" in ended.text
    again = cy.get(f"{BASE}/conflicts?report=1").text
    assert "Settled: included" in again
    assert "Talked over." in again
    vote(site.workspace, "Ann", 3, "include")
    refused = cy.get(f"{BASE}/conflicts?report=3")
    assert (refused.status_code, "not shown to you yet" in refused.text) == (422, True)


def test_how_a_stage_splits_is_hidden_from_who_has_records_left(site: Served, visit: Callable[..., Visitor]) -> None:
    vote(site.workspace, "Ben", 3, "exclude", "outcome")
    lead, ann_ = site.workspace.actor("Cy"), site.workspace.actor("Ann")
    about = {"name": "try", "kind": "pilot", "seed": 1, "how": {}}
    handed = {"stage": STAGE, "round": about, "add": {ann_.person: [4, 5]}}
    append(site.workspace.store, lead, "assignment", handed)
    ann, cy = (plain(visit(name).get("/").text) for name in ("Ann", "Cy"))
    first = ann.split("Full text")[2]
    for text in (
        "2 of 8 have all their votes",
        "Left for you 6",
        "In the pilot “try” 2 left",
        "Awaiting another vote 1",
    ):
        assert text in ann
    assert "Excluded 0" not in ann
    assert "Conflicts 2" not in ann
    assert "of 0" not in first
    for text in ("0 of 8 settled", "Conflicts 2", "Excluded 0", "2 conflicts to resolve on title and abstract."):
        assert text in cy
    assert "Left for you" not in cy, "who does not vote has nothing left"
    assert "shown to you once you have decided on all your records" in visit("Ann").get(f"{BASE}/agreement").text


def test_the_agreement_page_of_the_stage_and_of_a_pilot(tmp_path: Path, store: Store) -> None:
    """5, 4, 3, 188 gives kappa .570, AC1 .962, PABAK .930; a pilot is shown once it is complete."""
    made = review(tmp_path, store, [Record(title=f"Report {n}") for n in range(1, 201)], team=TEAM, votes=2)
    ann, ben, cy = (made.actor(name) for name in ("Ann", "Ben", "Cy"))

    def cast(who, included: set[int], reports: range) -> None:
        said = [(n, "include" if n in included else "exclude") for n in reports]
        entries = [Entry("decision", {"report": n, "stage": STAGE, "verdict": v, "reasons": []}) for n, v in said]
        with store.write() as connection:
            append_many(store, connection, who, entries)

    about = {"name": "first", "kind": "pilot", "seed": 1, "how": {}}
    handed = {one.person: [1, 2, 6] for one in (ann, ben)}
    append(store, cy, "assignment", {"stage": STAGE, "round": about, "add": handed})
    with served(made) as site, visitors(site) as visit:
        cast(ann, set(range(1, 10)), range(1, 201))
        waiting = plain(visit("Cy").get(f"{BASE}/agreement").text)
        assert "Pilot first: its agreement is shown once everybody is done." in waiting
        cast(ben, {1, 2, 3, 4, 5, 10, 11, 12}, range(1, 7))
        early = plain(visit("Ben").get(f"{BASE}/agreement").text)
        assert "Pilot first 3 records have the votes" in early
        assert "The whole stage" not in early
        cast(ben, {10, 11, 12}, range(7, 201))
        page = visit("Ben").get(f"{BASE}/agreement").text
    whole = plain(page).split("The whole stage so far")[1]
    for text in ("Ann, Ben 200 96.5 % 58.8 % 98.2 % 0.570", "0.962 0.930", "include 5 4 exclude 3 188",
                 "7 records to talk about", "Includes are rare here."):  # fmt: skip
        assert text in whole
    assert f'href="{BASE}/conflicts?report=6"' in page


@pytest.mark.browser
def test_a_conflict_from_end_to_end(browser: Browser, site: Served) -> None:
    with visiting(browser, site) as ann, visiting(browser, site, color_scheme="dark") as cy:
        for page, name in ((ann, "Ann"), (cy, "Cy")):
            page.locator(f"button[value={name}]").click()
            page.goto(f"{BASE}/conflicts")
        grave(ann)
        ann.keyboard.press("c")
        ann.keyboard.type("It says health.")
        ann.get_by_role("button", name="Comment").click()
        expect(ann.locator(".thread .said")).to_have_text("It says health.")

        cy.reload()
        expect(cy.get_by_text("Conflict 1 of 2")).to_be_visible()
        cy.locator(".reply summary").click()
        cy.get_by_label("Reply").fill("Not as an outcome.")
        cy.get_by_role("button", name="Reply").click()
        expect(cy.locator(".thread .thread .said")).to_have_text("Not as an outcome.")
        cy.keyboard.press("2")  # no exclusion yet: a digit chooses nothing
        cy.keyboard.press("e")
        cy.keyboard.press("Enter")
        expect(cy.locator(".refused")).to_have_text("Choose at least one reason.")
        for key in ("2", "4", "4"):
            cy.keyboard.press(key)
        expect(cy.get_by_label("Not about doctors")).to_be_checked()
        expect(cy.get_by_label("No outcome on health")).not_to_be_checked()
        grave(cy)
        cy.keyboard.press("n")
        cy.keyboard.type("i agree, e is right")  # in a field, keys are letters
        cy.get_by_label("Not about doctors").focus()
        cy.keyboard.press("Enter")
        expect(cy.get_by_role("status")).to_contain_text("Record 1: resolved, excluded.")
        expect(cy.get_by_text("Conflict 1 of 1")).to_be_visible()

        ann.goto(f"{BASE}/conflicts?report=1")
        ann.get_by_role("link", name="Change my vote").click()
        expect(ann.locator("#said")).to_contain_text("take")  # the screening page is there
        ann.wait_for_load_state()
        ann.keyboard.press("m")
        expect(ann.locator("#said")).to_contain_text("Maybe")
        ann.wait_for_function("key => JSON.parse(localStorage.getItem(key) || '[]').length === 0",
                              arg=ann.locator("main").get_attribute("data-outbox"))  # fmt: skip
        cy.goto(f"{BASE}/conflicts")
        expect(cy.get_by_text("Reopened: a vote changed since.")).to_be_visible()
        expect(cy.locator(".vote", has_text="Maybe")).to_contain_text("was include")
        grave(cy)
        cy.keyboard.press("ArrowRight")
        expect(cy.get_by_text("Conflict 2 of 2")).to_be_visible()
        cy.keyboard.press("i")
        cy.keyboard.press("Enter")
        expect(cy.get_by_role("status")).to_contain_text("Record 2: resolved, included.")
        cy.set_viewport_size({"width": 320, "height": 640})
        assert cy.evaluate("document.documentElement.scrollWidth") <= 320
        cy.goto(f"{BASE}/agreement")
        assert cy.evaluate("document.documentElement.scrollWidth") <= 320
        grave(cy)
    with site.workspace.store.read() as connection:
        ended = [event.payload for event in read_events(connection, "resolution")]
    assert [(p["report"], p["verdict"], p["reasons"], p["note"]) for p in ended] == [
        (1, "exclude", ["population"], "i agree, e is right"), (2, "include", [], None),
    ]  # fmt: skip


def grave(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")] == []
