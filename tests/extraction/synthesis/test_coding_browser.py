"""Coding and synthesis in Chromium: a passage becomes a coding, keys alone do it, themes merge, two people agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import papers
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Served, Visitor, review, served, visiting, visitors
from playwright.sync_api import Browser, Page, expect

from extraction import answers, library, studies
from extraction.answers import Answer
from extraction.synthesis import coding, coding_rows, findings, matrix_pages
from extraction.synthesis.coding import Coding
from review.record import Record
from review.store import Actor, Store, append
from review.store.events import read_events

pytestmark = pytest.mark.browser

WORKWELL = library.framework("bitc-workwell")
HOSTILE = "Family & <img src=x onerror='window.hacked=1'>"
RECORDS = [Record(title=f"Report {n} on {HOSTILE}", authors=("Maker, A",), date=str(2000 + n)) for n in (1, 2)]
ONE, TWO = "maker2001", "maker2002"


@pytest.fixture
def site(tmp_path: Path, store: Store, include: Any) -> Iterator[Served]:
    """Give a site with two included studies, the first with a PDF, to be coded by Ann and Ben."""
    workspace = review(tmp_path, store, RECORDS, team=("Ann", "Ben"))
    workspace = replace(workspace, protocol=replace(workspace.protocol, framework="bitc-workwell"))
    ann = workspace.actor("Ann")
    include(store, ann, [1, 2])
    papers.add(store, ann, 1, papers.pdf(), pages=papers.numbered())
    with store.read() as connection:
        assert [one.key for one in studies.studies(connection)] == [ONE, TWO]
    with served(workspace) as running:
        yield running


@pytest.fixture
def page(browser: Browser, site: Served) -> Iterator[Page]:
    with visiting(browser, site, viewport={"width": 1280, "height": 800}) as opened:
        sign_in(opened, "Ann")
        yield opened


def sign_in(page: Page, name: str) -> None:
    page.request.post(f"{page.url.partition('/who')[0].rstrip('/')}/who", form={"name": name})


def coded(site: Served) -> list[dict[str, Any]]:
    with site.workspace.store.read() as connection:
        return coding_rows.codings(connection)


def give(site: Served, *given: Coding, name: str = "Ann") -> Actor:
    actor = site.workspace.actor(name)
    coding.put(site.workspace.store, actor, site.workspace.protocol, WORKWELL, (ONE, TWO), given)
    return actor


def select(page: Page, text: str) -> None:
    """Drag the pointer over one piece of the text."""
    box = page.locator(".textLayer > span", has_text=text).first.bounding_box()
    assert box
    page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 0.5, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()


def clean(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("window.hacked") is None


def test_a_passage_is_coded_with_its_page_changed_deleted_and_put_back(page: Page, site: Served) -> None:
    page.goto(f"/code/{ONE}")
    expect(page.locator('[data-number="1"] .textLayer')).to_contain_text("Doctors are tired")
    page.locator("#page").fill("2")
    page.locator("#page").press("Enter")
    expect(page.locator('[data-number="2"] .textLayer')).to_contain_text("forty physicians")
    select(page, "We interviewed forty physicians")
    expect(page.get_by_label("Quote")).to_have_value(
        re.compile("^We interviewed forty physicians in three hospitals. A")
    )
    expect(page.get_by_label("Page or section")).to_have_value("2")
    for key in ("2", "a", "-", "Enter"):  # health, stress, adverse, on to the words
        page.keyboard.press(key)
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type("Too many meetings <b>wore them out</b>")
    page.keyboard.press("Enter")
    item = page.locator(".own-codings li")
    expect(item).to_contain_text("Too many meetings <b>wore them out</b>")
    expect(page.get_by_label("Quote")).to_have_value("")
    (row,) = coded(site)
    assert (row["component"], row["subelement"], row["polarity"], row["place"]) == ("health", "stress", "-", "2")
    assert row["quote"].startswith("We interviewed forty physicians")
    assert len(row["file"]) == 64
    page.wait_for_function("() => CSS.highlights.get('kept')?.size === 1")  # marked in the text

    item.get_by_role("link", name="Edit").click()
    expect(page.locator("#form-title")).to_have_text("Change a coding")
    expect(page.locator("#text")).to_have_value("Too many meetings <b>wore them out</b>")
    page.keyboard.press("0")
    page.locator("#text").fill("Meetings")
    page.get_by_label("Perspective").select_option("mentee")
    page.get_by_role("button", name="Save").click()
    expect(item).to_have_count(1)
    expect(item.locator(".text")).to_have_text("Meetings")
    page.locator("#page").fill("1")
    page.locator("#page").press("Enter")
    item.get_by_role("link", name="Page 2").click()
    expect(page.locator("#page")).to_have_value("2")
    item.get_by_role("button", name="Delete").click()
    expect(item).to_have_count(0)
    page.get_by_role("button", name="Put it back").click()
    expect(item.locator(".text")).to_have_text("Meetings")
    assert [(row["polarity"], row["perspective"], row["place"]) for row in coded(site)] == [("0", "mentee", "2")]


def test_keys_alone_code_under_a_new_theme_and_what_is_refused_is_not_lost(page: Page, site: Served) -> None:
    page.goto(f"/code/{TWO}")
    page.keyboard.press("*")
    page.keyboard.type(HOSTILE)
    page.keyboard.press("Escape")
    page.keyboard.press("+")
    page.keyboard.press("Enter")
    page.keyboard.type("They had to leave early")
    store, ann = site.workspace.store, site.workspace.actor("Ann")
    said = {"report": 2, "stage": "full-text", "verdict": "include", "reasons": [], "note": None}
    append(store, ann, "decision", {**said, "verdict": "exclude", "reasons": ["language"]})  # by somebody, meanwhile
    page.keyboard.press("Enter")
    expect(page.locator("#refused")).to_contain_text("there is no study 'maker2002'")
    expect(page.locator("#text")).to_have_value("They had to leave early")
    append(store, ann, "decision", said)
    page.keyboard.press("Enter")
    expect(page.locator(".own-codings li")).to_contain_text("They had to leave early")
    (row,) = coded(site)
    assert (row["component"], row["polarity"]) == (f"emergent:{HOSTILE}", "+")
    expect(page.locator(".component.own")).to_contain_text(HOSTILE)  # to be chosen from now on
    page.keyboard.press("Shift+Digit1")  # used last
    expect(page.locator(".component.own input").first).to_be_checked()
    clean(page)


def test_a_cell_leads_to_its_codings_and_themes_merge_after_a_look_at_the_numbers(page: Page, site: Served) -> None:
    give(
        site, Coding(ONE, "S1", "Less stress", "health", "+", subelement="stress", quote="q", place="3"),
        Coding(ONE, "S2", "More of it", "health", "-"), Coding(ONE, "S3", "Cost", "emergent:Cost", "-"),
        Coding(TWO, "S4", "Time", "emergent:Time", "-"),
    )  # fmt: skip
    page.goto("/code?sort=year&down=yes")
    assert page.locator("tbody th.study a").all_text_contents() == [TWO, ONE]
    expect(page.locator("tbody .cell")).to_have_text(["−", "±2", "−"])
    clean(page)
    page.set_viewport_size({"width": 320, "height": 700})
    clean(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("link", name="1 supporting, 1 adverse").click()
    expect(page.locator(".excerpt .text")).to_have_text(["Less stress", "More of it"])

    page.goto("/code/themes?theme=emergent%3ATime")
    page.get_by_text("Merge into another").click()
    page.get_by_label("Theme that stays").select_option(label="Cost (1)")
    page.locator("#why-merge").fill("time is what it costs")
    page.get_by_role("button", name="Show what changes").last.click()
    expect(page.get_by_role("alertdialog")).to_contain_text(
        "1 coding of 1 study will stand under “Cost” instead of “Time”."
    )
    assert {row["component"] for row in coded(site)} == {"health", "emergent:Cost", "emergent:Time"}  # not yet
    page.get_by_role("button", name="Merge them").click()
    expect(page.locator("h1")).to_contain_text("Cost")
    expect(page.locator(".excerpt .text")).to_have_text(["Cost", "Time"])
    expect(page.locator(".history")).to_contain_text("“Time” was merged into it: time is what it costs")
    page.get_by_label("Choose “Time” of maker2002").check()
    page.get_by_label("Name of the new theme").fill("Hours")
    page.get_by_role("button", name="Show what changes").first.click()
    page.get_by_role("button", name="Move them").click()
    expect(page.locator("h1")).to_contain_text("Hours")
    assert {row["text"]: row["component"] for row in coded(site) if row["study"] == TWO} == {"Time": "emergent:Hours"}
    clean(page)


def test_two_write_a_finding_and_a_changed_one_asks_again(page: Page, site: Served) -> None:
    give(site, Coding(ONE, "S1", "Less stress", "health", "+"), Coding(TWO, "S2", "More of it", "health", "-"))
    page.goto("/code/findings?new=health")
    page.get_by_label("Finding").fill("Stress falls.")
    page.get_by_role("radiogroup", name="What “Less stress” of maker2001 does").get_by_label("supports it").check()
    page.get_by_role("radiogroup", name="What “More of it” of maker2002 does").get_by_label("contradicts it").check()
    clean(page)
    page.get_by_role("button", name="Save the finding").click()
    page.get_by_role("button", name="I agree").click()
    expect(page.locator(".assents")).to_contain_text("Ann agrees")
    page.goto("/code/findings?edit=F1")
    page.get_by_label("Finding").fill("Stress falls for most.")

    with visitors(site) as visitor:
        ben: Visitor = visitor("Ben")
        with site.workspace.store.read() as connection:
            (now,) = findings.all(connection)
        said = {"key": "F1", "base": now["event"], "theme": "health", "statement": "Stress falls a little."}
        use = {f"use:{person} {key}": "for" for key, person in now["supporting"]}
        assert "Stress falls a little." in ben.post("/code/findings", {**said, **use}).text

    page.get_by_role("button", name="Save the finding").click()
    expect(page.locator(".both")).to_contain_text("Stress falls a little.")
    expect(page.get_by_label("Finding")).to_have_value("Stress falls for most.")
    page.get_by_role("button", name="Save mine over it").click()
    expect(page.locator(".assents")).to_contain_text("Ann agrees (with an earlier wording)")
    clean(page)
    with site.workspace.store.read() as connection:
        (now,) = findings.all(connection)
        assert [event.payload["statement"] for event in read_events(connection, "finding")] == [
            "Stress falls.", "Stress falls a little.", "Stress falls for most.",
        ]  # fmt: skip
    assert [one[0] for one in (*now["supporting"], *now["contradicting"])] == ["S1:maker2001", "S2:maker2002"]


def test_without_a_script_a_form_codes_and_what_the_other_coded_is_hidden(
    site: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = replace(site.workspace.protocol.synthesis, coding="double")
    site.app.state.site = replace(
        site.app.state.site,
        protocol=replace(site.workspace.protocol, proforma="bitc-mentoring", synthesis=rules),
    )
    with visitors(site) as visitor:
        ann, ben = visitor("Ann"), visitor("Ben")
        said: dict[str, object] = {"component": "health", "sub:health": "stress", "text": "Less <i>stress</i>"}
        refused = ann.post(f"/code/{ONE}", {**said, "quote": "a quote to keep"})
        assert refused.status_code == 422
        assert "a quote to keep" in refused.text
        assert "Less &lt;i&gt;stress&lt;/i&gt;" in refused.text
        form = library.form("bitc-mentoring")
        quoted = Answer(ONE, "aim", "To see", quote="to see <what> they say", place="4")
        answers.put(site.workspace.store, site.workspace.actor("Ann"), site.workspace.protocol, form, (ONE,), [quoted])
        assert "to see &lt;what&gt; they say</textarea>" in ann.get(f"/code/{ONE}?field=aim").text
        assert "they say" not in ben.get(f"/code/{ONE}?field=aim").text
        saved = ann.post(f"/code/{ONE}", {**said, "polarity": "+"})
        assert "Less &lt;i&gt;stress&lt;/i&gt;" in saved.text
        for path in (f"/code/{ONE}", "/code", "/code/cell?theme=health", "/code/themes?theme=health", "/code/codebook"):
            assert "Less &lt;i&gt;" not in ben.get(path).text
        assert 'class="cell' not in ben.get("/code").text
        ben.post(f"/code/{ONE}", {**said, "text": "Calmer", "polarity": "-"})
        for one in (ann, ben):
            one.post(f"/code/{ONE}/state", {"do": "done"})
        assert "Less &lt;i&gt;stress&lt;/i&gt;" in ben.get(f"/code/{ONE}").text
        assert "other sign" in ben.get("/code/compare").text
        monkeypatch.setattr(matrix_pages, "MOST", 1)  # thousands of codings come in parts
        first, second = (ben.get(f"/code/cell?theme=health{start}").text for start in ("", "&from=1"))
        assert "1 to 1 of 2" in first and "from=1" in first and "2 to 2 of 2" in second
        assert ("Calmer" in first) is not ("Calmer" in second)
    assert len(coded(site)) == 2
