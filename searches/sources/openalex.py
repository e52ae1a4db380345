"""OpenAlex's list of works, by cursor with a key and by page number without one. Pure functions.

Source: https://help.openalex.org/api/ (August 2026), checked 2026-11-21. The text of a translation is the whole value
of the parameter ``filter``, so that citations (``cites:W1|W2``) are asked in the same way as a search.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any
from urllib.parse import quote

from review import identifiers
from review.errors import SourceBusy, SourceChanged, SourceRefused
from review.formats import values
from review.formats.kinds import kind_of
from review.formats.languages import language
from review.record import Kind, Record
from review.text import plain, tidy
from searches.dialects import DIALECTS, translate
from searches.source import About, Credentials, Page, RateHeaders, Request, Source, Translation, Window
from searches.sources.names import inverted
from searches.sources.replies import UNREADABLE, as_count, as_json, as_text, each, identity

ABOUT = About(
    name="openalex",
    label="OpenAlex",
    docs="https://help.openalex.org/api/",
    checked="2026-11-21",
    base_url="https://api.openalex.org",
    interval=(1.0, 0.2),  # queries of more than 5 operators: 1 a second without a key, 5 with
    page_size=100,
    key="OPENALEX_API_KEY",
    contact="REVIEW_CONTACT",
    size="per_page",
    rate=RateHeaders(remaining="X-RateLimit-Remaining", reset="X-RateLimit-Reset"),
)

MOST_WITHOUT_KEY = 10_000
"""Records that page numbers reach; cursors need a key since October 2026."""
LONGEST_QUERY = 4_000
"""Bytes of a query in the address: the documented limit of the whole address is 4,094."""
_FIELDS = (
    "id", "doi", "title", "publication_year", "publication_date", "language", "type", "ids", "primary_location",
    "biblio", "authorships", "abstract_inverted_index", "keywords", "is_retracted", "referenced_works",
)  # fmt: skip
_KINDS: dict[str, Kind] = {
    "peer-review": "commentary", "reference-entry": "chapter", "paratext": "other", "supplementary-materials": "other",
    "book-section": "chapter", "standard": "report",
}  # fmt: skip
"""OpenAlex's own words for types, beside those that every source uses."""
_UNSAFE = re.compile(r"[,|]")
REFERENCES = "referenced_works"
"""The tag in ``Record.extra`` that holds the works a record cites, as OpenAlex ids with spaces between."""


def ask(translation: Translation, window: Window | None, cursor: str | None, credentials: Credentials) -> Request:
    """Build the request for one page; ``cursor`` is ``page=2`` or ``cursor=…``, and its name decides the way on."""
    if len(quote(translation.text, safe=",:|")) > LONGEST_QUERY:
        raise SourceRefused(
            f"the query is longer than the {LONGEST_QUERY:,} bytes that OpenAlex takes", source="openalex",
            url=ABOUT.docs, hint="split the strategy into two",
        )  # fmt: skip
    days = f",from_publication_date:{window.start},to_publication_date:{window.end}" if window else ""
    way, _, value = (cursor or ("cursor=*" if credentials.key else "page=1")).partition("=")
    params = (
        ("filter", translation.text + days),
        ("sort", "publication_date"),  # by relevance a long walk can shift
        ("select", ",".join(_FIELDS)),
        ("per_page", str(ABOUT.page_size)),
        (way, value),
    )
    headers = (("Authorization", f"Bearer {credentials.key}"),) if credentials.key else ()
    return Request(f"{ABOUT.base_url}/works", params, headers, secret=("Authorization",))


def read(reply: bytes, cursor: str | None) -> Page:
    """Read one page."""
    meta, results = answer(reply)
    records, rejected = each(results, _record)
    return Page(records, meta["count"], _next(meta, results, cursor), rejected)


def answer(reply: bytes) -> tuple[dict[str, Any], list[Any]]:
    """Give what a reply says of itself, with its ``count``, and its works."""
    found = as_json(reply, ABOUT)
    try:
        meta = {**found["meta"], "count": as_count(found["meta"]["count"])}
        results = list(found["results"])
    except UNREADABLE as fault:
        raise SourceChanged("the reply of OpenAlex is not the documented JSON", source="openalex") from fault
    if meta.get("timed_out"):
        raise SourceBusy("OpenAlex ran out of time and sent a part of the page", source="openalex")
    return meta, results


