"""DOAJ: the query in the path, slices in which no article is lost or found twice, refusals, and what articles hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from review.errors import SourceChanged, SourceRefused
from review.protocol import Protocol
from searches.run import Place, run_search
from searches.source import Credentials, Translation, Window
from searches.sources.doaj import ABOUT, SOURCE, ask, read
from tests.searches.miniatures.doaj import dated, holds, window

NOBODY = Credentials()


def reply(total: int, results: int = 1) -> bytes:
    articles = [{"id": str(n), "bibjson": {}} for n in range(results)]
    return json.dumps({"total": total, "results": articles}).encode()


def test_the_query_stands_in_the_path_with_nothing_left_raw() -> None:
    request = ask(Translation('bibjson.title:(a OR "b/c+d")'), None, None, NOBODY)
    assert request.url == ("https://doaj.org/api/v4/search/articles/bibjson.title%3A%28a%20OR%20%22b%2Fc%2Bd%22%29")
    assert dict(request.params) == {"page": "1", "pageSize": "100", "sort": "created_date:asc"}
    assert dict(ask(Translation("x"), None, "7", NOBODY).params)["page"] == "7"


def clause(start: str, end: str) -> str:
    return unquote(ask(Translation("q"), Window(start, end), None, NOBODY).url).split("(q) AND ")[1]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2006-01-01", "2016-12-31", "(bibjson.year:[2006 TO 2016])"),
        ("2014-03-01", "2014-04-30", "(bibjson.year:2014 AND bibjson.month:(3 OR 03 OR 4 OR 04))"),
        ("2014-01-01", "2014-11-30", "((bibjson.year:2014 AND NOT bibjson.month:(12)))"),
        (
            "2012-12-01", "2014-11-30",
            "((bibjson.year:2012 AND bibjson.month:(12)) OR (bibjson.year:2014 AND NOT bibjson.month:(12)) OR "
            "bibjson.year:[2013 TO 2013])",
        ),
        ("1780-01-01", "2010-12-31", "NOT (bibjson.year:[2011 TO 9999])"),
        (
            "1780-01-01", "2010-11-30",
            "NOT (bibjson.year:[2011 TO 9999] OR (bibjson.year:2010 AND bibjson.month:(12)))",
        ),
    ],
)  # fmt: skip
def test_a_window_of_months(start: str, end: str, expected: str) -> None:
    assert clause(start, end) == expected


@pytest.mark.parametrize("month", range(1, 13))
def test_wherever_a_span_is_cut_every_article_lies_on_one_side(month: int) -> None:
    last = {2: 28, 4: 30, 6: 30, 9: 30, 11: 30}.get(month, 31)
    following = (f"2014-{month + 1:02}" if month < 12 else "2015-01") + "-01"
    for begin in ("1780-01-01", "2012-07-01", "2014-01-01"):
        whole, left, right = (
            clause(*span)
            for span in (
                (begin, "2016-10-31"),
                (begin, f"2014-{month:02}-{last}"),
                (following, "2016-10-31"),
            )
        )
        for n in range(1, 200):
            sides = holds(left, *dated(n)) + holds(right, *dated(n))
            assert sides == holds(whole, *dated(n)), (begin, n, dated(n))


def test_more_than_the_cap_comes_in_slices_that_sum_to_the_whole(
    place: Place, protocol: Protocol, reach: Callable[..., Any]
) -> None:
    access, server = reach("doaj", 2_500)
    outcome = run_search(place, protocol, access, protocol.strategies[0])
    assert (outcome.status, outcome.hits, outcome.records, outcome.error) == ("complete", 2_500, 2_500, None)
    assert all(int(a.params["page"]) <= 10 for a in server.asked)
    assert len({window(a) for a in server.asked}) > 3


def test_where_the_pages_end() -> None:
    assert read(reply(150), None).next_cursor == "2"
    assert read(reply(150), "2").next_cursor is None
    assert read(reply(100), None).next_cursor is None
    assert read(reply(150, results=0), None).next_cursor is None
    full, over = read(reply(1_000), None), read(reply(1_001), None)
    assert (full.split, full.next_cursor, over.split, over.next_cursor, over.total) == (False, "2", True, None, 1_001)
    assert len(over.records) == 1, "what came with the count is not thrown away"


@pytest.mark.parametrize(
    ("body", "error", "says"),
    [
        (
            b'{"status": "bad_request", "error": "Query contains disallowed Lucene features"}',
            SourceRefused,
            "disallowed",
        ),
        (b'{"total": 3}', SourceChanged, "no hits or no results"),
        (b'{"results": []}', SourceChanged, "no hits or no results"),
        (b"[]", SourceChanged, "documented JSON"),
        (b'{"total": 3, "res', SourceChanged, "whole JSON"),
    ],
)
def test_a_reply_that_is_none(body: bytes, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        read(body, None)


def test_a_refusal_is_said_in_its_own_words(place: Place, protocol: Protocol, reach: Callable[..., Any]) -> None:
    body = b'{"status": "bad_request", "error": "Query contains disallowed Lucene features (ref: 0)"}'
    access, _ = reach("doaj", 3, faults={1: (400, {}, body)})
    outcome = run_search(place, protocol, access, protocol.strategies[0])
    assert (outcome.status, isinstance(outcome.failure, SourceRefused)) == ("failed", True)
    assert "Query contains disallowed Lucene features" in str(outcome.error)


def test_what_was_added_and_one_article_are_asked() -> None:
    assert ABOUT.added is not None
    since = ABOUT.added.format(query="a OR b", since="2026-11-01")
    assert since == "(a OR b) AND created_date:[2026-11-01 TO 9999-12-31]"
    assert SOURCE.identify("doi", "10.1000/ab") == 'doi:"10.1000/ab" OR doi:"10.1000/AB"'
    assert SOURCE.identify("pmid", "1") is None


def test_quirks_of_articles(data: Path) -> None:
    page = read((data / "doaj_articles_synthetic.json").read_bytes(), None)
    whole, bare = page.records
    assert whole.title == "Mentoring & health"
    assert whole.authors == ("van der Maker, Ada B.", "Writer, Carla", "Mononym")
    assert (whole.date, whole.journal, whole.volume, whole.issue) == (
        "2014-05",
        "Journal of Made-Up Studies",
        "12",
        "3",
    )
    assert (whole.pages, whole.doi, whole.issns) == ("17-24", "10.5555/made.up.1", ("1234-5679", "2345-6783"))
    assert (whole.keywords, whole.language) == (("mentoring", "doctors"), None), "the journal's language is not its own"
    assert (whole.url, whole.source_id, whole.publisher) == ("https://example.org/1", "a1", "Made-Up Press")
    assert whole.extra == (
        ("journal language", "EN"), ("journal language", "PT"), ("subject", "Medicine"), ("country", "BR"),
    )  # fmt: skip
    assert (bare.date, bare.doi, bare.authors, bare.abstract, bare.kind) == (None, None, (), None, "article")
    assert [(r.position, r.reason) for r in page.rejected] == [
        (3, "it has no 'bibjson'"), (4, "a field is not of the documented shape"),
    ]  # fmt: skip
