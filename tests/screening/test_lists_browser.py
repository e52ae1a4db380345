"""The lists in real Chromium: filtering and changing in place, more of a list, search and repair on a narrow screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Served, review, served, visiting
from playwright.sync_api import Browser, Page, expect
from screen_page import BASE, RECORDS

from review.store import Store
from screening import decisions, repairs, tags

pytestmark = pytest.mark.browser


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    """Give a site on which Ann has decided on 1 to 60, twice on 60, and repaired and tagged some."""
    workspace = review(tmp_path, store, [*RECORDS, *RECORDS, *RECORDS])
    ann = workspace.actor("Ann")
    for report in (*range(1, 61), 60):
        exclude = report % 3 == 0
        decisions.decide(
            store, workspace.protocol, ann, report=report, stage="title-abstract",
            verdict="maybe" if report % 7 == 0 else "exclude" if exclude else "include",
            reasons=("outcome",) if exclude and report % 7 else (), note=f"A note on {report}" if report % 5 else None,
        )  # fmt: skip
    decisions.decide(store, workspace.protocol, ann, report=60, stage="title-abstract", verdict="maybe")
    for report in (2, 5, 60):
        tags.put(store, ann, report=report, tags=["background", "ask Élodie"])
    repairs.put(store, ann, report=2, field="title", text="<script>window.hacked=1</script> put right", source="<b>PDF")
    with served(workspace) as running:
        yield running


def faults(page: Page, where: str) -> list[tuple[str, str, str]]:
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [(where, v["id"], v["nodes"][0]["html"]) for v in found]


def test_decisions_are_filtered_and_changed_in_place(browser: Browser, site: Served) -> None:
    with visiting(browser, site) as page:
        page.goto(f"{BASE}/decisions")
        rows = page.locator(".decisions > li:not(.further)")
        page.get_by_role("link", name="Show more").click()
        expect(rows).to_have_count(60)
        page.get_by_label("Verdict").focus()
        page.get_by_label("Verdict").select_option("exclude")
        expect(page.locator("#count")).to_contain_text("17 decisions")
        page.wait_for_url("**/decisions?q=&verdict=exclude*")
        expect(page.get_by_label("Verdict")).to_be_focused()
        page.get_by_label("Words").fill("report 57")
        expect(rows).to_have_count(1)
        expect(page.get_by_label("Words")).to_be_focused()
        page.wait_for_url(re.compile(r"\?q=report%2057&verdict=exclude&reason=&day=&tag=$"))
        rows.get_by_role("link", name="Change").press("Enter")
        expect(rows.get_by_label("Exclude")).to_be_focused()
        rows.get_by_label("Exclude").press("ArrowUp")
        expect(rows.get_by_label("No outcome")).to_be_hidden()
        rows.get_by_label("Note").fill("on second thoughts")
        rows.get_by_role("button", name="Save").press("Enter")
        expect(rows).to_contain_text("Saved.")
        expect(rows.locator(".badge")).to_contain_text("Maybe")
        expect(rows.get_by_role("link", name="Change the decision")).to_be_focused()
        rows.get_by_role("link", name="what I decided before").click()
        expect(rows.locator(".earlier li")).to_have_count(2)
        page.go_back()
        expect(page.get_by_role("heading", name="My decisions")).to_be_visible()
        page.goto(f"{BASE}/decisions?changed=yes")
        expect(rows).to_have_count(2)
        rows.first.get_by_role("link", name="Change the decision").click()
        rows.first.get_by_role("button", name="Take my vote back").click()
        expect(rows.first).to_contain_text("Taken back")
    with site.workspace.store.read() as connection:
        mine = decisions.mine(connection, site.workspace.actor("Ann").person, "title-abstract", limit=99)
    assert len(mine) == 59


def test_lists_fit_a_narrow_screen_and_axe_finds_nothing(browser: Browser, site: Served) -> None:
    paths = [
        ("decisions?q=2", "light"), ("decisions/one?report=3&edit=yes", "dark"),
        ("decisions/one?report=60&history=yes", "light"), ("find?q=22", "dark"), ("find?q=nothing", "light"),
        ("background", "dark"), ("repair?report=2", "light"), ("repair?report=5", "dark"),
    ]  # fmt: skip
    with visiting(browser, site, viewport={"width": 320, "height": 640}) as page:
        found = []
        for path, scheme in paths:
            page.emulate_media(color_scheme=scheme)
            page.goto(f"{BASE}/{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
            found += faults(page, path)
            for target in page.locator("main button, main .button, main select, main input:not([type=hidden])").all():
                box = target.bounding_box()
                if box and target.get_attribute("type") not in ("checkbox", "radio"):
                    assert box["height"] >= 44, (path, target)
        assert found == []
        assert page.evaluate("window.hacked") is None


def test_a_missing_abstract_is_pasted_on_a_phone_and_found_again(browser: Browser, site: Served) -> None:
    with visiting(browser, site, viewport={"width": 320, "height": 640}) as page:
        page.goto(f"{BASE}/find")
        expect(page.get_by_label("Words")).to_be_focused()
        page.keyboard.type("pneumono 2020")
        page.keyboard.press("Enter")
        page.locator(".decisions a.name").first.click()
        expect(page.locator(".abstract")).to_contain_text("without an abstract")
        page.goto(f"{BASE}/repair?report=5")
        page.get_by_label("Abstract", exact=False).locator("visible=true").last.fill("AIM: To see.\n\nRESULTS: We saw.")
        page.locator("#abstract-source").fill("the publisher’s page")
        page.locator("section", has=page.locator("#abstract")).get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        expect(page.get_by_text("Added by Ann")).to_be_visible()
        page.get_by_role("link", name="Back to the record").click()
        expect(page.locator(".abstract")).to_contain_text("To see.")
        page.goto(f"{BASE}/repair?report=5")
        page.get_by_role("button", name="Take back the repair of Abstract").click()
        expect(page.get_by_text("Taken back.")).to_be_visible()
