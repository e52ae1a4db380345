"""The page of rounds: the plan before it is done, who sees what, and how it looks in real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Served, Visitor, review, served, visiting, visitors
from playwright.sync_api import Browser, Page, expect
from screen_page import RECORDS

from review.protocol import Member
from review.store import Store
from screening import round_rows, rounds
from screening.round_plans import Share

BASE = "/screen/title-abstract/rounds"
TEAM = (Member("Lea", ("lead", "reviewer")), "Ann", "Ben", Member("Ray", ("reader",)))


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    with served(review(tmp_path, store, RECORDS, team=TEAM)) as running:
        yield running


@pytest.fixture
def lea(site: Served) -> Iterator[Visitor]:
    with visitors(site) as visitor:
        yield visitor("Lea")


def made(site: Served) -> dict[str, tuple[int | None, int]]:
    with site.workspace.store.read() as connection:
        return {one.name: (one.seed, one.reports) for one in rounds.status(connection, "title-abstract")}


def test_what_was_shown_is_what_is_done_and_wrong_fields_are_said(site: Served, lea: Visitor) -> None:
    fields: dict[str, object] = {"kind": "main", "people": ["Ann", "Ben"], "overlap": "50", "last": "20", "seed": "7"}
    shown = lea.post(BASE, {**fields, "do": "preview"})
    assert "Share 1: 20 records" in shown.text
    assert "Ann and Ben: 10" in shown.text
    assert "10 are outside of the range" in shown.text
    assert 'name="seed" value="7"' in shown.text
    assert made(site) == {}
    after = lea.post(BASE, {**fields, "do": "make"})
    assert after.url == f"{site.url}{BASE}?done=share+1"
    assert made(site) == {"share 1": (7, 20)}
    for wrong, why in (
        ({"kind": "pilot", "size": "many"}, "whole number"), ({"kind": "main", "people": "Ray"}, "Ray may not vote"),
        ({"kind": "quality", "amount": "x"}, "no percentage"), ({"kind": "handover"}, "Nobody was chosen"),
        ({"kind": "main", "pairs": "Ann"}, "two different people"), ({}, "not said what"),
    ):  # fmt: skip
        reply = lea.post(BASE, {"do": "preview", **wrong})
        assert (reply.status_code, why in reply.text) == (422, True), wrong


def test_others_see_their_own_and_cannot_hand_out(site: Served) -> None:
    workspace = site.workspace
    lead = workspace.actor("Lea")
    rounds.make(workspace.store, workspace.protocol, lead, "title-abstract", Share(("Ann", "Ben")), seed=1)
    with visitors(site) as visitor:
        ann, ray = visitor("Ann"), visitor("Ray")
        assert "0 of 15" in ann.get(BASE).text
        assert "Ben" not in ann.get(BASE).text
        assert "Nothing was handed out to you" in ray.get(BASE).text
        assert ann.post(BASE, {"kind": "pilot", "do": "make"}).status_code == 403
        lea = visitor("Lea")
        handed: dict[str, object] = {"seed": "1", "kind": "handover", "from": "Ben", "to": ["Ann", "Lea"]}
        assert "15 records taken from Ben" in lea.post(BASE, {**handed, "do": "preview"}).text
        lea.post(BASE, {**handed, "do": "make"})
    with workspace.store.read() as connection:
        assert sorted(map(len, round_rows.held(connection).values())) in ([7, 23], [8, 22])


def test_who_screens_alone_is_told_that_nothing_needs_sharing(tmp_path: Path, store: Store) -> None:
    with served(review(tmp_path, store, RECORDS)) as site, visitors(site) as visitor:
        page = visitor("Ann").get(BASE).text
        assert "nothing needs to be handed out" in page
        assert "Share out the work" not in page
        assert "Second look" in page


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_pilot_is_made_without_a_script_and_all_is_accessible(browser: Browser, site: Served, scheme: str) -> None:
    options = {"color_scheme": scheme, "viewport": {"width": 320, "height": 700}}
    with visiting(browser, site, java_script_enabled=scheme == "dark", **options) as page:
        page.get_by_role("button", name="Lea").click()
        page.goto(BASE)
        grave = [] if scheme == "light" else violations(page)
        page.get_by_text("the same records for everybody").click()
        form = page.locator("form", has=page.get_by_label("Records", exact=True))
        form.get_by_label("Records", exact=True).fill("6")
        form.get_by_label("Ben").uncheck()
        form.get_by_role("button", name="Show the plan").click()
        expect(page.get_by_role("heading", name="Pilot 1: 6 records")).to_be_visible()
        grave += [] if scheme == "light" else violations(page)
        page.get_by_role("button", name="Hand out").click()
        expect(page.get_by_role("status")).to_have_text("Done: pilot 1.")
        expect(page.get_by_text("0 of 6")).to_have_count(2)
        if scheme == "dark":
            for summary in page.locator(".making > details > summary").all():
                summary.click()
                grave += violations(page)
                assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert grave == []


def violations(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found]
