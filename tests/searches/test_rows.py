"""What the searches room asks of the store and writes into it, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from review.protocol import Limits, Protocol
from review.protocol.model import SourceChoice, Strategy
from review.query import parse
from review.record import Record
from review.store import Store
from review.store.verify import verify
from searches import rows
from searches.counting import count_lines
from searches.evaluation import evaluate_again
from searches.places import outdated
from searches.replay import replay
from searches.run import Outcome, Place, run_search

FACTS = {"source": "made_up", "label": "Made-up", "kind": "database", "method": "api", "strategy": "q1", "query": "a"}
Reach = Callable[..., Any]


def begin(store: Store, **facts: Any) -> int:
    with store.write() as connection:
        return rows.start_search(
            connection,
            {**FACTS, "started_at": "2026-11-22", "searched_on": "2026-11-22", "protocol": "0" * 64, **facts},
        )


def add(store: Store, search: int, *names: str) -> None:
    with store.write() as connection:
        rows.append_records(connection, search, [(Record(title=n, source_id=n), "unknown", None) for n in names])


def quiet(label: str, done: int, total: int | None) -> None:
    return


def test_a_chain_is_the_newest_search_of_a_query_and_its_updates(any_store: Store) -> None:
    first = begin(any_store)
    other = begin(any_store, query="b")
    update = begin(any_store, query="a since", updates=first)
    second = begin(any_store, query="a since then", updates=update)
    begin(any_store, strategy="q2")
    with any_store.read() as connection:
        asked = {"source": "made_up", "method": "api", "strategy": "q1"}
        chains = [[r["id"] for r in rows.search_chain(connection, query=q, **asked)] for q in ("a", "b", None)]
        beyond = rows.search_chain(connection, query=None, **{**asked, "strategy": None})
    assert (chains, beyond) == ([[first, update, second], [other], []], [])


def test_ids_before_are_those_of_all_earlier_searches_of_a_chain(any_store: Store) -> None:
    first = begin(any_store)
    update = begin(any_store, updates=first)
    second = begin(any_store, updates=update)
    for search, name in ((first, "A"), (update, "B"), (second, "C")):
        add(any_store, search, name)
    with any_store.read() as connection:
        found = [rows.ids_before(connection, rows.search_row(connection, one)) for one in (first, update, second)]
    assert found == [set(), {"A"}, {"A", "B"}]


def test_appended_records_follow_those_that_are_there_and_become_reports(any_store: Store) -> None:
    search = begin(any_store)
    add(any_store, search, "A", "B")
    add(any_store, search, "C")
    with any_store.read() as connection:
        assert sorted(rows.record_keys(connection, search, by_position=True)) == [1, 2, 3]
        assert [(root, record.title) for root, record in rows.hits_of(connection, search)] == [
            (1, "A"),
            (2, "B"),
            (3, "C"),
        ]
        verify(connection)


def test_what_is_read_anew_takes_the_place_of_what_was(any_store: Store) -> None:
    search = begin(any_store)
    add(any_store, search, "A", "B")
    mended = Record(title="Mended", authors=("Maker, A",), source_id="A", extra=(("tag", "ä"),))
    with any_store.write() as connection:
        rows.change_records(connection, [(1, mended, "yes")])
    with any_store.read() as connection:
        assert rows.records_with_matched(connection, [1, 2]) == {
            1: (mended, "yes"), 2: (Record(title="B", source_id="B"), "unknown")
        }  # fmt: skip


def test_the_mark_of_the_last_evaluation_is_one(any_store: Store) -> None:
    for mark in ("m1", "m2"):
        with any_store.write() as connection:
            rows.note_evaluated(connection, mark)
    with any_store.read() as connection:
        assert rows.last_evaluated(connection) == "m2"


def test_lines_that_were_counted_today_are_not_asked_again(
    any_store: Store, protocol: Protocol, reach: Reach, tmp_path: Path
) -> None:
    access, server = reach("europepmc", 3)
    place = Place(any_store, tmp_path, quiet)
    first = count_lines(place, protocol, access, protocol.strategies[0])
    requests = len(server.asked)
    again = count_lines(place, protocol, access, protocol.strategies[0])
    assert [one.told.hits for one in again] == [one.told.hits for one in first] == [3] * len(first)
    assert (len(server.asked), len(first)) == (requests, 11)
    with any_store.read() as connection:
        assert len(rows.counts_since(connection, "europepmc", "2026-11-22")) == 11
        assert rows.counts_since(connection, "europepmc", "2026-11-23") == []


@pytest.fixture
def search(any_store: Store, protocol: Protocol, tmp_path: Path) -> Callable[..., Outcome]:
    """Give the function that runs the first strategy of a protocol some days later."""

    def run(access: Any, *, days: int = 0, asked: Protocol = protocol, **rest: Any) -> Outcome:
        day = (date(2026, 11, 22) + timedelta(days)).isoformat()
        store = replace(any_store, clock=lambda: f"{day}T00:00:00Z")
        return run_search(Place(store, tmp_path, quiet), asked, access, asked.strategies[0], **rest)

    return run


def test_updates_balance_and_are_read_again_the_same(
    any_store: Store, protocol: Protocol, reach: Reach, search: Callable[..., Outcome], tmp_path: Path
) -> None:
    access, server = reach("europepmc", 3)
    found = [search(access)]
    for days, count in ((3, 5), (6, 6)):
        server.count = count
        found.append(search(access, days=days, update=True))
    assert [(o.hits, o.records, o.rejected, o.known_before) for o in found] == [
        (3, 3, 0, 0),
        (5, 2, 0, 3),
        (6, 1, 0, 5),
    ]
    assert all(o.hits == o.records + o.rejected + o.known_before for o in found)
    assert all(o.records == o.matched + o.unmatched + o.unknown for o in found)
    again = replay(any_store, protocol, tmp_path, (), quiet)
    assert [(r.same, r.changed, r.added, r.gone, r.unread) for r in again] == [
        (3, 0, 0, 0, 0),
        (2, 0, 0, 0, 0),
        (1, 0, 0, 0, 0),
    ]
    with any_store.read() as connection:
        verify(connection)


def test_a_search_of_a_changed_query_is_kept_and_named(
    any_store: Store, protocol: Protocol, reach: Reach, search: Callable[..., Outcome]
) -> None:
    access, _ = reach("pubmed", 3)
    first = search(access)
    with any_store.read() as connection:
        assert [row["id"] for row in outdated(connection, protocol)] == [first.search]  # it lists no sources
    listed = replace(protocol, sources=(SourceChoice("pubmed"),))
    with any_store.read() as connection:
        assert outdated(connection, listed) == ()
    changed = replace(listed, strategies=(Strategy("q1", "q1", (), "bees", parse("bees")),))
    assert search(access, asked=changed).search != first.search
    with any_store.read() as connection:
        assert [row["id"] for row in outdated(connection, changed)] == [first.search]


def test_other_limits_evaluate_every_record_again_on_both_databases(
    any_store: Store, protocol: Protocol, reach: Reach, search: Callable[..., Outcome], tmp_path: Path
) -> None:
    search(reach("openalex", 4)[0])  # all are of 2014; odd ones match by their titles
    assert evaluate_again(any_store, protocol, quiet) == 0
    later = replace(protocol, limits=Limits("2015-01", None))
    assert evaluate_again(any_store, later, quiet) == 4
    with any_store.read() as connection:
        assert rows.count_records(connection, 1) == {"yes": 0, "no": 4, "unknown": 0, "rejected": 0}
    assert evaluate_again(any_store, protocol, quiet) == 4
    with any_store.read() as connection:
        assert rows.count_records(connection, 1) == {"yes": 2, "no": 0, "unknown": 2, "rejected": 0}
    with any_store.read() as connection:
        verify(connection)
