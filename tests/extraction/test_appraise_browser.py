"""Appraisal in real Chromium: official wording below the cue, a misfit, and a finding judged under GRADE-CERQual."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Served, chromium, served, visiting
from entry_review import extracting
from playwright.sync_api import Page, expect

from extraction import rows
from review.stages import Workspace
from review.store import Entry, Store, append_many

FINDING = {
    "key": "F1", "theme": "health", "statement": "Mentoring eases strain in the first year",
    "supporting": [], "contradicting": [], "note": None,
}  # fmt: skip
CODING = {
    "key": "C1", "study": "maker2001", "statement": "S1", "text": "Trainees felt less strain", "component": "health",
    "subelement": None, "polarity": "+", "perspective": None, "evidence": None, "quote": "Doctors are tired",
    "place": "1", "file": None, "framework": "bitc-workwell@1",
}  # fmt: skip
INSTRUMENTS = ("casp-qualitative-2018", "jbi-text-opinion", "grade-cerqual")


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    made = extracting(tmp_path, store)
    protocol = replace(made.protocol, instruments=INSTRUMENTS, framework="bitc-workwell")
    workspace = Workspace(tmp_path, protocol, store, {})
    ann = workspace.actor("Ann")
    answer = {"study": "maker2001", "form": "everything@1", "field": "kind", "value": "opinion", "missing": None}
    with store.write() as connection:
        append_many(store, connection, ann, [
            Entry("coding", CODING),
            Entry("finding", {**FINDING, "supporting": [["C1", ann.person]]}),
            Entry("answer", {**answer, "quote": None, "place": None, "file": None, "origin": None}),
        ])  # fmt: skip
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments/casp-qualitative-2018.official.toml").write_text('"1" = "Invented official wording"')
    with served(workspace) as running:
        yield running


def look(page: Page) -> None:
    """No fault at desktop, phone and dark; nothing wider than the screen."""
    for width, scheme in ((1280, "light"), (320, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert Axe().run(page).response["violations"] == [], (width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")


def test_official_wording_a_misfit_and_a_finding(site: Served) -> None:
    with chromium() as browser, visiting(browser, site) as page:
        page.goto(f"{site.url}/appraise/maker2001/casp-qualitative-2018")
        expect(page.get_by_text("Invented official wording")).to_be_visible()
        expect(page.get_by_text("is not made for papers that are not research")).to_be_visible()
        page.goto(f"{site.url}/code/findings")
        page.get_by_role("link", name="GRADE-CERQual").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Mentoring eases strain in the first year")
        expect(page.locator("#rests-on")).to_contain_text("Doctors are tired")
        page.get_by_role("group", name="Coherence").get_by_label("Minor concerns", exact=True).check()
        page.get_by_role("group", name="Overall judgement").get_by_label("Moderate", exact=True).check()
        expect(page.get_by_text("2 of 5 answered")).to_be_visible()
        expect(page.locator("#saved")).to_have_text("All saved")
        page.get_by_role("heading", level=1).scroll_into_view_if_needed()
        look(page)
        page.get_by_role("link", name="All findings").click()
        expect(page).to_have_url(f"{site.url}/code/findings")
    with site.workspace.store.read() as connection:
        kept = {(row["study"], row["item"]): row["response"] for row in rows.judgements(connection, "grade-cerqual")}
    assert kept == {("finding:F1", "coherence"): "minor", ("finding:F1", "overall"): "moderate"}
