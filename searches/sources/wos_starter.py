"""The Web of Science Starter API: the Core Collection, without abstracts. Pure functions.

Source: https://developer.clarivate.com/apis/wos-starter and https://github.com/clarivate/wosstarter_python_client,
checked 2026-11-22.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from review import identifiers
from review.errors import SourceChanged
from review.formats import values
from review.formats.kinds import kind_of
from review.record import Record
from review.text import plain, tidy
from searches.dialects import DIALECTS, translate
from searches.source import About, Credentials, Page, Request, Source, Translation, Window
from searches.sources.replies import UNREADABLE, as_count, as_json, as_text, each, identity

ABOUT = About(
    name="wos_starter",
    label="Web of Science Starter API",
    docs="https://developer.clarivate.com/apis/wos-starter",
    checked="2026-11-22",
    base_url="https://api.clarivate.com",
    interval=(1.0, 1.0),  # 1 a second on the free plan, which has 50 requests a day; up to 5 on an institution's
    page_size=50,
    key="WOS_API_KEY",
    key_required=True,
    size="limit",
    slices="year",
)

MOST = 100_000
"""Records of one search that page numbers reach."""

_RETRACTED = "retracted publication"
_OTHERS = ("bookEditors", "editors", "inventors", "investigators", "sponsors", "issuingOrganizations")
"""People and bodies named beside the authors; the words are those of the reply."""


def ask(translation: Translation, window: Window | None, cursor: str | None, credentials: Credentials) -> Request:
    """Build the request for one page; ``cursor`` is its number."""
    query = translation.text
    if window is not None:
        query = f"({query}) AND PY=({window.start[:4]}-{window.end[:4]})"
    params = (
        ("q", query),
        ("db", "WOS"),
        ("limit", str(ABOUT.page_size)),
        ("page", cursor or "1"),
        ("sortField", "LD+A"),  # by the day of loading: what is added during a walk comes last
    )
    headers = (("X-ApiKey", credentials.key),) if credentials.key else ()
    return Request(f"{ABOUT.base_url}/apis/wos-starter/v1/documents", params, headers, secret=("X-ApiKey",))


def read(reply: bytes, cursor: str | None) -> Page:
    """Read one page."""
    found = as_json(reply, ABOUT)
    try:
        metadata = found["metadata"]
        total, hits = as_count(metadata["total"]), list(found.get("hits") or ())
        size = as_count(metadata.get("limit") or ABOUT.page_size)
    except UNREADABLE as fault:
        raise SourceChanged("the reply of Web of Science names no hits or no records", source=ABOUT.name) from fault
    records, rejected = each(hits, _record)
    page = int(cursor or 1)
    more = hits and page * size < total <= MOST
    return Page(records, total, str(page + 1) if more else None, rejected, split=total > MOST)


def _record(hit: dict[str, Any]) -> Record:
    source, ids, names = (hit.get(key) or {} for key in ("source", "identifiers", "names"))
    types = [str(t) for key in ("types", "sourceTypes") for t in hit.get(key) or ()]
    pages = source.get("pages") or {}
    span = as_text(pages.get("range")) or values.page_range(as_text(pages.get("begin")), as_text(pages.get("end")))
    return Record(
        title=plain(hit.get("title")),
        authors=(*_people(names, "authors"), *_people(names, "corp")),
        date=values.date(f"{source.get('publishYear') or ''} {source.get('publishMonth') or ''}"),
        journal=plain(source.get("sourceTitle")),
        volume=as_text(source.get("volume")),
        issue=as_text(source.get("issue")),
        pages=span or as_text(source.get("articleNumber")),
        keywords=tuple(k for word in (hit.get("keywords") or {}).get("authorKeywords") or () if (k := plain(word))),
        kind=kind_of(types),
        doi=identifiers.doi(ids.get("doi")),
        pmid=identifiers.pmid(ids.get("pmid")),
        issns=identifiers.issns(f"{ids.get('issn') or ''} {ids.get('eissn') or ''}"),
        isbns=values.serials(f"{ids.get('isbn') or ''} {ids.get('eisbn') or ''}")[1],
        url=tidy((hit.get("links") or {}).get("record")),
        flags=("retracted",) if _RETRACTED in (t.lower() for t in types) else (),
        source_id=identity(hit, "uid"),
        extra=_more(types, source, names),
    )


def _people(names: dict[str, Any], key: str) -> tuple[str, ...]:
    """Give names in full where they are, else as Web of Science abbreviates them."""
    printed = (plain(one.get("displayName")) or plain(one.get("wosStandard")) for one in names.get(key) or ())
    return tuple(values.name(name, bare=key == "authors") for name in printed if name)


def _more(types: list[str], source: dict[str, Any], names: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Give what has no field: types, the parts of an issue, and who else had a hand in it."""
    pairs = [("type", t) for t in dict.fromkeys(types)]
    keys = ("supplement", "specialIssue", *(("articleNumber",) if source.get("pages") else ()))
    pairs += [(key, str(source[key])) for key in keys if source.get(key)]
    return (*pairs, *((key, name) for key in _OTHERS for name in _people(names, key)))


def identify(scheme: str, value: str) -> str | None:
    """Ask for the record with this DOI or PMID."""
    return {"doi": f'DO=("{value}")', "pmid": f"PMID=({value})"}.get(scheme)


SOURCE = Source(ABOUT, partial(translate, dialect=DIALECTS["wos_starter"]), ask, read, identify)
