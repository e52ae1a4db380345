"""The screening page by the keyboard in real Chromium: everybody's own keys, tags, criteria, highlights, full text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import CRITERIA, Served, review, served, visiting
from playwright.sync_api import Browser, Page, Route, expect
from screen_page import BASE, RECORDS, heading, press, saved

from review.protocol.model import Highlights
from review.store import Store
from review.store.events import read_events
from screening import preference_rows, tags
from screening.keys import PRESETS

pytestmark = pytest.mark.browser
REASON_OF = ("population", "intervention", "population")


@contextmanager
def opened(
    browser: Browser, folder: Path, store: Store, *, rules: dict[str, Any] | None = None, **protocol: Any
) -> Iterator[tuple[Page, Served]]:
    """Open the page of a review with other rules at title and abstract."""
    workspace = review(folder, store, RECORDS)
    changed = replace(workspace.protocol, title_abstract=replace(workspace.protocol.title_abstract, **(rules or {})))
    with (
        served(replace(workspace, protocol=replace(changed, **protocol))) as site,
        visiting(browser, site) as page,
    ):
        page.goto(BASE)
        yield page, site


def prefer(site: Served, name: str, value: object) -> None:
    person = site.workspace.actor("Ann").person
    with site.workspace.store.write() as connection:
        preference_rows.prefer(connection, person, name, value)


def verdicts(page: Page, site: Served, count: int) -> list[tuple[int, str]]:
    return [(report, verdict) for report, verdict, _, _ in saved(page, site, count)]


def test_the_keys_of_each_preset_decide(page: Page, site: Served) -> None:
    done = 0
    for preset in PRESETS:
        prefer(site, "keys", preset.keys)
        page.goto(BASE)
        names = {"arrowleft": "ArrowLeft", "arrowright": "ArrowRight", "arrowup": "ArrowUp", "arrowdown": "ArrowDown"}
        key = {action: names.get(key, key) for action, key in preset.keys.items()}
        for action in ("include", "maybe"):
            press(page, key[action])
            expect(page.locator("#live")).to_contain_text({"include": "Included", "maybe": "Maybe"}[action])
        press(page, key["undo"])
        expect(page.locator("#live")).to_contain_text("Taken back")
        press(page, key["exclude"], "2", "Enter")
        expect(page.locator("#live")).to_contain_text("Excluded")
        done += 4
        assert [v for _, v in verdicts(page, site, done)][-4:] == ["include", "maybe", "cleared", "exclude"], preset


def test_a_key_is_chosen_by_pressing_it(page: Page, site: Served) -> None:
    page.get_by_role("link", name="Settings").click()
    for label, key in (("Include", "X"), ("Undo your last", "Backspace"), ("Maybe", "ArrowUp")):
        field = page.get_by_label(label)
        field.focus()
        press(page, "Backspace", key)
    press(page, "Enter")
    expect(page.get_by_text("Your keys are saved.")).to_be_visible()
    page.get_by_role("link", name="Back to screening").click()
    expect(page.get_by_role("button", name="Include X")).to_have_attribute("aria-keyshortcuts", "X")
    press(page, "i", "x")
    heading(page, "& more")
    press(page, "Backspace")
    heading(page, "Report 1")
    press(page, "x")
    heading(page, "& more")
    press(page, "Control+z")
    heading(page, "Report 1")
    press(page, "?")
    expect(page.locator("#sheet")).to_contain_text("XInclude")
    assert [v for _, v in verdicts(page, site, 4)] == ["include", "cleared", "include", "cleared"]


def test_the_record_stays_for_who_wants_it_so(page: Page, site: Served) -> None:
    prefer(site, "advance", False)
    page.reload()
    press(page, "i")
    expect(page.locator("#record .mine")).to_have_text("You included this record.")
    expect(page.locator("#position")).to_contain_text("Decided · 29 left")
    press(page, "m")
    expect(page.locator("#record .mine")).to_have_text("You marked as maybe this record.")
    press(page, "Enter")
    heading(page, "& more")
    press(page, "Enter")
    expect(page.locator("#record h1")).to_contain_text("& more")
    assert verdicts(page, site, 2) == [(1, "include"), (1, "maybe")]


def test_reasons_of_last_time_are_offered_and_never_taken_by_enter(page: Page, site: Served) -> None:
    press(page, "e")
    expect(page.locator(".last")).to_be_hidden()
    expect(page.get_by_role("button", name="Exclude without a reason")).to_be_visible()
    press(page, "4", "2")
    assert page.locator("#reasons .first:visible").evaluate_all(
        "all => all.map(e => e.previousSibling.textContent)"
    ) == ["Not about doctors"]
    press(page, "Enter")
    heading(page, "& more")
    press(page, "e", "Enter")
    heading(page, "رفاهية")
    page.reload()
    expect(page.locator("#record h1")).to_contain_text("رفاهية")
    press(page, "e")
    expect(page.locator(".last")).to_contain_text("As last time: Not about doctors; No outcome on health or well-being")
    press(page, "l")
    heading(page, "Report 4")
    both = ["population", "outcome"]
    assert [reasons for _, _, reasons, _ in saved(page, site, 3)] == [both, [], both]


def test_nothing_opens_over_a_record_that_is_left(page: Page) -> None:
    """A choice opened while the next record was on its way was made on that one, unread."""
    page.route("**/votes", lambda route: route.abort())
    press(page, "i")
    heading(page, "& more")
    held: list[Route] = []
    page.route("**/ahead", lambda route: held.append(route))
    page.reload()
    expect(page.locator("#record .mine")).to_have_text("You included this record.")
    press(page, "e", "t", "n")
    assert page.locator("dialog[open]").count() == 0
    held[0].continue_()
    heading(page, "& more")
    press(page, "e")
    expect(page.locator("#reasons")).to_be_visible()


def test_a_decision_that_the_server_has_but_this_browser_does_not_know_of_is_counted_once(page: Page) -> None:
    def cut_off(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/votes", cut_off)
    press(page, "i")
    heading(page, "& more")
    expect(page.locator("#unsaved")).to_contain_text("1 decision is not saved yet")
    page.unroute("**/votes")
    page.reload()
    expect(page.locator("#unsaved")).to_be_hidden()
    expect(page.locator("#position")).to_have_text("Record 2 of 30 · 29 left")


def test_tags_are_given_by_the_keyboard_and_stay(page: Page, site: Served) -> None:
    press(page, "t", "1")
    page.keyboard.type("to  discuss ")
    press(page, "Enter")
    chips = page.locator("#record .own li")
    expect(chips).to_have_text(["Useful background", "to discuss"])
    press(page, "i")
    heading(page, "& more")
    expect(chips).to_have_count(0)
    press(page, "t", "2", "Enter")
    expect(chips).to_have_text(["to discuss"])
    press(page, "t", "1", "Escape", "ArrowLeft")
    heading(page, "Report 1")
    press(page, "t", "1", "Enter")
    expect(chips).to_have_text(["to discuss"])
    saved(page, site, 1)
    page.reload()
    expect(page.locator("#record .own")).to_contain_text("to discuss")
    store, ann = site.workspace.store, site.workspace.actor("Ann").person
    with store.read() as connection:
        assert [tags.on(connection, ann, report) for report in (1, 2)] == [("to discuss",), ("to discuss",)]
        assert len(list(read_events(connection, "tag"))) == 4


def test_a_tag_that_is_not_offered_is_never_lost(page: Page, site: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags, "MOST_OFFERED", 0)
    store, ann = site.workspace.store, site.workspace.actor("Ann")
    for report, rare in ((1, "rare"), (2, "rarer")):
        tags.put(store, ann, report=report, tags=(rare,))
    page.reload()
    for rare, title in (("rare", "& more"), ("rarer", "رفاهية")):
        press(page, "t", "1", "Enter")
        expect(page.locator("#record .own li")).to_have_text(["Useful background", rare])
        press(page, "i")
        heading(page, title)
    saved(page, site, 2)
    with store.read() as connection:
        assert tags.on(connection, ann.person, 1) == ("background", "rare")
        assert tags.on(connection, ann.person, 2) == ("background", "rarer")


def test_highlights_go_through_words_only_to_none(browser: Browser, tmp_path: Path, store: Store) -> None:
    words = Highlights(("felt seen", "asked mentor*"), ("tired",))
    with opened(browser, tmp_path, store, highlights=words) as (page, _):

        def lines() -> list[str]:
            marks = page.locator("#record .abstract mark")
            return marks.evaluate_all(
                "all => all.map(m => { const s = getComputedStyle(m); return s.textDecorationLine === 'none' ? '-' :"
                " `${m.textContent} ${s.textDecorationStyle} ${s.fontWeight}`; })"
            )

        every = ["Doctors solid 400", "tired dotted 700", "asked mentors solid 700", "health dashed 400",
                 "felt seen solid 700"]  # fmt: skip
        assert lines() == every
        expect(page.locator(".legend")).to_contain_text("Speaks for inclusion")
        press(page, "h")
        assert lines() == ["-", "tired dotted 700", "asked mentors solid 700", "-", "felt seen solid 700"]
        page.reload()
        expect(page.locator("#highlights")).to_contain_text("Words only")
        press(page, "h")
        assert lines() == ["-"] * 5
        press(page, "h")
        assert lines() == every


def test_the_full_text_opens_beside_and_search_takes_the_focus(page: Page, site: Served) -> None:
    page.context.route("https://doi.org/**", lambda route: route.fulfill(body="A page elsewhere."))
    with page.context.expect_page() as beside:
        press(page, "f")
    assert beside.value.url == "https://doi.org/10.5555/1"
    assert beside.value.evaluate("window.opener") is None
    page.bring_to_front()
    press(page, "i")
    heading(page, "& more")
    press(page, "f")
    expect(page.locator("#said")).to_contain_text("nothing to open")
    press(page, "/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("me/i")
    expect(page.get_by_role("searchbox")).to_have_value("me/i")
    press(page, "Escape")
    heading(page, "& more")
    assert len(saved(page, site, 1)) == 1
    expect(page.locator(".search")).to_have_attribute("action", f"{BASE}/find")
    expect(page.get_by_role("link", name="Repair")).to_have_attribute("href", f"{BASE}/repair?report=2")
    expect(page.get_by_role("link", name="add the abstract")).to_have_attribute("href", f"{BASE}/repair?report=2")


@pytest.fixture
def by_criteria(browser: Browser, tmp_path: Path, store: Store) -> Iterator[tuple[Page, Served]]:
    criteria = tuple(replace(one, reason=code) for one, code in zip(CRITERIA, REASON_OF, strict=True))
    rules = {"mode": "criteria", "hide": ("authors", "journal")}
    with opened(browser, tmp_path, store, rules=rules, criteria=criteria) as both:
        yield both


def test_criteria_are_answered_by_the_keyboard(by_criteria: tuple[Page, Served]) -> None:
    page, site = by_criteria
    send, where = page.locator("#send"), page.locator(".questions [aria-current]")
    expect(send).to_contain_text("3 to answer")
    press(page, "Enter", "i", "e", "j", "k")
    expect(send).to_contain_text("Exclude: No mentoring")
    press(page, "Enter")
    heading(page, "& more")
    expect(where).to_contain_text("Doctors at any point")
    press(page, "j", "l", "k")
    expect(send).to_contain_text("Maybe")
    press(page, "2", "j")
    expect(send).to_contain_text("Include")
    press(page, "3", "j", "1", "k")
    expect(send).to_contain_text("Exclude: Not about doctors")
    press(page, "Enter")
    heading(page, "رفاهية")
    press(page, "u")
    heading(page, "& more")
    expect(send).to_contain_text("Exclude: Not about doctors"), "the answers are there to be changed"
    page.get_by_role("group", name="Doctors at any point").get_by_label("Yes").check()
    press(page, "3", "k", "Enter")
    heading(page, "رفاهية")
    saved(page, site, 4)
    with site.workspace.store.read() as connection:
        found = [e.payload for e in read_events(connection, "decision")]
    assert [(p["verdict"], p["reasons"], p.get("criteria")) for p in found] == [
        ("exclude", ["intervention"], {"c1": "yes", "c2": "no"}),
        ("exclude", ["population"], {"c1": "no", "c2": "yes", "c3": "yes"}),
        ("cleared", [], None),
        ("include", [], {"c1": "yes", "c2": "yes", "c3": "no"}),
    ]
    press(page, "ArrowLeft")
    heading(page, "& more")
    expect(page.locator(".questions :checked")).to_have_count(3)
    assert page.locator(".answers input:checked").evaluate_all("all => all.map(e => e.value)") == ["yes", "yes", "no"]


def test_criteria_mode_hides_what_the_protocol_hides_and_reads_well(by_criteria: tuple[Page, Served]) -> None:
    page, _ = by_criteria
    expect(page.locator("#record")).to_contain_text("Hidden by the protocol: authors, journal")
    expect(page.locator("#record")).to_contain_text("2020")
    expect(page.locator("#record")).not_to_contain_text("Made, Up")
    expect(page.locator("#record")).not_to_contain_text("Journal of Examples")
    bar = page.locator("#send").bounding_box()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        press(page, "1", "k")
        found = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")] == []
        assert page.locator("#send").bounding_box() == bar
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for target in page.locator(".answers label, #actions button:visible").all():
        assert (target.bounding_box() or {})["height"] >= 44


def test_criteria_work_without_scripts(browser: Browser, by_criteria: tuple[Page, Served]) -> None:
    _, site = by_criteria
    with visiting(browser, site, java_script_enabled=False) as page:
        page.goto(BASE)
        title = page.locator("#record h1").inner_text()
        page.get_by_role("button", name="Send the answers").click()
        expect(page.get_by_text("No criterion was answered")).to_be_visible()
        page.goto(BASE)
        page.get_by_role("group", name="Mentoring as").get_by_label("No").check()
        page.get_by_role("button", name="Send the answers").click()
        expect(page.locator("#record h1")).not_to_have_text(title)
        page.get_by_role("link", name="Previous record").click()
        expect(page.locator("#record .mine")).to_have_text("You excluded this record: No mentoring.")
        page.locator("summary", has_text="Tags").click()
        page.get_by_role("checkbox", name="Useful background").check()
        page.get_by_role("button", name="Save the tags").click()
        expect(page.locator("#record .own")).to_have_text("Useful background")


def test_settings_and_dialogs_pass_axe(page: Page) -> None:
    found: list[dict[str, Any]] = []
    press(page, "t")
    found += Axe().run(page).response["violations"]
    page.goto("/screen/settings")
    page.get_by_label("Tags").fill("N")
    page.get_by_role("button", name="Save the keys").click()
    expect(page.get_by_text("is already the key of").first).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")] == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
