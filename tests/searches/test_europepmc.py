"""Europe PMC: where its pages end, its refusals with status 200, and what its results hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from review.errors import SourceChanged, SourceRefused
from searches.source import Credentials, Translation, Window
from searches.sources.europepmc import ask, read

NOBODY = Credentials()


def reply(*ids: str, cursor: str | None = "next", hits: int = 3) -> bytes:
    results = [{"id": i, "source": "MED"} for i in ids]
    body: dict[str, Any] = {"version": "6.9", "hitCount": hits, "resultList": {"result": results}}
    return json.dumps(body | ({"nextCursorMark": cursor} if cursor else {})).encode()


def test_the_first_page_and_the_next() -> None:
    first = ask(Translation("TITLE_ABS:(ment*)"), None, None, NOBODY)
    assert first.url == "https://www.ebi.ac.uk/europepmc/webservices/rest/search"
    assert dict(first.params) == {
        "query": "TITLE_ABS:(ment*)", "format": "json", "resultType": "core", "synonym": "false", "pageSize": "500",
        "cursorMark": "*",
    }  # fmt: skip
    assert dict(ask(Translation("x"), None, "AoI=", NOBODY).params)["cursorMark"] == "AoI="


def test_a_long_query_is_posted() -> None:
    request = ask(Translation("a" * 1001), None, None, NOBODY)
    assert (request.method, request.url[-10:]) == ("POST", "searchPOST")


def test_a_window_is_joined_to_the_query() -> None:
    request = ask(Translation("a OR b"), Window("2014-01-01", "2014-06-30"), None, NOBODY)
    assert dict(request.params)["query"] == "(a OR b) AND FIRST_PDATE:[2014-01-01 TO 2014-06-30]"


@pytest.mark.parametrize(
    ("body", "sent", "following"),
    [
        (reply("1", cursor="next"), None, "next"),
        (reply("1", cursor="next"), "next", None),
        (reply("1", cursor="*"), None, None),
        (reply("1", cursor=None), "next", None),
        (reply(cursor="other"), "next", None),
    ],
)
def test_where_the_pages_end(body: bytes, sent: str | None, following: str | None) -> None:
    assert read(body, sent).next_cursor == following


@pytest.mark.parametrize(
    ("body", "error", "says"),
    [
        # both with HTTP 200, as its clients report: a refusal must not be read as no hits
        (b'{"version":"6.9"}', SourceRefused, "without saying why"),
        (b'{"version":"6.9","errCode":404,"errMsg":"Please provide a search query"}', SourceRefused, "Please provide"),
        (b"{}", SourceRefused, "without saying why"),
        (b"[]", SourceChanged, "documented JSON"),
        (b'{"version":"6.9","hitCount":3', SourceChanged, "whole JSON"),
        (b'{"version":"6.9","hitCount":3}', SourceChanged, "no hits or no results"),
        (b'{"version":"6.9","resultList":{"result":[]}}', SourceChanged, "no hits or no results"),
    ],
)
def test_a_reply_that_is_none(body: bytes, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        read(body, None)


def test_recorded_results(data: Path) -> None:
    page = read((data / "europepmc_search_recorded.json").read_bytes(), None)
    erratum, article = page.records
    assert (page.total, page.rejected) == (2, ())
    assert erratum.kind == "erratum"
    assert article.kind == "article"
    assert article.source_id == f"MED:{article.pmid}"
    assert article.date == "2025-07", "as printed; the day that other fields hold was filled in"
    assert article.language == "eng"
    assert article.abstract is None


def test_quirks_of_results(data: Path) -> None:
    page = read((data / "europepmc_search_synthetic.json").read_bytes(), None)
    preprint, retracted, thesis = page.records
    assert page.next_cursor == "AoIIMadeUp=="
    assert preprint.title == "Mentoring & health: a made-up preprint."
    assert preprint.abstract == "Background Made up. Results Also made up, p < 0.05."
    assert preprint.authors == ("Maker, AB", "Made-up Study Group")
    assert (preprint.date, preprint.kind, preprint.doi) == ("2016", "preprint", "10.5555/preprint.1")
    assert retracted.authors == ("Maker, Ada B", "Writer, C", "Made-up Study Group", "Old, DE")
    assert (retracted.date, retracted.kind, retracted.language) == ("2014", "review", "ger")
    assert (retracted.pages, retracted.issns) == ("12-9", ("1234-5678", "1234-567X"))
    assert (retracted.flags, retracted.keywords) == (("retracted",), ("mentoring", "doctors"))
    assert (retracted.pmid, retracted.pmcid) == ("70000011", "PMC7000011")
    assert ("meshHeading", "Mentors") in retracted.extra
    assert ("firstPublicationDate", "2013-12-01") in retracted.extra
    assert (thesis.kind, thesis.publisher, thesis.source_id) == ("thesis", "Made-up University", "ETH:7")
    (rejected,) = page.rejected
    assert (rejected.position, rejected.reason) == (4, "it has no 'id'")
    assert json.loads(rejected.raw) == {"source": "MED", "title": "This one lost its id"}
