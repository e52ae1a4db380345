"""ERIC, the education index of the US Department of Education, over its Solr interface. Pure functions.

Source: https://eric.ed.gov/?api, checked 2026-11-22.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from review import identifiers
from review.errors import SourceChanged, SourceRefused
from review.formats import values
from review.formats.languages import language
from review.record import Kind, Record
from review.text import plain, tidy
from searches.dialects import DIALECTS, translate
from searches.source import About, Credentials, Page, Request, Source, Translation, Window
from searches.sources.replies import UNREADABLE, as_count, as_json, each, identity, next_offset

ABOUT = About(
    name="eric",
    label="ERIC",
    docs="https://eric.ed.gov/?api",
    checked="2026-11-22",
    base_url="https://api.ies.ed.gov",
    interval=(1.0, 1.0),  # no number is published
    page_size=1_000,  # it takes 2,000, and sends less where it is told to: pages are counted by what came
    size="rows",
    slices="year",
)

_FIELDS = (
    "id", "title", "author", "source", "sourceid", "publicationdateyear", "description", "subject", "publicationtype",
    "language", "issn", "isbn", "url", "publisher", "peerreviewed", "educationlevel", "e_fulltextauth",
)  # fmt: skip
"""All that is asked for: only these come back, and a name that ERIC does not know is passed over."""
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("dissertations/theses", "thesis"), ("journal articles", "article"), ("books", "book"),
    ("speeches/meeting papers", "conference"), ("reports", "report"),
)  # fmt: skip
"""How a publication type begins, and its kind, the most telling first: an article is also ``Reports - Research``."""
_PREFIX = re.compile(r"[A-Z]+-")
_PLACE = re.compile(r"(?:^|,?\s+)v(?P<volume>[\w-]+)(?:\s+n(?P<issue>[\w-]+))?(?:\s+p(?P<pages>[\w-]+))?\b")
"""Where in a journal: ``v12 n3 p45-67``."""
_RESOLVER = re.compile(r"https?://(?:dx\.)?doi\.org/", re.IGNORECASE)


def ask(translation: Translation, window: Window | None, cursor: str | None, credentials: Credentials) -> Request:
    """Build the request for one page; ``cursor`` is the number of the records before it."""
    query = translation.text
    if window is not None:
        query = f"({query}) AND publicationdateyear:[{window.start[:4]} TO {window.end[:4]}]"
    params = (
        ("search", query),
        ("format", "json"),
        ("start", cursor or "0"),
        ("rows", str(ABOUT.page_size)),
        ("fields", ",".join(_FIELDS)),
    )
    return Request(f"{ABOUT.base_url}/eric/", params)


def read(reply: bytes, cursor: str | None) -> Page:
    """Read one page."""
    found = as_json(reply, ABOUT)
    if "error" in found:
        raise SourceRefused(f"ERIC refused the request: {found['error']}", source=ABOUT.name, hint=ABOUT.docs)
    try:
        answer = found["response"]
        total, documents = as_count(answer["numFound"]), list(answer["docs"])
    except UNREADABLE as fault:
        raise SourceChanged("the reply of ERIC names no hits or no records", source=ABOUT.name) from fault
    records, rejected = each(documents, _record)
    return Page(records, total, next_offset(cursor, len(documents), total), rejected)


def _record(document: dict[str, Any]) -> Record:
    number = identity(document, "id")
    types = _all(document, "publicationtype")
    journal, place = _source(document)
    in_journal = number.startswith("EJ")  # ED numbers are of documents, and their source is who sent them
    url = tidy(document.get("url"))
    issns, isbns = values.serials(_PREFIX.sub(" ", " ".join((*_all(document, "issn"), *_all(document, "isbn")))))
    return Record(
        title=plain(document.get("title")),
        authors=tuple(values.name(name) for name in _all(document, "author")),
        date=values.date(str(document.get("publicationdateyear") or "")),
        journal=journal if in_journal else None,
        volume=place.get("volume"),
        issue=place.get("issue"),
        pages=place.get("pages"),
        abstract=plain(document.get("description")),
        keywords=_all(document, "subject"),
        kind=_kind(types),
        language=next((language(name) for name in _all(document, "language")), None),
        doi=identifiers.doi(url) if url and _RESOLVER.match(url) else None,
        issns=issns,
        isbns=isbns,
        url=url or f"https://eric.ed.gov/?id={number}",
        publisher=plain(document.get("publisher")),
        source_id=number,
        extra=_more(document, types, None if in_journal else journal),
    )


def _all(document: dict[str, Any], key: str) -> tuple[str, ...]:
    """Give the values of a field, which may be one text or a list of them."""
    value = document.get(key) or ()
    listed = [value] if isinstance(value, str) else value
    return tuple(text for one in listed if (text := plain(one)))


def _source(document: dict[str, Any]) -> tuple[str | None, dict[str, str | None]]:
    """Part the journal from the volume, issue and pages, which stand behind it or in a field of their own."""
    journal = plain(document.get("source")) or ""
    behind = _PLACE.search(journal)
    found = behind or _PLACE.search(plain(document.get("sourceid")) or "")
    name = journal[: behind.start()] if behind else journal
    return name.rstrip(" ,") or None, found.groupdict() if found else {}


def _kind(types: tuple[str, ...]) -> Kind | None:
    known = (kind for start, kind in _KINDS if any(t.lower().startswith(start) for t in types))
    return next(known, "other" if types else None)


def _more(document: dict[str, Any], types: tuple[str, ...], source: str | None) -> tuple[tuple[str, str], ...]:
    """Give what has no field: types, school levels, peer review, whether ERIC has the text, and who sent it."""
    pairs = [("publicationtype", t) for t in types]
    pairs += [("educationlevel", level) for level in _all(document, "educationlevel")]
    pairs += [(key, text) for key in ("peerreviewed", "e_fulltextauth") for text in (str(document.get(key) or ""),)]
    return tuple((key, text) for key, text in (*pairs, ("source", source or "")) if text)


SOURCE = Source(ABOUT, partial(translate, dialect=DIALECTS["eric"]), ask, read)
