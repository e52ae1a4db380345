"""ScienceDirect: the body that is put, parts of a query, years within the protocol's, and what its results hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from review.errors import SourceChanged, SourceRefused
from review.protocol import Protocol
from searches.run import Place, run_search
from searches.source import Credentials, Translation, Window
from searches.sources import sciencedirect
from searches.sources.sciencedirect import ask, read

KEYS = Credentials("a-key", institution="a-token")
RESULT: dict[str, Any] = {
    "pii": "S0000000000000001",
    "title": "Mentoring of <em>made-up</em> doctors",
    "authors": [{"order": 2, "name": "Ada van der Other"}, {"order": 1, "name": "Made-Up Person"}],
    "doi": "10.5555/MADE.up",
    "publicationDate": "2014-05-31",
    "sourceTitle": "Journal of Made-Up Studies",
    "volumeIssue": "Volume 12, Issue 3",
    "pages": {"first": "45", "last": "67"},
    "uri": "https://www.x.org/pii/S1",
    "loadDate": "2014-06-02T00:00:00.000Z",
    "openAccess": False,
}


def reply(*results: dict[str, Any], hits: int | None = None) -> bytes:
    return json.dumps({"resultsFound": len(results) if hits is None else hits, "results": list(results)}).encode()


def body(text: str, window: Window | None = None, cursor: str | None = None) -> Any:
    return json.loads(ask(Translation(text), window, cursor, KEYS).content or "")


def test_the_query_is_put_as_json_and_the_keys_are_secret() -> None:
    request = ask(Translation("a AND b\ndate=2006-2016"), None, "100", KEYS)
    assert (request.method, request.url) == ("PUT", "https://api.elsevier.com/content/search/sciencedirect")
    assert request.params == ()
    assert json.loads(request.content or "") == {
        "qs": "a AND b", "date": "2006-2016", "display": {"offset": 100, "show": 100, "sortBy": "date"}
    }  # fmt: skip
    assert request.headers[1:] == (("X-ELS-APIKey", "a-key"), ("X-ELS-Insttoken", "a-token"))
    assert set(request.secret) == {"X-ELS-APIKey", "X-ELS-Insttoken"}
    assert "date" not in body("a")


@pytest.mark.parametrize(
    ("text", "window", "date"),
    [
        ("a\ndate=2006-2016", Window("1780-01-01", "2010-12-31"), "2006-2010"),
        ("a\ndate=2006-2016", Window("2011-01-01", "2027-12-31"), "2011-2016"),
        ("a", Window("2011-01-01", "2027-12-31"), "2011-2027"),
        ("a\ndate=2006-2016", Window("1780-01-01", "1903-12-31"), "1700"),  # nothing, and no more than was asked
    ],
)
def test_a_slice_stays_within_the_years_of_the_protocol(text: str, window: Window, date: str) -> None:
    assert body(text, window)["date"] == date


def test_parts_are_asked_one_after_the_other_and_their_hits_kept_once(
    place: Place, protocol: Protocol, reach: Callable[..., Any]
) -> None:
    access, server = reach("sciencedirect", 3)
    outcome = run_search(place, protocol, access, protocol.strategies[1])
    asked = [json.loads(one.body)["qs"] for one in server.asked]
    assert [query.rpartition(" AND ")[2] for query in asked] == [
        "(benefit OR advantag OR barrier)", "(impact OR disadvantag OR challeng)"
    ]  # fmt: skip
    assert (outcome.status, outcome.records) == ("complete", 3)


def test_years_add_up_to_the_whole(
    place: Place, protocol: Protocol, reach: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sciencedirect, "MOST", 250)
    access, server = reach("sciencedirect", 600)
    outcome = run_search(place, protocol, access, protocol.strategies[0])
    assert (outcome.status, outcome.hits, outcome.records) == ("complete", 600, 600)
    assert len(server.asked) > 7


def test_no_hits_have_no_list() -> None:
    page = read(b'{"resultsFound": 0}', None)
    assert (page.records, page.total, page.next_cursor) == ((), 0, None)


def test_what_a_result_holds() -> None:
    (record,) = read(reply(RESULT), None).records
    assert (record.title, record.abstract) == ("Mentoring of made-up doctors", None)
    assert record.authors == ("Person, Made-Up", "van der Other, Ada")
    assert (record.journal, record.volume, record.issue) == ("Journal of Made-Up Studies", "12", "3")
    assert (record.pages, record.date, record.doi) == ("45-67", "2014-05-31", "10.5555/made.up")
    assert (record.source_id, record.url) == ("S0000000000000001", "https://www.x.org/pii/S1")


@pytest.mark.parametrize(
    ("printed", "volume", "issue"),
    [
        ("Volume 12, Issues 3–4", "12", "3–4"),
        ("Volumes 12–13", "12–13", None),
        ("Volume 375, Supplement 1", "375", None),
        ("In press", None, None),
        (None, None, None),
    ],
)
def test_volume_and_issue(printed: str | None, volume: str | None, issue: str | None) -> None:
    (record,) = read(reply(RESULT | {"volumeIssue": printed}), None).records
    assert (record.volume, record.issue) == (volume, issue)


def test_only_the_number_of_the_article_is_needed() -> None:
    page = read(reply({"pii": "S1", "authors": None, "pages": None}, {"title": "without"}), None)
    assert (page.records[0].source_id, page.records[0].date) == ("S1", None)
    assert page.rejected[0].reason == "it has no 'pii'"


def test_new_year_is_a_year() -> None:
    assert read(reply(RESULT | {"publicationDate": "2014-01-01"}), None).records[0].date == "2014"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (b"{}", SourceChanged),
        (b"[]", SourceChanged),
        (b'{"resultsFound": "many"}', SourceChanged),
        (b'{"service-error": {"status": {"statusText": "Invalid"}}}', SourceRefused),
    ],
)
def test_a_reply_that_is_none(text: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(text, None)


def test_more_than_offsets_reach_is_cut_into_years() -> None:
    assert read(reply(RESULT, hits=6_000), None).split is False
    assert read(reply(RESULT, hits=6_001), None).split is True
