"""The lists over real HTTP: filters in the address, decisions changed in place and as plain forms, search, repair."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser import Served, Visitor, review, served, visitors

from review.formats import registry
from review.protocol import Member
from review.record import Record
from review.store import Store
from screening import decisions, repairs, tags

HTMX = {"HX-Request": "true"}
BASE = "/screen/title-abstract"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    records = [Record(title=f"Report {n} on doctors", authors=("Oak, Ann",), date="2020") for n in range(1, 61)]
    records[58] = Record(title='=HYPERLINK("x")', doi="10.5555/59")
    team = ("Ann", "Ben", Member("Cy", ("reader",)))
    with served(review(tmp_path, store, records, team=team, votes=2)) as running:
        yield running


@pytest.fixture
def visit(site: Served) -> Iterator[Callable[..., Visitor]]:
    with visitors(site) as visitor:
        yield visitor


@pytest.fixture
def ann(site: Served, visit: Callable[..., Visitor]) -> Visitor:
    """Ann, who has decided on 1 to 53; Ben has on 1."""
    workspace = site.workspace
    votes = [("Ann", report, "maybe", (), f"<b>{report}") for report in range(1, 53)]
    for who, report, verdict, reasons, note in (
        *votes, ("Ann", 53, "exclude", ("language",), None), ("Ben", 1, "include", (), "Ben’s own"),
    ):  # fmt: skip
        decisions.decide(
            workspace.store, workspace.protocol, workspace.actor(who), report=report, stage="title-abstract",
            verdict=verdict, reasons=reasons, note=note,
        )  # fmt: skip
    return visit("Ann")


def listed(page: str) -> list[int]:
    return [int(n) for n in re.findall(rf'class="name"[^>]* href="{BASE}\?report=(\d+)"', page)]


def test_own_decisions_are_listed_newest_first_and_go_on(ann: Visitor) -> None:
    page = ann.get(f"{BASE}/decisions").text
    assert listed(page) == list(range(53, 3, -1))
    assert "“&lt;b&gt;52”" in page
    assert "<strong>53 decisions</strong>" in page
    assert "Exclude (1)" in page and "Maybe (52)" in page
    (further,) = re.findall(r'href="([^"]*before=[^"]*)"', page)
    more = ann.get(further.replace("&amp;", "&")).text
    assert listed(more) == [3, 2, 1]
    assert "Show more" not in more
    assert "Ben’s own" not in page + more


def test_the_address_holds_the_filters(ann: Visitor) -> None:
    page = ann.get(f"{BASE}/decisions?q=report&verdict=maybe&reason=&day=").text
    (further,) = re.findall(r'href="([^"]*before=[^"]*)"', page)
    assert "?q=report&amp;verdict=maybe&amp;before=" in further
    assert "<strong>52 decisions</strong> with these filters" in page
    assert '<option value="maybe" selected>' in page
    assert listed(ann.get(f"{BASE}/decisions?reason=language").text) == [53]
    none = ann.get(f"{BASE}/decisions?q=nowhere").text
    assert "None of your decisions fits" in none and 'value="nowhere"' in none
    strange = ann.get(f"{BASE}/decisions?verdict=colour&day=now&before=nothing").text
    assert "with these filters" not in strange, "what means nothing does not narrow the list in silence"


def test_a_decision_is_changed_as_a_plain_form(ann: Visitor) -> None:
    form = ann.get(f"{BASE}/decisions/one?report=53&edit=yes&back=q%3Dreport%26verdict%3Dexclude").text
    assert '<input type="hidden" name="back" value="q=report&amp;verdict=exclude">' in form
    assert '<input type="checkbox" name="reason" value="language" checked>' in form
    fields = {"report": 53, "verdict": "include", "reason": "language", "note": "after all", "do": "save"}
    done = ann.post(f"{BASE}/decisions", {**fields, "back": "q=report&verdict=exclude&evil=1"})
    assert done.url == f"{ann.site.url}{BASE}/decisions?q=report&verdict=exclude"
    assert listed(done.text) == []
    assert listed(ann.get(f"{BASE}/decisions?changed=yes").text) == [53]
    before = ann.get(f"{BASE}/decisions/one?report=53&history=yes").text
    assert re.findall(r"<strong>(Include|Exclude)</strong>", before) == ["Include", "Exclude"]


def test_a_decision_is_changed_and_taken_back_in_its_row(ann: Visitor) -> None:
    row = ann.post(f"{BASE}/decisions", {"report": 1, "verdict": "exclude", "reason": "outcome"}, **HTMX).text
    assert row.lstrip().startswith("<li") and "<html" not in row
    assert "Saved." in row and "No outcome on health" in row
    refused = ann.post(f"{BASE}/decisions", {"report": 1, "verdict": "no", "note": "typed <i>"}, **HTMX)
    assert refused.status_code == 422
    assert "is no verdict" in refused.text and "typed &lt;i&gt;</textarea>" in refused.text
    gone = ann.post(f"{BASE}/decisions", {"report": 1, "do": "clear"}, **HTMX).text
    assert "Taken back" in gone and f'href="{BASE}?report=1"' in gone
    assert 1 not in listed(ann.get(f"{BASE}/decisions?q=1").text)
    for wrong in ({"report": 1, "do": "clear"}, {"report": 99, "verdict": "include"}, {"verdict": "include"}):
        assert ann.post(f"{BASE}/decisions", wrong, **HTMX).status_code == 422
    ben = ann.site.workspace.actor("Ben").person
    assert ann.post(f"{BASE}/decisions", {"report": 2, "person": ben, "do": "clear"}).status_code == 403


def test_a_decision_on_no_report_is_not_another_one(ann: Visitor) -> None:
    assert "You have no vote on this record" in ann.get(f"{BASE}/decisions/one?report=0&edit=1").text
    assert ann.post(f"{BASE}/decisions", {"report": 0, "verdict": "include"}).status_code == 422


def test_any_report_is_found_with_the_own_vote_only(ann: Visitor, visit: Callable[..., Visitor]) -> None:
    page = ann.get(f"{BASE}/find?q=REPORT+oak").text
    assert "<strong>59 records</strong>" in page and len(listed(page)) == 50
    assert listed(ann.get(f"{BASE}/find?q=REPORT+oak&from=50").text) == [51, 52, 53, 54, 55, 56, 57, 58, 60]
    assert "Not yet" in ann.get(f"{BASE}/find?q=54").text
    ben = visit("Ben").get(f"{BASE}/find?q=2").text
    assert "Not yet" in ben and "Maybe" not in ben
    none = ann.get(f"{BASE}/find?q=%3Cscript%3E").text
    assert "No record of this stage" in none and "<script>" not in none.split("<main")[1]
    assert "No record" not in ann.get(f"{BASE}/find").text


def test_useful_background_goes_out_as_files(site: Served, ann: Visitor) -> None:
    workspace = site.workspace
    tags.put(workspace.store, workspace.actor("Ann"), report=59, tags=["background"])
    tags.put(workspace.store, workspace.actor("Ben"), report=60, tags=["background"])
    page = ann.get(f"{BASE}/background").text
    assert listed(page) == [59]
    assert "Tagged by you" in page
    rows = list(csv.DictReader(io.StringIO(ann.get(f"{BASE}/background.csv").content.decode("utf-8-sig"))))
    assert [row["title"] for row in rows] == ['\'=HYPERLINK("x")']
    sent = ann.get(f"{BASE}/background.ris")
    assert sent.headers["content-disposition"] == 'attachment; filename="background.ris"'
    assert [one.doi for one in registry.read(sent.content, name="x.ris").records] == ["10.5555/59"]


def test_a_record_is_repaired_as_a_plain_form(site: Served, ann: Visitor, visit: Callable[..., Visitor]) -> None:
    page = ann.get(f"{BASE}/repair?report=3").text
    assert "From record 3, found in PubMed" in page and "Add abstract" in page
    fields = {"report": 3, "field": "abstract", "text": f"We saw {HOSTILE}", "do": "save"}
    refused = ann.post(f"{BASE}/repair", fields)
    assert refused.status_code == 422
    assert "not said where" in refused.text and "We saw &lt;script&gt;" in refused.text, "what was typed is still there"
    done = ann.post(f"{BASE}/repair", {**fields, "source": "the <b>PDF"})
    assert done.url == f"{site.url}{BASE}/repair?report=3&done=abstract#abstract"
    assert "Added by Ann" in done.text and "the &lt;b&gt;PDF" in done.text and HOSTILE not in done.text
    card = ann.get(f"{BASE}?report=3").text
    assert "We saw" in card and "Abstract added by Ann from" in card
    with site.workspace.store.read() as connection:
        assert [one.text for one in repairs.of(connection, 3)] == ["We saw < script>alert(1)< /script>"]
    ann.post(f"{BASE}/repair", {"report": 3, "field": "doi", "text": "10.5555/59", "source": "PDF"})
    assert "the same DOI" in ann.get(f"{BASE}/repair?report=3").text
    back = ann.post(f"{BASE}/repair", {"report": 3, "field": "abstract", "do": "undo"}).text
    assert "Taken back." in back and "Added by" in back, "the DOI is still repaired"
    assert ann.post(f"{BASE}/repair", {"report": 3, "field": "pages", "text": "1", "source": "x"}).status_code == 422
    assert ann.get(f"{BASE}/repair?report=99").status_code == 422
    cy = visit("Cy")
    assert "<textarea" not in cy.get(f"{BASE}/repair?report=3").text
    assert cy.post(f"{BASE}/repair", {**fields, "source": "x"}).status_code == 403