def _next(meta: dict[str, Any], results: list[Any], cursor: str | None) -> str | None:
    if meta.get("page") is None:
        following = meta.get("next_cursor")
        return f"cursor={following}" if following and results else None
    if meta["count"] > MOST_WITHOUT_KEY and meta.get("per_page") != ABOUT.fewest:
        raise SourceRefused(
            f"OpenAlex has {meta['count']:,} hits and gives {MOST_WITHOUT_KEY:,} without a key",
            source="openalex", hint=f"get a free key at openalex.org and set {ABOUT.key}, or narrow the strategy",
        )  # fmt: skip
    page = int((cursor or "page=1").partition("=")[2])
    return f"page={page + 1}" if results and page * ABOUT.page_size < meta["count"] else None


def _record(work: dict[str, Any]) -> Record:
    place = work.get("primary_location") or {}
    venue = place.get("source") or {}
    biblio = work.get("biblio") or {}
    ids = work.get("ids") or {}
    return Record(
        title=plain(work.get("title")),
        authors=tuple(name for a in work.get("authorships") or () if (name := _name(a))),
        date=_date(work),
        journal=tidy(venue.get("display_name")),
        volume=as_text(biblio.get("volume")),
        issue=as_text(biblio.get("issue")),
        pages=values.page_range(as_text(biblio.get("first_page")), as_text(biblio.get("last_page"))),
        abstract=abstract(work.get("abstract_inverted_index")),
        kind=_KINDS.get(work.get("type") or "") or kind_of([(work.get("type") or "").replace("-", " ")]),
        language=language(work["language"]) if work.get("language") else None,
        doi=identifiers.doi(work.get("doi")),
        pmid=identifiers.pmid(ids.get("pmid")),
        pmcid=identifiers.pmcid(ids.get("pmcid")),
        issns=identifiers.issns(" ".join(venue.get("issn") or ())),
        url=tidy(place.get("landing_page_url")),
        publisher=tidy(venue.get("host_organization_name")),
        flags=("retracted",) if work.get("is_retracted") else (),
        source_id=short(identity(work, "id")),
        extra=_more(work),
    )


def short(identity: str) -> str:
    """Give the bare id of a work.

    >>> short("https://openalex.org/W2741809807")
    'W2741809807'
    """
    return identity.rsplit("/", 1)[-1]


def _name(authorship: dict[str, Any]) -> str | None:
    """Give ``Family, Given``; the printed name says which is which where it holds a comma."""
    printed = tidy(authorship.get("raw_author_name")) or ""
    if printed.count(",") == 1 and not printed.endswith(","):
        return values.name(printed)
    return inverted(tidy((authorship.get("author") or {}).get("display_name")) or printed) or None


def _date(work: dict[str, Any]) -> str | None:
    """Give the date; the first of January stands for a year of which no more is known, so no more is claimed."""
    date, year = work.get("publication_date"), work.get("publication_year")
    if not date:
        return values.date(str(year)) if year else None
    return values.date(str(date)[:4] if str(date).endswith("-01-01") else str(date))


def abstract(index: dict[str, Any] | None) -> str | None:
    """Put an abstract together again from the positions of its words.

    >>> abstract({"doctors": [1, 3], "For": [0], "by": [2]})
    'For doctors by doctors'
    """
    if not index:
        return None
    nested = index.get("InvertedIndex")
    positions: dict[str, list[int]] = nested if isinstance(nested, dict) else index
    placed = sorted((at, word) for word, places in positions.items() for at in places)
    return plain(" ".join(word for _, word in placed))


def _more(work: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Give what has no field; OpenAlex's keywords are assigned by a machine, so they are not the record's own."""
    pairs = [("type", work["type"])] if work.get("type") else []
    names = (plain(k.get("display_name")) for k in work.get("keywords") or ())
    pairs += [("keyword assigned", name) for name in names if name]
    cited = " ".join(short(w) for w in work.get(REFERENCES) or ())
    return (*pairs, (REFERENCES, cited)) if cited else tuple(pairs)


def identify(scheme: str, value: str) -> str | None:
    """Ask for the works with this DOI or PMID; commas and bars have a meaning in a filter."""
    return f"{scheme}:{value}" if scheme in ("doi", "pmid") and not _UNSAFE.search(value) else None


SOURCE = Source(ABOUT, partial(translate, dialect=DIALECTS["openalex"]), ask, read, identify)
