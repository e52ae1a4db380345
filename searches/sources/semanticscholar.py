"""Semantic Scholar's bulk search of papers, by token. Pure functions.

Source: https://api.semanticscholar.org/api-docs/graph, checked 2026-11-21. One DOI or PMID cannot be asked here.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from review import identifiers
from review.errors import SourceBusy, SourceChanged, SourceRefused
from review.formats import values
from review.record import Kind, Record
from review.text import plain, tidy
from searches.dialects import DIALECTS, translate
from searches.source import About, Credentials, Page, Request, Source, Translation, Window
from searches.sources.names import inverted
from searches.sources.replies import UNREADABLE, as_count, as_json, as_text, each, identity, parted

ABOUT = About(
    name="semanticscholar",
    label="Semantic Scholar",
    docs="https://api.semanticscholar.org/api-docs/graph",
    checked="2026-11-21",
    base_url="https://api.semanticscholar.org",
    interval=(1.1, 1.1),  # 1 a second over all endpoints; without a key all users share one pool, which is often empty
    page_size=1_000,  # fixed
    key="S2_API_KEY",
    exact=False,
)

FIELDS = (
    "externalIds", "url", "title", "abstract", "venue", "year", "publicationDate", "journal", "authors",
    "publicationTypes", "openAccessPdf",
)  # fmt: skip
"""The fields of a paper that are asked for; without them only id and title come."""
_KINDS: dict[str, Kind] = {
    "Review": "review", "MetaAnalysis": "review", "Editorial": "editorial", "LettersAndComments": "letter",
    "Conference": "conference", "BookSection": "chapter", "Book": "book", "Dataset": "dataset", "News": "other",
    "JournalArticle": "article", "CaseReport": "article", "ClinicalTrial": "article", "Study": "article",
}  # fmt: skip
"""Its own types of publications to kinds, the most telling ones first."""
_LIMITS = frozenset({"429", "TooManyRequests"})


def ask(translation: Translation, window: Window | None, cursor: str | None, credentials: Credentials) -> Request:
    """Build the request for one page. No reply asks for a window: tokens reach ten million papers."""
    query, behind = parted(translation.text)
    paging = (("token", cursor),) if cursor else ()
    params = (("query", query), *behind, ("fields", ",".join(FIELDS)), *paging)
    headers = (("x-api-key", credentials.key),) if credentials.key else ()
    return Request(f"{ABOUT.base_url}/graph/v1/paper/search/bulk", params, headers, secret=("x-api-key",))


def read(reply: bytes, cursor: str | None) -> Page:
    """Read one page; the token is ``null`` on the last one, and an empty search has no ``data``."""
    found = as_json(reply, ABOUT)
    if "total" not in found and ("error" in found or "message" in found):
        said = found.get("error") or found.get("message")
        kind = SourceBusy if str(found.get("code")) in _LIMITS else SourceRefused
        raise kind(f"Semantic Scholar refused the request: {said}", source=ABOUT.name, hint=ABOUT.docs)
    try:
        total = as_count(found["total"])
        data = list(found["data"] if total and cursor is None else found.get("data") or ())
    except UNREADABLE as fault:
        raise SourceChanged("the reply of Semantic Scholar names no hits or no papers", source=ABOUT.name) from fault
    records, rejected = each(data, record)
    return Page(records, total, str(found["token"]) if found.get("token") else None, rejected)


def record(paper: dict[str, Any]) -> Record:
    """Read one paper with the fields that were asked for; any of them may be ``null``."""
    ids, journal = paper.get("externalIds") or {}, paper.get("journal") or {}
    types: list[str] = paper.get("publicationTypes") or []
    arxiv = tidy(ids.get("ArXiv"))
    return Record(
        title=plain(paper.get("title")),
        authors=tuple(inverted(name) for a in paper.get("authors") or () if (name := plain(a.get("name")))),
        date=_date(paper),
        journal=plain(journal.get("name")) or plain(paper.get("venue")),
        volume=as_text(journal.get("volume")),
        pages=as_text(journal.get("pages")),
        abstract=plain(paper.get("abstract")),
        kind=next((kind for name, kind in _KINDS.items() if name in types), None),
        doi=identifiers.doi(ids.get("DOI")),
        pmid=identifiers.pmid(ids.get("PubMed")),
        pmcid=identifiers.pmcid(ids.get("PubMedCentral")),
        url=tidy(paper.get("url")),
        source_id=identity(paper, "paperId"),
        identifiers=(("arxiv", arxiv),) if arxiv else (),
        extra=_more(paper, types),
    )


def _date(paper: dict[str, Any]) -> str | None:
    """Give the date; the first of January stands for a year of which no more is known, so no more is claimed."""
    date, year = paper.get("publicationDate"), paper.get("year")
    if not date:
        return values.date(str(year)) if year else None
    return values.date(str(date)[:4] if str(date).endswith("-01-01") else str(date))


def _more(paper: dict[str, Any], types: list[str]) -> tuple[tuple[str, str], ...]:
    """Give what has no field: types, the open copy, its own number."""
    pairs = [("publicationType", str(name)) for name in types]
    pairs += [("openAccessPdf", url)] if (url := tidy((paper.get("openAccessPdf") or {}).get("url"))) else []
    corpus = (paper.get("externalIds") or {}).get("CorpusId")
    return (*pairs, ("CorpusId", str(corpus))) if corpus else tuple(pairs)


SOURCE = Source(ABOUT, partial(translate, dialect=DIALECTS["semanticscholar"]), ask, read)
