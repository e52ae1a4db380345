"""Europe PMC's REST search, page after page by cursorMark. Pure functions.

Source: https://europepmc.org/RestfulWebService (service version 6.9), checked 2026-11-21.
"""

from __future__ import annotations

from functools import partial
from typing import Any, cast
from urllib.parse import urlencode

from review import identifiers
from review.errors import SourceChanged, SourceRefused
from review.formats import values
from review.formats.kinds import kind_of
from review.formats.languages import language
from review.record import Kind, Record
from review.text import plain, tidy
from searches.dialects import DIALECTS, translate
from searches.source import About, Credentials, Page, Request, Source, Translation, Window
from searches.sources.replies import UNREADABLE, as_count, as_json, as_text, each, identity

ABOUT = About(
    name="europepmc",
    label="Europe PMC",
    docs="https://europepmc.org/RestfulWebService",
    checked="2026-11-21",
    base_url="https://www.ebi.ac.uk",
    interval=(0.5, 0.5),  # no number is published
    page_size=500,
    contact="REVIEW_CONTACT",
    size="pageSize",
    collections=(
        ("articles", "SRC:MED OR SRC:PMC OR SRC:AGR OR SRC:CBA OR SRC:CTX OR SRC:HIR"),
        ("preprints", "SRC:PPR"),
        ("theses", "SRC:ETH"),  # those of EThOS
        ("books", "SRC:NBK"),
        ("patents", "SRC:PAT"),
    ),
)

LONGEST_GET = 1_000
"""Characters of parameters above which the form of ``searchPOST`` is used."""

_SERVICE = f"{ABOUT.base_url}/europepmc/webservices/rest"
_FIRST = "*"
_KINDS: dict[str, Kind] = {"PPR": "preprint", "ETH": "thesis", "NBK": "book"}
"""Kind by Europe PMC's source code where no document type says more."""


def ask(translation: Translation, window: Window | None, cursor: str | None, credentials: Credentials) -> Request:
    """Build the request for one page; without synonyms, so that what is asked is what the strategy says."""
    query = translation.text
    if window is not None:
        query = f"({query}) AND FIRST_PDATE:[{window.start} TO {window.end}]"
    params = (
        ("query", query),
        ("format", "json"),
        ("resultType", "core"),
        ("synonym", "false"),
        ("pageSize", str(ABOUT.page_size)),
        ("cursorMark", cursor or _FIRST),
    )
    if len(urlencode(params)) > LONGEST_GET:
        return Request(f"{_SERVICE}/searchPOST", params, method="POST")
    return Request(f"{_SERVICE}/search", params)


def read(reply: bytes, cursor: str | None) -> Page:
    """Read one page; the cursor ends when it is missing, is the one that was sent, or the page is empty."""
    found = answer(reply)
    try:
        total = as_count(found["hitCount"])
        results = list(found["resultList"]["result"])
    except UNREADABLE as fault:
        raise SourceChanged("the reply of Europe PMC names no hits or no results", source="europepmc") from fault
    records, rejected = each(results, _record)
    following = found.get("nextCursorMark")
    ended = not results or not following or following == (cursor or _FIRST)
    return Page(records, total, None if ended else str(following), rejected)


def answer(reply: bytes) -> dict[str, Any]:
    """Read a reply that is none where Europe PMC refused the request with status 200."""
    found = as_json(reply, ABOUT)
    if "errMsg" in found:
        raise SourceRefused(f"Europe PMC refused the request: {found['errMsg']}", source="europepmc", hint=ABOUT.docs)
    if set(found) <= {"version"}:
        # How it refuses a parameter: HTTP 200 and nothing else. Read as zero hits it would be a silent loss.
        raise SourceRefused("Europe PMC refused the request without saying why", source="europepmc", hint=ABOUT.docs)
    return found


def _record(result: dict[str, Any]) -> Record:
    issue = result.get("journalInfo") or {}
    journal = issue.get("journal") or {}
    book = result.get("bookOrReportDetails") or {}
    types = [str(t).replace("-", " ") for t in (result.get("pubTypeList") or {}).get("pubType") or ()]
    notices = (result.get("commentCorrectionList") or {}).get("commentCorrection") or ()
    retracted = any(n.get("type") == "Retraction in" for n in notices) or "retracted publication" in map(
        str.lower, types
    )
    source, number = identity(result, "source"), identity(result, "id")
    return Record(
        title=plain(result.get("title")),
        authors=_authors(result),
        date=_date(result, issue),
        journal=tidy(journal.get("title")),
        volume=as_text(issue.get("volume")),
        issue=as_text(issue.get("issue")),
        pages=as_text(result.get("pageInfo")),
        abstract=plain(result.get("abstractText")),
        keywords=tuple(k for word in (result.get("keywordList") or {}).get("keyword") or () if (k := plain(word))),
        kind=_KINDS.get(source) or kind_of(types),
        language=language(result["language"]) if result.get("language") else None,
        doi=identifiers.doi(result.get("doi")),
        pmid=identifiers.pmid(result.get("pmid")),
        pmcid=identifiers.pmcid(result.get("pmcid")),
        issns=identifiers.issns(f"{journal.get('issn') or ''} {journal.get('essn') or ''}"),
        publisher=tidy(book.get("publisher")),
        flags=("retracted",) if retracted else (),
        source_id=f"{source}:{number}",
        extra=_more(result, types),
    )


def _date(result: dict[str, Any], issue: dict[str, Any]) -> str | None:
    """Give the date as printed: ``printPublicationDate`` and ``firstPublicationDate`` fill in month and day."""
    for text in (issue.get("dateOfPublication"), result.get("pubYear"), result.get("firstPublicationDate")):
        if text and (date := values.date(str(text))):
            return date
    return None


def _authors(result: dict[str, Any]) -> tuple[str, ...]:
    found: list[str] = []
    for author in (result.get("authorList") or {}).get("author") or ():
        family, given = tidy(author.get("lastName")), tidy(author.get("firstName")) or tidy(author.get("initials"))
        name = f"{family}, {given}" if family and given else family or author.get("collectiveName")
        name = name or values.name(author.get("fullName") or "", bare=True)
        if name:
            found.append(name)
    if not found and result.get("authorString"):
        found = [values.name(n, bare=True) for n in result["authorString"].rstrip(".").split(", ")]
    return tuple(cast(str, plain(name)) for name in found if plain(name))


def _more(result: dict[str, Any], types: list[str]) -> tuple[tuple[str, str], ...]:
    """Give what has no field: document types, subject headings, and the first day of publication."""
    headings = (result.get("meshHeadingList") or {}).get("meshHeading") or ()
    pairs = [("pubType", t) for t in types]
    pairs += [("meshHeading", name) for h in headings if (name := tidy(h.get("descriptorName")))]
    first = tidy(result.get("firstPublicationDate"))
    return (*pairs, ("firstPublicationDate", first)) if first else tuple(pairs)


def identify(scheme: str, value: str) -> str | None:
    """Ask for the records with this DOI or PMID; in quotes EXT_ID matches nothing."""
    return {"doi": f'DOI:"{value}"', "pmid": f"EXT_ID:{value} AND SRC:MED"}.get(scheme)


SOURCE = Source(ABOUT, partial(translate, dialect=DIALECTS["europepmc"]), ask, read, identify)
