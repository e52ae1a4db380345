"""The screening pages over real HTTP: what forms and the script send, and that both end in the same log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from browser import Served, Visitor, review, served, visitors

from review.protocol import Member
from review.record import Record
from review.store import Store, append
from review.store.events import read_events

JSON = {"Accept": "application/json"}
BASE = "/screen/title-abstract"


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    records = [Record(title=f"Report {n} on doctors", abstract=f"Abstract {n}.") for n in range(1, 61)]
    with served(review(tmp_path, store, records, team=("Ann", "Ben"), votes=2)) as running:
        yield running


@pytest.fixture
def visit(site: Served) -> Iterator[Callable[..., Visitor]]:
    with visitors(site) as visitor:
        yield visitor


def votes(site: Served) -> list[tuple[int, str, list[str], str | None]]:
    with site.workspace.store.read() as connection:
        found = [event.payload for event in read_events(connection, "decision")]
    return [(p["report"], p["verdict"], p["reasons"], p["note"]) for p in found]


def test_the_page_works_as_a_plain_form(site: Served, visit: Callable[..., Visitor]) -> None:
    ann = visit()
    page = ann.get(BASE).text
    assert "Record 1 of 60 · 60 left" in page
    assert 'Report 1 on <mark class="c1" title="Doctors">doctors</mark>' in page
    fields = {"report": 1, "client": "c1", "verdict": "exclude", "reason": ["population", "language"], "note": "no"}
    after = ann.post(f"{BASE}/votes", fields)
    assert after.url == site.url + BASE
    assert "Record 2 of 60 · 59 left" in after.text
    assert votes(site) == [(1, "exclude", ["language", "population"], "no")]
    back = ann.post(f"{BASE}/undo", {"client": "c2"})
    assert back.url == f"{site.url}{BASE}?report=1"
    assert "Record 1 of 60" in back.text


def test_one_client_id_counts_once(site: Served, visit: Callable[..., Visitor]) -> None:
    ann = visit()
    for verdict in ("include", "include"):
        reply = ann.post(f"{BASE}/votes", {"report": 3, "client": "same", "verdict": verdict}, **JSON)
        assert reply.json() == {"saved": True}
    assert votes(site) == [(3, "include", [], None)]


def test_what_another_person_decided_in_this_browser_is_not_taken_for_ones_own(
    site: Served, visit: Callable[..., Visitor]
) -> None:
    ann, ben = site.workspace.actor("Ann").person, visit("Ben")
    assert f'name="person" value="{site.workspace.actor("Ben").person}"' in ben.get(BASE).text
    for path, fields in (("votes", {"verdict": "include"}), ("undo", {})):
        reply = ben.post(f"{BASE}/{path}", {"person": ann, "report": 1, **fields}, **JSON)
        assert reply.status_code == 403, "the script keeps it, and sends it when Ann is back"
    assert votes(site) == []


def test_a_named_vote_is_taken_back_once(site: Served, visit: Callable[..., Visitor]) -> None:
    ann = visit()
    for report in (1, 2):
        ann.post(f"{BASE}/votes", {"report": report, "verdict": "include"}, **JSON)
    for _ in range(2):
        assert ann.post(f"{BASE}/undo", {"report": 2}, **JSON).json() == {"report": 2}
    assert [vote[:2] for vote in votes(site)] == [(1, "include"), (2, "include"), (2, "cleared")]


def test_the_newest_votes_are_taken_back_one_after_the_other(visit: Callable[..., Visitor]) -> None:
    ann = visit()
    for report in (5, 2):
        ann.post(f"{BASE}/votes", {"report": report, "verdict": "maybe"}, **JSON)
    assert [ann.post(f"{BASE}/undo", {}, **JSON).json()["report"] for _ in range(3)] == [2, 5, None]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"report": 1, "verdict": "include", "reason": "language"}, "A reason cannot go with 'include'"),
        ({"report": 1, "verdict": "maybe", "reason": "language"}, "A reason cannot go with 'maybe'"),
        ({"report": 1, "verdict": "exclude", "reason": "colour"}, "'colour' is no exclusion reason of this stage"),
        ({"report": 99, "verdict": "include"}, "There is no report 99"),
        ({"report": "x", "verdict": "include"}, "No report was named"),
        ({"verdict": "include"}, "No report was named"),
        ({"report": 1}, "'None' is no verdict"),
    ],
)
def test_what_cannot_stand_is_refused_with_a_sentence(
    site: Served, visit: Callable[..., Visitor], fields: dict[str, object], message: str
) -> None:
    ann = visit()
    script = ann.post(f"{BASE}/votes", fields, **JSON)
    assert script.status_code == 422
    assert script.json()["error"].startswith(message)
    assert script.json()["hint"]
    page = ann.post(f"{BASE}/votes", fields)
    assert page.status_code == 422
    assert "What to do" in page.text
    assert "Traceback" not in page.text
    assert votes(site) == []


def test_what_comes_ahead_is_what_still_needs_ones_vote(visit: Callable[..., Visitor]) -> None:
    ann = visit()
    ann.post(f"{BASE}/votes", {"report": 3, "verdict": "include"}, **JSON)
    sent = ann.post(f"{BASE}/ahead", {"holding": "1", "count": 3}, **JSON).json()
    assert [one["report"] for one in sent["cards"]] == [2, 4, 5]
    assert "Abstract 4." in sent["cards"][1]["html"]
    assert ann.get(f"{BASE}/progress").json() == {
        "mine": 1, "left": 59, "total": 60, "conflicts": None, "forecast": None,
        "order": "In the order of import", "ranked": False,
    }  # fmt: skip
    assert len(ann.post(f"{BASE}/ahead", {"count": 9999}, **JSON).json()["cards"]) == 20
    held = ",".join(map(str, range(1, 61)))
    assert ann.post(f"{BASE}/ahead", {"holding": held, "count": 5}, **JSON).json()["cards"] == []


def test_the_pace_gives_a_forecast(visit: Callable[..., Visitor]) -> None:
    ann = visit()
    for report in range(1, 8):
        ann.post(f"{BASE}/votes", {"report": report, "verdict": "include"}, **JSON)
    assert ann.get(f"{BASE}/progress").json()["forecast"] == "about 1 min at your pace"


def test_one_looks_back_and_on(visit: Callable[..., Visitor]) -> None:
    ann = visit()
    ann.post(f"{BASE}/votes", {"report": 1, "verdict": "exclude", "reason": "language"}, **JSON)
    back = ann.get(f"{BASE}?before=2").text
    assert "You excluded this record: Not in English." in back
    assert "Looking back · 59 left" in back
    assert "Report 3 on" in ann.get(f"{BASE}?after=2").text
    assert "Report 2 on" in ann.get(f"{BASE}?after=60").text, "after the last one it begins again"
    assert ann.get(f"{BASE}/card?before=1", **JSON).json() == {"report": None}


def test_nobody_sees_how_others_voted(visit: Callable[..., Visitor]) -> None:
    ann, ben = visit("Ann"), visit("Ben")
    ann.post(f"{BASE}/votes", {"report": 1, "verdict": "exclude", "reason": "language", "note": "hm"}, **JSON)
    seen = ben.get(f"{BASE}?report=1").text
    assert 'data-verdict=""' in seen
    assert "hm" not in seen.split('class="record"')[1].split("</article>")[0].replace("them", "")
    assert "not decided on any record" in ben.get(f"{BASE}/decisions").text


@pytest.fixture
def conflict(site: Served, visit: Callable[..., Visitor]) -> Visitor:
    """Ann and Ben disagree on report 4; Ann looks."""
    ann, ben = visit("Ann"), visit("Ben")
    ann.post(f"{BASE}/votes", {"report": 4, "verdict": "include", "note": "<i>yes"}, **JSON)
    ben.post(f"{BASE}/votes", {"report": 4, "verdict": "exclude", "reason": "outcome"}, **JSON)
    return ann


def test_a_conflict_shows_the_votes_side_by_side(conflict: Visitor) -> None:
    page = conflict.get(f"{BASE}/conflicts").text
    assert "Conflict 1 of 1" in page
    for text in ("<h3>Ann", "<h3>Ben", "&lt;i&gt;yes", "No outcome on health or well-being"):
        assert text in page


def test_a_resolution_stands_beside_the_votes(site: Served, conflict: Visitor) -> None:
    before = votes(site)
    fields = {"report": 4, "verdict": "exclude", "reason": "outcome", "note": "No outcome."}
    done = conflict.post(f"{BASE}/conflicts", fields, **{"HX-Request": "true"})
    assert done.headers["hx-redirect"] == f"{BASE}/conflicts?after=4&done=4"
    assert votes(site) == before
    with site.workspace.store.read() as connection:
        (event,) = read_events(connection, "resolution")
    assert (event.payload["verdict"], event.payload["reasons"], event.payload["note"]) == (
        "exclude", ["outcome"], "No outcome.",
    )  # fmt: skip
    assert "There are no conflicts" in conflict.get(f"{BASE}/conflicts").text


def test_a_reason_left_ticked_does_not_go_with_an_include(site: Served, conflict: Visitor) -> None:
    conflict.post(f"{BASE}/conflicts", {"report": 4, "verdict": "include", "reason": "outcome"})
    with site.workspace.store.read() as connection:
        (event,) = read_events(connection, "resolution")
    assert (event.payload["verdict"], event.payload["reasons"]) == ("include", [])


def test_a_refused_resolution_leaves_the_conflict_on_the_page(conflict: Visitor) -> None:
    refused = conflict.post(f"{BASE}/conflicts", {"report": 4}, **{"HX-Request": "true"})
    assert refused.status_code == 422
    assert refused.headers["hx-retarget"] == "#problem"
    assert "No outcome was chosen" in refused.text
    assert "<html" not in refused.text


def test_full_text_wants_a_reason(site: Served, visit: Callable[..., Visitor]) -> None:
    ann, ben = visit("Ann"), visit("Ben")
    assert "Records come here once they are included" in ann.get("/screen/full-text").text
    for one in (ann, ben):
        one.post(f"{BASE}/votes", {"report": 2, "verdict": "include"}, **JSON)
    assert "Record 1 of 1" in ann.get("/screen/full-text").text
    refused = ann.post("/screen/full-text/votes", {"report": 2, "verdict": "exclude"}, **JSON)
    assert refused.json()["error"] == "An exclusion at this stage needs a reason"


def test_a_merged_report_is_shown_once(site: Served, visit: Callable[..., Visitor]) -> None:
    store = site.workspace.store
    append(store, site.workspace.software(), "merge", {"reports": [1, 2], "rule": "test", "score": 1.0})
    ann = visit()
    assert [one["report"] for one in ann.post(f"{BASE}/ahead", {"count": 2}, **JSON).json()["cards"]] == [1, 3]
    assert 'data-report="1"' in ann.get(f"{BASE}?report=2").text


def test_the_end_says_so(tmp_path: Path, store: Store) -> None:
    with served(review(tmp_path, store, [Record(title="Only one")])) as site:
        ann = Visitor(site)
        ann.post(f"{BASE}/votes", {"report": 1, "verdict": "include"}, **JSON)
        page = ann.get(BASE).text
        ann.http.close()
    assert "You are through" in page
    assert "You have decided on 1 record;" in page


def test_a_reader_sees_the_records_and_nothing_to_decide_with(tmp_path: Path, store: Store) -> None:
    team = (Member("Ann"), Member("Ben", ("reader",)))
    with served(review(tmp_path, store, [Record(title="A report")], team=team)) as site:
        ben = Visitor(site, "Ben")
        page = ben.get(BASE).text
        refused = ben.post(f"{BASE}/votes", {"report": 1, "client": "c", "verdict": "include"})
        ben.http.close()
    assert "A report" in page
    assert 'value="include"' not in page
    assert refused.status_code == 403


def test_an_own_paper_is_marked_for_its_author_only(tmp_path: Path, store: Store) -> None:
    made = review(tmp_path, store, [Record(title="Mine", authors=("Smith, A.",))], team=("Ann", "Ben"))
    team = tuple(replace(one, papers_as=("Smith, Ann",)) if one.name == "Ann" else one for one in made.protocol.team)
    with served(replace(made, protocol=replace(made.protocol, team=team))) as running, visitors(running) as visitor:
        assert "May be your own paper" in visitor("Ann").get(BASE).text
        assert "May be your own paper" not in visitor("Ben").get(f"{BASE}?report=1").text
