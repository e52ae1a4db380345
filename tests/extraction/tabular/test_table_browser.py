"""The page of tables in real Chromium: a table is brought back and saved; at 320 px and dark; axe finds nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import review, served, visiting
from playwright.sync_api import Browser, FilePayload, Page, expect

from review.record import Record
from review.stages import Workspace
from review.store import Store

pytestmark = pytest.mark.browser

HEADER = "study,instrument,item,response,reason,quote,place,clear\n"
CASP = "casp-qualitative-2018"
HOSTILE = "<img src=x onerror='window.hacked=1'>"


def table(text: str) -> FilePayload:
    return {"name": "judgements.csv", "mimeType": "text/csv", "buffer": (HEADER + text).encode()}


def clean(page: Page, to: Path) -> None:
    for width, theme in ((1280, "light"), (320, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.screenshot(path=str(to.with_name(f"{to.name}-{width}-{theme}.png")), full_page=True)
    assert page.evaluate("window.hacked") is None
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_table_is_brought_back_looked_at_and_saved(
    tmp_path: Path, store: Store, include: Any, browser: Browser
) -> None:
    made = review(tmp_path, store, [Record(title="Report 1", authors=("Maker, A",), date="2001")])
    include(store, made.actor("Ann"), [1])
    protocol = replace(made.protocol, proforma="qualitative", instruments=(CASP,), framework="bitc-workwell")
    with served(Workspace(tmp_path, protocol, store, {})) as site, visiting(browser, site) as page:
        page.goto("/extract/table?kind=appraise")
        clean(page, tmp_path / "ways")
        with page.expect_download() as download:
            page.get_by_role("link", name="Excel (.xlsx)").click()
        assert download.value.suggested_filename == "judgements.xlsx"
        wrong = table(f"maker2001,{CASP},1,perhaps,{HOSTILE},,,\nmaker2001,{CASP},2,yes,Long {'word ' * 40},,,\n")
        page.get_by_label("The filled table").set_input_files(wrong)
        page.get_by_role("button", name="Show what it would change").press("Enter")
        expect(
            page.get_by_role("alert").filter(has_text="Nothing can be saved while this row is wrong")
        ).to_be_visible()
        clean(page, tmp_path / "faults")
        page.get_by_label("The filled table").set_input_files(
            table(f"maker2001,{CASP},1,no,{HOSTILE},,5-Mar,\nmaker2001,{CASP},2,yes,Long {'word ' * 40},,,\n")
        )
        page.get_by_role("button", name="Show what it would change").click()
        expect(page.get_by_text("looks like a date that a spreadsheet made")).to_be_visible()
        clean(page, tmp_path / "plan")
        page.get_by_role("button", name="Save 2 changes").press("Enter")
        expect(page.get_by_role("status").filter(has_text="Saved 2 changes.")).to_be_visible()
