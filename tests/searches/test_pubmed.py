"""PubMed: the two steps, its errors in disguise, and what its XML holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from review import formats
from review.errors import SourceBusy, SourceChanged, SourceRefused
from review.protocol import Protocol
from searches.run import Place, run_search
from searches.source import Credentials, Translation, Window
from searches.sources.pubmed import SOURCE, ask, read

NOBODY = Credentials()
FETCH = "MCID_1|2|400|1000"


def search_reply(**found: Any) -> bytes:
    given = {"count": "2", "idlist": ["1", "2"], "webenv": "MCID_1", "querykey": "2", **found}
    return json.dumps({"esearchresult": given}).encode()


def test_a_search_puts_hits_on_the_history_server() -> None:
    request = ask(Translation("ment*[tiab]"), None, None, Credentials("k" * 8, "me@example.org"))
    assert request.url == "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/esearch.fcgi"
    assert dict(request.params) == {
        "db": "pubmed", "term": "ment*[tiab]", "retmax": "9999", "usehistory": "y", "retmode": "json",
        "tool": "narrative-review", "email": "me@example.org", "api_key": "k" * 8,
    }  # fmt: skip
    assert set(request.secret) == {"api_key", "email"}


def test_a_slice_is_by_the_day_of_creation() -> None:
    request = ask(Translation("a[tiab] OR b[tiab]"), Window("2014-01-01", "2014-06-30"), None, NOBODY)
    assert dict(request.params)["term"] == '(a[tiab] OR b[tiab]) AND ("2014/01/01"[crdt] : "2014/06/30"[crdt])'


def test_a_hyphen_in_the_query_survives_a_slice() -> None:
    request = ask(Translation('"well-being"[tiab]'), Window("2014-01-01", "2014-06-30"), None, NOBODY)
    assert '("well-being"[tiab])' in dict(request.params)["term"]


def test_a_long_query_is_posted() -> None:
    assert ask(Translation("a" * 400), None, None, NOBODY).method == "GET"
    assert ask(Translation("a" * 1001), None, None, NOBODY).method == "POST"


def test_records_are_fetched_from_history() -> None:
    request = ask(Translation("x"), None, FETCH, NOBODY)
    assert request.url.endswith("/efetch.fcgi")
    expected = {"WebEnv": "MCID_1", "query_key": "2", "retstart": "400", "retmax": "200", "retmode": "xml"}
    assert expected.items() <= dict(request.params).items()


def test_what_a_search_answers() -> None:
    page = read(search_reply(querytranslation="as read", warninglist={"quotedphrasesnotfound": ["2024"]},
                             errorlist={"phrasesnotfound": [], "fieldsnotfound": ["tiabs"]}), None)  # fmt: skip
    assert (page.total, page.next_cursor, page.promised) == (2, "MCID_1|2|0|2", ("1", "2"))
    assert page.notes == (
        "PubMed read the query as: as read",
        "PubMed says fieldsnotfound: tiabs",
        "PubMed says quotedphrasesnotfound: 2024",
    )


@pytest.mark.parametrize(("count", "split"), [("9999", False), ("10000", True)])
def test_more_than_pubmed_gives_is_split(count: str, split: bool) -> None:
    page = read(search_reply(count=count), None)
    assert (page.split, page.total, page.next_cursor is None) == (split, int(count), split)


@pytest.mark.parametrize(
    ("reply", "error", "says"),
    [
        # transcribed from the sources named in facts about E-utilities: HTTP 200 with an error inside
        (b'{"esearchresult": {"ERROR": "Search Backend failed: Exception: \'retstart\'"}}', SourceBusy, "Backend"),
        (b'{"error": "API rate limit exceeded"}', SourceBusy, "rate limit"),
        (b'{"esearchresult": {"idlist": []}}', SourceChanged, "count"),
        (b'{"esearchresult": ["x"]}', SourceChanged, "documented JSON"),
        (b'{"esearchresult": {"count": "3", "idlist": ["1"', SourceChanged, "whole JSON"),
        (search_reply(webenv=""), SourceChanged, "history server"),
    ],
)
def test_a_search_that_is_none(reply: bytes, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        read(reply, None)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (b"<eFetchResult><ERROR>Cannot retrieve history data: OUT OF RANGE.</ERROR></eFetchResult>", SourceRefused),
        (b"<PubmedArticleSet><ERROR>NCBI C++ Exception: EOF</ERROR></PubmedArticleSet>", SourceBusy),
        (b"<PubmedArticleSet><PubmedArticle>", SourceChanged),
        (b"<eSummaryResult/>", SourceChanged),
        (b"Rate exceeded.", SourceChanged),
    ],
)
def test_records_that_are_none(reply: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(reply, FETCH)


def test_pages_follow_until_the_count() -> None:
    empty = b"<PubmedArticleSet/>"
    assert read(empty, "A|B|1|0|1000").next_cursor == "A|B|1|200|1000"  # a bar in the environment does no harm
    assert read(empty, "A|1|800|1000").next_cursor is None
    assert read(empty, "A|1|799|1000").next_cursor == "A|1|999|1000"


def test_an_entity_is_never_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("do not read me")
    title = "<Article><ArticleTitle>A&e;&i;</ArticleTitle></Article>"
    article = f"<PubmedArticle><MedlineCitation><PMID>1</PMID>{title}</MedlineCitation></PubmedArticle>"
    entities = f'<!ENTITY e SYSTEM "file://{tmp_path}/secret"><!ENTITY i "inside">'
    bomb = f"<!DOCTYPE x [{entities}]><PubmedArticleSet>{article}</PubmedArticleSet>"
    (record,) = read(bomb.encode(), FETCH).records
    assert "read me" not in str(record.title)
    assert "inside" not in str(record.title)


def test_recorded_articles(data: Path) -> None:
    first, second = read((data / "pubmed_efetch_recorded.xml").read_bytes(), "E|1|0|2").records
    assert first.title == "The treatment of AIDS behind the walls of correctional facilities."
    assert (first.authors, first.date, first.pages, first.kind) == (
        ("Olivero, J Michael",), "1990", "113-25", "review",
    )  # fmt: skip
    assert (first.issns, first.language, first.pmid, first.source_id) == (
        ("1043-1578",), "eng", "12091962", "12091962",
    )  # fmt: skip
    assert first.keywords == (
        "Health Care and Public Health", "Legal Approach", "AIDS Serodiagnosis", "*Acquired Immunodeficiency Syndrome",
    )  # fmt: skip
    assert (second.date, second.doi, second.volume, second.issue) == (
        "1976-09-28", "10.1016/0005-2795(76)90109-4", "446", "1",
    )  # fmt: skip


def test_quirks_of_articles(data: Path) -> None:
    page = read((data / "pubmed_efetch_synthetic.xml").read_bytes(), "E|1|0|3")
    quirks, vernacular, chapter = page.records
    assert quirks.title == "Markup in a title: CO2 < 5 & more."
    assert quirks.abstract == "AIM: Made up to have parts. RESULTS: It has two."
    assert quirks.authors == ("Maker, Ada B Jr", "Writer, C", "Made-up Study Group", "Mononym")
    assert (quirks.date, quirks.pages, quirks.language) == ("2006", "12-19", "fre")
    assert quirks.doi == "10.5555/stated.1", "neither the withdrawn one nor that of a reference"
    assert (quirks.pmcid, quirks.issns) == ("PMC7000001", ("1234-567X", "1234-5678"))
    assert (quirks.flags, quirks.kind) == (("retracted",), "article")
    assert quirks.keywords == ("mentoring", "well-being", "Mentors")
    assert quirks.extra == (
        ("PublicationType", "Journal Article"),
        ("PublicationType", "Retracted Publication"),
        ("ArticleDate", "2005-12-24"),
        ("VernacularTitle", "Titre inventé"),
        ("OtherAbstract fre", "Résumé inventé."),
        ("RetractionIn", "70000009"),
        ("RetractionIn", "Made-up J 2007"),
        ("ELocationID doi", "10.5555/withdrawn"),
        ("PubDate", "2006 Jan-Feb"),
        ("Language", "eng"),
        ("ReferenceList", "1"),
    )
    assert (vernacular.title, vernacular.date, vernacular.doi) == (
        "Nur ein Titel in der eigenen Sprache", "2015-03-09", "10.5555/own.2",
    )  # fmt: skip
    assert vernacular.abstract is None
    assert (chapter.title, chapter.journal, chapter.kind, chapter.date) == (
        "A chapter", "A book of made-up chapters", "chapter", "2012-07",
    )  # fmt: skip
    assert (chapter.isbns, chapter.publisher, chapter.pmid) == (("9781482253269",), "Made-up Press", "70000003")


def test_a_file_saved_from_pubmed_gives_the_records_of_a_reply(data: Path) -> None:
    saved = (data / "pubmed_efetch_recorded.xml").read_bytes()
    assert formats.read(saved, name="x.xml").records == read(saved, "E|1|0|2").records


def test_an_article_without_a_pmid_is_set_aside() -> None:
    reply = b"<PubmedArticleSet><PubmedArticle><MedlineCitation/></PubmedArticle></PubmedArticleSet>"
    (rejected,) = read(reply, FETCH).rejected
    assert (rejected.reason, rejected.raw) == ("it has no PMID", "<PubmedArticle><MedlineCitation/></PubmedArticle>")


def test_a_search_beyond_the_cap_is_sliced_until_all_have_come(
    place: Place, protocol: Protocol, reach: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searches.sources.pubmed.MOST", 5)
    access, server = reach("pubmed", 12)
    outcome = run_search(place, protocol, access, protocol.strategies[0])
    assert (outcome.status, outcome.hits, outcome.records, outcome.error) == ("complete", 12, 12, None)
    searched = [a.params["term"] for a in server.asked if "term" in a.params]
    assert "[crdt]" not in searched[0]
    assert len(outcome.notes) == 1, "how PubMed read the query is noted once, not for each slice"
    assert all("[dp]" in term and "[crdt]" in term for term in searched[1:])


def test_pmids_that_do_not_come_are_named(place: Place, protocol: Protocol, reach: Callable[..., Any]) -> None:
    access, _ = reach("pubmed", 3, extra=2)
    outcome = run_search(place, protocol, access, protocol.strategies[0])
    assert outcome.error == "5 records were promised and 3 came; missing: 1004, 1005"


def test_the_facts_are_dated_and_name_the_key() -> None:
    assert (SOURCE.about.key, SOURCE.about.contact, SOURCE.about.checked) == (
        "NCBI_API_KEY", "REVIEW_CONTACT", "2026-11-21",
    )  # fmt: skip
