"""arXiv's query interface: an Atom feed, page after page by number. Pure functions.

Source: https://info.arxiv.org/help/api/user-manual.html, checked 2026-11-21. A DOI or PMID cannot be asked.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from review import identifiers
from review.errors import SourceBusy, SourceChanged, SourceRefused
from review.formats import values
from review.formats.xml_parts import source
from review.record import Record, Rejected
from review.text import tidy
from searches.dialects import DIALECTS, translate
from searches.source import About, Credentials, Page, Request, Source, Translation, Window
from searches.sources.names import inverted
from searches.sources.replies import as_count, as_xml, next_offset

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

ABOUT = About(
    name="arxiv",
    label="arXiv",
    docs="https://info.arxiv.org/help/api/user-manual.html",
    checked="2026-11-21",
    base_url="https://export.arxiv.org",
    interval=(3.0, 3.0),
    page_size=200,  # up to 2,000; smaller slices are asked for
    size="max_results",
    added="({query}) AND submittedDate:[{since:%Y%m%d}0000 TO 299912312359]",
)

MOST = 30_000
"""Entries that arXiv gives of one query."""
_ATOM, _OPENSEARCH, _ARXIV = (
    "{http://www.w3.org/2005/Atom}", "{http://a9.com/-/spec/opensearch/1.1/}", "{http://arxiv.org/schemas/atom}",
)  # fmt: skip
_ID = re.compile(r"arxiv\.org/abs/(.+?)(v\d+)?\Z")


def ask(translation: Translation, window: Window | None, cursor: str | None, credentials: Credentials) -> Request:
    """Build the request for one page; ``cursor`` is the number of entries before it."""
    query = translation.text
    if window is not None:
        days = f"{window.start}0000 TO {window.end}2359".replace("-", "")
        query = f"({query}) AND submittedDate:[{days}]"
    paging = (("start", cursor or "0"), ("max_results", str(ABOUT.page_size)))
    order = (("sortBy", "submittedDate"), ("sortOrder", "ascending"))  # by relevance a long walk can shift
    return Request(f"{ABOUT.base_url}/api/query", (("search_query", query), *paging, *order))


def read(reply: bytes, cursor: str | None) -> Page:
    """Read one page of the feed; now and then arXiv sends an empty one where more must follow."""
    feed = _feed(reply)
    entries = feed.findall(f"{_ATOM}entry")
    _refuse(entries)
    total = _total(feed)
    if not entries and total - int(cursor or 0) > ABOUT.page_size:
        raise SourceBusy("arXiv sent an empty page in the middle of a search", source="arxiv")
    records, rejected = _records(entries)
    following = next_offset(cursor, len(entries), total) if total <= MOST else None
    return Page(records, total, following, rejected, split=total > MOST)


def _feed(reply: bytes) -> Element:
    """Parse the feed, which must be whole; a rate that was exceeded is said in plain text, with status 200 too."""
    if reply[:100].strip().lower().startswith(b"rate exceeded"):
        raise SourceBusy("arXiv says that its rate was exceeded", source="arxiv")
    feed = as_xml(reply, ABOUT)
    if feed.tag != f"{_ATOM}feed":
        raise SourceChanged(f"arXiv sent {feed.tag} instead of an Atom feed", source="arxiv")
    return feed


def _refuse(entries: list[Element]) -> None:
    """Raise where the only entry is an error, as the manual describes."""
    if len(entries) != 1:
        return
    identity, title = _text(entries[0], f"{_ATOM}id") or "", _text(entries[0], f"{_ATOM}title")
    if "/api/errors" in identity or (title == "Error" and not _ID.search(identity)):
        said = _text(entries[0], f"{_ATOM}summary")
        raise SourceRefused(f"arXiv refused the request: {said}", source="arxiv", hint=ABOUT.docs)


def _total(feed: Element) -> int:
    try:
        return as_count(_text(feed, f"{_OPENSEARCH}totalResults") or "")
    except ValueError as fault:
        raise SourceChanged("the feed of arXiv names no hits", source="arxiv") from fault


def _records(entries: list[Element]) -> tuple[tuple[Record, ...], tuple[Rejected, ...]]:
    records: list[Record] = []
    rejected: list[Rejected] = []
    for position, entry in enumerate(entries, start=1):
        number = _ID.search(_text(entry, f"{_ATOM}id") or "")
        if number is None:
            rejected.append(Rejected(position, "it has no arXiv id", source(entry)))
        else:
            records.append(_record(entry, number[1], number[2]))
    return tuple(records), tuple(rejected)


def _record(entry: Element, number: str, version: str | None) -> Record:
    """Read an entry; a new version of a paper is the same record."""
    published = _text(entry, f"{_ATOM}published")
    links = [link.get("href") for link in entry.iterfind(f"{_ATOM}link") if link.get("rel") == "alternate"]
    return Record(
        title=_text(entry, f"{_ATOM}title"),
        authors=tuple(inverted(name) for a in entry.iterfind(f"{_ATOM}author") if (name := _text(a, f"{_ATOM}name"))),
        date=values.date(published[:10]) if published else None,
        abstract=_text(entry, f"{_ATOM}summary"),
        kind="preprint",
        doi=identifiers.doi(_text(entry, f"{_ARXIV}doi")),
        url=next((tidy(link) for link in links if link), f"https://arxiv.org/abs/{number}"),
        source_id=number,
        identifiers=(("arxiv", number),),
        extra=_more(entry, version),
    )


def _text(element: Element, path: str) -> str | None:
    """Give the text of the first such element; LaTeX in it holds angle brackets that are no markup."""
    found = element.find(path)
    return tidy("".join(map(str, found.itertext()))) if found is not None else None


def _more(entry: Element, version: str | None) -> tuple[tuple[str, str], ...]:
    """Give what has no field: where it was printed, comments, categories, affiliations, version, last change."""
    named = (("journal_ref", f"{_ARXIV}journal_ref"), ("comment", f"{_ARXIV}comment"), ("updated", f"{_ATOM}updated"))
    pairs = [(name, text) for name, path in named if (text := _text(entry, path))]
    pairs += [("category", term) for c in entry.iterfind(f"{_ATOM}category") if (term := tidy(c.get("term")))]
    affiliations = entry.iterfind(f"{_ATOM}author/{_ARXIV}affiliation")
    pairs += [("affiliation", text) for a in affiliations if (text := tidy("".join(map(str, a.itertext()))))]
    return (*pairs, ("version", version)) if version else tuple(pairs)


SOURCE = Source(ABOUT, partial(translate, dialect=DIALECTS["arxiv"]), ask, read)
