"""The Web of Science Starter API: pages, years, and what its documents hold. Documents here are made up."""

from __future__ import annotations

import json
from typing import Any

import pytest

from review.errors import SourceChanged
from searches.source import Credentials, Translation, Window
from searches.sources import wos_starter
from searches.sources.wos_starter import ask, identify, read

KEY = Credentials("a-key")
HIT: dict[str, Any] = {
    "uid": "WOS:000000000000001",
    "title": "Mentoring of made-up doctors",
    "types": ["Article"],
    "sourceTypes": ["Article", "Early Access"],
    "source": {
        "sourceTitle": "JOURNAL OF MADE-UP STUDIES",
        "publishYear": 2014,
        "publishMonth": "MAY",
        "volume": "12",
        "issue": "3",
        "supplement": "1",
        "articleNumber": "e99",
        "pages": {"range": "45-67", "begin": "45", "end": "67", "count": 23},
    },
    "names": {
        "authors": [
            {"displayName": "Person, Made-Up", "wosStandard": "Person, MU"},
            {"wosStandard": "Other, A"},
        ],
        "corp": [{"displayName": "Made-Up Group"}],
        "bookEditors": [{"displayName": "Editor, An"}],
    },
    "links": {"record": "https://www.x.org/1"},
    "citations": [{"db": "WOS", "count": 3}],
    "identifiers": {"doi": "10.5555/MADE.up", "issn": "1234-5678", "eissn": "8765-432X", "pmid": "MEDLINE:70000001"},
    "keywords": {"authorKeywords": ["Mentors", "medical education"]},
}


def reply(*hits: dict[str, Any], total: int | None = None, page: int = 1) -> bytes:
    metadata = {"total": len(hits) if total is None else total, "page": page, "limit": 50}
    return json.dumps({"metadata": metadata, "hits": list(hits)}).encode()


def test_a_page_of_the_core_collection_is_asked() -> None:
    request = ask(Translation("TS=(a)"), None, "3", KEY)
    assert request.url == "https://api.clarivate.com/apis/wos-starter/v1/documents"
    assert dict(request.params) == {"q": "TS=(a)", "db": "WOS", "limit": "50", "page": "3", "sortField": "LD+A"}
    assert (request.headers, request.secret) == ((("X-ApiKey", "a-key"),), ("X-ApiKey",))


def test_a_slice_is_of_whole_years() -> None:
    request = ask(Translation("a"), Window("2010-01-01", "2012-12-31"), None, KEY)
    assert dict(request.params)["q"] == "(a) AND PY=(2010-2012)"


@pytest.mark.parametrize(
    ("body", "cursor", "following"),
    [
        (reply(HIT, total=101), None, "2"),
        (reply(HIT, total=101), "2", "3"),
        (reply(HIT, total=101), "3", None),
        (reply(HIT, total=100), "2", None),
        (reply(total=101), "2", None),
    ],
)
def test_where_the_pages_end(body: bytes, cursor: str | None, following: str | None) -> None:
    assert read(body, cursor).next_cursor == following


def test_more_than_pages_reach_is_cut_into_years() -> None:
    assert read(reply(HIT, total=wos_starter.MOST), None).split is False
    page = read(reply(HIT, total=wos_starter.MOST + 1), None)
    assert (page.split, page.next_cursor) == (True, None)


def test_what_a_document_holds() -> None:
    (record,) = read(reply(HIT), None).records
    assert (record.title, record.abstract) == ("Mentoring of made-up doctors", None)
    assert record.authors == ("Person, Made-Up", "Other, A", "Made-Up Group")
    assert (record.journal, record.volume, record.issue) == ("JOURNAL OF MADE-UP STUDIES", "12", "3")
    assert (record.pages, record.date, record.kind) == ("45-67", "2014-05", "article")
    assert (record.doi, record.pmid, record.issns) == ("10.5555/made.up", "70000001", ("1234-5678", "8765-432X"))
    assert record.keywords == ("Mentors", "medical education")
    assert (record.source_id, record.url) == ("WOS:000000000000001", "https://www.x.org/1")
    assert record.extra == (
        ("type", "Article"), ("type", "Early Access"), ("supplement", "1"), ("articleNumber", "e99"),
        ("bookEditors", "Editor, An"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("month", "date"),
    [("JAN 15", "2014-01-15"), ("MAY-JUN", "2014"), ("SPR", "2014"), (None, "2014"), ("DEC", "2014-12")],
)
def test_the_date_is_as_precise_as_it_is_known(month: str | None, date: str) -> None:
    source = {"publishYear": 2014, "publishMonth": month}
    assert read(reply(HIT | {"source": source}), None).records[0].date == date


def test_an_article_number_stands_in_for_pages() -> None:
    (record,) = read(reply(HIT | {"source": {"articleNumber": "e99", "pages": {"count": 9}}}), None).records
    assert (record.pages, record.date) == ("e99", None)


def test_isbns_and_retractions() -> None:
    ids = {"isbn": "978-1-4822-5326-9", "eisbn": "978-1-948087-84-1"}
    (record,) = read(reply(HIT | {"identifiers": ids, "types": ["Article", "Retracted Publication"]}), None).records
    assert record.isbns == ("9781482253269", "9781948087841")
    assert record.flags == ("retracted",)


def test_only_the_id_is_needed() -> None:
    page = read(reply({"uid": "WOS:1"}, {"title": "without"}), None)
    assert (page.records[0].source_id, page.records[0].authors, page.records[0].kind) == ("WOS:1", (), None)
    assert page.rejected[0].reason == "it has no 'uid'"


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"metadata": {"page": 1}, "hits": []}'])
def test_a_reply_that_is_none(body: bytes) -> None:
    with pytest.raises(SourceChanged):
        read(body, None)


def test_one_record_is_asked_for_by_its_id() -> None:
    assert identify("doi", "10.5555/x(1)") == 'DO=("10.5555/x(1)")'
    assert identify("pmid", "70000001") == "PMID=(70000001)"
    assert identify("openalex", "W1") is None
