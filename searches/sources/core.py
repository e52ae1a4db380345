"""CORE's search of works, which are the papers and theses of the world's repositories. Pure functions.

Source: https://api.core.ac.uk/docs/v3, checked 2026-11-22.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from review import identifiers
from review.errors import SourceChanged
from review.formats import values
from review.formats.kinds import kind_of
from review.formats.languages import language
from review.record import Record
from review.text import plain, tidy
from searches.dialects import DIALECTS, translate
from searches.source import About, Credentials, Page, RateHeaders, Request, Source, Translation, Window
from searches.sources.replies import UNREADABLE, as_count, as_json, each, identity, next_offset

ABOUT = About(
    name="core",
    label="CORE",
    docs="https://api.core.ac.uk/docs/v3",
    checked="2026-11-22",
    base_url="https://api.core.ac.uk",
    interval=(6.0, 6.0),  # 10 requests a minute without a key and with an academic one, 25 with a personal one
    page_size=100,  # 200 end in a timeout
    key="CORE_API_KEY",
    key_required=True,  # it is free; without one nearly every request is refused as one too many
    size="limit",
    slices="year",
    rate=RateHeaders(remaining="X-RateLimit-Remaining", reset="X-RateLimit-Retry-After"),
    collections=(("theses", "documentType:thesis"), ("research", "documentType:research")),
)

MOST = 10_000
"""Records of one search that offsets reach; more needs a slower way (``scroll``), so the search is cut into years."""

_WORKS = f"{ABOUT.base_url}/v3/search/works/"
"""With its last slash: without it CORE redirects, and the redirect counts as a request."""
_NO_LANGUAGE = frozenset({"und", "un"})
_QUOTED = re.compile(r"'(.+)'\Z")


def ask(translation: Translation, window: Window | None, cursor: str | None, credentials: Credentials) -> Request:
    """Build the request for one page; ``cursor`` is the number of the works before it."""
    query = translation.text
    if window is not None:
        query = f"({query}) AND yearPublished>={window.start[:4]} AND yearPublished<={window.end[:4]}"
    params = (("q", query), ("limit", str(ABOUT.page_size)), ("offset", cursor or "0"))
    headers = (("Authorization", f"Bearer {credentials.key}"),) if credentials.key else ()
    return Request(_WORKS, params, headers, secret=("Authorization",))


def read(reply: bytes, cursor: str | None) -> Page:
    """Read one page."""
    found = as_json(reply, ABOUT)
    try:
        total, works = as_count(found["totalHits"]), list(found["results"])
    except UNREADABLE as fault:
        raise SourceChanged("the reply of CORE names no hits or no results", source=ABOUT.name) from fault
    records, rejected = each(works, _record)
    following = None if total > MOST else next_offset(cursor, len(works), total)
    return Page(records, total, following, rejected, split=total > MOST)


def _record(work: dict[str, Any]) -> Record:
    ids = [(str(i["type"]), str(i["identifier"])) for i in work.get("identifiers") or () if i.get("identifier")]
    journals = [j for j in work.get("journals") or () if isinstance(j, dict)]
    return Record(
        title=plain(work.get("title")),
        authors=tuple(values.name(name) for a in work.get("authors") or () if (name := plain(a.get("name")))),
        date=_date(work),
        journal=next((name for j in journals if (name := plain(j.get("title")))), None),
        abstract=plain(work.get("abstract")),
        kind=kind_of([work.get("documentType") or ""]),
        language=_language(work),
        doi=identifiers.doi(work.get("doi")) or values.first_doi(i for kind, i in ids if kind == "DOI"),
        pmid=identifiers.pmid(str(work.get("pubmedId") or "")),
        issns=identifiers.issns(" ".join(str(i) for j in journals for i in j.get("identifiers") or ())),
        url=_url(work),
        publisher=_unquoted(plain(work.get("publisher"))),
        source_id=identity(work, "id"),
        identifiers=_others(work),
        extra=_more(work),
    )


def _date(work: dict[str, Any]) -> str | None:
    """Give the year and, where the date of publication lies in it, the day; 1 January stands for a year alone."""
    year, day = work.get("yearPublished"), str(work.get("publishedDate") or "")[:10]
    if not day or day.endswith("-01-01") or (year and not day.startswith(str(year))):
        return values.date(str(year or day))
    return values.date(day)


def _language(work: dict[str, Any]) -> str | None:
    code = (work.get("language") or {}).get("code")
    return language(code) if code and code not in _NO_LANGUAGE else None


def _url(work: dict[str, Any]) -> str | None:
    """Give the work's page at CORE, else the address of its file."""
    links = {link.get("type"): link.get("url") for link in work.get("links") or ()}
    return tidy(links.get("display")) or tidy(work.get("downloadUrl"))


def _unquoted(publisher: str | None) -> str | None:
    quoted = _QUOTED.match(publisher or "")
    return quoted[1] if quoted else publisher


def _others(work: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    arxiv = (("arxiv", str(work["arxivId"])),) if work.get("arxivId") else ()
    return (*arxiv, *(("oai", str(i)) for i in work.get("oaiIds") or () if i))


def _more(work: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Give what has no field; CORE's word for most documents, ``research``, does not say what sort they are."""
    pairs = [(key, work.get(key)) for key in ("documentType", "fieldOfStudy", "downloadUrl")]
    pairs += [("contributor", name) for name in work.get("contributors") or ()]
    pairs += [("dataProvider", p.get("name")) for p in work.get("dataProviders") or ()]
    return tuple((key, text) for key, value in pairs if (text := tidy(str(value or ""))))


def identify(scheme: str, value: str) -> str | None:
    """Ask for the works with this DOI; CORE cannot be asked for a PMID."""
    return f'doi:"{value}"' if scheme == "doi" else None


SOURCE = Source(ABOUT, partial(translate, dialect=DIALECTS["core"]), ask, read, identify)
