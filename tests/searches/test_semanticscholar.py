"""Semantic Scholar: tokens, an empty search without data, nulls everywhere, and what its papers hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from review.errors import SourceBusy, SourceChanged, SourceRefused
from searches.source import Credentials, Translation
from searches.sources.semanticscholar import ABOUT, SOURCE, ask, read

NOBODY, SOMEBODY = Credentials(), Credentials("0123456789")
LIMITED = '(ment*) +(health | "well-being")\npublicationDateOrYear=2006-01-01:2016-01-31'


def reply(total: int, papers: int = 1, **more: Any) -> bytes:
    return json.dumps({"total": total, "data": [{"paperId": str(n)} for n in range(papers)], **more}).encode()


def test_the_first_page_and_the_next() -> None:
    first = ask(Translation(LIMITED), None, None, NOBODY)
    assert first.url == "https://api.semanticscholar.org/graph/v1/paper/search/bulk"
    params = dict(first.params)
    fields = params.pop("fields").split(",")
    assert params == {
        "query": '(ment*) +(health | "well-being")', "publicationDateOrYear": "2006-01-01:2016-01-31",
    }  # fmt: skip
    assert {"externalIds", "title", "abstract", "authors", "publicationDate", "journal"} <= set(fields)
    assert first.headers == ()
    assert dict(ask(Translation("x"), None, "PCOK", NOBODY).params)["token"] == "PCOK"


def test_the_key_is_a_header_and_a_secret() -> None:
    request = ask(Translation("x"), None, None, SOMEBODY)
    assert (request.headers, request.secret) == ((("x-api-key", "0123456789"),), ("x-api-key",))


def test_a_bulk_search_knows_no_ids_and_no_day_of_adding() -> None:
    assert (SOURCE.identify("doi", "10.1000/x"), SOURCE.identify("pmid", "1"), ABOUT.added) == (None, None, None)


@pytest.mark.parametrize(
    ("body", "sent", "following"),
    [
        (reply(2_000, token="PCOK"), None, "PCOK"),
        (reply(2_000, token=None), "PCOK", None),
        (reply(2_000, 0, token="PCOL"), "PCOK", "PCOL"),  # an empty page is not the end: a token that is null is
        (b'{"total": 2674, "token": null}', "PCOK", None),
    ],
)
def test_where_the_pages_end(body: bytes, sent: str | None, following: str | None) -> None:
    assert read(body, sent).next_cursor == following


def test_an_empty_search_has_no_data() -> None:
    page = read(b'{"total": 0, "offset": 0}', None)  # as recorded
    assert (page.total, page.records, page.next_cursor) == (0, (), None)


@pytest.mark.parametrize(
    ("body", "error", "says"),
    [
        (b'{"message": "Too Many Requests.", "code": "429"}', SourceBusy, "Too Many"),
        (b'{"error": "Unrecognized or unsupported fields: [x]"}', SourceRefused, "Unrecognized"),
        (b'{"message": "Forbidden"}', SourceRefused, "Forbidden"),
        (b'{"total": 12, "token": null}', SourceChanged, "no hits or no papers"),
        (b'{"data": []}', SourceChanged, "no hits or no papers"),
        (b'{"total": null, "data": []}', SourceChanged, "no hits or no papers"),
        (b"[null]", SourceChanged, "documented JSON"),
        (b'{"total": 3', SourceChanged, "whole JSON"),
    ],
)
def test_a_reply_that_is_none(body: bytes, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        read(body, None)


def test_recorded_page(data: Path) -> None:
    page = read((data / "semanticscholar_bulk_recorded.json").read_bytes(), None)
    assert (page.total, len(page.records), str(page.next_cursor)[:6], page.rejected) == (2674, 2, "PCOKWV", ())
    assert page.records[0].source_id == "0018ce3db8f9957b520d6b7e0cec84abfa230e1c"
    assert page.records[1].title == "Storage events: distributed users, federation and beyond"


def test_quirks_of_papers(data: Path) -> None:
    page = read((data / "semanticscholar_bulk_synthetic.json").read_bytes(), None)
    whole, bare, third = page.records
    assert (whole.title, whole.authors) == ("Mentoring & health", ("van der Maker, Ada B.", "Mononym"))
    assert (whole.date, whole.journal, whole.volume, whole.pages) == (
        "2014-05-02", "Journal of Made-Up Studies", "12", "17-24",
    )  # fmt: skip
    assert (whole.doi, whole.pmid, whole.pmcid) == ("10.5555/made.up.1", "70000031", "PMC7000031")
    assert (whole.kind, whole.identifiers, whole.source_id) == ("review", (("arxiv", "1405.00001"),), "aa11")
    assert whole.extra == (
        ("publicationType", "JournalArticle"), ("publicationType", "Review"),
        ("openAccessPdf", "https://example.org/1.pdf"), ("CorpusId", "123"),
    )  # fmt: skip
    assert bare.date == "2016", "the first of January stands for the year"
    assert (bare.title, bare.journal, bare.kind, bare.doi, bare.extra) == (None, "JMUS", None, None, ())
    assert (third.date, third.kind) == ("2015", "conference")
    assert [(r.position, r.reason) for r in page.rejected] == [
        (4, "it has no 'paperId'"), (5, "a field is not of the documented shape"),
    ]  # fmt: skip
