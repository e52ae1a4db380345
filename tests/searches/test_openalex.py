"""OpenAlex: cursors with a key, pages without, half answers, and what its works hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from review.errors import SourceBusy, SourceChanged, SourceRefused
from review.protocol import Protocol
from searches.run import Place, run_search
from searches.source import Credentials, Translation, Window
from searches.sources.openalex import abstract, ask, read

NOBODY, SOMEBODY = Credentials(), Credentials("0123456789")


def reply(count: int, results: int = 1, **meta: Any) -> bytes:
    works = [{"id": f"https://openalex.org/W{n}"} for n in range(results)]
    return json.dumps({"meta": {"count": count, "page": None, **meta}, "results": works}).encode()


def test_without_a_key_pages_are_asked_by_number() -> None:
    first = ask(Translation("a.search:b"), None, None, NOBODY)
    params = dict(first.params)
    assert (first.url, first.headers) == ("https://api.openalex.org/works", ())
    assert (params["filter"], params["page"], params["per_page"]) == ("a.search:b", "1", "100")
    assert "cursor" not in params
    assert dict(ask(Translation("x"), None, "page=7", NOBODY).params)["page"] == "7"


def test_with_a_key_pages_are_asked_by_cursor_and_the_key_is_a_header() -> None:
    first = ask(Translation("x"), None, None, SOMEBODY)
    assert dict(first.params)["cursor"] == "*"
    assert first.headers == (("Authorization", "Bearer 0123456789"),)
    assert "0123456789" not in str(first.params)
    assert dict(ask(Translation("x"), None, "cursor=Ils=x", SOMEBODY).params)["cursor"] == "Ils=x"


def test_a_walk_by_number_goes_on_by_number_when_a_key_was_set_meanwhile() -> None:
    params = dict(ask(Translation("x"), None, "page=2", SOMEBODY).params)
    assert (params.get("page"), params.get("cursor")) == ("2", None)


def test_a_window_is_one_more_filter() -> None:
    request = ask(Translation("a:b"), Window("2014-01-01", "2014-06-30"), None, NOBODY)
    expected = "a:b,from_publication_date:2014-01-01,to_publication_date:2014-06-30"
    assert dict(request.params)["filter"] == expected


def test_a_query_too_long_for_the_address_is_refused_before_it_is_sent() -> None:
    with pytest.raises(SourceRefused, match="4,000 bytes"):
        ask(Translation("é" * 700), None, None, NOBODY)  # six bytes each, encoded


@pytest.mark.parametrize(
    ("body", "sent", "following"),
    [
        (reply(150, page=1), None, "page=2"),
        (reply(150, page=2), "page=2", None),
        (reply(100, page=1), None, None),
        (reply(10_000, page=99), "page=99", "page=100"),
        (reply(150, next_cursor="Ils="), None, "cursor=Ils="),
        (reply(150, next_cursor=None), "cursor=Ils=", None),
        (reply(100, results=0, next_cursor="Ils="), "cursor=X", None),  # an exact multiple ends with an empty page
    ],
)
def test_where_the_pages_end(body: bytes, sent: str | None, following: str | None) -> None:
    assert read(body, sent).next_cursor == following


def test_more_hits_than_pages_reach_need_a_key() -> None:
    with pytest.raises(SourceRefused, match=r"10,001 hits and gives 10,000 without a key") as caught:
        read(reply(10_001, page=1), None)
    assert "OPENALEX_API_KEY" in str(caught.value.hint)
    assert read(reply(10_001, next_cursor="a"), None).total == 10_001


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (reply(1234, timed_out=True, next_cursor="a"), SourceBusy),
        (b'{"meta": {"count": 3}', SourceChanged),
        (b'{"results": []}', SourceChanged),
        (b'{"meta": {"count": null}, "results": []}', SourceChanged),
        (b"[]", SourceChanged),
    ],
)
def test_a_reply_that_is_none(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(body, None)


def test_an_empty_budget_stops_at_once_and_says_until_when(
    place: Place, protocol: Protocol, reach: Callable[..., Any], naps: list[float]
) -> None:
    # (shape) of the reply as OpenAlex's proxy sends it when a day's budget is gone
    body = b'{"error": "Rate limit exceeded", "message": "Insufficient budget.", "retryAfter": 54000}'
    access, server = reach("openalex", 101, faults={2: (429, {"Retry-After": "54000"}, body)})
    outcome = run_search(place, protocol, access, protocol.strategies[0])
    assert (outcome.status, outcome.records, len(server.asked)) == ("incomplete", 100, 2)
    assert "Insufficient budget" in str(outcome.error)
    assert isinstance(outcome.failure, SourceBusy) and outcome.failure.wait == 54_000
    assert max(naps) <= 1.0


def test_recorded_work(data: Path) -> None:
    (work,) = read((data / "openalex_works_recorded.json").read_bytes(), None).records
    assert work.doi == "10.7717/peerj.4375"
    assert (work.pmid, work.pmcid, work.source_id) == ("29456894", "PMC5815332", "W2741809807")
    assert (work.authors[0], work.journal, work.volume, work.pages) == ("Piwowar, Heather", "PeerJ", "6", "e4375")
    assert (work.date, work.language, work.kind, work.issns) == ("2018-02-13", "eng", "article", ("2167-8359",))


def test_quirks_of_works(data: Path) -> None:
    page = read((data / "openalex_works_synthetic.json").read_bytes(), None)
    chapter, thesis = page.records
    assert chapter.title == "Mentoring and health"
    assert chapter.authors == ("van der Maker, Ada B.", "Writer, Carla", "Mononym")
    assert chapter.date == "2016", "the first of January stands for the year"
    assert (chapter.kind, chapter.language, chapter.journal, chapter.pages) == ("chapter", None, None, "12-19")
    assert chapter.abstract == "For doctors by doctors with"
    assert (chapter.pmid, chapter.pmcid, chapter.flags) == ("70000021", "PMC7000021", ("retracted",))
    assert chapter.keywords == (), "a machine assigned them"
    assert chapter.extra == (
        ("type", "book-chapter"), ("keyword assigned", "Mentorship"), ("referenced_works", "W1 W2"),
    )  # fmt: skip
    assert (thesis.title, thesis.kind, thesis.date, thesis.abstract) == (None, "thesis", "2014-05-31", "Made up.")
    (rejected,) = page.rejected
    assert (rejected.position, rejected.reason) == (3, "a field is not of the documented shape")
    assert "W70003" in rejected.raw


def test_no_index_is_no_abstract() -> None:
    assert abstract(None) is None
    assert abstract({}) is None
