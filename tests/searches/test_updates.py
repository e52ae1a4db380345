"""Searches after the first: updates, capped sources, missing keys, and queries that are asked in parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from review.errors import SourceRefused
from review.protocol import Protocol
from review.record import Record
from review.store import Store
from review.store.tally import tally
from searches import rows
from searches.run import Access, Outcome, Place, run_search
from searches.source import Page, Translation

Reach = Callable[..., Any]


@pytest.fixture
def search(place: Place, protocol: Protocol) -> Callable[..., Outcome]:
    """Give the function that runs the first strategy ``on`` a day."""

    def run(access: Access, *, on: str = "2026-03-10", **rest: Any) -> Outcome:
        today = replace(place, store=replace(place.store, clock=lambda: f"{on}T09:00:00Z"))
        return run_search(today, protocol, access, protocol.strategies[0], **rest)

    return run


def test_an_update_asks_pubmed_for_what_was_added_since(reach: Reach, search: Callable[..., Outcome]) -> None:
    access, server = reach("pubmed", 3)
    first = search(access)
    second = search(access, update=True, on="2026-11-22")
    assert (second.updates, first.updates) == (first.search, None)
    asked = server.asked[-1].params["term"]
    # two days before the first search, since clocks differ
    assert asked.endswith(') AND ("2026/03/08"[crdt] : "3000"[crdt])')
    assert asked.startswith("((ment*[tiab])")
    assert any("update of search 1: asked for what was added since 2026-03-08" in note for note in second.notes)


def test_an_update_keeps_only_what_the_searches_before_it_do_not_hold(
    reach: Reach, search: Callable[..., Outcome], store: Store
) -> None:
    access, server = reach("europepmc", 3)  # it cannot be asked for what was added since: all comes again
    search(access)
    server.count = 5
    second = search(access, update=True, on="2026-06-01")
    assert (second.status, second.hits, second.records, second.known_before) == ("complete", 5, 2, 3)
    assert not any("sent more than once" in note for note in second.notes)
    server.count = 6
    third = search(access, update=True, on="2026-09-01")
    assert (third.updates, third.hits, third.records, third.known_before) == (second.search, 6, 1, 5)
    with store.read() as connection:
        ids = [r.source_id for one in rows.searches(connection) for r in rows.records_in(connection, one["id"])]
    assert sorted(map(str, ids)) == [f"MED:{1000 + n}" for n in range(1, 7)]


def test_a_second_update_on_one_day_asks_nothing(reach: Reach, search: Callable[..., Outcome]) -> None:
    access, server = reach("europepmc", 3)
    search(access, update=True)
    asked = len(server.asked)
    assert search(access, update=True).updates is None
    assert len(server.asked) == asked


def test_an_update_that_stopped_is_gone_on_with_and_not_followed_by_another(
    reach: Reach, search: Callable[..., Outcome]
) -> None:
    access, server = reach("europepmc", 3)
    search(access)
    server.faults = {len(server.asked) + 1: (400, {}, b"no")}
    stopped = search(access, update=True, on="2026-06-01")
    assert stopped.status == "failed"
    server.count = 4
    again = search(access, update=True, on="2026-06-02")
    assert (again.search, again.status, again.records, again.known_before) == (stopped.search, "complete", 1, 3)
    assert search(access).search == stopped.search, "without --update the newest is what the search has come to"


def test_a_capped_search_stays_incomplete_and_asks_nothing_more(
    reach: Reach, search: Callable[..., Outcome], place: Place
) -> None:
    access, server = reach("openalex", 3)

    def read(body: bytes, cursor: str | None) -> Page:
        return replace(access.source.read(body, cursor), total=5000, capped="only the first 3 of 5,000 are taken")

    capped = replace(access, source=replace(access.source, read=read))
    first = search(capped)
    assert (first.status, first.hits, first.records, first.capped) == ("incomplete", 5000, 3, True)
    assert first.error == "only the first 3 of 5,000 are taken"
    with place.store.read() as connection:
        assert tally(connection).unfinished_searches == 0, "there is nothing to go on with"
    asked = len(server.asked)
    assert search(capped).error == first.error
    assert len(server.asked) == asked


def test_a_source_without_its_key_is_not_asked(reach: Reach, search: Callable[..., Outcome]) -> None:
    access, server = reach("pubmed", 3)
    about = replace(access.source.about, key_required=True)
    outcome = search(replace(access, source=replace(access.source, about=about)))
    assert (outcome.status, outcome.hits) == ("failed", None)
    assert isinstance(outcome.failure, SourceRefused)
    assert "PubMed answers only with a key, and NCBI_API_KEY is not set" in str(outcome.error)
    assert server.asked == []
    assert search(access).status == "complete", "with the key it is the same search"


def test_a_query_in_parts_is_the_union_of_its_parts(reach: Reach, search: Callable[..., Outcome], store: Store) -> None:
    access, _ = reach("openalex", 0)
    held = {"a": (1, 2, 3), "b": (3, 4)}
    asked: list[str] = []

    def ask(translation: Translation, window: Any, cursor: str | None, credentials: Any) -> Any:
        asked.append(translation.text)
        return access.source.ask(translation, window, cursor, credentials)

    def read(body: bytes, cursor: str | None) -> Page:
        numbers = held[asked[-1]]
        return Page(tuple(Record(title=f"T{n}", source_id=str(n)) for n in numbers), len(numbers), None)

    parted = replace(
        access.source, translate=lambda query, limits: Translation("whole", parts=("a", "b")), ask=ask, read=read
    )
    outcome = search(replace(access, source=parted))
    assert (outcome.status, outcome.hits, outcome.records, asked) == ("complete", 5, 4, ["a", "b"])
    assert outcome.notes == ("1 records were sent more than once and are kept once",)
    with store.read() as connection:
        (row,) = rows.searches(connection)
    assert (row["query"], row["parts"]) == ("whole", ["a", "b"])


def test_a_source_that_says_busy_with_status_200_is_asked_again_after_a_rest(
    reach: Reach, search: Callable[..., Outcome], naps: list[float]
) -> None:
    busy = (200, {}, b'{"error": "API rate limit exceeded"}')
    access, server = reach("pubmed", 1, faults={1: busy, 2: busy, 3: busy})
    assert search(access).status == "complete"
    assert [nap for nap in naps if nap >= 1.0] == [1.0, 2.0, 4.0]
    assert len(server.asked) == 5


def test_a_collection_narrows_the_query(reach: Reach, search: Callable[..., Outcome]) -> None:
    access, server = reach("europepmc", 1)
    access = Access(access.source, access.credentials, access.send, access.rest, ("preprints", "theses"))
    search(access)
    assert server.asked[0].params["query"].endswith(") AND (SRC:PPR OR SRC:ETH)")
    assert server.asked[0].params["query"].startswith("((TITLE_ABS:(ment*)")
