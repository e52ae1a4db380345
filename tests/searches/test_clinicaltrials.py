"""ClinicalTrials.gov: page tokens, a count on the first page only, and what a registration holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from review.errors import SourceChanged
from searches.source import Credentials, Translation
from searches.sources.clinicaltrials import ABOUT, SOURCE, ask, read

NOBODY = Credentials()


def reply(studies: int = 1, **more: Any) -> bytes:
    each = [{"protocolSection": {"identificationModule": {"nctId": f"NCT{n:08}"}}} for n in range(studies)]
    return json.dumps({"studies": each, **more}).encode()


def test_the_first_page_and_the_next() -> None:
    first = ask(Translation("AREA[BriefTitle](a OR b)"), None, None, NOBODY)
    assert first.url == "https://clinicaltrials.gov/api/v2/studies"
    params = dict(first.params)
    assert {"IdentificationModule", "BriefSummary", "Reference"} <= set(params.pop("fields").split(","))
    assert params == {
        "query.term": "AREA[BriefTitle](a OR b)", "markupFormat": "legacy", "countTotal": "true", "pageSize": "500",
    }  # fmt: skip
    assert dict(ask(Translation("x"), None, "ZVNi", NOBODY).params)["pageToken"] == "ZVNi"


def test_it_is_a_register_and_knows_what_was_posted_since() -> None:
    assert ABOUT.kind == "register"
    assert ABOUT.added is not None
    since = ABOUT.added.format(query="a OR b", since="2026-11-01")
    assert since == "(a OR b) AND AREA[StudyFirstPostDate]RANGE[2026-11-01,MAX]"
    assert (SOURCE.identify("doi", "10.1000/x"), SOURCE.identify("pmid", "1")) == (None, None)


@pytest.mark.parametrize(
    ("body", "sent", "total", "following"),
    [
        (reply(totalCount=600, nextPageToken="ZVNi"), None, 600, "ZVNi"),
        (reply(), "ZVNi", None, None),
        (reply(0, totalCount=0), None, 0, None),
    ],
)
def test_where_the_pages_end(body: bytes, sent: str | None, total: int | None, following: str | None) -> None:
    page = read(body, sent)
    assert (page.total, page.next_cursor) == (total, following)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (reply(), "no hits or no studies"),
        (b'{"totalCount": 3}', "no hits or no studies"),
        (b"[]", "documented JSON"),
        (b"Invalid page token", "whole JSON"),
    ],
)
def test_a_reply_that_is_none(body: bytes, says: str) -> None:
    with pytest.raises(SourceChanged, match=says):
        read(body, None)


def test_quirks_of_studies(data: Path) -> None:
    page = read((data / "clinicaltrials_studies_synthetic.json").read_bytes(), None)
    whole, person, sponsored = page.records
    assert whole.title == "A Made-Up Trial of Mentoring & Health"
    assert whole.authors == ("van der Maker, Ada B.", "Writer, Carla")
    assert (whole.date, whole.kind, whole.publisher) == ("2014-02-28", "trial", "Made-Up University")
    assert whole.abstract == "Made up over two paragraphs, p < 0.05."
    assert (whole.keywords, whole.identifiers) == (("Burnout", "mentoring"), (("nct", "NCT99900001"),))
    assert (whole.source_id, whole.url) == ("NCT99900001", "https://clinicaltrials.gov/study/NCT99900001")
    assert whole.extra == (
        ("brief title", "Mentoring of Doctors"), ("acronym", "MENT"), ("study id", "MADE-1"),
        ("secondary id", "2006-000001-11"), ("status", "COMPLETED"), ("study type", "INTERVENTIONAL"), ("phase", "NA"),
        ("enrolment", "0"), ("intervention", "BEHAVIORAL: Mentoring"),
        ("official", "Ada B. van der Maker, M.D., PhD; Made-Up University; PRINCIPAL_INVESTIGATOR"),
        ("official", "Writer, Carla"), ("collaborator", "Made-Up Trust"), ("has results", "yes"),
        ("start", "2014-03"), ("completion", "2015-01-31"), ("last update posted", "2016-05-01"),
        ("reference", "RESULT 70000041"),
    )  # fmt: skip
    assert (person.title, person.authors, person.extra) == ("Only a brief title", ("Writer, Carla",), ())
    assert (sponsored.title, sponsored.authors, sponsored.date) == (None, ("Made-Up University",), None)
    assert [(r.position, r.reason) for r in page.rejected] == [
        (4, "it has no 'nctId'"), (5, "a field is not of the documented shape"),
    ]  # fmt: skip
