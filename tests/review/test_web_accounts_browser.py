"""The pages of a team's server in real Chromium: by keyboard, narrow, dark, without script, and for axe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Served, chromium, served
from playwright.sync_api import Browser, Page, expect
from team_server import SENTENCE, door, join, link_for, team_of

from review.store import Store

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def engine() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    workspace = team_of(tmp_path, store)
    members = door(workspace)
    join(members, "Ann", "ann")
    join(members, "Ben", "ben")
    with served(workspace, members) as running:
        yield running


@contextmanager
def page_of(engine: Browser, site: Served, **options: Any) -> Iterator[Page]:
    """Open a page; what the security policy refuses, or a request to another host, fails the test."""
    context = engine.new_context(base_url=site.url, **options)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda m: faults.append(m.text) if "Content Security Policy" in m.text else None)
    page.on("request", lambda r: None if r.url.startswith(site.url) else faults.append(r.url))
    yield page
    context.close()
    assert faults == []


def sign_in(page: Page, login: str, password: str = SENTENCE) -> None:
    """Sign in as people do: the field of the login has the focus."""
    page.goto("/sign-in")
    expect(page.get_by_label("Login")).to_be_focused()
    page.keyboard.type(login)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def test_from_the_invitation_to_the_first_page_by_keyboard(engine: Browser, site: Served) -> None:
    secret = link_for(site.workspace.store, "Dee")
    with page_of(engine, site) as page:
        page.goto(f"/join/{secret}")
        page.get_by_label("Login").focus()
        for text in ("dee@example.org", SENTENCE, SENTENCE):
            page.keyboard.type(text)
            page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Make the account")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{site.url}/")
        expect(page.get_by_role("link", name="Dee")).to_be_visible()
        expect(page.get_by_role("link", name="Team", exact=True)).to_have_count(0)


def test_a_wrong_password_is_announced_and_the_login_kept(engine: Browser, site: Served) -> None:
    with page_of(engine, site) as page:
        sign_in(page, "ann", "a wrong sentence")
        expect(page.get_by_role("alert").filter(has_text="do not belong together")).to_be_visible()
        expect(page.get_by_label("Login")).to_have_value("ann")
        expect(page.get_by_label("Password")).to_be_focused()
        expect(page.get_by_label("Password")).to_have_value("")
        page.keyboard.type(SENTENCE)
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{site.url}/")


def test_the_lead_lets_somebody_in_and_out(engine: Browser, site: Served) -> None:
    with page_of(engine, site) as ann, page_of(engine, site) as dee:
        sign_in(ann, "ann")
        ann.get_by_role("link", name="Team", exact=True).click()
        card = ann.get_by_role("region", name="Dee", exact=True)
        card.get_by_role("button", name="Invite for Dee").press("Enter")
        link = ann.get_by_role("textbox", name="A link for Dee").input_value()
        dee.goto(link)
        dee.get_by_label("Login").fill("dee")
        dee.get_by_label("Password at least").fill(SENTENCE)
        dee.get_by_label("The same password again").fill(SENTENCE)
        dee.get_by_role("button", name="Make the account").click()
        expect(dee).to_have_url(f"{site.url}/")
        ann.goto("/team")
        expect(card.get_by_role("listitem")).to_contain_text("Chrome on Linux")
        card.get_by_role("button", name="Close the account of Dee").press("Enter")
        expect(ann.get_by_role("status")).to_contain_text("The account of Dee is closed.")
        dee.reload()
        expect(dee.get_by_role("heading", name="Sign in")).to_be_visible()


def test_all_of_it_works_without_script(engine: Browser, site: Served) -> None:
    with page_of(engine, site, java_script_enabled=False) as page:
        sign_in(page, "ben")
        page.get_by_role("link", name="Ben").click()
        page.get_by_label("Current password").fill(SENTENCE)
        page.get_by_label("New password at least").fill("quite another sentence")
        page.get_by_label("The new password again").fill("quite another sentence")
        page.get_by_role("button", name="Change the password").click()
        expect(page.get_by_role("status")).to_contain_text("Your password is changed.")
        page.get_by_role("button", name="Sign out", exact=True).click()
        expect(page).to_have_url(f"{site.url}/sign-in")
        sign_in(page, "ben", "quite another sentence")
        expect(page).to_have_url(f"{site.url}/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_can_be_read_by_everybody(engine: Browser, site: Served, width: int, scheme: Any) -> None:
    secret = link_for(site.workspace.store, "Dee")
    with page_of(engine, site, viewport={"width": width, "height": 800}, color_scheme=scheme) as page:
        for path in ("/sign-in", f"/join/{secret}", "/join/useless"):
            look(page, path)
        sign_in(page, "nobody")
        expect(page.get_by_role("alert").filter(has_text="do not belong together")).to_be_visible()
        look(page)
        sign_in(page, "ann")
        expect(page).to_have_url(f"{site.url}/")
        for path in ("/", "/team", "/you"):
            look(page, path)
        page.goto("/team")
        page.get_by_role("button", name="Link for a new password for Ben").click()
        expect(page.get_by_role("heading", name="A link for Ben")).to_be_visible()
        look(page)
        page.get_by_role("link", name="Ann").click()
        page.get_by_role("button", name="Sign out", exact=True).click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        sign_in(page, "ben")
        expect(page).to_have_url(f"{site.url}/")
        look(page, "/team")


def look(page: Page, path: str | None = None) -> None:
    if path:
        page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{path} scrolls sideways"
    for target in page.locator("button:visible, .fields input:visible").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 43.9, f"{path}: {target.inner_text()}"
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []
