"""ScienceDirect's search API, version 2: a JSON body is put, and there are no abstracts in what comes. Pure functions.

Source: https://dev.elsevier.com/tecdoc_sdsearch_migration.html, checked 2026-11-22. What stands behind the line break
of a translation are members of the body: ``date``.
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any

from review import identifiers
from review.errors import SourceChanged
from review.formats import values
from review.record import Record
from review.text import plain, tidy
from searches.dialects import DIALECTS, translate
from searches.source import About, Credentials, Page, Request, Source, Translation, Window
from searches.sources import elsevier
from searches.sources.names import inverted
from searches.sources.replies import UNREADABLE, as_count, as_text, each, identity, next_offset, parted

ABOUT = About(
    name="sciencedirect",
    label="ScienceDirect",
    docs="https://dev.elsevier.com/tecdoc_sdsearch_migration.html",
    checked="2026-11-22",
    base_url=elsevier.BASE_URL,
    interval=elsevier.INTERVAL,
    page_size=100,
    key=elsevier.KEY,
    key_required=True,
    institution=elsevier.INSTITUTION,
    slices="year",
    rate=elsevier.RATE,
)

MOST = 6_000
"""Records of one search that offsets reach."""

_NO_YEAR = "1700"
"""A year of which ScienceDirect has nothing: asked where a slice lies outside the protocol's years."""
_ISSUE = re.compile(r"Volumes? (?P<volume>[^,]+)(?:, Issues? (?P<issue>[^,]+))?", re.IGNORECASE)


def ask(translation: Translation, window: Window | None, cursor: str | None, credentials: Credentials) -> Request:
    """Build the request for one page; ``cursor`` is the number of the records before it."""
    query, limits = parted(translation.text)
    body: dict[str, Any] = {"qs": query, **dict(limits)}
    if window is not None:
        body["date"] = _years(window, body.get("date"))
    body["display"] = {"offset": int(cursor or 0), "show": ABOUT.page_size, "sortBy": "date"}
    url = f"{ABOUT.base_url}/content/search/sciencedirect"
    return Request(
        url, headers=elsevier.headers(credentials), method="PUT", secret=elsevier.SECRET, content=json.dumps(body)
    )


def _years(window: Window, limit: str | None) -> str:
    """Give the years that a slice and the protocol's limit have in common."""
    start, _, end = (limit or "").partition("-")
    first, last = max(window.start[:4], start), min(window.end[:4], end or window.end[:4])
    return f"{first}-{last}" if first <= last else _NO_YEAR


def read(reply: bytes, cursor: str | None) -> Page:
    """Read one page; where there are no hits, the list of results lacks."""
    found = elsevier.answer(reply, ABOUT)
    try:
        total, results = as_count(found["resultsFound"]), list(found.get("results") or ())
    except UNREADABLE as fault:
        raise SourceChanged("the reply of ScienceDirect names no hits or no results", source=ABOUT.name) from fault
    records, rejected = each(results, _record)
    following = None if total > MOST else next_offset(cursor, len(results), total)
    return Page(records, total, following, rejected, split=total > MOST)


def _record(result: dict[str, Any]) -> Record:
    pages = result.get("pages") or {}
    issue = _ISSUE.match(result.get("volumeIssue") or "")
    authors = sorted(result.get("authors") or (), key=lambda author: int(author.get("order") or 0))
    return Record(
        title=plain(result.get("title")),
        authors=tuple(inverted(name) for author in authors if (name := plain(author.get("name")))),
        date=_date(result),
        journal=plain(result.get("sourceTitle")),
        volume=issue["volume"].strip() if issue else None,
        issue=tidy(issue["issue"]) if issue else None,
        pages=values.page_range(as_text(pages.get("first")), as_text(pages.get("last"))),
        doi=identifiers.doi(result.get("doi")),
        url=tidy(result.get("uri")),
        source_id=identity(result, "pii"),
        extra=tuple((key, str(result[key])) for key in ("volumeIssue", "loadDate", "openAccess") if key in result),
    )


def _date(result: dict[str, Any]) -> str | None:
    """Give the date; 1 January stands for a year of which no more is known."""
    date = str(result.get("publicationDate") or "")[:10]
    return values.date(date[:4] if date.endswith("-01-01") else date)


SOURCE = Source(ABOUT, partial(translate, dialect=DIALECTS["sciencedirect"]), ask, read)
