"""Scopus' search API. Pure functions.

Source: https://dev.elsevier.com/documentation/ScopusSearchAPI.wadl and https://dev.elsevier.com/sc_search_views.html,
checked 2026-11-22. With the token of an institution the view is ``COMPLETE``, else ``STANDARD``, which has the first
author only and no abstract.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from review import identifiers
from review.errors import SourceChanged
from review.formats import values
from review.formats.kinds import kind_of
from review.record import Kind, Record
from review.text import plain, tidy
from searches.dialects import DIALECTS, translate
from searches.source import About, Credentials, Page, Request, Source, Translation, Window
from searches.sources import elsevier
from searches.sources.replies import UNREADABLE, as_count, as_text, each, next_offset

ABOUT = About(
    name="scopus",
    label="Scopus",
    docs="https://dev.elsevier.com/documentation/ScopusSearchAPI.wadl",
    checked="2026-11-22",
    base_url=elsevier.BASE_URL,
    interval=elsevier.INTERVAL,
    page_size=200,
    key=elsevier.KEY,
    key_required=True,
    institution=elsevier.INSTITUTION,
    size="count",
    slices="year",
    rate=elsevier.RATE,
    # the day itself is not after it, but an update reaches back by more than a day
    added="({query}) AND ORIG-LOAD-DATE AFT {since:%Y%m%d}",
)

MOST = 5_000
"""Records of one search that offsets reach."""
COMPLETE_PAGE = 25
"""Records per request in the view that has abstracts."""

_RETRACTED = "tb"
_KINDS: dict[str, Kind] = {
    "ab": "conference", "bz": "article", "mm": "other", "pr": "other", _RETRACTED: "article",
}  # fmt: skip
"""Kind by Scopus' code where its word for the type is no common one."""
_FIRST_ONLY = (
    "Scopus sent only the first author and no abstracts, as it does without the token of an institution"
    f" ({elsevier.INSTITUTION})"
)
_ISBN = re.compile(r"[\dXx-]{10,17}")


def ask(translation: Translation, window: Window | None, cursor: str | None, credentials: Credentials) -> Request:
    """Build the request for one page; ``cursor`` is the number of the records before it."""
    query = " ".join(translation.text.split())
    if window is not None:
        before, after = int(window.start[:4]) - 1, int(window.end[:4]) + 1
        query = f"({query}) AND PUBYEAR > {before} AND PUBYEAR < {after}"
    whole = credentials.institution is not None
    params = (
        ("query", query),
        ("view", "COMPLETE" if whole else "STANDARD"),
        ("count", str(COMPLETE_PAGE if whole else ABOUT.page_size)),
        ("start", cursor or "0"),
        ("sort", "+orig-load-date"),  # what is added during a walk comes last
    )
    url = f"{ABOUT.base_url}/content/search/scopus"
    return Request(url, params, elsevier.headers(credentials), secret=elsevier.SECRET)


def read(reply: bytes, cursor: str | None) -> Page:
    """Read one page; no hits are one entry that says so."""
    found = elsevier.answer(reply, ABOUT)
    try:
        results = found["search-results"]
        total = as_count(results["opensearch:totalResults"])
        entries = list(results.get("entry") or ()) if total else []
    except UNREADABLE as fault:
        raise SourceChanged("the reply of Scopus names no hits or no entries", source=ABOUT.name) from fault
    records, rejected = each(entries, _record)
    whole = any(isinstance(entry, dict) and not {"author", "dc:description"}.isdisjoint(entry) for entry in entries)
    notes = (_FIRST_ONLY,) if records and not whole else ()
    following = None if total > MOST else next_offset(cursor, len(entries), total)
    return Page(records, total, following, rejected, split=total > MOST, notes=notes)


def _record(entry: dict[str, Any]) -> Record:
    subtype = entry.get("subtype") or ""
    links = {link.get("@ref"): link.get("@href") for link in entry.get("link") or ()}
    return Record(
        title=plain(entry.get("dc:title")),
        authors=_authors(entry),
        date=_date(entry),
        journal=plain(entry.get("prism:publicationName")),
        volume=as_text(entry.get("prism:volume")),
        issue=as_text(entry.get("prism:issueIdentifier")),
        pages=as_text(entry.get("prism:pageRange")) or as_text(entry.get("article-number")),
        abstract=plain(entry.get("dc:description")),
        keywords=tuple(k for word in (entry.get("authkeywords") or "").split("|") if (k := plain(word))),
        kind=_KINDS.get(subtype) or kind_of([entry.get("subtypeDescription") or ""]),
        doi=identifiers.doi(entry.get("prism:doi")),
        pmid=identifiers.pmid(as_text(entry.get("pubmed-id"))),
        issns=identifiers.issns(f"{entry.get('prism:issn') or ''} {entry.get('prism:eIssn') or ''}"),
        isbns=_isbns(entry),
        url=tidy(links.get("scopus")),
        flags=("retracted",) if subtype == _RETRACTED else (),
        source_id=_eid(entry),
        extra=_more(entry),
    )


def _eid(entry: dict[str, Any]) -> str:
    """Give the id that Scopus' exports hold too; the number in ``dc:identifier`` is its last part."""
    if entry.get("eid"):
        return str(entry["eid"])
    number = str(entry.get("dc:identifier") or "").removeprefix("SCOPUS_ID:")
    if not number:
        raise KeyError("eid")
    return f"2-s2.0-{number}"


def _authors(entry: dict[str, Any]) -> tuple[str, ...]:
    names = (_name(author) for author in entry.get("author") or ())
    found = tuple(dict.fromkeys(name for name in names if name))  # with two affiliations an author comes twice
    first = plain(entry.get("dc:creator"))
    return found or ((values.name(first),) if first else ())


def _name(author: dict[str, Any]) -> str | None:
    family, given = plain(author.get("surname")), plain(author.get("given-name")) or plain(author.get("initials"))
    printed = plain(author.get("authname"))
    return f"{family}, {given}" if family and given else values.name(printed) if printed else family


def _date(entry: dict[str, Any]) -> str | None:
    """Give the date as displayed (``May 2014``): the other one has the first day for a month or a year alone."""
    cover = values.date(str(entry.get("prism:coverDate") or ""))
    shown = values.date(str(entry.get("prism:coverDisplayDate") or ""))
    return shown if shown and (cover is None or shown[:4] == cover[:4]) else cover


def _isbns(entry: dict[str, Any]) -> tuple[str, ...]:
    """Give the ISBNs, which come as one text, as texts in brackets, or as a list of either."""
    given = entry.get("prism:isbn") or ()
    listed = [given] if isinstance(given, str | dict) else given
    texts = (str(one.get("$") or "") if isinstance(one, dict) else str(one) for one in listed)
    return tuple(
        dict.fromkeys(isbn for text in texts for part in _ISBN.findall(text) for isbn in values.serials(part)[1])
    )


def _more(entry: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Give what has no field: type, sort of publication, the article's number beside its pages, and free access."""
    keys = ["subtypeDescription", "prism:aggregationType", "openaccess"]
    keys += ["article-number"] if entry.get("prism:pageRange") else []
    return tuple((key, str(entry[key])) for key in keys if entry.get(key))


def identify(scheme: str, value: str) -> str | None:
    """Ask for the record with this DOI or PMID."""
    return {"doi": f'DOI("{value}")', "pmid": f"PMID({value})"}.get(scheme)


SOURCE = Source(ABOUT, partial(translate, dialect=DIALECTS["scopus"]), ask, read, identify)
