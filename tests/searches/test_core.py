"""CORE: its address, years, the page that offsets reach, and what its works hold. Works here are made up."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from review.errors import SourceChanged
from review.protocol import Protocol
from searches.run import Place, run_search, within
from searches.source import Credentials, Translation, Window
from searches.sources import core
from searches.sources.core import ask, identify, read

NOBODY = Credentials()
WORK: dict[str, Any] = {
    "id": 4711,
    "title": "Mentoring of\nnew <i>doctors</i>",
    "abstract": "Twelve were asked.\nAll agreed.",
    "authors": [{"name": "Person, Made-Up"}, {"name": ""}, {"name": "A Made-Up Body"}],
    "doi": "",
    "arxivId": "1401.00001",
    "pubmedId": "70000001",
    "identifiers": [
        {"identifier": "oai:x.org:1", "type": "OAI_ID"},
        {"identifier": "10.5555/MADE.up", "type": "DOI"},
    ],
    "oaiIds": ["oai:x.org:1"],
    "yearPublished": 2014,
    "publishedDate": "2014-05-09T01:00:00",
    "documentType": "thesis",
    "language": {"code": "en", "name": "English"},
    "journals": [{"title": "Journal of Made-Up Studies", "identifiers": ["issn:1234-5678"]}],
    "publisher": "'Made-Up University's Press'",
    "links": [{"type": "download", "url": "https://x.org/1.pdf"}, {"type": "display", "url": "https://x.org/1"}],
    "downloadUrl": "https://x.org/1.pdf",
    "fullText": "Not available for public API users.",
    "contributors": ["Advisor, An"],
    "dataProviders": [{"id": 1, "name": ""}, {"id": 2, "name": "A Repository"}],
}


def reply(*works: dict[str, Any], hits: int | None = None) -> bytes:
    return json.dumps({"totalHits": len(works) if hits is None else hits, "results": list(works)}).encode()


def test_the_address_keeps_its_last_slash_and_the_key_is_secret() -> None:
    request = ask(Translation("title:(x)"), None, "200", Credentials("a-key"))
    assert request.url == "https://api.core.ac.uk/v3/search/works/"
    assert dict(request.params) == {"q": "title:(x)", "limit": "100", "offset": "200"}
    assert (request.headers, request.secret) == ((("Authorization", "Bearer a-key"),), ("Authorization",))
    assert ask(Translation("x"), None, None, NOBODY).headers == ()


def test_a_slice_is_of_whole_years() -> None:
    request = ask(Translation("a OR b"), Window("2010-01-01", "2012-12-31"), None, NOBODY)
    assert dict(request.params)["q"] == "(a OR b) AND yearPublished>=2010 AND yearPublished<=2012"


def test_theses_alone_can_be_chosen() -> None:
    narrowed = within(Translation("a OR b"), core.ABOUT, ("theses",))
    assert narrowed.text == "(a OR b) AND (documentType:thesis)"


def test_what_a_work_holds() -> None:
    (record,) = read(reply(WORK), None).records
    assert (record.title, record.abstract) == ("Mentoring of new doctors", "Twelve were asked. All agreed.")
    assert record.authors == ("Person, Made-Up", "A Made-Up Body")
    assert (record.date, record.language, record.kind) == ("2014-05-09", "eng", "thesis")
    assert (record.doi, record.pmid, record.issns) == ("10.5555/made.up", "70000001", ("1234-5678",))
    assert (record.journal, record.publisher) == ("Journal of Made-Up Studies", "Made-Up University's Press")
    assert (record.url, record.source_id) == ("https://x.org/1", "4711")
    assert record.identifiers == (("arxiv", "1401.00001"), ("oai", "oai:x.org:1"))
    assert record.extra == (
        ("documentType", "thesis"), ("downloadUrl", "https://x.org/1.pdf"), ("contributor", "Advisor, An"),
        ("dataProvider", "A Repository"),
    )  # fmt: skip


def test_empty_texts_and_nulls_are_absent() -> None:
    empty = dict.fromkeys(WORK, "") | {"id": 1, "language": None, "journals": [], "identifiers": None, "links": []}
    (record,) = read(
        reply(empty | {"authors": [], "oaiIds": None, "contributors": None, "dataProviders": []}), None
    ).records
    known = {name: getattr(record, name) for name in record.__slots__ if getattr(record, name)}
    assert known == {"source_id": "1"}


@pytest.mark.parametrize(
    ("year", "day", "date"),
    [
        (2014, "2014-01-01T00:00:00", "2014"),  # stands for a year alone
        (2016, "2015-12-31T23:00:00", "2016"),  # shifted by the zone of time
        (2014, "", "2014"),
        (None, "2014-05-09T00:00:00", "2014-05-09"),
        ("", "", None),
    ],
)
def test_the_date_is_as_precise_as_it_is_known(year: object, day: str, date: str | None) -> None:
    (record,) = read(reply(WORK | {"yearPublished": year, "publishedDate": day}), None).records
    assert record.date == date


@pytest.mark.parametrize("code", ["", "und", None])
def test_a_language_that_is_none(code: str | None) -> None:
    assert read(reply(WORK | {"language": {"code": code}}), None).records[0].language is None


def test_research_is_no_kind() -> None:
    assert read(reply(WORK | {"documentType": "research"}), None).records[0].kind is None


def test_more_than_offsets_reach_is_cut_into_years() -> None:
    assert read(reply(WORK, hits=10_000), None).split is False
    page = read(reply(WORK, hits=10_001), None)
    assert (page.split, page.next_cursor, page.total) == (True, None, 10_001)


def test_years_add_up_to_the_whole(
    place: Place, protocol: Protocol, reach: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "MOST", 250)
    access, server = reach("core", 600)
    outcome = run_search(place, protocol, access, protocol.strategies[0])
    assert (outcome.status, outcome.hits, outcome.records) == ("complete", 600, 600)
    assert len(server.asked) > 7


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"totalHits": 1}', b'{"totalHits": "many", "results": []}', b"{"])
def test_a_reply_that_is_none(body: bytes) -> None:
    with pytest.raises(SourceChanged):
        read(body, None)


def test_one_record_is_asked_for_by_its_doi() -> None:
    assert identify("doi", "10.5555/x") == 'doi:"10.5555/x"'
    assert identify("pmid", "1") is None
