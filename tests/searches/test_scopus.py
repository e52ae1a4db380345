"""Scopus: its two views, years, the entry that means no hits, and what its entries hold. Entries here are made up."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from review.errors import SourceBusy, SourceChanged, SourceRefused
from review.protocol import Protocol
from searches.run import Place, run_search
from searches.source import Credentials, Translation, Window
from searches.sources import scopus
from searches.sources.scopus import ask, identify, read

KEY = Credentials("a-key")
ENTRY: dict[str, Any] = {
    "@_fa": "true",
    "link": [{"@ref": "self", "@href": "https://api.x.org"}, {"@ref": "scopus", "@href": "https://www.x.org/1"}],
    "dc:identifier": "SCOPUS_ID:85000000001",
    "eid": "2-s2.0-85000000001",
    "dc:title": "Mentoring of <inf>made-up</inf> doctors",
    "dc:creator": "Person M.-U.",
    "prism:publicationName": "Journal of Made-Up Studies",
    "prism:issn": "12345678",
    "prism:eIssn": "8765432X",
    "prism:volume": "12",
    "prism:issueIdentifier": "3",
    "prism:pageRange": "45-67",
    "prism:coverDate": "2014-05-01",
    "prism:coverDisplayDate": "May 2014",
    "prism:doi": "10.5555/MADE.up",
    "pubmed-id": "70000001",
    "prism:aggregationType": "Journal",
    "subtype": "ar",
    "subtypeDescription": "Article",
    "openaccess": "1",
}
COMPLETE: dict[str, Any] = ENTRY | {
    "dc:description": "Twelve were asked.",
    "authkeywords": "Mentors | Medical education",
    "author": [
        {"@seq": "1", "authname": "Person M.-U.", "surname": "Person", "given-name": "Made-Up", "initials": "M.-U."},
        {"@seq": "1", "authname": "Person M.-U.", "surname": "Person", "given-name": "Made-Up", "initials": "M.-U."},
        {"@seq": "2", "authname": "van Other A.", "surname": None, "given-name": None},
    ],
}


def reply(*entries: dict[str, Any], hits: int | None = None) -> bytes:
    total = str(len(entries) if hits is None else hits)
    return json.dumps({"search-results": {"opensearch:totalResults": total, "entry": list(entries)}}).encode()


def test_with_a_key_alone_the_standard_view_is_asked() -> None:
    request = ask(Translation("TITLE(a)\nAND PUBYEAR > 2005"), None, "200", KEY)
    assert request.url == "https://api.elsevier.com/content/search/scopus"
    assert dict(request.params) == {
        "query": "TITLE(a) AND PUBYEAR > 2005", "view": "STANDARD", "count": "200", "start": "200",
        "sort": "+orig-load-date",
    }  # fmt: skip
    assert request.headers == (("Accept", "application/json"), ("X-ELS-APIKey", "a-key"))


def test_the_token_of_an_institution_opens_the_complete_view() -> None:
    request = ask(Translation("a"), None, None, Credentials("a-key", institution="a-token"))
    assert ("X-ELS-Insttoken", "a-token") in request.headers
    assert set(request.secret) == {"X-ELS-APIKey", "X-ELS-Insttoken"}
    assert (dict(request.params)["view"], dict(request.params)["count"]) == ("COMPLETE", "25")


def test_a_slice_is_of_whole_years() -> None:
    request = ask(Translation("a"), Window("2010-01-01", "2012-12-31"), None, KEY)
    assert dict(request.params)["query"] == "(a) AND PUBYEAR > 2009 AND PUBYEAR < 2013"


def test_no_hits_are_one_entry_that_says_so() -> None:
    page = read(reply({"@_fa": "true", "error": "Result set was empty"}, hits=0), None)
    assert (page.records, page.rejected, page.total, page.next_cursor, page.notes) == ((), (), 0, None, ())


def test_what_the_standard_view_lacks_is_noted() -> None:
    page = read(reply(ENTRY), None)
    assert "only the first author and no abstracts" in page.notes[0]
    assert read(reply(COMPLETE), None).notes == ()
    assert (page.records[0].authors, page.records[0].abstract) == (("Person, M.-U.",), None)


def test_what_an_entry_holds() -> None:
    (record,) = read(reply(COMPLETE), None).records
    assert (record.title, record.abstract) == ("Mentoring of made-up doctors", "Twelve were asked.")
    assert record.authors == ("Person, Made-Up", "van Other, A.")
    assert (record.journal, record.volume, record.issue) == ("Journal of Made-Up Studies", "12", "3")
    assert (record.pages, record.date, record.kind) == ("45-67", "2014-05", "article")
    assert (record.doi, record.pmid, record.issns) == ("10.5555/made.up", "70000001", ("1234-5678", "8765-432X"))
    assert record.keywords == ("Mentors", "Medical education")
    assert (record.source_id, record.url) == ("2-s2.0-85000000001", "https://www.x.org/1")


@pytest.mark.parametrize(
    ("cover", "shown", "date"),
    [
        ("2020-02-15", "15 February 2020", "2020-02-15"),
        ("2020-01-01", "2020", "2020"),
        ("2020-03-01", "Spring", "2020-03-01"),
        ("2020-01-01", "December 2019", "2020-01-01"),  # they disagree: the slices are by the first
        (None, "May 2014", "2014-05"),
        (None, None, None),
    ],
)
def test_the_date_is_as_displayed(cover: str | None, shown: str | None, date: str | None) -> None:
    entry = ENTRY | {"prism:coverDate": cover, "prism:coverDisplayDate": shown}
    assert read(reply(entry), None).records[0].date == date


@pytest.mark.parametrize(
    "isbn",
    ["9781948087841", "[9781948087841]", ["9781948087841"], [{"@_fa": "true", "$": "9781948087841"}],
     [{"$": "[9781948087841, 9781948087841]"}]],
)  # fmt: skip
def test_isbns_in_all_their_forms(isbn: object) -> None:
    assert read(reply(ENTRY | {"prism:isbn": isbn}), None).records[0].isbns == ("9781948087841",)


def test_a_retracted_article_is_one() -> None:
    (record,) = read(reply(ENTRY | {"subtype": "tb", "subtypeDescription": "Retracted"}), None).records
    assert (record.kind, record.flags) == ("article", ("retracted",))


def test_the_number_stands_in_for_a_missing_eid_and_nothing_does_for_both() -> None:
    page = read(reply(ENTRY | {"eid": None}, ENTRY | {"eid": None, "dc:identifier": None}), None)
    assert page.records[0].source_id == "2-s2.0-85000000001"
    assert (page.rejected[0].position, page.rejected[0].reason) == (2, "it has no 'eid'")


def test_an_entry_that_is_none_is_kept_as_it_came() -> None:
    page = read(json.dumps({"search-results": {"opensearch:totalResults": "2", "entry": [None, ENTRY]}}).encode(), None)
    assert (len(page.records), page.rejected[0].raw) == (1, "null")


def test_more_than_offsets_reach_is_cut_into_years() -> None:
    assert read(reply(ENTRY, hits=5_000), None).split is False
    assert read(reply(ENTRY, hits=5_001), None).split is True


def test_years_add_up_to_the_whole(
    place: Place, protocol: Protocol, reach: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scopus, "MOST", 250)
    access, server = reach("scopus", 600)
    outcome = run_search(place, protocol, access, protocol.strategies[0])
    assert (outcome.status, outcome.hits, outcome.records) == ("complete", 600, 600)
    assert len(server.asked) > 7
    assert sum("only the first author" in note for note in outcome.notes) == 1


def test_a_spent_quota_stops_the_search_until_it_is_renewed(
    place: Place, protocol: Protocol, reach: Callable[..., Any]
) -> None:
    week = {"X-ELS-Status": "QUOTA_EXCEEDED", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1631249428000"}
    access, server = reach("scopus", 3, faults={1: (429, week, b"{}")})
    outcome = run_search(place, protocol, access, protocol.strategies[0])
    assert isinstance(outcome.failure, SourceBusy)
    assert len(server.asked) == 1, "asking again would not help"


def test_the_token_is_never_kept(place: Place, protocol: Protocol, reach: Callable[..., Any]) -> None:
    access, server = reach("scopus", 1)
    access = replace(access, credentials=Credentials("a-key", institution="s3cr3t-token"))
    outcome = run_search(place, protocol, access, protocol.strategies[0])
    assert server.asked[0].headers["X-ELS-Insttoken"] == "s3cr3t-token"
    kept = b"".join(path.read_bytes() for path in place.folder.rglob("*") if path.is_file())
    assert outcome.records == 1
    assert b"s3cr3t-token" not in kept


@pytest.mark.parametrize(
    ("body", "error", "says"),
    [
        (b"[]", SourceChanged, "JSON"),
        (b'{"search-results": {"entry": []}}', SourceChanged, "no hits"),
        (b'{"search-results": {"opensearch:totalResults": null}}', SourceChanged, "no hits"),
        (
            b'{"service-error": {"status": {"statusCode": "INVALID_INPUT", "statusText": "Exceeds the maximum"}}}',
            SourceRefused, "Exceeds the maximum",
        ),
        (b'{"error-response": {"error-code": "X", "error-message": "Not today"}}', SourceRefused, "Not today"),
    ],
)  # fmt: skip
def test_a_reply_that_is_none(body: bytes, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        read(body, None)


def test_one_record_is_asked_for_by_its_id() -> None:
    assert identify("doi", "10.5555/x(1)") == 'DOI("10.5555/x(1)")'
    assert identify("pmid", "70000001") == "PMID(70000001)"
    assert identify("openalex", "W1") is None
