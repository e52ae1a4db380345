"""The entry page in real Chromium: keys, autosave, quotes, a closed browser, two windows, how it looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Served, chromium, served, visiting
from entry_review import extracting
from playwright.sync_api import Browser, Page, expect

from extraction import rows
from review.store import Store

pytestmark = pytest.mark.browser

PAGE = "/extract/maker2001"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    with served(extracting(tmp_path, store)) as running:
        yield running


@pytest.fixture
def page(browser: Browser, site: Served) -> Iterator[Page]:
    with visiting(browser, site, viewport={"width": 1280, "height": 800}) as opened:
        opened.goto(PAGE)
        yield opened


def there(site: Served) -> dict[str, dict[str, Any]]:
    with site.workspace.store.read() as connection:
        return {row["field"]: row for row in rows.answers(connection, "everything")}


def saved(page: Page) -> None:
    expect(page.locator("#saved")).to_have_text("All saved")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_study_is_filled_in_by_keys_and_saves_itself(page: Page, site: Served) -> None:
    expect(page.locator("#f-n")).to_be_hidden()
    press(page, "Alt+j", "Alt+j", "Space")  # the kind of paper comes after the title
    expect(page.locator("#f-n")).to_be_visible()
    saved(page)
    press(page, "Alt+j")
    expect(page.locator("#f-aim")).to_have_class("field of-text current")
    page.keyboard.type("To see what helps")
    saved(page)  # a second after the last key, without leaving the field
    assert there(site)["aim"]["value"] == "To see what helps"
    press(page, "Alt+j")
    page.keyboard.type("Norway")
    press(page, "Tab")
    page.keyboard.type("United Kingdom")
    press(page, "Alt+j", "Alt+m", "n")
    saved(page)
    assert there(site)["location"]["value"] == ["NO", "GB"]
    assert there(site)["n"]["missing"] == "not_reported"
    page.locator("#f-arms .add").click()
    page.keyboard.type("Mentors")
    press(page, "Alt+=")
    page.keyboard.type("Mentees")
    press(page, "Tab", "Tab")
    page.keyboard.type("twelve")
    press(page, "Alt+ArrowUp", "Alt+t")
    expect(page.locator("#r-arms")).to_have_text(
        "Row 1, size: 'twelve' is not a number. Write digits only, such as 49 or 12.5."
    )
    expect(page.locator("#saved")).to_have_text("Not saved: see the field")
    page.locator("[name='v:arms:2:size']").fill("12")
    page.locator("[name='v:survey:1:label']").or_(page.locator("#f-survey .add")).first.click()
    page.keyboard.type("Satisfied")
    press(page, "Tab", "Tab")
    page.keyboard.type("7")
    page.locator("[name='v:outcomes:burnout:before']").fill("3")
    saved(page)
    assert there(site)["arms"]["value"] == [{"name": "Mentees", "size": 12}, {"name": "Mentors"}]
    assert there(site)["survey"]["value"] == [{"label": "Satisfied", "score": None, "n": 7}]
    page.get_by_role("button", name="Take over").click()
    saved(page)
    assert there(site)["title"]["origin"] == "record"
    page.get_by_role("radio", name="Opinion").check()
    expect(page.locator("#f-until")).to_be_hidden()
    expect(page.locator("#f-arms .when")).to_contain_text("That does not hold now; the answer is kept")
    page.get_by_role("button", name="Done", exact=True).click()
    expect(page.get_by_role("status").first).to_have_text("You are done with maker2001.")


def test_what_is_taken_over_from_the_record_keeps_the_focus_and_is_said(page: Page, site: Served) -> None:
    page.locator("#f-title").get_by_role("button", name="Take over").focus()
    press(page, "Enter")
    expect(page.locator("#f-title textarea").first).to_be_focused()
    expect(page.locator("#live")).to_have_text("Title as printed: taken over from the record.")
    saved(page)
    assert there(site)["title"]["origin"] == "record"


def test_a_quote_is_taken_from_the_selected_text_and_leads_back_to_its_place(page: Page, site: Served) -> None:
    page.locator("[name='v:aim']").fill("To see what helps")
    page.locator("#page-on").click()
    second = page.locator('[data-number="2"] .textLayer')
    expect(second).to_contain_text("forty physicians")
    second.locator("span", has_text="We interviewed").first.select_text()
    expect(page.locator("#keep")).to_contain_text("for “Aim”")
    press(page, "Alt+q")
    expect(page.locator("#f-aim blockquote")).to_contain_text("We interviewed forty physicians in three hospitals.")
    saved(page)
    kept = there(site)["aim"]
    assert (kept["place"], len(kept["file"])) == ("2", 64)
    assert kept["quote"].startswith("We interviewed forty physicians")
    press(page, "Control+f")
    page.keyboard.type("burnout fell")
    expect(page.locator("#page")).to_have_value("3")
    page.reload()
    page.locator("#f-aim [data-do=go]").click()
    expect(page.locator("#page")).to_have_value("2")
    page.wait_for_function("() => CSS.highlights.get('current')?.size === 1 && CSS.highlights.get('kept')?.size === 1")


def test_what_a_closed_browser_had_not_sent_is_offered_again(page: Page, site: Served) -> None:
    expect(page.locator('[data-number="1"] .textLayer')).to_contain_text("Doctors")
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('gone')); }")
    page.locator("[name='v:aim']").fill("typed on a train")
    page.get_by_role("radio", name="Research paper").check()
    page.locator("#f-arms .add").click()
    page.keyboard.type("Mentors")
    expect(page.locator("#saved")).to_have_text("Not sent: kept in this browser")
    page.goto("/extract")
    assert there(site) == {}
    page.goto(PAGE)
    expect(page.locator("#lost")).to_contain_text("Aim: typed on a train")
    page.get_by_role("button", name="Put it back and save it").click()
    saved(page)
    found = there(site)
    assert (found["aim"]["value"], found["arms"]["value"]) == ("typed on a train", [{"name": "Mentors"}])
    page.reload()
    expect(page.locator("#lost")).to_be_hidden()


def test_two_windows_show_both_answers_and_ask(page: Page, site: Served) -> None:
    other = page.context.new_page()
    other.goto(PAGE)
    page.locator("[name='v:aim']").fill("from the first")
    saved(page)
    other.locator("[name='v:aim']").fill("from the second")
    box = other.locator("#f-aim .both")
    expect(box).to_contain_text("In another window this was saved meanwhile: from the first")
    assert there(site)["aim"]["value"] == "from the first"
    box.get_by_role("button", name="Keep what is here").click()
    saved(other)
    assert there(site)["aim"]["value"] == "from the second"
    page.locator("[name='v:aim']").fill("from the first again")
    page.locator("#f-aim").get_by_role("button", name="Take the other").click()
    expect(page.locator("[name='v:aim']")).to_have_value("from the second")
    expect(page.locator("#saved")).to_have_text("All saved")
    assert there(site)["aim"]["value"] == "from the second"


def test_the_pages_fit_and_axe_finds_nothing(browser: Browser, site: Served) -> None:
    looks: tuple[tuple[int, Any], ...] = ((1280, "light"), (320, "dark"))
    for width, scheme in looks:
        with visiting(browser, site, viewport={"width": width, "height": 700}, color_scheme=scheme) as page:
            for path in ("/extract", PAGE, "/appraise/maker2001/casp-qualitative-2018"):
                page.goto(path)
                if path == PAGE:
                    page.get_by_role("radio", name="Research paper").check()
                    page.locator("#f-arms .add").click()
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
                found = Axe().run(page).response["violations"]
                assert [(v["id"], v["nodes"][0]["html"]) for v in found] == [], (path, width)
