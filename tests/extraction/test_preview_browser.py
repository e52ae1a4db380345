"""The preview of a form in real Chromium: it follows the file, names every fault with its line, shows nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Served, chromium, review, served, visiting, visitors
from playwright.sync_api import Page, expect

from extraction import library, versions
from review.store import Entry, Store, append_many

SHOTS = os.environ.get("SHOTS")
FORM = """
name = "own"
version = "1"
label = "Our form"
source = "made up"
[[sections]]
title = "One"
[[sections.fields]]
id = "kind"
label = "Kind of <b>paper</b>"
type = "single"
options = { trial = "Trial", letter = "Letter" }
[[sections.fields]]
id = "arms"
label = "Arms"
type = "group"
when = { kind = "trial" }
fields = [
  { id = "n", label = "People", type = "number", unit = "people" },
]
"""


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    """A review whose folder holds a form of its own, and one answer to it."""
    workspace = review(tmp_path, store, [])
    workspace = replace(workspace, protocol=replace(workspace.protocol, proforma="own.toml"))
    (tmp_path / "own.toml").write_text(FORM, "utf-8")
    (tmp_path / "protocol.toml").write_text('[review]\ntitle = "x"\n', "utf-8")
    ann = workspace.actor("Ann")
    versions.adopt(store, ann, "form", "own.toml", tmp_path)
    with store.write() as connection:
        said = {"study": "a2001", "form": "own@1", "field": "kind", "value": "letter"}
        append_many(store, connection, ann, [Entry("answer", said)])
    with served(workspace) as running:
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


@pytest.mark.browser
def test_the_preview_follows_the_file_and_names_every_fault(site: Served, tmp_path: Path) -> None:
    with chromium() as browser, visiting(browser, site) as page:
        page.goto("/extract/preview")
        expect(page.get_by_role("heading", level=1)).to_have_text("Our form")
        expect(page.get_by_role("group", name="Kind of <b>paper</b>")).to_be_visible()
        expect(page.locator("#f-arms")).to_contain_text("Asked when Kind of <b>paper</b> is Trial.")
        expect(page.locator("#f-arms .cell")).to_contain_text("People")

        faulty = FORM.replace('type = "single"', 'type = "singel"').replace("trial = ", "triel = ")
        (tmp_path / "own.toml").write_text(faulty, "utf-8")
        expect(page.get_by_role("heading", name="2 faults to mend")).to_be_visible()  # by itself
        first, second = page.locator(".faults li").all()
        expect(page.locator(".faults .at")).to_have_text(["Line 11", "Line 17"])
        expect(first).to_contain_text("'singel' is not one of")
        expect(first).to_contain_text("Did you mean 'single'?")
        expect(first.locator("code")).to_have_text('type = "singel"')
        expect(second).to_contain_text("'trial' is no option of 'kind'.")
        fine(page, "faults")

        without_letter = FORM.replace(', letter = "Letter"', "").replace("Our form", "Our new form")
        (tmp_path / "own.toml").write_text(without_letter, "utf-8")
        expect(page.get_by_role("heading", level=1)).to_have_text("Our new form")
        expect(page.locator(".changes")).to_contain_text("kind: the option 'Letter' (letter) is gone")
        expect(page.locator(".changes")).to_contain_text("1 of your studies would have to be looked at again")
        fine(page, "preview")

        page.get_by_label("Form", exact=True).select_option("quantitative")
        page.get_by_role("button", name="Show").press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Quantitative studies")
        expect(page.get_by_role("link", name="save its file")).to_have_attribute(
            "href", "/extract/preview/file?form=quantitative"
        )


def test_nothing_outside_of_the_folder_can_be_named(site: Served, tmp_path: Path) -> None:
    (tmp_path.parent / "outside.toml").write_text(FORM, "utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "own.toml").write_text(FORM, "utf-8")
    with visitors(site) as visitor:
        ann = visitor()
        absolute = str(tmp_path.parent / "outside.toml")
        for name in (
            "../outside.toml",
            absolute,
            "sub/own.toml",
            "protocol.toml",
            "own",
            "%00",
            "own.toml/../own.toml",
        ):
            for page in ("preview", "preview/hash", "preview/file"):
                reply = ann.get(f"/extract/{page}?form={name}")
                assert reply.status_code == (404 if name == "%00" else 422), name
                assert "Kind of" not in reply.text
        assert ann.get("/extract/preview/hash?form=own.toml").json().keys() == {"sha256"}
        file = ann.get("/extract/preview/file?form=qualitative")
        assert file.text == library.text("forms", "qualitative")
        assert file.headers["content-disposition"] == 'attachment; filename="qualitative-own.toml"'
