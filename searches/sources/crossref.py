"""Crossref's list of works by relevance, and one work by its DOI. Pure functions.

Source: https://www.crossref.org/documentation/retrieve-metadata/rest-api/ and https://api.crossref.org, checked
2026-11-21. Crossref reads no operators: any of the words may be found, so only the most relevant works are taken and a
search that finds more stays incomplete.
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
from searches.source import About, Credentials, Page, RateHeaders, Request, Source, Translation, Window
from searches.sources.replies import UNREADABLE, as_count, as_json, as_text, each, next_offset, parted

ABOUT = About(
    name="crossref",
    label="Crossref",
    docs="https://www.crossref.org/documentation/retrieve-metadata/rest-api/",
    checked="2026-11-21",
    base_url="https://api.crossref.org",
    interval=(1.0, 1.0),  # lists: 1 a second, 3 with an address (announced for December 2025; not measured)
    page_size=200,
    contact="REVIEW_CONTACT",  # goes into the User-Agent, which is how Crossref wants it
    size="rows",
    fewest=0,
    rate=RateHeaders(limit="x-rate-limit-limit", interval="x-rate-limit-interval"),
    added="{query}\nfilter=from-created-date:{since}",
)

MOST = 1_000
"""Works that are taken of one search, the most relevant ones; by number Crossref itself gives 10,000."""
_KINDS: dict[str, Kind] = {
    "journal-article": "article", "book-chapter": "chapter", "book-section": "chapter", "book-part": "chapter",
    "book-track": "chapter", "reference-entry": "chapter", "book": "book", "monograph": "book", "edited-book": "book",
    "reference-book": "book", "book-set": "book", "book-series": "book", "proceedings": "book",
    "proceedings-series": "book", "proceedings-article": "conference", "report": "report", "report-component": "report",
    "report-series": "report", "standard": "report", "dissertation": "thesis", "dataset": "dataset",
    "database": "dataset", "peer-review": "commentary",
}  # fmt: skip
"""Crossref's types (https://api.crossref.org/types) to kinds; any other is ``other``."""
_NOTICES: dict[str, str] = {
    "retraction": "retracted", "partial retraction": "retracted", "withdrawal": "retracted", "removal": "retracted",
    "expression of concern": "expression of concern", "correction": "corrected", "erratum": "corrected",
    "corrigendum": "corrected",
}  # fmt: skip
"""Types of updates (https://www.crossref.org/documentation/crossmark/) to what they say of the updated work."""
_NOTICE_KINDS: dict[str, Kind] = {"retracted": "retraction", "corrected": "erratum"}
_DATES = ("issued", "published", "published-print", "published-online", "posted")
_HEADING = re.compile(r"\A\s*(?:<jats:title>\s*Abstract\s*</jats:title>|Abstract(?=[A-Z:.])[:.]?)", re.IGNORECASE)
_UNSAFE = re.compile("[,&\n]")


def ask(translation: Translation, window: Window | None, cursor: str | None, credentials: Credentials) -> Request:
    """Build the request for one page; ``cursor`` is the number of works before it. No reply asks for a window."""
    query, behind = parted(translation.text)
    filters = ",".join(value for key, value in behind if key == "filter")
    params = (("query.bibliographic", query), ("filter", filters), *(p for p in behind if p[0] != "filter"))
    paging = (("rows", str(ABOUT.page_size)), ("offset", cursor or "0"))
    return Request(f"{ABOUT.base_url}/works", (*(p for p in params if p[1]), *paging))


def read(reply: bytes, cursor: str | None) -> Page:
    """Read one page; the last one is empty, reaches the total, or reaches ``MOST``."""
    body = message(reply)
    try:
        total, items = as_count(body["total-results"]), list(body["items"])
    except UNREADABLE as fault:
        raise SourceChanged("the reply of Crossref names no hits or no works", source="crossref") from fault
    records, rejected = each(items, _record)
    following = next_offset(cursor, len(items), min(total, MOST))
    capped = None
    if following is None and total > MOST:
        capped = f"Crossref has {total:,} hits by any of the words; only the {MOST:,} most relevant ones are taken"
    return Page(records, total, following, rejected, capped=capped)


def read_work(reply: bytes) -> Record:
    """Read the reply that holds one work (``/works/{doi}``).

    Raises
    ------
    SourceRefused, SourceChanged
        The reply is an error with status 200, or no work.
    """
    body = message(reply)
    try:
        return _record(body)
    except UNREADABLE as fault:
        raise SourceChanged("the reply of Crossref holds no work", source="crossref") from fault


def message(reply: bytes) -> dict[str, Any]:
    """Give what the envelope holds: a list of faults where the status is ``failed``."""
    found = as_json(reply, ABOUT)
    message = found.get("message")
    if found.get("status") == "failed":
        said = "; ".join(str(m.get("message")) for m in message or () if isinstance(m, dict)) or str(message)
        raise SourceRefused(f"Crossref refused the request: {said}", source="crossref", hint=ABOUT.docs)
    if not isinstance(message, dict):
        raise SourceChanged("the reply of Crossref is not the documented JSON", source="crossref")
    return message


