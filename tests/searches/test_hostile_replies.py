"""Replies with a value of another type anywhere in them: an error of the source or whole records, never a crash."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from review.errors import SourceChanged, SourceError
from review.record import Record
from review.store import Store
from searches import rows
from searches.citing import CITING
from searches.registry import SOURCES
from searches.source import Page
from tests.searches import test_core, test_openaire, test_sciencedirect, test_scopus, test_wos_starter

HOSTILE: tuple[Any, ...] = (
    None, 0, -1, 10**30, float("inf"), True, "", "x", "\ud800x", "a\x00b", "12abc", [], [None], [1], {}, {"a": 1},
)  # fmt: skip
ISO = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
PAIRS = frozenset({"identifiers", "extra"})
PLURAL = PAIRS | {"authors", "keywords", "issns", "isbns", "flags", "notes"}

FOUND = {
    "count": "2", "webenv": "E", "querykey": "1", "idlist": ["1", "2"], "querytranslation": "a",
    "errorlist": {"phrasesnotfound": ["b"]},
}  # fmt: skip
MADE: dict[str, Any] = {
    "core": test_core.reply(test_core.WORK),
    "openaire": test_openaire.reply(test_openaire.PRODUCT),
    "pubmed": json.dumps({"esearchresult": FOUND}).encode(),
    "sciencedirect": test_sciencedirect.reply(test_sciencedirect.RESULT),
    "scopus": test_scopus.reply(test_scopus.COMPLETE),
    "wos_starter": test_wos_starter.reply(test_wos_starter.HIT),
}
KEPT = {
    "clinicaltrials": "clinicaltrials_studies_synthetic", "crossref": "crossref_works_synthetic",
    "doaj": "doaj_articles_synthetic", "eric": "eric_search_recorded", "europepmc": "europepmc_search_synthetic",
    "openalex": "openalex_works_synthetic", "semanticscholar": "semanticscholar_bulk_synthetic",
}  # fmt: skip
PAPER = {"paperId": "a", "title": "T", "year": 2010, "externalIds": {"DOI": "10.5555/a"}, "journal": {"volume": "1"}}
REFERENCE = {"id": "1", "source": "MED", "title": "T", "pubYear": 2010, "volume": "1", "authorString": "A B."}
LISTS: dict[str, tuple[str, Any]] = {
    "semanticscholar": ("references id:a", {"next": 3, "data": [{"citedPaper": PAPER}]}),
    "opencitations": ("references doi:10.5555/a", [{"cited": "doi:10.5555/b pmid:5", "citing": "doi:10.5555/a"}]),
    "europepmc": ("references id:MED:1", {"hitCount": 1, "referenceList": {"reference": [REFERENCE]}}),
}


def reply_of(name: str, data: Path) -> Any:
    return json.loads(MADE[name] if name in MADE else (data / f"{KEPT[name]}.json").read_bytes())


def spoilt(value: Any) -> Iterator[Any]:
    """Give the value with each hostile one in the place of each of its parts (of lists of the first two)."""
    yield from HOSTILE
    for key in list(value) if isinstance(value, dict) else range(min(len(value), 2)) if isinstance(value, list) else ():
        for other in spoilt(value[key]):
            copied = value.copy()
            copied[key] = other
            yield copied


def texts(record: Record) -> Iterator[str]:
    for field in fields(Record):
        value = getattr(record, field.name)
        listed = value if field.name in PLURAL else () if value is None else (value,)
        assert isinstance(listed, tuple), field.name
        yield from (text for one in listed for text in (one if field.name in PAIRS else (one,)))


def check(page: Page) -> None:
    assert page.total is None or 0 <= page.total < 2**31
    for record in page.records:
        assert record.date is None or ISO.fullmatch(record.date), record.date
        for text in texts(record):
            assert type(text) is str
            text.encode()  # half of a character cannot be
            assert "\x00" not in text
    for text in (*page.notes, *page.promised, *(part.raw for part in page.rejected), page.next_cursor or ""):
        text.encode()
        assert "\x00" not in text


@pytest.mark.parametrize("name", [name for name in SOURCES if name != "arxiv"])
def test_a_value_of_another_type_is_a_rejected_record_or_an_error_of_the_source(name: str, data: Path) -> None:
    whole = reply_of(name, data)
    tried = 0
    for body in spoilt(whole):
        try:
            check(SOURCES[name].read(json.dumps(body).encode(), None))
        except SourceError as error:
            error.message.encode()
        tried += 1
    assert tried > 100


@pytest.mark.parametrize("name", list(LISTS))
def test_so_it_is_in_lists_of_citations(name: str) -> None:
    question, whole = LISTS[name]
    for body in spoilt(whole):
        try:
            check(CITING[name].read(json.dumps(body).encode(), question))
        except SourceError as error:
            error.message.encode()


@pytest.mark.parametrize("name", list(SOURCES))
@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b"<a>" * 100_000, b"", b"\xff\xfe\x00", b"null"])
def test_what_is_nested_without_end_or_no_data_at_all_is_an_error_of_the_source(name: str, body: bytes) -> None:
    with pytest.raises(SourceChanged):
        SOURCES[name].read(body, None)


@pytest.mark.parametrize("name", list(CITING))
def test_so_it_is_at_citation_indexes(name: str) -> None:
    for body in (b"[" * 100_000, b'{"a":' * 100_000, b"", b"null"):
        with pytest.raises(SourceChanged):
            CITING[name].read(body, "references id:1")


def test_a_byte_that_is_no_character_does_not_lose_the_page(data: Path) -> None:
    body = (data / "openalex_works_synthetic.json").read_bytes()
    (one, *_), (other, *_) = (
        SOURCES["openalex"].read(b, None).records for b in (body, body.replace(b'"title": "', b'"title": "\xff', 1))
    )
    assert (other.title, other.source_id) == (f"\ufffd{one.title}", one.source_id)


@pytest.mark.parametrize(("name", "tag"), [("pubmed", b"<ArticleTitle>"), ("arxiv", b"<title>")])
@pytest.mark.parametrize("noise", [b"\xff", b"\x00", b"\x0b", b"&#0;", b"\xed\xa0\x80"])
def test_a_character_that_xml_forbids_does_not_lose_the_page(name: str, tag: bytes, noise: bytes, data: Path) -> None:
    file = {"pubmed": "pubmed_efetch_synthetic.xml", "arxiv": "arxiv_feed_synthetic.xml"}[name]
    body, cursor = (data / file).read_bytes(), {"pubmed": "E|1|0|3", "arxiv": None}[name]
    whole, spoilt_one = (SOURCES[name].read(b, cursor) for b in (body, body.replace(tag, tag + noise)))
    assert [r.source_id for r in spoilt_one.records] == [r.source_id for r in whole.records]


def test_a_record_that_held_half_a_character_is_kept(any_store: Store) -> None:
    work = b'{"id": "W1", "title": "A\\ud800B\\u0000C", "language": "\\ud83d"}'
    (record,) = SOURCES["openalex"].read(b'{"meta": {"count": 1, "page": 1}, "results": [' + work + b"]}", None).records
    facts = {"source": "openalex", "label": "OpenAlex", "kind": "database", "method": "api", "protocol": "0" * 64}
    with any_store.write() as connection:
        search = rows.start_search(connection, {**facts, "started_at": "2026-11-22"})
        rows.add_records(connection, search, [(1, record, "unknown")])
    with any_store.read() as connection:
        assert [r.title for r in rows.records_in(connection, search)] == ["A\ufffdB C"]
