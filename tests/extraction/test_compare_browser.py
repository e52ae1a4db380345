"""Comparing in real Chromium: by keys, by mouse, without a script; at 320 px and dark; axe finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Served, review, served, visiting
from playwright.sync_api import Browser, Page, expect
from two_extractors import STUDY, TEAM, Pair

from extraction import final, library
from extraction.answers import Answer
from review.protocol.model import By, Synthesis
from review.record import Record
from review.store import Store

pytestmark = pytest.mark.browser

HOSTILE = "To see <img src=x onerror='window.hacked=1'>"
TEXT = """
name = "small"
version = "1"
label = "Small form"
source = "made up for tests"

[[sections]]
title = "All"
fields = [
  { id = "aim", label = "Aim", quote = true },
  { id = "design", label = "Design", type = "single", options = { qualitative = "Qualitative", mixed = "Mixed" } },
  { id = "location", label = "Location", type = "country" },
  { id = "n", label = "Participants", type = "number", unit = "people" },
  { id = "arms", label = "Arms", type = "group", fields = [
    { id = "arm", label = "Arm" }, { id = "size", label = "Size", type = "number" },
  ] },
]
"""


def opened(folder: Path, store: Store, include: Any, by: By) -> Pair:
    workspace = review(folder, store, [Record(title="Report 1", authors=("Maker, A",), date="2001")], team=TEAM)
    (folder / "small.toml").write_text(TEXT, "utf-8")
    include(store, workspace.actor("Ann"), [1])
    rules = Synthesis(extraction=by, appraisal=by)
    names = {"proforma": "small.toml", "instruments": ("casp-qualitative-2018",), "synthesis": rules}
    return Pair(store, replace(workspace.protocol, **names))


@pytest.fixture
def pair(tmp_path: Path, store: Store, include: Any) -> Pair:
    """Give a study that two have filled in: they differ on aim, design and arms."""
    pair = opened(tmp_path, store, include, "double")
    form = library.form("small.toml", tmp_path)
    pair.answer("Ann", form, aim=Answer(STUDY, "aim", HOSTILE, quote="We saw", place="2"), design="mixed",
                location="GB", n=49, arms=[{"arm": "Mentored", "size": 20}])  # fmt: skip
    pair.answer("Ben", form, aim="To look", design="qualitative", location="GB", n=49)
    pair.done("Ann", "Ben", subject=form)
    return pair


@pytest.fixture
def site(pair: Pair, tmp_path: Path) -> Iterator[Served]:
    from review.stages import Workspace

    with served(Workspace(tmp_path, pair.protocol, pair.store, {})) as running:
        yield running


def sign_in(page: Page, site: Served, name: str) -> None:
    page.request.post(f"{site.url}/who", form={"name": name})


def clean(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("window.hacked") is None


def settled(site: Served) -> dict[str, tuple[Any, str]]:
    work = site.workspace
    with work.store.read() as connection:
        found = final.answers(connection, work.protocol, library.form("small.toml", work.folder))
    return {field: (one.value, one.method) for (_, field), one in found.items()}


def test_two_are_compared_and_settled_by_keys_and_one_goes_back(browser: Browser, site: Served, pair: Pair) -> None:
    with visiting(browser, site, viewport={"width": 1280, "height": 800}) as page:
        sign_in(page, site, "Ben")
        page.goto(f"/extract/{STUDY}/compare")
        expect(page.locator(".pair h2")).to_have_text(["Aim differs", "Design differs", "Arms differs"])
        expect(page.locator(".sofar")).to_contain_text("2 of 5 settled")
        expect(page.locator("#c-aim blockquote")).to_have_text("We saw")
        expect(page.locator("#c-aim figcaption")).to_have_text("p. 2")
        clean(page)
        for key in ("j", "j", "k"):
            page.keyboard.press(key)
        expect(page.locator("#c-aim")).to_be_focused()
        page.keyboard.press("2")
        expect(page.locator(".notice")).to_contain_text("Aim: To look")
        expect(page.locator("#c-design")).to_be_focused()  # it goes on with the next one
        page.keyboard.press("1")
        expect(page.locator("#c-arms")).to_be_focused()
        page.keyboard.press("3")
        page.locator("#c-arms").get_by_role("textbox", name="Size").first.fill("many")
        page.locator("#c-arms").get_by_label("Why it is neither").fill("Table 2")
        page.get_by_role("button", name="Settle it so").click()
        expect(page.locator("#c-arms .refused")).to_contain_text("'many' is not a number")
        expect(page.locator("#c-arms").get_by_role("textbox", name="Size").first).to_have_value("many")
        clean(page)
        page.locator("#c-arms").get_by_role("textbox", name="Size").first.fill("21")
        page.get_by_role("button", name="Settle it so").click()
        expect(page.locator(".lead")).to_have_text("Nothing is left to settle.")
        assert settled(site)["aim"] == ("To look", "discussion")
        assert settled(site)["arms"] == ([{"arm": "Mentored", "size": 21}], "discussion")
        page.get_by_role("button", name="Take back").click()
        expect(page.locator(".pair h2")).to_have_text(["Arms differs"])
        page.goto(f"/extract/{STUDY}/compare?show=all")
        expect(page.locator("#c-design .outcome")).to_contain_text("Mixed in discussion, Ben")
        page.set_viewport_size({"width": 320, "height": 700})
        page.emulate_media(color_scheme="dark")
        clean(page)
        page.goto("/extract/agreement")
        expect(page.locator(".overall td").nth(1)).to_have_text("40 %")
        clean(page)


def test_without_a_script_a_third_person_settles_and_others_only_look(
    browser: Browser, site: Served, pair: Pair
) -> None:
    with visiting(browser, site, java_script_enabled=False) as page:
        sign_in(page, site, "Dee")
        page.goto(f"/extract/{STUDY}/compare")
        expect(page.locator("main")).to_contain_text("Dee (reviewer) may not resolve conflicts: ask Cy")
        assert page.get_by_role("button", name="Take Ann").count() == 0
        sign_in(page, site, "Cy")
        page.reload()
        expect(page.locator("#c-design kbd").first).to_be_hidden()  # no key does anything
        page.locator("#c-design").get_by_label("Why").first.fill("They counted too")
        page.locator("#c-design").get_by_role("button", name="Take Ann’s").click()
        assert settled(site)["design"] == ("mixed", "third")
        page.goto(f"/extract/{STUDY}/compare?show=settled")
        expect(page.locator("#c-design .outcome")).to_contain_text("They counted too")


def test_one_checks_field_by_field_and_the_rest_at_once(
    browser: Browser, tmp_path: Path, store: Store, include: Any
) -> None:
    from review.stages import Workspace

    pair = opened(tmp_path, store, include, "checked")
    form = library.form("small.toml", tmp_path)
    pair.answer("Ann", form, aim="To see", design="mixed", n=49)
    pair.done("Ann", subject=form)
    with (
        served(Workspace(tmp_path, pair.protocol, store, {})) as site,
        visiting(browser, site, viewport={"width": 1280, "height": 800}) as page,
    ):
        sign_in(page, site, "Ben")
        page.goto(f"/extract/{STUDY}/compare")
        page.keyboard.press("j")
        page.keyboard.press("1")
        expect(page.locator(".sofar")).to_contain_text("1 of 3 checked")
        page.get_by_role("button", name="All that is shown here is right").click()
        page.get_by_role("button", name="My check is done").click()
        expect(page.get_by_role("heading", name="Your check is done")).to_be_visible()
        clean(page)
        assert settled(site) == {f: (v, "checked") for f, v in (("aim", "To see"), ("design", "mixed"), ("n", 49))}
