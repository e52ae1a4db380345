"""The screening pages in real Chromium: keys, focus, reasons, undo, lost connections, narrow and dark screens, axe."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import Served, review, served, visiting
from playwright.sync_api import Browser, Page, Route, expect
from screen_page import BASE, RECORDS, heading, press, saved

from review.store import Store
from review.store.events import read_events

pytestmark = pytest.mark.browser


def test_include_maybe_and_exclude_with_reasons(page: Page, site: Served) -> None:
    press(page, "i")
    heading(page, "& more")
    press(page, "m")
    heading(page, "رفاهية")
    press(page, "e")
    expect(page.locator("#reasons")).to_be_visible()
    press(page, "3", "1", "2", "2", "Enter")
    heading(page, "Report 4")
    press(page, "e", "Enter")
    heading(page, "Pneumono")
    assert saved(page, site, 4) == [
        (1, "include", [], None), (2, "maybe", [], None), (3, "exclude", ["language", "intervention"], None),
        (4, "exclude", [], None),
    ]  # fmt: skip
    expect(page.locator("#position")).to_contain_text("Record 5 of 30 · 26 left")
    expect(page.locator("#live")).to_have_text("Excluded. Record 5 of 30")


def test_escape_closes_the_reasons_and_decides_nothing(page: Page, site: Served) -> None:
    press(page, "e", "1", "Escape")
    expect(page.locator("#reasons")).to_be_hidden()
    press(page, "i")
    heading(page, "& more")
    assert saved(page, site, 1) == [(1, "include", [], None)], "the reason that was chosen does not go with the include"


def test_verdict_keys_do_nothing_while_reasons_are_open(page: Page, site: Served) -> None:
    press(page, "e", "i", "m", "u", "Escape")
    expect(page.locator("#reasons")).to_be_hidden()
    expect(page.locator("#record h1")).to_contain_text("Report 1")
    saved(page, site, 0)


def test_undo_goes_back_without_end(page: Page, site: Served) -> None:
    press(page, "i")
    heading(page, "& more")
    press(page, "m")
    heading(page, "رفاهية")
    press(page, "u")
    heading(page, "& more")
    expect(page.locator("#record .mine")).to_be_hidden()
    press(page, "u")
    heading(page, "Report 1")
    expect(page.locator("#position")).to_contain_text("Record 1 of 30 · 30 left")
    press(page, "e", "4", "Enter")
    heading(page, "& more")
    assert [vote[:2] for vote in saved(page, site, 5)] == [
        (1, "include"), (2, "maybe"), (2, "cleared"), (1, "cleared"), (1, "exclude"),
    ]  # fmt: skip


def test_undo_reaches_votes_of_an_earlier_sitting(page: Page, site: Served) -> None:
    press(page, "i")
    heading(page, "& more")
    saved(page, site, 1)
    page.reload()
    press(page, "u")
    heading(page, "Report 1")
    expect(page.locator("#position")).to_contain_text("Record 1 of 30 · 30 left")
    press(page, "u")
    expect(page.locator("#said")).to_have_text("There is nothing left to take back.")


def test_arrows_look_back_and_pass_over(page: Page, site: Served) -> None:
    press(page, "i")
    heading(page, "& more")
    press(page, "ArrowLeft")
    heading(page, "Report 1")
    expect(page.locator("#record .mine")).to_have_text("You included this record.")
    expect(page.locator(".verdict.include")).to_have_attribute("aria-pressed", "true")
    press(page, "e", "1", "Enter")
    heading(page, "& more")
    press(page, "ArrowRight")
    heading(page, "رفاهية")
    assert saved(page, site, 2)[1] == (1, "exclude", ["language"], None)
    expect(page.locator("#position")).to_contain_text("29 left")


def test_a_record_that_was_passed_over_comes_again_at_the_end(browser: Browser, tmp_path: Path, store: Store) -> None:
    with served(review(tmp_path, store, RECORDS[5:8])) as site, visiting(browser, site) as page:
        page.goto(BASE)
        press(page, "ArrowRight")
        heading(page, "Report 7")
        press(page, "i")
        heading(page, "Report 8")
        press(page, "i")
        heading(page, "Report 6")
        press(page, "m")
        expect(page.get_by_role("heading", name="You are through")).to_be_visible()
        saved_votes = [(2, "include"), (3, "include"), (1, "maybe")]
        with store.read() as connection:
            found = [event.payload for event in read_events(connection, "decision")]
        assert [(p["report"], p["verdict"]) for p in found] == saved_votes


def test_a_note_goes_with_the_decision(page: Page, site: Served) -> None:
    press(page, "n")
    page.keyboard.type("I am in doubt: mine?")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.locator("#record .note-text")).to_have_text("I am in doubt: mine?")
    press(page, "m")
    heading(page, "& more")
    assert saved(page, site, 1) == [(1, "maybe", [], "I am in doubt: mine?")]


def test_keys_are_left_alone_with_modifiers_in_fields_and_when_held(page: Page, site: Served) -> None:
    press(page, "Control+i", "Alt+m", "Meta+e")
    page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'i', repeat: true, bubbles: true}))")
    heading_text = page.locator("#record h1").inner_text()
    assert heading_text.startswith("Report 1")
    saved(page, site, 0)


def test_single_keys_can_be_switched_off(page: Page, site: Served) -> None:
    press(page, "?")
    page.get_by_label("Single keys decide").uncheck()
    press(page, "Escape", "i")
    page.reload()
    press(page, "i", "e", "?")
    expect(page.locator("dialog[open]")).to_have_count(0)
    saved(page, site, 0)
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Single keys decide").check()
    press(page, "Escape", "i")
    heading(page, "& more")


def test_highlights_go_off_and_stay_off(page: Page) -> None:
    mark = page.locator("#record h1 mark").first
    lines = page.locator("#record mark")
    styles = lines.evaluate_all("all => [...new Set(all.map(m => getComputedStyle(m).textDecorationStyle))]")
    assert sorted(styles) == ["dashed", "dotted", "solid"], "concepts differ by more than colour"
    press(page, "h")
    expect(mark).to_have_css("text-decoration-line", "none")
    page.reload()
    expect(mark).to_have_css("text-decoration-line", "none")
    press(page, "h")
    expect(mark).to_have_css("text-decoration-line", "underline")


def test_from_the_link_to_the_tenth_decision_with_the_keyboard_alone(browser: Browser, site: Served) -> None:
    with visiting(browser, site) as page:
        for _ in range(20):
            press(page, "Tab")
            if page.evaluate("document.activeElement.textContent") == "Start screening":
                break
        press(page, "Enter")
        page.wait_for_url(f"**{BASE}")
        for n in range(1, 11):
            press(page, *(("i",), ("m",), ("e", "2", "Enter"))[n % 3])
            expect(page.locator("#position")).to_contain_text(f"Record {n + 1} of 30")
        assert [vote[0] for vote in saved(page, site, 10)] == list(range(1, 11))


def test_the_forecast_comes_with_the_pace(page: Page) -> None:
    for n in range(1, 27):
        press(page, "i")
        expect(page.locator("#position")).to_contain_text(f"Record {n + 1} of 30")
    expect(page.locator("#position")).to_contain_text("at your pace")


def test_the_bar_never_moves(page: Page) -> None:
    places = []
    for _ in range(5):
        places.append(page.locator(".verdict.include").bounding_box())
        press(page, "i")
        page.wait_for_function(
            "n => document.getElementById('position').textContent.includes(n)", arg=f"{len(places) + 1} of"
        )
    assert all(place == places[0] for place in places)


def test_hostile_text_stays_text(page: Page) -> None:
    press(page, "i")
    heading(page, "& more")
    for name in ("decisions", "conflicts"):
        assert page.evaluate("window.hacked") is None
        page.goto(f"{BASE}/{name}")
    page.goto(f"{BASE}?report=2")
    assert page.evaluate("window.hacked") is None
    expect(page.locator("#record script, #record img, #record svg, #record [onclick]")).to_have_count(0)
    expect(page.locator("#record .meta")).to_contain_text("</p><script>window.hacked=1</script>")


def test_right_to_left_text_runs_right_to_left(page: Page) -> None:
    press(page, "i")
    heading(page, "& more")
    press(page, "i")
    heading(page, "رفاهية")
    expect(page.locator("#record h1")).to_have_css("direction", "rtl")
    expect(page.locator("#record .abstract p")).to_have_css("direction", "rtl")
    expect(page.locator("#record .chips")).to_have_css("direction", "ltr")


def test_a_long_abstract_keeps_the_bar_and_starts_at_its_top(page: Page) -> None:
    page.goto(f"{BASE}?report=4")
    page.evaluate("window.scrollTo(0, 99999)")
    expect(page.locator(".verdict.include")).to_be_in_viewport()
    end = page.locator("#criteria, #record").last.evaluate("e => e.getBoundingClientRect().bottom")
    bar = page.locator("#actions").evaluate("e => e.getBoundingClientRect().top")
    assert end <= bar, "the last line can be read above the bar"
    press(page, "i")
    heading(page, "Report 1")
    assert page.evaluate("window.scrollY") == 0


def test_a_failed_save_is_shown_kept_and_sent_again(page: Page, site: Served) -> None:
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    press(page, "i")
    heading(page, "& more")
    press(page, "m")
    heading(page, "رفاهية")
    expect(page.locator("#unsaved")).to_contain_text("2 decisions are not saved yet")
    expect(page.locator("#unsaved")).to_contain_text("The server cannot be reached")
    page.context.set_offline(False)
    expect(page.locator("#unsaved")).to_be_hidden()
    assert [vote[:2] for vote in saved(page, site, 2)] == [(1, "include"), (2, "maybe")]


def test_a_vote_whose_answer_was_lost_counts_once(page: Page, site: Served) -> None:
    seen: list[str | None] = []

    def lose_first(route: Route) -> None:
        seen.append(route.request.post_data)
        if len(seen) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/votes", lose_first)
    press(page, "i")
    expect(page.locator("#unsaved")).to_be_visible()
    page.get_by_role("button", name="Try now").click()
    expect(page.locator("#unsaved")).to_be_hidden()
    assert len(saved(page, site, 1)) == 1
    assert seen[0] == seen[1]


def test_unsaved_votes_survive_closing_the_page(page: Page, site: Served) -> None:
    page.route("**/votes", lambda route: route.abort())
    press(page, "i")
    expect(page.locator("#unsaved")).to_be_visible()
    page.unroute("**/votes")
    page.goto("/")
    page.goto(BASE)
    assert saved(page, site, 1) == [(1, "include", [], None)]


def test_a_refused_vote_is_told_and_not_sent_again(page: Page, site: Served) -> None:
    page.route("**/votes", lambda route: route.fulfill(status=422, json={"error": "No such reason", "hint": "choose"}))
    press(page, "i")
    expect(page.locator("#said")).to_contain_text("Not saved: No such reason. choose")
    expect(page.locator("#position")).to_contain_text("30 left")
    expect(page.get_by_role("link", name="Go to the record")).to_have_attribute("href", f"{BASE}?report=1")
    saved(page, site, 0)


def test_full_text_wants_a_reason(page: Page, site: Served) -> None:
    press(page, "i")
    heading(page, "& more")
    saved(page, site, 1)
    page.goto("/screen/full-text")
    press(page, "e", "Enter")
    expect(page.get_by_text("Choose at least one reason.")).to_be_visible()
    press(page, "4", "Enter")
    expect(page.get_by_role("heading", name="You are through")).to_be_visible()


def test_it_works_without_scripts(browser: Browser, site: Served) -> None:
    with visiting(browser, site, java_script_enabled=False) as page:
        page.goto(BASE)
        page.get_by_role("checkbox", name="Not about doctors").check()
        page.get_by_role("button", name="Exclude").click()
        expect(page.locator("#record h1")).to_contain_text("& more")
        page.get_by_role("link", name="Previous record").click()
        expect(page.locator("#record .mine")).to_have_text("You excluded this record: Not about doctors.")
