"""Records taken along, over real HTTP and on both databases: who has them, for how long, and that undo counts once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import requests
from browser import Served, Visitor, review, served, visitors

from review.protocol import Member
from review.record import Record
from review.store import Store
from review.store.engine import moment
from review.store.events import read_events
from screening import decisions, turns, worklist
from screening.offline_pages import BATCH, DAYS

JSON = {"Accept": "application/json"}
BASE = "/screen/title-abstract"
STAGE = "title-abstract"


@pytest.fixture
def site(tmp_path: Path, any_store: Store) -> Iterator[Served]:
    records = [Record(title=f"Report {n}", abstract=f"Abstract {n}.") for n in range(1, BATCH + 31)]
    team = (Member("Ann"), Member("Ben"), Member("Cy", ("reader",)))
    with served(review(tmp_path, any_store, records, team=team)) as running:
        yield running


@pytest.fixture
def visit(site: Served) -> Iterator[Callable[..., Visitor]]:
    with visitors(site) as visitor:
        yield visitor


def ahead(who: Visitor, path: str = "ahead", **fields: object) -> list[int]:
    reply = who.post(f"{BASE}/{path}", {"count": 3, **fields}, **JSON)
    assert reply.status_code == 200, reply.text
    return [card["report"] for card in reply.json()["cards"]]


def in_days(store: Store, days: int) -> str:
    return moment(datetime.fromisoformat(store.clock()) + timedelta(days=days))


def test_a_batch_is_handed_to_nobody_else_until_it_is_given_back(site: Served, visit: Callable[..., Visitor]) -> None:
    ann, ben, store = visit("Ann"), visit("Ben"), site.workspace.store
    assert ahead(ann, "offline") == [*range(1, BATCH + 1)]
    assert ahead(ann) == [1, 2, 3], "the person's own page goes on with them"
    assert ahead(ben) == [201, 202, 203]
    with store.read() as connection:
        of_ben = (connection, site.workspace.actor("Ben").person, STAGE)
        kept = [turn.report for turn in turns.turns(*of_ben, in_days(store, DAYS - 1))]
        over = [turn.report for turn in turns.turns(*of_ben, in_days(store, DAYS + 1))]
    assert (kept, over) == ([201], [1]), "being shown on the page has not shortened what was taken along"
    ann.post(f"{BASE}/votes", {"report": 1, "verdict": "include"}, **JSON)
    assert ann.post(f"{BASE}/offline/rest", {"reports": "2,3,x,"}, **JSON).json() == {"given": True}
    assert ahead(ben) == [2, 3, 201]


def test_nothing_is_taken_along_in_another_persons_name(site: Served, visit: Callable[..., Visitor]) -> None:
    ben, reader = visit("Ben"), visit("Cy")
    ann = site.workspace.actor("Ann").person
    for path in ("offline", "offline/rest"):
        assert ben.post(f"{BASE}/{path}", {"person": ann}, **JSON).status_code == 403
        assert reader.post(f"{BASE}/{path}", {}, **JSON).status_code == 403
    assert reader.get(f"{BASE}/offline").status_code == 403
    assert "Take the next 200 along" in ben.get(f"{BASE}/offline").text
    assert ben.get("/screen/abstracts/offline").status_code == 404
    assert ahead(ben) == [1, 2, 3], "nobody has taken anything"


def test_the_worker_reaches_the_screening_pages_only(site: Served, visit: Callable[..., Visitor]) -> None:
    reply = visit("Ann").get("/screen/worker.js")
    assert reply.headers["content-type"].startswith("text/javascript")
    assert "default-src 'self'" in reply.headers["content-security-policy"], "it can ask no other host"
    assert "service-worker-allowed" not in reply.headers, "pages beyond /screen/ are none of its business"
    assert requests.get(f"{site.url}/screen/worker.js", timeout=10).status_code == 401


def test_an_undo_that_is_sent_twice_leaves_the_newer_vote_alone(site: Served, visit: Callable[..., Visitor]) -> None:
    ann, store = visit("Ann"), site.workspace.store

    def send(path: str, client: str, **fields: object) -> None:
        assert ann.post(f"{BASE}/{path}", {"report": 1, "client": client, **fields}, **JSON).status_code == 200

    send("votes", "c1", verdict="include")
    send("undo", "c2")
    send("votes", "c3", verdict="maybe")
    send("undo", "c2")
    with store.read() as connection:
        logged = [event.payload["verdict"] for event in read_events(connection, "decision")]
        mine = worklist.show(connection, 1, site.workspace.actor("Ann").person, STAGE).mine
    assert logged == ["include", "cleared", "maybe"]
    assert mine is not None
    assert mine.verdict == "maybe"
    send("undo", "c3")
    with store.read() as connection:
        assert decisions.mine(connection, site.workspace.actor("Ann").person, STAGE) == []
