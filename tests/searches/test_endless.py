"""Sources whose pages never come to an end: the search stops, keeps what came, and says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from typing import Any

import pytest

from review.errors import SourceChanged
from review.protocol import Protocol
from review.record import Record
from searches import walk
from searches.run import Place, run_search
from searches.source import About, Page


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("semanticscholar", {"total": 5, "token": "7", "data": []}),
        ("clinicaltrials", {"totalCount": 5, "nextPageToken": "7", "studies": []}),
    ],
)
def test_empty_pages_that_never_end_are_broken_off(
    name: str, body: dict[str, Any], place: Place, protocol: Protocol, reach: Callable[..., Any]
) -> None:
    access, server = reach(name)
    given = iter(range(1, 10_000))
    token = body["token" if "token" in body else "nextPageToken"]

    def empty(reply: bytes) -> bytes:
        return json.dumps({k: f"{token}{next(given)}" if v == token else v for k, v in body.items()}).encode()

    server.faults = dict.fromkeys(range(1, 10_000), empty)
    outcome = run_search(place, protocol, access, protocol.strategies[0])
    assert (outcome.status, outcome.hits, outcome.records) == ("incomplete", 5, 0)
    assert "its pages do not end" in str(outcome.error)
    assert len(server.asked) == 102


def test_pages_that_never_end_are_broken_off(place: Place, protocol: Protocol, reach: Callable[..., Any]) -> None:
    access, server = reach("eric", 3)
    given = iter(range(1, 10_000))

    def read(body: bytes, cursor: str | None) -> Any:
        return replace(access.source.read(body, cursor), next_cursor=str(next(given)))

    def ask(translation: Any, window: Any, cursor: str | None, credentials: Any) -> Any:
        return access.source.ask(translation, window, None, credentials)

    endless = replace(access, source=replace(access.source, read=read, ask=ask))
    outcome = run_search(place, protocol, endless, protocol.strategies[0])
    assert (outcome.status, outcome.hits, outcome.records) == ("incomplete", 3, 3)
    assert isinstance(outcome.failure, SourceChanged)
    assert "its pages do not end" in str(outcome.error)
    assert len(server.asked) == 336  # three of three each time, until twice the hits and one page are exceeded


def test_a_reply_that_no_page_is_made_of_is_kept_as_evidence(
    place: Place, protocol: Protocol, reach: Callable[..., Any]
) -> None:
    access, _ = reach("eric", 3)

    def read(body: bytes, cursor: str | None) -> Any:
        return replace(access.source.read(body, cursor), next_cursor="1")

    outcome = run_search(
        place, protocol, replace(access, source=replace(access.source, read=read)), protocol.strategies[0]
    )
    assert "same cursor twice" in str(outcome.error)
    assert sorted(path.name for path in place.folder.glob("raw/*/*")) == ["1-1.gz", "1-2.unread.gz"]


def test_an_estimate_that_is_far_too_low_breaks_nothing_off() -> None:
    about = About("x", "X", "https://docs.example.org", "2026-11-22", "https://api.example.org", (1.0, 1.0), 10)
    pages = [Page(tuple(Record(title="T", source_id=f"{n}-{i}") for i in range(10)), 1, f"c{n}") for n in range(5)]

    def walked(one: About) -> walk.State:
        return reduce(lambda state, page: walk.advance(state, page, one, ""), pages, walk.plan(walk.State(), ["q"]))

    assert walked(replace(about, exact=False)).here == 50
    with pytest.raises(SourceChanged, match="promised 1 hits and sent 20, and its pages do not end"):
        walked(about)
