"""The pages for duplicates in real Chromium: keys, focus, values, undo, narrow and dark screens, axe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Served, chromium, visiting
from playwright.sync_api import Browser, Page, expect

from review.store import Store
from review.store.events import read_events
from searches import judging
from tests.searches.pairs_page import pairs_site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    with pairs_site(tmp_path, store) as running:
        yield running


@pytest.fixture
def page(browser: Browser, site: Served) -> Iterator[Page]:
    with visiting(browser, site) as opened:
        opened.goto("/pairs")
        yield opened


def pair(page: Page, which: str) -> None:
    """Wait for a pair, whose heading has the focus, and until it takes verdicts."""
    expect(page.locator("#pair")).to_have_attribute("data-pair", which)
    expect(page.locator("#pair h1")).to_be_focused()
    expect(page.locator("#pair")).to_have_attribute("data-ready", "yes")


def log(site: Served) -> list[tuple[str, Any]]:
    with site.workspace.store.read() as connection:
        found = [(event.kind, event.payload) for event in read_events(connection, "pair", "value")]
    return [(kind, p["verdict"] if kind == "pair" else (p["field"], p["record"])) for kind, p in found]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_keys_judge_and_take_back(page: Page, site: Served) -> None:
    press(page, "d")
    pair(page, "3-4")
    expect(page.locator("#said")).to_contain_text("Noted: 1 and 2 are one report.")
    expect(page.locator("#position")).to_have_text("Pair 2 of 6 · 5 left")
    expect(page.locator("#live")).to_contain_text("Noted: 1 and 2 are one report. Pair 2 of 6")
    press(page, "k")
    pair(page, "5-6")
    press(page, "s")
    pair(page, "7-8")
    press(page, "n")
    pair(page, "9-10")
    assert [verdict for _, verdict in log(site)] == ["same", "different", "study"]
    for which in ("5-6", "3-4", "1-2"):
        press(page, "u")
        pair(page, which)
    expect(page.locator("#position")).to_have_text("Pair 1 of 6 · 6 left")
    assert page.url.endswith("/pairs?pair=1-2")
    press(page, "u")
    expect(page.locator("#problem")).to_contain_text("There is no judgement of yours to take back.")


def test_the_button_in_the_line_takes_back(page: Page, site: Served) -> None:
    page.get_by_role("button", name="Duplicate").click()
    pair(page, "3-4")
    page.locator("#said").get_by_role("button", name="Undo").click()
    pair(page, "1-2")
    assert [verdict for _, verdict in log(site)] == ["same", "cleared"]


def test_arrows_move_between_differing_fields_and_choose_values(page: Page, site: Served) -> None:
    press(page, "ArrowDown")
    expect(page.locator("tr:focus-within")).to_have_attribute("data-label", "Title")
    press(page, "ArrowDown")
    expect(page.locator("tr:focus-within")).to_have_attribute("data-label", "Published")
    expect(page.locator("tr:focus-within .take", has=page.locator(":checked"))).to_contain_text("by rule")
    press(page, "ArrowLeft")
    expect(page.get_by_role("radio", name="Published of report 1")).to_be_checked()
    expect(page.locator("#live")).to_contain_text("Published of report 1")
    press(page, "ArrowDown", "ArrowDown")
    expect(page.locator("tr:focus")).to_have_attribute("data-label", "DOI")
    press(page, "ArrowRight")
    expect(page.locator("#live")).to_have_text("DOI: there is one value only.")
    press(page, "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp")
    expect(page.locator("tr:focus-within")).to_have_attribute("data-label", "Title")
    press(page, "d")
    pair(page, "3-4")
    assert log(site) == [("pair", "same"), ("value", ("date", 1))]


def test_the_second_half_of_a_double_press_does_not_judge_the_next_pair(page: Page, site: Served) -> None:
    page.evaluate(
        """() => {
            const press = () => document.querySelector("#judge [value=same]").click();
            document.addEventListener("htmx:afterSettle", press, {once: true});
            press();
        }"""
    )
    pair(page, "3-4")
    assert log(site) == [("pair", "same")]
    press(page, "d")
    pair(page, "5-6")
    assert log(site) == [("pair", "same"), ("pair", "same")]


def test_keys_are_left_alone_with_modifiers_and_can_be_switched_off(page: Page, site: Served) -> None:
    press(page, "Control+d", "Alt+k", "Meta+s", "?")
    expect(page.locator("#sheet")).to_be_visible()
    press(page, "d", "k")
    page.get_by_label("Single keys judge").uncheck()
    press(page, "Escape", "d")
    page.reload()
    press(page, "k", "?")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert log(site) == []


def test_what_somebody_else_judged_meanwhile_is_said_in_place(page: Page, site: Served) -> None:
    workspace = site.workspace
    judging.judge(workspace.store, workspace.software(), 1, 2, "study")
    press(page, "d")
    expect(page.locator("#problem")).to_contain_text("meanwhile: two reports of one study")
    assert [verdict for _, verdict in log(site)] == ["study"]


def test_hostile_records_are_text(page: Page) -> None:
    for which in ("3-4", "5-6", "7-8", "11-12"):
        page.goto(f"/pairs?pair={which}")
        expect(page.locator("#pair h1")).to_be_visible()
    assert page.evaluate("window.hacked") is None
    page.goto("/pairs?pair=5-6")
    assert page.locator(".title .value").first.evaluate("e => getComputedStyle(e).direction") == "rtl"


def test_long_texts_are_short_until_asked_for(page: Page) -> None:
    page.goto("/pairs?pair=11-12")
    row = page.locator("tr[data-label=Abstract]")
    assert (row.bounding_box() or {})["height"] < 700
    row.get_by_text("All of it").first.click()
    assert len(row.locator("details[open] p").inner_text()) > 9000


def test_it_works_without_scripts(browser: Browser, site: Served) -> None:
    with visiting(browser, site, java_script_enabled=False) as page:
        page.goto("/pairs")
        page.get_by_role("radio", name="Published of report 1").check()
        page.get_by_role("button", name="Duplicate").click()
        expect(page.locator("#said")).to_contain_text("Noted: 1 and 2 are one report.")
        page.locator("#said").get_by_role("button", name="Undo").click()
        expect(page.locator("#said")).to_contain_text("Taken back")
        page.get_by_role("link", name="Next").click()
        expect(page.locator("#pair")).to_have_attribute("data-pair", "3-4")
        page.locator("#judge").get_by_role("button", name="Undo").click()
        expect(page.get_by_text("There is no judgement of yours")).to_be_visible()
    assert log(site) == [("pair", "same"), ("value", ("date", 1)), ("pair", "cleared")]


PATHS = [
    "/", "/pairs", *(f"/pairs?pair={p}" for p in ("1-2", "3-4", "5-6", "7-8", "9-10", "11-12", "1-12")),
    "/pairs/judged", "/pairs/judged?show=same&undone=5-6", "/pairs/accept?above=0.9", "/pairs?above=0.9&sample=10",
    "/pairs?pair=1-99",
]  # fmt: skip


@pytest.fixture
def every_page(site: Served) -> Served:
    workspace = site.workspace
    ann = workspace.actor("Ann")
    judging.judge(workspace.store, ann, 1, 2, "same", values={"date": 1})
    judging.judge(workspace.store, workspace.software(), 5, 6, "different")
    return site


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, every_page: Served, scheme: str) -> None:
    found: list[tuple[str, str, str]] = []
    with visiting(browser, every_page, color_scheme=scheme) as page:
        for path in PATHS:
            page.goto(path)
            found += [(path, v["id"], v["nodes"][0]["html"]) for v in Axe().run(page).response["violations"]]
        page.goto("/pairs")
        press(page, "?")
        found += [("sheet", v["id"], v["nodes"][0]["html"]) for v in Axe().run(page).response["violations"]]
    assert found == []


def test_pages_fit_a_narrow_screen(browser: Browser, every_page: Served) -> None:
    with visiting(browser, every_page, viewport={"width": 320, "height": 640}, has_touch=True) as page:
        for path in PATHS:
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        page.goto("/pairs")
        for target in page.locator("#judge button, #judge a, .tools > *").all():
            box = target.bounding_box()
            assert box and box["height"] >= 44 and box["width"] >= 24, target
        page.locator("#judge .verdict").first.tap()
        expect(page.locator("#said")).to_contain_text("one report")


def test_the_focused_field_is_not_under_the_bar(page: Page) -> None:
    page.set_viewport_size({"width": 1000, "height": 500})
    press(page, "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown")
    row, bar = page.locator("tr:focus").bounding_box(), page.locator("#judge").bounding_box()
    assert row and bar
    assert row["y"] + row["height"] <= bar["y"]
