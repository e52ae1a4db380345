"""Crossref: a capped search by any of the words, errors of four shapes, retractions, and what its works hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from review.errors import SourceBusy, SourceChanged, SourceRefused
from review.protocol import Protocol
from searches.run import Place, run_search
from searches.source import Credentials, Translation
from searches.sources.crossref import ABOUT, MOST, SOURCE, ask, read, read_work

NOBODY = Credentials()
LIMITED = "ment doctor\nfilter=from-pub-date:2006-01-01,until-pub-date:2016-01-31"


def reply(total: int, items: int = 1) -> bytes:
    works = [{"DOI": f"10.5555/{n}"} for n in range(items)]
    return json.dumps(
        {"status": "ok", "message": {"total-results": total, "items": works, "next-cursor": "x"}}
    ).encode()


def test_the_query_and_the_filters_are_parameters() -> None:
    request = ask(Translation(LIMITED), None, "400", NOBODY)
    assert request.url == "https://api.crossref.org/works"
    assert dict(request.params) == {
        "query.bibliographic": "ment doctor", "filter": "from-pub-date:2006-01-01,until-pub-date:2016-01-31",
        "rows": "200", "offset": "400",
    }  # fmt: skip
    assert set(dict(ask(Translation("ment"), None, None, NOBODY).params)) == {"query.bibliographic", "rows", "offset"}


def test_what_was_added_is_one_more_filter() -> None:
    assert ABOUT.added is not None
    asked = ask(Translation(ABOUT.added.format(query=LIMITED, since="2026-11-01")), None, None, NOBODY)
    expected = "from-pub-date:2006-01-01,until-pub-date:2016-01-31,from-created-date:2026-11-01"
    assert dict(asked.params)["filter"] == expected


def test_one_work_is_asked_by_its_doi() -> None:
    text = SOURCE.identify("doi", "10.1002/(sici)1097(1998)17:15<1661::aid-sim968>3.0.co;2-2")
    params = dict(ask(Translation(str(text)), None, None, NOBODY).params)
    assert params["filter"] == "doi:10.1002/(sici)1097(1998)17:15<1661::aid-sim968>3.0.co;2-2"
    assert "query.bibliographic" not in params
    assert SOURCE.identify("doi", "10.1000/a,b") is None, "a comma would begin another filter"
    assert SOURCE.identify("pmid", "1") is None


@pytest.mark.parametrize(
    ("body", "sent", "following"),
    [
        (reply(250, 200), None, "200"),
        (reply(250, 50), "200", None),
        (reply(200, 200), None, None),
        (reply(250, 0), "200", None),  # the cursor of Crossref's own never ends: an empty page does
        (reply(2_000_000, 200), "600", "800"),
    ],
)
def test_where_the_pages_end(body: bytes, sent: str | None, following: str | None) -> None:
    page = read(body, sent)
    assert (page.next_cursor, page.capped) == (following, None)


def test_the_most_relevant_ones_are_taken_and_the_search_stays_incomplete(
    place: Place, protocol: Protocol, reach: Callable[..., Any]
) -> None:
    access, server = reach("crossref", MOST + 1)
    outcome = run_search(place, protocol, access, protocol.strategies[0])
    assert (outcome.status, outcome.hits, outcome.records) == ("incomplete", 1_001, 1_000)
    assert (outcome.capped, outcome.failure) == (True, None)
    assert outcome.error == "Crossref has 1,001 hits by any of the words; only the 1,000 most relevant ones are taken"
    assert ("AND, OR and NOT are not read: a record with any of the words may be found", "broader") in [
        (loss["what"], loss["effect"]) for loss in outcome.losses
    ]
    asked = len(server.asked)
    assert run_search(place, protocol, access, protocol.strategies[0]).records == 1_000
    assert len(server.asked) == asked, "a capped search is not asked again"


def test_as_many_as_are_taken_is_complete(place: Place, protocol: Protocol, reach: Callable[..., Any]) -> None:
    access, _ = reach("crossref", MOST)
    assert run_search(place, protocol, access, protocol.strategies[0]).status == "complete"


@pytest.mark.parametrize(
    ("fault", "error", "says"),
    [
        # recorded: plain text, with either content type
        ((404, {"Content-Type": "application/json"}, b"Resource not found."), SourceRefused, "Resource not found."),
        (
            (400, {}, b'{"status":"failed","message":[{"type":"parameter-not-allowed","message":"No such route"}]}'),
            SourceRefused,
            "No such route",
        ),
    ],
)
def test_a_refusal_says_why(
    place: Place, protocol: Protocol, reach: Callable[..., Any], fault: Any, error: type[Exception], says: str
) -> None:
    access, server = reach("crossref", 3, faults={1: fault})
    outcome = run_search(place, protocol, access, protocol.strategies[0])
    assert (outcome.status, isinstance(outcome.failure, error), len(server.asked)) == ("failed", True, 1)
    assert says in str(outcome.error)


def test_too_many_requests_in_html_is_busy(place: Place, protocol: Protocol, reach: Callable[..., Any]) -> None:
    html = (429, {"Content-Type": "text/html"}, b"<html><body><h1>429 Too Many Requests</h1></body></html>")
    access, _ = reach("crossref", 3, faults=dict.fromkeys(range(1, 6), html))
    outcome = run_search(place, protocol, access, protocol.strategies[0])
    assert isinstance(outcome.failure, SourceBusy)
    assert "429 Too Many Requests" in str(outcome.error)


@pytest.mark.parametrize(
    ("body", "error", "says"),
    [
        (
            b'{"status":"failed","message":[{"type":"cursor-invalid","message":"Cursor is invalid"},{"message":"B"}]}',
            SourceRefused, "Cursor is invalid; B",
        ),
        (b'{"status":"failed","message":"Bad"}', SourceRefused, "Bad"),
        (b"Resource not found.", SourceChanged, "whole JSON"),
        (b'{"status":"ok","message":[]}', SourceChanged, "documented JSON"),
        (b'{"status":"ok","message":{"items":[]}}', SourceChanged, "no hits or no works"),
        (b'{"status":"ok","message":{"total-results":3}}', SourceChanged, "no hits or no works"),
        (b"[]", SourceChanged, "documented JSON"),
    ],
)  # fmt: skip
def test_a_reply_that_is_none(body: bytes, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        read(body, None)
    with pytest.raises((SourceRefused, SourceChanged)):
        read_work(body)


def test_recorded_work(data: Path) -> None:
    work = read_work((data / "crossref_work_recorded.json").read_bytes())
    assert (work.doi, work.source_id) == ("10.1371/journal.pone.0033693", "10.1371/journal.pone.0033693")
    assert (work.authors[1], len(work.authors), work.date) == ("Pond, Brooks B.", 6, "2012-03-21")
    assert (work.journal, work.volume, work.issue, work.pages) == ("PLoS ONE", "7", "3", "e33693")
    assert (work.kind, work.language, work.issns, work.flags) == ("article", "eng", ("1932-6203",), ("corrected",))
    assert ("updated-by", "correction 10.1371/annotation/c76da2c1-ccb8-4797-94c1-359d3ceceeda") in work.extra


def test_quirks_of_works(data: Path) -> None:
    page = read((data / "crossref_works_synthetic.json").read_bytes(), None)
    article, notice, corrigendum, book, preprint, post, bare = page.records
    assert article.title == "Mentoring & health: a made-up trial"
    assert article.authors == ("van der Maker, Ada B. Jr", "The Made-Up Group", "Solo", "Mononym")
    assert (article.date, article.pages, article.place) == ("2014-05", "e17", "Nowhere")
    assert article.abstract == "Aim CO2 < 5."
    assert (article.flags, article.issns) == (("retracted", "corrected"), ("1234-5679", "2345-6783"))
    assert (article.doi, article.url, article.journal) == (
        "10.5555/a.1", "https://example.org/a1", "Journal of Made-Up Studies",
    )  # fmt: skip
    assert article.extra == (
        ("type", "journal-article"), ("container-title", "J Made-Up Stud"), ("subject", "General Medicine"),
        ("updated-by", "retraction 10.5555/r.1"), ("updated-by", "correction 10.5555/c.1"),
        ("has-preprint", "10.5555/pre.1"), ("clinical-trial-number", "isrctn00000001"),
    )  # fmt: skip
    assert (notice.kind, notice.date, notice.flags) == ("retraction", "2016", ()), "no thirteenth month"
    assert notice.abstract == "Background is glued to it."
    assert (corrigendum.kind, corrigendum.title, corrigendum.date) == ("erratum", None, "2015")
    assert corrigendum.abstract == "Abstract reasoning is a subject."
    assert (book.kind, book.title, book.isbns, book.date) == ("book", "A Book: A Part", ("9780306406157",), None)
    assert book.extra == (("type", "edited-book"), ("title", "Ein Buch"), ("editor", "Writer, Carla"))
    assert (preprint.kind, preprint.title, preprint.date) == ("preprint", "An older reply held one text", "2020-02")
    assert (post.kind, bare.kind, bare.doi) == ("other", None, "10.5555/d.1")
    assert [(r.position, r.reason) for r in page.rejected] == [
        (8, "it has no 'DOI'"), (9, "a field is not of the documented shape"),
    ]  # fmt: skip


def test_a_reply_without_a_doi_is_no_work() -> None:
    with pytest.raises(SourceChanged, match="holds no work"):
        read_work(b'{"status":"ok","message":{"title":["A"]}}')
