"""Every source through one suite: what is asked, what comes back, and each way in which it can go wrong."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from review.errors import SourceBusy, SourceChanged, SourceRefused
from review.protocol import Protocol
from review.store import Store
from searches import rows
from searches.registry import SOURCES
from searches.run import Outcome, Place, run_search
from tests.searches.miniatures import MINIATURES

NAMES = list(SOURCES)
HTML = b"<!DOCTYPE html><html><body>We are being serviced</body></html>"
KEY, CONTACT = "s3cr3t-key-123", "someone@example.org"
Reach = Callable[..., Any]


def test_every_source_has_a_miniature() -> None:
    assert set(MINIATURES) == set(SOURCES)


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def search(place: Place, protocol: Protocol) -> Callable[..., Outcome]:
    return lambda access, strategy=0: run_search(place, protocol, access, protocol.strategies[strategy])


def source_ids(store: Store, search: int) -> list[str | None]:
    with store.read() as connection:
        return [record.source_id for record in rows.records_in(connection, search)]


def size(name: str) -> int:
    return SOURCES[name].about.page_size


@pytest.mark.parametrize("strategy", ["q1", "q2"])
def test_both_published_queries_are_asked_as_written_and_nothing_is_added(
    name: str, strategy: str, reach: Reach, search: Callable[..., Outcome]
) -> None:
    access, server = reach(name)
    search(access, ["q1", "q2"].index(strategy))
    assert MINIATURES[name].text(server.asked[0]) == MINIATURES[name].queries[strategy]
    assert set(server.asked[0].params) <= MINIATURES[name].parameters
    assert server.asked[0].headers["User-Agent"].startswith("narrative-review/")


def test_no_hits_is_a_complete_search_of_nothing(name: str, reach: Reach, search: Callable[..., Outcome]) -> None:
    access, _ = reach(name, 0)
    outcome = search(access)
    assert (outcome.status, outcome.hits, outcome.records, outcome.error) == ("complete", 0, 0, None)


@pytest.mark.parametrize("pages", [0.01, 1, 2.01])
def test_all_pages_come_once_and_are_evaluated(
    name: str, pages: float, reach: Reach, search: Callable[..., Outcome], store: Store
) -> None:
    count = round(size(name) * pages)
    access, server = reach(name, count)
    outcome = search(access)
    assert (outcome.status, outcome.hits, outcome.records, outcome.rejected) == ("complete", count, count, 0)
    # odd numbers match by their title; of even ones an abstract could still decide
    assert (outcome.matched, outcome.unmatched, outcome.unknown) == ((count + 1) // 2, 0, count // 2)
    ids = source_ids(store, outcome.search)
    assert len(ids) == len(set(ids)) == count
    requests_before = len(server.asked)
    assert search(access).records == count
    assert len(server.asked) == requests_before, "a complete search is not asked again"


def test_raw_replies_are_kept_byte_for_byte(
    name: str, reach: Reach, search: Callable[..., Outcome], store: Store, tmp_path: Path
) -> None:
    access, _ = reach(name, size(name) + 1)
    sent: list[bytes] = []

    def send(request: Any) -> Any:
        reply = access.send(request)
        sent.append(reply.body)
        return reply

    outcome = search(replace(access, send=send))
    with store.read() as connection:
        pages = connection.exec_driver_sql("SELECT number, path, sha256, size, url FROM page ORDER BY number").all()
    assert [p.number for p in pages] == list(range(1, len(sent) + 1))
    for page, body in zip(pages, sent, strict=True):
        assert page.path == f"raw/{name}/{outcome.search}-{page.number}.gz"
        packed = (tmp_path / page.path).read_bytes()
        assert (gzip.decompress(packed), packed[4:8]) == (body, bytes(4))  # no time in it: the same bytes each time
        assert (page.sha256, page.size) == (hashlib.sha256(body).hexdigest(), len(body))
        assert page.url.startswith(SOURCES[name].about.base_url + "/")


def test_a_cursor_that_repeats_stops_the_search(name: str, reach: Reach, search: Callable[..., Outcome]) -> None:
    access, server = reach(name, size(name) + 1)
    given: list[str | None] = []

    def read(body: bytes, cursor: str | None) -> Any:
        page = access.source.read(body, cursor)
        given.append(page.next_cursor)
        return replace(page, next_cursor=given[0])

    outcome = search(replace(access, source=replace(access.source, read=read)))
    assert outcome.status == "incomplete"
    assert isinstance(outcome.failure, SourceChanged)
    assert "same cursor twice" in str(outcome.error)
    assert len(server.asked) == 2


def test_busy_once_then_fine(name: str, reach: Reach, search: Callable[..., Outcome], naps: list[float]) -> None:
    access, _ = reach(name, 3, faults={1: (503, {"Retry-After": "7"}, b"busy")})
    assert search(access).status == "complete"
    assert 7.0 in naps


def test_busy_for_good_is_no_search_without_hits(name: str, reach: Reach, search: Callable[..., Outcome]) -> None:
    access, server = reach(name, 3, faults={n: (429, {}, b"{}") for n in range(1, 6)})
    outcome = search(access)
    assert (outcome.status, outcome.hits, outcome.records) == ("failed", None, 0)
    assert isinstance(outcome.failure, SourceBusy)
    assert len(server.asked) == 5
    again = search(access)
    assert (again.search, again.status, again.records, again.error) == (outcome.search, "complete", 3, None)


def test_a_refusal_is_not_repeated(name: str, reach: Reach, search: Callable[..., Outcome]) -> None:
    access, server = reach(name, 3, faults={1: (400, {}, b'{"message": "this parameter is not known"}')})
    outcome = search(access)
    assert outcome.status == "failed"
    assert isinstance(outcome.failure, SourceRefused)
    assert "this parameter is not known" in str(outcome.error)
    assert len(server.asked) == 1


def test_a_reply_cut_in_the_middle_is_asked_again(
    name: str, reach: Reach, search: Callable[..., Outcome], store: Store
) -> None:
    access, _ = reach(name, size(name) + 1, faults={2: lambda body: body[: len(body) // 2]})
    outcome = search(access)
    assert (outcome.status, outcome.records) == ("complete", size(name) + 1)


def test_a_reply_that_stays_cut_leaves_what_came_before(
    name: str, reach: Reach, search: Callable[..., Outcome], store: Store
) -> None:
    def cut(body: bytes) -> bytes:
        return body[: len(body) // 2]

    number = 2 + MINIATURES[name].before
    access, _ = reach(name, size(name) + 1, faults={number: cut, number + 1: cut})
    outcome = search(access)
    assert (outcome.status, outcome.hits, outcome.records) == ("incomplete", size(name) + 1, size(name))
    assert isinstance(outcome.failure, SourceChanged)
    again = search(access)
    assert (again.status, again.records, again.search) == ("complete", size(name) + 1, outcome.search)
    assert len(set(source_ids(store, again.search))) == size(name) + 1


def test_a_web_page_instead_of_data_is_an_error(name: str, reach: Reach, search: Callable[..., Outcome]) -> None:
    page = (200, {"Content-Type": "text/html; charset=UTF-8"}, HTML)
    access, _ = reach(name, 3, faults={1: page, 2: page})
    outcome = search(access)
    assert outcome.status == "failed"
    assert isinstance(outcome.failure, SourceChanged)
    assert "web page" in str(outcome.error)


def test_fewer_than_promised_is_incomplete_until_a_second_walk_agrees(
    name: str, reach: Reach, search: Callable[..., Outcome]
) -> None:
    access, _ = reach(name, 3, extra=2)
    first = search(access)
    if not SOURCES[name].about.exact:
        assert (first.status, first.hits, first.records, first.error) == ("complete", 5, 3, None)
        assert any("5 records were promised and 3 came; the source's count is an estimate" in n for n in first.notes)
        return
    assert (first.status, first.hits, first.records) == ("incomplete", 5, 3)
    assert first.failure is None
    assert "5 records were promised and 3 came" in str(first.error)
    second = search(access)
    assert (second.status, second.search, second.records, second.error) == ("complete", first.search, 3, None)
    assert any("5 records were promised and 3 came" in note for note in second.notes)


def test_a_quarantined_part_is_not_counted_twice_in_a_second_walk(
    name: str, reach: Reach, search: Callable[..., Outcome]
) -> None:
    def lose_id(body: bytes) -> bytes:
        for part in MINIATURES[name].losing:
            body = body.replace(part, b"")
        return body

    access, _ = reach(name, 3, extra=1, faults=dict.fromkeys(range(1, 9), lose_id))
    first, second = search(access), search(access)
    assert (first.status == "incomplete") == SOURCES[name].about.exact
    assert (first.rejected, second.rejected) == (1, 1)


def test_a_gap_that_closes_is_complete(name: str, reach: Reach, search: Callable[..., Outcome]) -> None:
    access, server = reach(name, 3, extra=2)
    if not SOURCES[name].about.exact:
        return  # its search was complete at once: the test before this one
    search(access)
    server.count, server.extra = 5, 0
    outcome = search(access)
    assert (outcome.status, outcome.hits, outcome.records) == ("complete", 5, 5)


def test_ctrl_c_leaves_a_search_that_goes_on(
    name: str, reach: Reach, search: Callable[..., Outcome], store: Store
) -> None:
    count = 3 * size(name)
    access, server = reach(name, count, faults={3: KeyboardInterrupt()})
    with pytest.raises(KeyboardInterrupt):
        search(access)
    with store.read() as connection:
        (row,) = rows.searches(connection)
    assert (row["status"], row["error"]) == ("incomplete", "stopped by hand")
    outcome = search(access)
    assert (outcome.status, outcome.records, outcome.search) == ("complete", count, row["id"])
    ids = source_ids(store, outcome.search)
    assert len(ids) == len(set(ids)) == count
    assert len({(a.body, *sorted(a.params.items())) for a in server.asked}) == len(server.asked) - 1, (
        "only one page twice"
    )


def test_a_cursor_that_has_expired_begins_the_window_again(
    name: str, reach: Reach, search: Callable[..., Outcome], store: Store
) -> None:
    count = 3 * size(name)
    access, server = reach(name, count, faults={3: KeyboardInterrupt()})
    with pytest.raises(KeyboardInterrupt):
        search(access)
    server.faults = {4: (400, {}, b'{"message": "no such cursor"}')}
    outcome = search(access)
    assert (outcome.status, outcome.hits, outcome.records) == ("complete", count, count)


def test_keys_and_addresses_are_sent_and_never_kept(
    name: str, reach: Reach, search: Callable[..., Outcome], store: Store, tmp_path: Path
) -> None:
    about = SOURCES[name].about
    key, contact = (KEY if about.key else None), (CONTACT if about.contact else None)
    echo = f'{{"message": "the key {KEY} of {CONTACT} is not valid"}}'.encode()
    access, server = reach(name, size(name) + 1, key=key, contact=contact)
    search(access)
    said = " ".join(f"{a.url} {a.params} {dict(a.headers)}" for a in server.asked)
    assert (KEY in said) == bool(key)
    assert (CONTACT in said) == bool(contact)
    server.asked.clear()
    server.faults = {1: (403, {}, echo)}
    failed = search(access, 1)
    kept = (tmp_path / "review.sqlite").read_bytes() + (tmp_path / "review.sqlite-wal").read_bytes()
    kept += b"".join(gzip.decompress(p.read_bytes()) for p in tmp_path.glob("raw/*/*.gz"))
    kept += f"{failed.error} {failed.failure and failed.failure.url}".encode()
    assert b"raw/" in kept
    for secret in (key, contact):
        assert secret is None or secret.encode() not in kept


def test_a_part_without_an_id_is_quarantined_and_counted(
    name: str, reach: Reach, search: Callable[..., Outcome]
) -> None:
    def lose_id(body: bytes) -> bytes:
        for part in MINIATURES[name].losing:
            body = body.replace(part, b"")
        return body

    access, _ = reach(name, 3, faults={1: lose_id, 2: lose_id})
    outcome = search(access)
    assert (outcome.status, outcome.hits, outcome.records, outcome.rejected) == ("complete", 3, 2, 1)
