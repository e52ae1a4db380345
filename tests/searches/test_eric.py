"""ERIC: what is asked for, its numbers and types, and DOIs in addresses. Records here are made up, but for one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from review.errors import SourceChanged, SourceRefused
from searches.source import Credentials, Translation, Window
from searches.sources.eric import SOURCE, ask, read

NOBODY = Credentials()
DOCUMENT: dict[str, Any] = {
    "id": "EJ9000001",
    "title": "Mentoring of Made-Up Doctors",
    "author": ["Person, Made-Up", "Çulha, Another"],
    "source": "Journal of Made-Up Studies",
    "publicationdateyear": 2014,
    "description": "Twelve were asked. [Abstract from author]",
    "subject": ["Mentors", "Medical Students"],
    "publicationtype": ["Journal Articles", "Reports - Research"],
    "language": ["English"],
    "issn": ["ISSN-1234-5678", "EISSN-8765-432X"],
    "isbn": ["ISBN-978-1-4822-5326-9"],
    "url": "http://dx.doi.org/10.5555/MADE.up",
    "publisher": "A Press",
    "peerreviewed": "T",
    "educationlevel": ["Higher Education"],
}


def reply(*documents: dict[str, Any]) -> bytes:
    return json.dumps({"response": {"numFound": len(documents), "start": 0, "docs": list(documents)}}).encode()


def test_all_fields_are_asked_for() -> None:
    params = dict(ask(Translation("title:(x)"), None, "1000", NOBODY).params)
    assert set(DOCUMENT) <= set(params.pop("fields").split(","))
    assert params == {"search": "title:(x)", "format": "json", "start": "1000", "rows": "1000"}


def test_a_slice_is_of_whole_years() -> None:
    request = ask(Translation("a OR b"), Window("2010-01-01", "2012-12-31"), None, NOBODY)
    assert dict(request.params)["search"] == "(a OR b) AND publicationdateyear:[2010 TO 2012]"


def test_a_recorded_reply(data: Path) -> None:
    page = read((data / "eric_search_recorded.json").read_bytes(), None)
    (record,) = page.records
    assert (page.total, page.rejected, page.next_cursor) == (1, (), None)
    assert record.title == "Competition-Based Learning of Blockchain Programming"
    assert (record.authors, record.date, record.kind) == (("Çulha, Davut",), "2021", "article")
    assert (record.language, record.issns, record.source_id) == ("eng", ("2618-6586",), "EJ1286736")
    assert record.url == "https://eric.ed.gov/?id=EJ1286736"
    assert len(record.keywords) == 8


def test_what_a_record_holds() -> None:
    (record,) = read(reply(DOCUMENT), None).records
    assert record.abstract == "Twelve were asked. [Abstract from author]"
    assert record.authors == ("Person, Made-Up", "Çulha, Another")
    assert (record.journal, record.doi) == ("Journal of Made-Up Studies", "10.5555/made.up")
    assert (record.issns, record.isbns) == (("1234-5678", "8765-432X"), ("9781482253269",))
    assert record.keywords == ("Mentors", "Medical Students")
    assert record.extra == (
        ("publicationtype", "Journal Articles"), ("publicationtype", "Reports - Research"),
        ("educationlevel", "Higher Education"), ("peerreviewed", "T"),
    )  # fmt: skip


def test_only_the_id_is_needed() -> None:
    (record,) = read(reply({"id": "ED900002", "author": None, "source": None}), None).records
    assert (record.source_id, record.title, record.authors, record.date, record.kind) == (
        "ED900002",
        None,
        (),
        None,
        None,
    )


def test_the_source_of_a_document_is_no_journal() -> None:
    (record,) = read(reply({"id": "ED900002", "source": "Online Submission"}), None).records
    assert record.journal is None
    assert ("source", "Online Submission") in record.extra


@pytest.mark.parametrize(
    ("source", "sourceid", "place"),
    [
        ("Journal of X, v12 n3 p45-67", None, ("Journal of X", "12", "3", "45-67")),
        ("Journal of X", "v12 n3 p45-67 Mar 2014", ("Journal of X", "12", "3", "45-67")),
        ("Journal of X", "v12", ("Journal of X", "12", None, None)),
        ("Journal of X, v12 n3-4 Article 5", None, ("Journal of X", "12", "3-4", None)),
        ("Interactive Vocabulary", None, ("Interactive Vocabulary", None, None, None)),
    ],
)
def test_volume_issue_and_pages(source: str, sourceid: str | None, place: tuple[str | None, ...]) -> None:
    (record,) = read(reply(DOCUMENT | {"source": source, "sourceid": sourceid}), None).records
    assert (record.journal, record.volume, record.issue, record.pages) == place


@pytest.mark.parametrize(
    ("types", "kind"),
    [
        (["Journal Articles", "Reports - Research"], "article"),
        (["Reports - Research", "Journal Articles"], "article"),
        (["Dissertations/Theses - Doctoral Dissertations"], "thesis"),
        (["Speeches/Meeting Papers", "Reports - Descriptive"], "conference"),
        (["Reports - Evaluative", "Numerical/Quantitative Data"], "report"),
        (["Books", "Guides - General"], "book"),
        (["Opinion Papers"], "other"),
        ([], None),
    ],
)
def test_the_kind_is_the_most_telling_type(types: list[str], kind: str | None) -> None:
    assert read(reply(DOCUMENT | {"publicationtype": types}), None).records[0].kind == kind


def test_a_doi_is_read_from_a_resolver_only() -> None:
    url = "https://onlinelibrary.example.org/doi/10.5555/abc/full"
    (record,) = read(reply(DOCUMENT | {"url": url}), None).records
    assert (record.doi, record.url) == (None, url)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'{"response": {"docs": []}}', SourceChanged),
        (b'{"response": []}', SourceChanged),
        (b'{"error": {"msg": "undefined field", "code": 400}}', SourceRefused),
        (b"[]", SourceChanged),
    ],
)
def test_a_reply_that_is_none(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(body, None)


def test_it_has_no_field_for_a_doi() -> None:
    assert SOURCE.identify("doi", "10.5555/x") is None
