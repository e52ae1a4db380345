"""The page of studies in real Chromium: decided on, taken back, looked at by axe; what changed meanwhile is refused."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Served, chromium, review, served, visiting
from playwright.sync_api import Page, expect

from extraction import studies
from review.protocol import Member
from review.record import Record
from review.store import Entry, Store, append_many

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("SHOTS")
RECORDS = [
    Record(title="Group mentoring for junior doctors: study protocol", authors=("Ek, Carla", "Falk, Dan"), date="2019",
           journal="Trials of Examples", abstract="Registered as NCT01234567.", kind="article"),
    Record(title="Group mentoring for junior doctors: <b>results</b>", authors=("Falk, D", "Ek, C", "Gran, E"),
           date="2021", journal="Journal of Examples", notes=("NCT01234567",)),
    Record(title="Loneliness of general practitioners", authors=("Pihl, N",), abstract="With 1,204 GPs.", date="2015"),
    Record(title="Peer groups in practice", authors=("Quist, O", "Pihl, N"), abstract="Survey (n=1204).", date="2016"),
    Record(title="Mentors of anaesthetists", authors=("Juul, H",), date="2010"),
]  # fmt: skip


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    """Five included reports; something is written under two of the keys."""
    workspace = review(tmp_path, store, RECORDS, team=[Member("Ann")])
    ann = workspace.actor("Ann")
    votes = [
        Entry("decision", {"report": r, "stage": stage, "verdict": "include", "reasons": [], "note": None})
        for r in range(1, 6) for stage in ("title-abstract", "full-text")
    ]  # fmt: skip
    answers = [
        Entry("answer", {"study": key, "form": "small@1", "field": field, "value": "x", "missing": None, "quote": None,
                         "place": None, "file": None, "origin": None})
        for key, field in (("ek2019", "aim"), ("falk2021", "aim"), ("falk2021", "n"))
    ]  # fmt: skip
    with store.write() as connection:
        append_many(store, connection, ann, [*votes, *answers])
    with served(replace(workspace, folder=tmp_path)) as running:
        yield running


def fine(page: Page, name: str) -> None:
    """No violation, nothing wider than the screen; light, dark and narrow."""
    for scheme, width in (("light", 1280), ("dark", 1280), ("light", 320)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        found: list[dict[str, Any]] = Axe().run(page).response["violations"]
        assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found] == [], (name, scheme, width)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, (name, width)
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{scheme}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_studies_are_joined_kept_apart_split_and_renamed(site: Served) -> None:
    with chromium() as browser, visiting(browser, site) as page:
        page.goto("/studies")
        first = page.locator(".pair").nth(0)
        expect(first.get_by_role("heading")).to_have_text("Strong ek2019 and falk2021")
        expect(first).to_contain_text("Both name the registration NCT01234567")
        expect(first).to_contain_text("Group mentoring for junior doctors: <b>results</b>")
        expect(first.locator("mark")).to_have_text(["Ek, Carla", "Falk, Dan", "Falk, D", "Ek, C"])
        expect(first.get_by_label("falk2021")).to_be_checked()
        expect(page.locator(".pair").nth(1)).to_contain_text("Both count 1,204 people")
        fine(page, "suggestions")

        first.get_by_role("button", name="One study").press("Enter")
        expect(page.get_by_role("status")).to_contain_text("One study, falk2021, with 2 reports.")
        expect(page.locator(".warn")).to_contain_text("ek2019: 1 answer. Its report belongs to falk2021 now.")
        page.get_by_label("Why they are different").fill("Other years")
        page.get_by_role("button", name="Different studies").click()
        expect(page.get_by_role("status")).to_contain_text("pihl2015 and quist2016 are different studies.")
        expect(page.locator(".pair")).to_have_count(0)
        page.get_by_text("Noted as different studies: 1").click()
        expect(page.locator(".apart li")).to_contain_text("Other years")

        page.get_by_role("link", name="Change falk2021").click()
        page.get_by_role("checkbox", name="Report 1").check()
        fine(page, "change")
        page.get_by_role("button", name="Split off what is ticked").click()
        expect(page.get_by_role("status")).to_contain_text("Split off from falk2021: ek2019.")
        expect(page.locator(".warn")).to_have_count(0)
        expect(page.locator(".pair")).to_have_count(0)

        page.get_by_role("link", name="Change juul2010").click()
        page.get_by_label("Another key for it").fill("anaesthesia")
        page.get_by_role("button", name="Rename").click()
        expect(page.get_by_role("status")).to_contain_text("Study juul2010 is anaesthesia now.")
        page.get_by_role("link", name="Change anaesthesia").click()
        page.get_by_label("Join another study to it").fill("quist2016")
        ann = site.workspace.actor("Ann")
        studies.join(site.workspace.store, ann, {"anaesthesia": [5, 3]})
        page.get_by_role("button", name="Join", exact=True).click()
        expect(page.locator("main")).to_contain_text("has been changed since this page was opened")
        page.goto("/studies")
        page.get_by_text("Noted as different studies: 2").click()
        page.get_by_role("button", name="Ask again about ek2019 and falk2021").click()
        expect(page.locator(".pair")).to_have_count(1)
