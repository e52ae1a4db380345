"""``index.html`` in real Chromium, opened from a file: nothing is asked of anybody, all can be found by keys."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import chromium
from lxml import html
from playwright.sync_api import Browser, Page, expect
from report_log import FORM, FRAMEWORK, HOSTILE, INSTRUMENT, make_log, papers, whole_review

from reports.build import PLANS
from reports.material import Material
from reports.offline import index
from reports.planned import Planned, Written
from review.record import Record
from review.store import open_store

pytestmark = pytest.mark.browser
FLOW, HIT = "#flow svg [data-key=records_excluded]", "#hits > li"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give Chromium."""
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the pages of a small review: 58 records, hostile text in every place; files that are no page are empty."""
    folder = tmp_path_factory.mktemp("review")
    store = open_store(folder)
    log = make_log(store)
    whole_review(log, hostile=HOSTILE)
    log.search(
        [*papers(42, start=100), Record(title="Être mentor"), Record(title="</script><!-- =1+1", authors=("=2, B",))]
    )
    log.vote([15, 16, 17], "exclude", "review")
    with store.read() as connection:
        m = Material(connection, log.protocol, FORM, FRAMEWORK, (INSTRUMENT,), log.extracted(connection))
        written = [_written(planned, folder) for _, plan in PLANS for planned in plan(m)]
        (folder / "out" / "index.html").write_bytes(index(m, written))
    store.close()
    return folder / "out"


def _written(planned: Planned, folder: Path) -> Written:
    ending = planned.path.rpartition(".")[2]
    data = planned.make() if ending in ("svg", "html") else b""
    path = folder / "out" / planned.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    svg = data.decode() if ending == "svg" else None
    return Written(planned.path, planned.title, len(data), hashlib.sha256(data).hexdigest(), svg)


@contextmanager
def opened(browser: Browser, file: Path, fragment: str = "", **options: Any) -> Iterator[Page]:
    """Open a page from its file; a request for anything else, a fault of its script or its policy fails the test."""
    context = browser.new_context(**options)
    page = context.new_page()
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url.partition("#")[0]))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text))
    page.goto(file.as_uri() + fragment)
    yield page
    context.close()
    assert (set(asked), faults) == ({file.as_uri()}, [])


def test_a_box_of_the_diagram_lists_its_records_and_the_address_keeps_the_filter(browser: Browser, out: Path) -> None:
    with opened(browser, out / "index.html") as page:
        expect(page.locator("#count")).to_have_text("58 records")
        page.locator(FLOW).first.click()
        expect(page.locator("#count")).to_have_text("6 of 58 records")
        expect(page.locator("#box-label")).to_have_text("Records excluded")
        page.locator("#q").fill("PAPER 10")
        expect(page.locator("#count")).to_have_text("3 of 58 records")
        assert page.url.endswith("#box=records_excluded&q=PAPER+10")
        page.go_back()
        expect(page.locator("#count")).to_have_text("3 of 58 records")
    with opened(browser, out / "index.html", "#box=records_excluded&q=paper+10&reason=A+literature+review") as page:
        expect(page.locator("#count")).to_have_text("3 of 58 records")
        expect(page.locator("#f-reason")).to_have_value("A literature review")
        page.get_by_role("button", name="Clear filters").click()
        expect(page.locator("#count")).to_have_text("58 records")


def test_records_are_found_and_read_by_keys(browser: Browser, out: Path) -> None:
    with opened(browser, out / "index.html") as page:
        expect(page.locator(HIT)).to_have_count(20)
        page.get_by_role("button", name="Show 38 more").click()
        expect(page.locator(HIT)).to_have_count(58)
        page.keyboard.press("/")
        page.keyboard.type("etre MENTOR")
        expect(page.locator(HIT)).to_have_count(1)
        page.locator("#q").fill("#13")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        inside = page.locator("#hits .inside")
        expect(inside).to_contain_text("The same report: #1")
        expect(inside).to_contain_text("Title and abstract: include · Reviewer A (on #1)")
        expect(inside).to_contain_text("Merged as duplicates · with #1 (rule: by hand) · Reviewer A")
        page.keyboard.press("Escape")
        expect(page.locator("#q")).to_be_focused()


def test_the_decision_log_is_searched_and_taken_along_as_csv(browser: Browser, out: Path) -> None:
    with opened(browser, out / "index.html", "#view=log&reason=A+literature+review") as page:
        expect(page.locator("#count")).to_contain_text(re.compile(r"^4 of \d+ decisions$"))
        with page.expect_download() as download:
            page.get_by_role("button", name="Download as CSV").click()
        rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
        assert [(row["record"], row["decision"], row["person"]) for row in rows] == [
            ("4", "Full text: exclude", "Reviewer A"),
            *((str(n), "Title and abstract: exclude", "Reviewer A") for n in (15, 16, 17)),
        ]
        page.goto(page.url.partition("#")[0] + "#q=%231")
        expect(page.locator("#count")).to_have_text("1 of 58 records")
        page.locator("#q").fill("=1+1")
        expect(page.locator(".title")).to_have_text("</script><!-- =1+1")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download as CSV").click()
        (row,) = csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig")))
        assert (row["title"], row["authors"], row["reason"]) == ("</script><!-- =1+1", "'=2", "")


def test_a_click_on_the_words_above_a_studys_row_lists_its_records_and_the_tab_key_does_not_stop_there(
    browser: Browser, out: Path
) -> None:
    with opened(browser, out / "index.html") as page:
        row = page.locator("#figures svg [data-key='study:eisen2014']").first
        expect(row.locator("title")).to_have_text("Eisen et al. 2014")
        row.scroll_into_view_if_needed()
        box = row.bounding_box()
        assert box is not None and row.get_attribute("tabindex") is None
        page.mouse.click(box["x"] + 8, box["y"] + box["height"] / 2)  # its name is written there
        expect(page.locator("#box-shown")).to_have_text("Shown: Eisen et al. 2014")
        expect(page.locator("#count")).to_have_text("2 of 58 records")  # the second is its duplicate
        page.locator("#hits summary").first.click()
        expect(page.locator("#hits .inside")).not_to_contain_text("Eisen et al. 2014;")


def test_checklists_can_be_read_on_the_page(out: Path) -> None:
    page = html.fromstring((out / "index.html").read_bytes())
    lists = page.xpath("//section[@id='checklists']/details")
    assert [(one.get("id"), one.get("open")) for one in lists] == [
        (f"checklists/{name}", None)
        for name in ("prisma_2020", "prisma_abstracts", "prisma_scr", "entreq", "swim", "prisma_s", "press")
    ]
    assert "The log cannot know this." in lists[0].text_content()
    assert page.xpath("//a[@href='flow.svg'][@aria-label='Flow diagram, svg']")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit_a_phone_and_axe_finds_nothing(browser: Browser, out: Path, scheme: Any) -> None:
    pages = ("index.html", "tables/themes.html")
    for name in pages if scheme == "light" else pages[:1]:
        with opened(browser, out / name, viewport={"width": 320, "height": 800}, color_scheme=scheme) as page:
            if name == "index.html":
                expect(page.locator("#count")).to_have_text("58 records")
                page.locator("#hits summary").first.click()
                page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            assert page.evaluate("document.documentElement.scrollWidth") == 320, name
            violations = Axe().run(page).response["violations"]
            assert [(v["id"], v["nodes"][0]["html"]) for v in violations] == [], name


def test_without_a_script_everything_but_the_search_is_there(browser: Browser, out: Path) -> None:
    with opened(browser, out / "index.html", java_script_enabled=False) as page:
        expect(page.locator("noscript .say")).to_contain_text("need JavaScript")
        expect(page.locator("#flow svg")).to_be_visible()
        expect(page.locator("#search")).to_be_hidden()
        expect(page.get_by_role("heading", name="Searches", exact=True)).to_be_visible()


def test_every_file_is_linked_with_its_hash_and_no_style_stands_outside_the_policy(out: Path) -> None:
    page = html.fromstring((out / "index.html").read_bytes())
    linked = {link for link in page.xpath("//a/@href") if not link.startswith("#")}
    there = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()} - {"index.html"}
    assert linked == there | {"manifest.json"}
    assert [code.text for code in page.xpath("//section[@id='files']//td/code")] == [
        hashlib.sha256((out / path).read_bytes()).hexdigest() for path in sorted(there)
    ]
    assert page.xpath("//@style") == [] and page.xpath("//@onclick") == []
    assert len(set(page.xpath("//@id"))) == len(page.xpath("//@id"))