def _record(work: dict[str, Any]) -> Record:
    titles, venues = _texts(work.get("title")), _texts(work.get("container-title"))
    serials = values.serials(" ".join((*_texts(work.get("ISSN")), *_texts(work.get("ISBN")))))
    primary = (work.get("resource") or {}).get("primary") or {}
    notices = [notice(u.get("type")) for u in work.get("updated-by") or ()]
    doi = identifiers.doi(work["DOI"])
    if doi is None:
        raise KeyError("DOI")
    return Record(
        title=_title(titles, _texts(work.get("subtitle"))),
        authors=tuple(name for a in work.get("author") or () if (name := _name(a))),
        date=next((date for key in _DATES if (date := _date(work.get(key)))), None),
        journal=venues[0] if venues else None,
        volume=as_text(work.get("volume")),
        issue=as_text(work.get("issue")),
        pages=as_text(work.get("page")) or as_text(work.get("article-number")),
        abstract=plain(_HEADING.sub("", work.get("abstract") or "")),
        kind=_kind(work),
        language=language(work["language"]) if work.get("language") else None,
        doi=doi,
        issns=serials[0],
        isbns=serials[1],
        url=tidy(primary.get("URL")) or tidy(work.get("URL")),
        publisher=tidy(work.get("publisher")),
        place=tidy(work.get("publisher-location")),
        flags=tuple(dict.fromkeys(n for n in notices if n)),
        source_id=doi,
        extra=_more(work, titles[1:], venues[1:]),
    )


def notice(kind: object) -> str | None:
    """Give what an update of some type says of the updated work; types come with spaces, hyphens and underscores.

    >>> notice("expression-of-concern"), notice("Partial_Retraction"), notice("new_version")
    ('expression of concern', 'retracted', None)
    """
    return _NOTICES.get(" ".join(re.split(r"[\s_-]+", str(kind).strip().lower())))


def _texts(value: Any) -> tuple[str, ...]:
    """Give the texts of a field that is a list, or was one text in older replies, without markup."""
    texts = [value] if isinstance(value, str) else value or ()
    return tuple(text for part in texts if (text := plain(part)))


def _title(titles: tuple[str, ...], subtitles: tuple[str, ...]) -> str | None:
    """Put title and subtitle together, unless the title holds it already."""
    if not titles or not subtitles or subtitles[0].casefold() in titles[0].casefold():
        return titles[0] if titles else None
    return f"{titles[0].rstrip(':')}: {subtitles[0]}"


def _name(person: dict[str, Any]) -> str | None:
    family, given = plain(person.get("family")), plain(person.get("given"))
    rest = " ".join(part for part in (given, tidy(person.get("suffix"))) if part)
    if not family:
        return plain(person.get("name")) or given
    return f"{family}, {rest}" if rest else family


def _date(value: dict[str, Any] | None) -> str | None:
    """Give a date as precise as its parts; ``[[null]]`` is none."""
    parts = (value or {}).get("date-parts") or [[]]
    return values.date("-".join(str(part) for part in parts[0] if part))


def _kind(work: dict[str, Any]) -> Kind | None:
    """Give the kind; a work that updates others is a notice."""
    for update in work.get("update-to") or ():
        if kind := _NOTICE_KINDS.get(notice(update.get("type")) or ""):
            return kind
    if work.get("type") == "posted-content":
        return "preprint" if work.get("subtype") in (None, "preprint") else "other"
    return _KINDS.get(work["type"], "other") if work.get("type") else None


def _more(work: dict[str, Any], titles: tuple[str, ...], venues: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Give what has no field; subjects are those of the journal."""
    pairs = [(key, text) for key in ("type", "subtype") if (text := tidy(work.get(key)))]
    pairs += [("title", text) for text in (*titles, *_texts(work.get("original-title")))]
    pairs += [("container-title", text) for text in venues]
    pairs += [("editor", name) for person in work.get("editor") or () if (name := _name(person))]
    pairs += [("subject", text) for text in _texts(work.get("subject"))]
    pairs += [
        (key, f"{u.get('type')} {u.get('DOI')}") for key in ("updated-by", "update-to") for u in work.get(key) or ()
    ]
    for relation, others in sorted((work.get("relation") or {}).items()):
        pairs += [(relation, str(other["id"])) for other in others if other.get("id")]
    trials = work.get("clinical-trial-number") or ()
    pairs += [("clinical-trial-number", str(trial["clinical-trial-number"])) for trial in trials]
    return tuple(pairs)


def identify(scheme: str, value: str) -> str | None:
    """Ask for the work with this DOI; commas part the filters of a request."""
    return f"\nfilter=doi:{value}" if scheme == "doi" and not _UNSAFE.search(value) else None


SOURCE = Source(ABOUT, partial(translate, dialect=DIALECTS["crossref"]), ask, read, identify)
