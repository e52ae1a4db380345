"""How the pages look and read in real Chromium: axe, narrow and dark screens, longer lists."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Served, review, served, visiting
from playwright.sync_api import Browser, Page, expect
from screen_page import BASE, RECORDS, press

from review.protocol import STAGES
from review.record import Record
from review.store import Store
from screening import decisions

pytestmark = pytest.mark.browser


@pytest.fixture
def every_page(tmp_path: Path, store: Store) -> Iterator[tuple[Served, list[str]]]:
    """Give a site of two with votes and a conflict, and the paths of all of its pages."""
    workspace = review(tmp_path, store, RECORDS, team=("Ann", "Ben"), votes=2)
    ann, ben = workspace.actor("Ann"), workspace.actor("Ben")
    for who, report, verdict, reasons in (
        (ann, 6, "include", ()), (ben, 6, "exclude", ("outcome",)), (ann, 7, "maybe", ()), (ann, 8, "include", ()),
        (ben, 8, "include", ()),
    ):  # fmt: skip
        decisions.decide(store, workspace.protocol, who, report=report, stage="title-abstract", verdict=verdict,
                         reasons=reasons, note="A note")  # fmt: skip
    records = [f"{BASE}?report={n}" for n in (2, 3, 4, 5, 6)]
    lists = [f"/screen/{stage}/{name}" for stage in STAGES for name in ("decisions", "conflicts")]
    paths = ["/", "/who", "/nowhere", BASE, *records, "/screen/full-text", *lists]
    with served(workspace) as site:
        yield site, paths


def sign_in(page: Page) -> None:
    page.get_by_role("button", name="Ann").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, every_page: tuple[Served, list[str]], scheme: str) -> None:
    site, paths = every_page
    with visiting(browser, site, color_scheme=scheme) as page:
        grave = violations(page, "who")
        sign_in(page)
        for path in paths:
            page.goto(path)
            grave += violations(page, path)
        for key, dialog in (("e", "reasons"), ("n", "noting"), ("t", "tagging"), ("?", "sheet")):
            page.goto(BASE)
            press(page, key)
            expect(page.locator(f"#{dialog}")).to_be_visible()
            grave += violations(page, dialog)
    assert grave == []


def violations(page: Page, where: str) -> list[tuple[str, str, str]]:
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [(where, v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")]


def test_the_dark_theme_can_be_chosen(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    light = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    page.get_by_role("button", name="Theme: system").click()
    page.get_by_role("button", name="Theme: dark").wait_for()
    assert page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor") != light
    assert page.url.endswith(BASE)


def test_pages_fit_a_narrow_screen(browser: Browser, every_page: tuple[Served, list[str]]) -> None:
    site, paths = every_page
    with visiting(browser, site, viewport={"width": 320, "height": 640}, has_touch=True) as page:
        sign_in(page)
        for path in paths:
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        page.goto(BASE)
        for target in page.locator("#actions button, #actions a, .tools > *, .you button").all():
            box = target.bounding_box()
            assert box is None or (box["height"] >= 44 and box["width"] >= 24), target
        page.locator(".verdict.exclude").tap()
        for label in page.locator("#reasons label, #reasons button:visible").all():
            assert (label.bounding_box() or {})["height"] >= 44


def test_more_decisions_are_fetched_in_place(browser: Browser, tmp_path: Path, store: Store) -> None:
    workspace = review(tmp_path, store, [Record(title=f"Report {n}") for n in range(60)])
    ann = workspace.actor("Ann")
    for n in range(1, 61):
        decisions.decide(store, workspace.protocol, ann, report=n, stage="title-abstract", verdict="maybe")
    with served(workspace) as site, visiting(browser, site) as page:
        page.goto(f"{BASE}/decisions")
        expect(page.locator(".decisions li:not(.further)")).to_have_count(50)
        page.get_by_role("link", name="Show more").click()
        expect(page.locator(".decisions li:not(.further)")).to_have_count(60)
        assert page.url.endswith("/decisions")


def test_nothing_moves_for_those_who_asked_for_it(browser: Browser, site: Served) -> None:
    with visiting(browser, site, reduced_motion="reduce") as page:
        page.goto(BASE)
        expect(page.locator("#bar")).to_have_css("transition-duration", "0s")
