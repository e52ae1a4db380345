"""The board of full texts in real Chromium: upload, a second look at a wrong file, counts; without scripts; looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Served, review, served, visiting
from made_papers import include, paper_pdf, papers
from playwright.sync_api import Browser, Page, expect

from review.store import Store, jobs
from screening import retrieval

pytestmark = pytest.mark.browser
PAPERS = papers(60)


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    workspace = review(tmp_path, store, PAPERS)
    ann = workspace.actor("Ann")
    include(store, ann, range(1, 56))
    retrieval.note(store, ann, report=3, outcome="tried", route="Unpaywall", note="knows no open copy")
    for n in range(1, 4):
        (tmp_path / f"{n}.pdf").write_bytes(paper_pdf(PAPERS[n - 1]))
    with served(workspace) as running:
        yield running


def states(page: Page) -> dict[str, int]:
    tiles = page.locator("#states a").all_inner_texts()
    return {label: int(n) for n, label in (tile.split("\n", 1) for tile in tiles)}


def faults(page: Page, where: str) -> list[tuple[str, str, str]]:
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [(where, v["id"], v["nodes"][0]["html"]) for v in found]


def test_files_are_added_and_counted_in_place(browser: Browser, site: Served, tmp_path: Path) -> None:
    with visiting(browser, site) as page:
        page.goto("/fulltext")
        one, two = page.locator("#r1"), page.locator("#r2")
        one.get_by_role("link", name="Open report 1:").press("Enter")
        expect(one.get_by_label("The file")).to_be_focused()
        one.get_by_label("The file").set_input_files(tmp_path / "1.pdf")
        one.get_by_role("button", name="Add the file").press("Enter")
        expect(one.get_by_role("status")).to_contain_text("The file is added.")
        expect(one.get_by_role("link", name="Open report 1:")).to_be_focused()
        expect(page.locator("#states")).to_contain_text("1\nGot", use_inner_text=True)
        assert states(page) == {
            "Sought": 55, "To get": 53, "Tried in vain": 1, "Asked for": 0, "Got": 1, "Not retrieved": 0,
        }  # fmt: skip
        two.get_by_role("link", name="Open report 2:").click()
        two.get_by_label("The file").set_input_files(tmp_path / "1.pdf")
        two.get_by_role("button", name="Add the file").click()
        expect(two.get_by_role("alert")).to_contain_text("does not look like this paper")
        expect(two.get_by_role("button", name="Do not keep it")).to_be_focused()
        assert faults(page, "doubt") == []
        page.keyboard.press("Enter")
        expect(two.get_by_role("status")).to_contain_text("The file was not kept.")
        two.get_by_role("link", name="Open report 2:").press("Enter")
        expect(two.get_by_label("The file")).to_be_focused()  # it has come, or Close would be that of before
        two.get_by_role("link", name="Close").press("Enter")
        expect(two.get_by_role("link", name="Open report 2:")).to_be_focused()
        page.keyboard.press("Enter")
        two.get_by_label("Why").fill("no library has it")
        two.get_by_role("button", name="Could not be had").click()
        expect(page.locator("#states")).to_contain_text("1\nNot retrieved", use_inner_text=True)
        page.get_by_role("link", name="Show more").click()
        expect(page.locator(".texts-sought > li")).to_have_count(55)
        page.locator("#r55 .tickbox input").check()
        page.locator("#r3 .tickbox input").check()
        page.get_by_text("Several at once").click()
        page.get_by_label("Of whom").first.select_option("author")
        page.get_by_role("button", name="Mark as asked for").click()
        expect(page.get_by_role("status")).to_contain_text("Noted for 2 reports.")
        assert states(page)["Asked for"] == 2
        assert sum(states(page).values()) == 2 * 55
        page.get_by_role("button", name="Find open copies").click()
        expect(page.locator("#open-copies")).to_contain_text("Looking for open copies")
        store, person = site.workspace.store, site.workspace.actor("Ann")
        retrieval.note(store, person, report=4, outcome="retrieved")
        expect(page.locator("#states")).to_contain_text("2\nGot", use_inner_text=True)
        with store.read() as connection:
            job = jobs.latest(connection, "fulltext")
        assert job
        jobs.end(store, job.id, "1 got")
        page.locator("#open-copies").get_by_role("link", name="Show the list again").click()
        expect(page.locator("#r4")).to_contain_text("✓ Got")


def test_without_scripts_everything_works(browser: Browser, site: Served, tmp_path: Path) -> None:
    with visiting(browser, site, java_script_enabled=False) as page:
        page.goto("/fulltext?state=wanted")
        page.get_by_role("link", name="Open report 2:").click()
        page.get_by_label("The file").set_input_files(tmp_path / "1.pdf")
        page.get_by_role("button", name="Add the file").click()
        page.get_by_role("button", name="Keep it anyway").click()
        page.wait_for_url("**/fulltext?state=wanted&done=1#r2")
        page.goto("/fulltext?state=retrieved")
        expect(page.locator("#r2")).to_contain_text("kept by a person although it is another paper")
        page.goto("/fulltext?all=yes")
        page.get_by_role("button", name="Mark as asked for").click()
        assert (states(page)["Asked for"], states(page)["Got"]) == (49, 1), "what is held is not asked for"


def test_looks(browser: Browser, site: Served) -> None:
    found = []
    for name, options in (
        ("wide", {"viewport": {"width": 1280, "height": 900}}),
        ("dark", {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}),
        ("narrow", {"viewport": {"width": 320, "height": 700}}),
    ):
        with visiting(browser, site, **options) as page:
            page.goto("/fulltext/one?report=1")
            found += faults(page, f"{name}, alone")
            page.goto("/fulltext?all=yes")
            page.locator("#r3").get_by_role("link", name="Open report 3:").click()
            expect(page.locator("#r3 .work")).to_be_visible()
            found += faults(page, name)
            assert page.evaluate("document.documentElement.scrollWidth") == options["viewport"]["width"]
    assert found == []
