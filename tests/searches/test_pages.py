"""The pages for duplicates over real HTTP: what plain forms send, and what cannot stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from browser import Served, Visitor, visitors

from review.store import Store, append
from review.store.events import read_events
from tests.searches.pairs_page import BASE, NEAR, pairs_site


def judge(who: Visitor, left: int, right: int, verdict: str, **more: object) -> requests.Response:
    return who.post("/pairs/judge", {"left": left, "right": right, "verdict": verdict, **more})


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    with pairs_site(tmp_path, store, team=("Ann", "Ben")) as running:
        yield running


@pytest.fixture
def visit(site: Served) -> Iterator[Callable[..., Visitor]]:
    with visitors(site) as visitor:
        yield visitor


def events(site: Served, *kinds: str) -> list[dict[str, object]]:
    with site.workspace.store.read() as connection:
        return [dict(event.payload) for event in read_events(connection, *kinds)]


def text_of(reply: requests.Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", reply.text).split())


def field(reply: requests.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', reply.text)
    assert found, name
    return found[1]


def test_the_page_works_as_a_plain_form(site: Served, visit: Callable[..., Visitor]) -> None:
    ann = visit()
    page = ann.get("/pairs")
    assert "Pair 1 of 6 · 6 left" in page.text
    assert "Same authors and year, similar title." in page.text
    assert "nearly all that both state is the same (0.97)" in page.text
    assert "randomi<mark>s</mark>ed" in page.text
    sent = {"seen": field(page, "seen"), "client": field(page, "client"), "value-date": 1}
    after = judge(ann, 1, 2, "same", **sent)
    assert "Pair 2 of 6 · 5 left" in after.text
    assert "Noted: 1 and 2 are one report." in after.text
    assert [e["verdict"] for e in events(site, "pair")] == ["same"]
    assert events(site, "value") == [{"report": 1, "field": "date", "record": 1}]
    seen = re.findall(r'name="seen" value="(\w+)"', after.text)[0]
    back = ann.post("/pairs/undo", {"left": 1, "right": 2, "seen": seen})
    assert "Taken back: the judgement on 1 and 2." in back.text
    assert "Pair 1 of 6 · 6 left" in back.text


def test_undo_without_a_pair_takes_back_the_newest_of_mine(site: Served, visit: Callable[..., Visitor]) -> None:
    ann, ben = visit(), visit("Ben")
    judge(ann, 1, 2, "same")
    judge(ann, 5, 6, "different")
    judge(ben, 9, 10, "study")
    for pair in ("5-6", "1-2"):
        assert f'data-pair="{pair}"' in ann.post("/pairs/undo", {}).text
    refused = ann.post("/pairs/undo", {})
    assert refused.status_code == 422
    assert "There is no judgement of yours to take back." in text_of(refused)


def test_a_double_click_counts_once(site: Served, visit: Callable[..., Visitor]) -> None:
    ann = visit()
    for _ in range(2):
        assert judge(ann, 1, 2, "same", seen="", client="c1").status_code == 200
    assert len(events(site, "pair")) == 1


def test_what_somebody_else_judged_meanwhile_is_shown_and_not_overwritten(
    site: Served, visit: Callable[..., Visitor]
) -> None:
    ann, ben = visit(), visit("Ben")
    page = ben.get("/pairs?pair=1-2")
    judge(ann, 1, 2, "same")
    refused = judge(ben, 1, 2, "different", seen=field(page, "seen"))
    assert refused.status_code == 422
    assert "Ann judged 1 and 2 meanwhile: one report." in text_of(refused)
    again = ben.get("/pairs?pair=1-2")
    assert "Ann judged on" in text_of(again)
    assert judge(ben, 1, 2, "different", seen=field(again, "seen")).status_code == 200
    assert [e["verdict"] for e in events(site, "pair")] == ["same", "different"]


def test_next_comes_round_and_leaves_nothing_out(visit: Callable[..., Visitor]) -> None:
    ann = visit()
    seen, at = [], "/pairs"
    for _ in range(7):
        page = ann.get(at)
        seen.append(re.findall(r'data-pair="([\d-]+)"', page.text)[0])
        at = f"/pairs?after={seen[-1]}"
    assert seen == ["1-2", "3-4", "5-6", "7-8", "9-10", "11-12", "1-2"]
    after = judge(ann, 5, 6, "same")
    assert 'data-pair="7-8"' in after.text, "one goes on from where one is"


def test_nothing_from_a_file_becomes_markup(visit: Callable[..., Visitor]) -> None:
    ann = visit()
    for path in ("/pairs?pair=3-4", "/pairs/accept?above=0.5"):
        text = ann.get(path).text
        assert "<script>window" not in text
        assert "<b onclick" not in text
        assert "<img" not in text
    judge(ann, 3, 4, "same")
    judged = ann.get("/pairs/judged").text
    assert "<script>window" not in judged
    assert "&lt;script&gt;" in judged


def test_any_two_reports_can_be_looked_at_and_judged(visit: Callable[..., Visitor]) -> None:
    ann = visit()
    page = ann.get("/pairs?pair=12-1").text
    assert "No rule asked about these two." in page
    assert 'data-pair="1-12"' in page
    assert "Noted: 1 and 12 are two reports." in judge(ann, 12, 1, "different").text


def test_a_suggestion_of_one_study_is_said(visit: Callable[..., Visitor]) -> None:
    assert "Perhaps two reports of one study" in visit().get("/pairs?pair=9-10").text
    assert "Perhaps two reports of one study" not in visit().get("/pairs?pair=1-2").text


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/pairs?pair=1-99", "There is no report 99."),
        ("/pairs?pair=3-3", "3 and 3 are one and the same report."),
        ("/pairs?pair=a-b", "'a' is no number of a report."),
        ("/pairs?after=1-x", "'x' is no number of a report."),
        ("/pairs?done=1-99999999999999999999", "'99999999999999999999' is no number of a report."),
        ("/pairs?above=2", "2.0 is no threshold."),
        ("/pairs/accept?above=much", "-1.0 is no threshold."),
        ("/pairs/judged?from=x", "'x' is no number of a report."),
    ],
)
def test_addresses_that_make_no_sense(visit: Callable[..., Visitor], path: str, sentence: str) -> None:
    reply = visit().get(path)
    assert reply.status_code == 422
    assert sentence in text_of(reply).replace("&#39;", "'")


@pytest.mark.parametrize(
    "fields",
    [
        {"left": 1, "right": 2}, {"left": 1, "verdict": "same"}, {"left": 1, "right": 2, "verdict": "merge"},
        {"left": 1, "right": 2, "verdict": "same", "value-date": "x"},
        {"left": 1, "right": 2, "verdict": "same", "value-date": 7},
        {"left": 1, "right": 2, "verdict": "same", "seen": "an event that never was"},
    ],
)  # fmt: skip
def test_forms_that_cannot_stand(site: Served, visit: Callable[..., Visitor], fields: dict[str, object]) -> None:
    reply = visit().post("/pairs/judge", fields)
    assert reply.status_code == 422
    assert "What to do" in reply.text
    assert "Traceback" not in reply.text
    assert events(site, "pair", "merge", "value") == []


@pytest.mark.parametrize("path", ["/pairs/judge", "/pairs/undo", "/pairs/accept", "/pairs/batch/undo"])
def test_changes_come_from_our_own_pages_and_from_who_is_signed_in(
    site: Served, visit: Callable[..., Visitor], path: str
) -> None:
    ben = visit("Ben")
    fields: dict[str, object] = {"left": 1, "right": 2, "verdict": "same", "above": "0.9", "batch": "b"}
    assert ben.post(path, fields, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    ann = site.workspace.actor("Ann").person
    assert ben.post(path, {**fields, "person": ann}).status_code == 403
    assert events(site, "pair") == []


def test_judged_pairs_are_listed_filtered_and_taken_back(site: Served, visit: Callable[..., Visitor]) -> None:
    ann, ben = visit(), visit("Ben")
    judge(ann, 1, 2, "same")
    judge(ben, 5, 6, "different")
    judge(ann, 9, 10, "study")
    shown = {key: re.findall(r">(\d+ and \d+) ·", ann.get(f"/pairs/judged?show={key}").text)
             for key in ("", "same", "different", "study", "accepted", "mine", "nonsense")}  # fmt: skip
    every = ["9 and 10", "5 and 6", "1 and 2"]
    assert shown == {
        "": every, "same": ["1 and 2"], "different": ["5 and 6"], "study": ["9 and 10"], "accepted": [],
        "mine": ["9 and 10", "1 and 2"], "nonsense": every,
    }  # fmt: skip
    back = ann.post("/pairs/undo", {"left": 5, "right": 6, "next": "/pairs/judged?show=same"})
    assert "Taken back: the judgement on 5 and 6." in back.text
    assert back.url.endswith("/pairs/judged?show=same&undone=5-6")


def test_undoing_under_later_merges_says_what_happens(site: Served, visit: Callable[..., Visitor]) -> None:
    ann = visit()
    judge(ann, 1, 2, "same")
    append(site.workspace.store, site.workspace.actor("Ben"), "merge", {"reports": [2, 6], "rule": "t", "score": 1.0})
    back = ann.post("/pairs/undo", {"left": 1, "right": 2, "next": "/pairs/judged"})
    assert "2 stays together with 6." in text_of(back)


def test_the_start_page_says_that_pairs_wait(visit: Callable[..., Visitor]) -> None:
    ann = visit()
    assert "6 pairs of reports may be duplicates: a person has to say." in ann.get("/").text
    for left in range(1, 12, 2):
        judge(ann, left, left + 1, "different")
    assert "may be duplicates" not in ann.get("/").text
    assert "No pairs wait for you" in ann.get("/pairs").text


def test_the_rest_is_accepted_after_the_sample(tmp_path: Path, store: Store) -> None:
    records = [BASE] * 50
    asked = [(2 * n + 1, 2 * n + 2, 0.96, NEAR) for n in range(25)]
    with pairs_site(tmp_path, store, records=records, asked=asked) as site:
        ann = Visitor(site)
        page = ann.get("/pairs?above=0.95&sample=10")
        assert "Sample check at 0.95: 1 of 10" in page.text
        for n in range(10):
            pair = re.findall(r'data-pair="(\d+)-(\d+)"', page.text)[0]
            page = judge(ann, *map(int, pair), "same", above=0.95, sample=10, seen="", client=f"c{n}")
        assert page.url.endswith("/pairs/accept?above=0.95&sample=10")
        assert "up to 5 of the other 15 may be none" in text_of(page)
        sent: dict[str, object] = {"above": "0.95", "sample": 10, "batch": field(page, "batch")}
        done = ann.post("/pairs/accept", sent)
        assert "Accepted: 15 pairs are one report each." in done.text
        assert ann.post("/pairs/accept", sent).status_code == 200
        assert "15 accepted together" in text_of(ann.get("/pairs/judged"))
        back = ann.post("/pairs/batch/undo", {"batch": field(done, "batch")})
        assert "Taken back: 15 judgements." in back.text
        ann.http.close()
    with store.read() as connection:
        verdicts = [e.payload["verdict"] for e in read_events(connection, "pair")]
    assert (verdicts.count("same"), verdicts.count("cleared")) == (25, 15)
