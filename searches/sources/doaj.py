"""DOAJ's search of articles, page after page; what is larger than its cap is cut by month. Pure functions.

Source: https://doaj.org/api/v4/docs (4.0.1), checked 2026-11-21. The query stands in the path.
"""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import quote

from review import identifiers
from review.errors import SourceChanged, SourceRefused
from review.formats import values
from review.record import Record
from review.text import plain, tidy
from searches.dialects import DIALECTS, translate
from searches.source import About, Credentials, Page, Request, Source, Translation, Window
from searches.sources.names import inverted
from searches.sources.replies import UNREADABLE, as_count, as_json, as_text, each, identity
from searches.walk import EARLIEST

ABOUT = About(
    name="doaj",
    label="DOAJ",
    docs="https://doaj.org/api/v4/docs",
    checked="2026-11-21",
    base_url="https://doaj.org",
    interval=(0.5, 0.5),
    page_size=100,
    size="pageSize",
    slices="month",
    added="({query}) AND created_date:[{since} TO 9999-12-31]",
)

MOST = 1_000
"""Records that DOAJ gives of one query; beyond it answers with status 400."""


def ask(translation: Translation, window: Window | None, cursor: str | None, credentials: Credentials) -> Request:
    """Build the request for one page; ``cursor`` is its number."""
    query = f"({translation.text}) AND {_within(window)}" if window else translation.text
    params = (("page", cursor or "1"), ("pageSize", str(ABOUT.page_size)), ("sort", "created_date:asc"))
    return Request(f"{ABOUT.base_url}/api/v4/search/articles/{quote(query, safe='')}", params)


def _within(window: Window) -> str:
    """Print a window of whole months so that every article lies in exactly one.

    Years and months are texts, and some articles have none: an article without a month counts as one of January, and
    one without a year lies in the window that begins with ``EARLIEST``. That one is asked as what does not come later;
    a group that only says NOT finds nothing, so NOT always stands behind something.
    """
    first, last = int(window.start[:4]), int(window.end[:4])
    begin, end = int(window.start[5:7]), int(window.end[5:7])
    if window.start == EARLIEST:
        later = [f"bibjson.year:[{last + 1} TO 9999]"]
        later += [f"(bibjson.year:{last} AND bibjson.month:({_months(end + 1, 12)}))"] if end < 12 else []
        return f"NOT ({' OR '.join(later)})"
    if first == last and begin > 1:
        return f"(bibjson.year:{first} AND bibjson.month:({_months(begin, end)}))"
    parts, years = [], [first, last]
    if begin > 1:
        parts.append(f"(bibjson.year:{first} AND bibjson.month:({_months(begin, 12)}))")
        years[0] += 1
    if end < 12:
        parts.append(f"(bibjson.year:{last} AND NOT bibjson.month:({_months(end + 1, 12)}))")
        years[1] -= 1
    if years[0] <= years[1]:
        parts.append(f"bibjson.year:[{years[0]} TO {years[1]}]")
    return f"({' OR '.join(parts)})"


def _months(first: int, last: int) -> str:
    """Print months with and without a leading zero; which of them a publisher sends is its own affair."""
    return " OR ".join(text for month in range(first, last + 1) for text in dict.fromkeys((str(month), f"{month:02}")))


def read(reply: bytes, cursor: str | None) -> Page:
    """Read one page; more than ``MOST`` records are asked by month instead."""
    found = as_json(reply, ABOUT)
    if "error" in found:
        raise SourceRefused(f"DOAJ refused the request: {found['error']}", source="doaj", hint=ABOUT.docs)
    try:
        total, results = as_count(found["total"]), list(found["results"])
        page, size = int(cursor or 1), as_count(found.get("pageSize") or ABOUT.page_size)
    except UNREADABLE as fault:
        raise SourceChanged("the reply of DOAJ names no hits or no results", source="doaj") from fault
    records, rejected = each(results, _record)
    following = str(page + 1) if results and page * size < total <= MOST else None
    return Page(records, total, following, rejected, split=total > MOST)


def _record(result: dict[str, Any]) -> Record:
    article = result["bibjson"]
    journal = article.get("journal") or {}
    ids = [(str(i.get("type")).lower(), str(i.get("id") or "")) for i in article.get("identifier") or ()]
    serials = [text for scheme, text in ids if scheme.endswith("issn")] + list(journal.get("issns") or ())
    links = [link.get("url") for link in article.get("link") or ()]
    return Record(
        title=plain(article.get("title")),
        authors=tuple(inverted(name) for a in article.get("author") or () if (name := plain(a.get("name")))),
        date=values.date(f"{article['year']} {article.get('month') or ''}".strip()) if article.get("year") else None,
        journal=plain(journal.get("title")),
        volume=as_text(journal.get("volume")),
        issue=as_text(journal.get("number")),
        pages=values.page_range(as_text(article.get("start_page")), as_text(article.get("end_page"))),
        abstract=plain(article.get("abstract")),
        keywords=tuple(word for k in article.get("keywords") or () if (word := plain(k))),
        kind="article",  # it lists nothing else; a publisher's editorials are not told apart
        doi=values.first_doi(text for scheme, text in ids if scheme == "doi"),
        issns=identifiers.issns(" ".join(serials)),
        url=next((url for link in links if (url := tidy(link))), None),
        publisher=tidy(journal.get("publisher")),
        source_id=identity(result, "id"),
        extra=_more(article, journal),
    )


def _more(article: dict[str, Any], journal: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Give what has no field; the languages are those in which the journal takes articles, not the article's own."""
    pairs = [("journal language", str(code)) for code in journal.get("language") or ()]
    pairs += [("subject", term) for s in article.get("subject") or () if (term := plain(s.get("term")))]
    country = tidy(journal.get("country"))
    return (*pairs, ("country", country)) if country else tuple(pairs)


def identify(scheme: str, value: str) -> str | None:
    """Ask for the articles with this DOI, which DOAJ keeps as the publisher typed it."""
    spelled = dict.fromkeys((value, value.upper()))
    return " OR ".join(f'doi:"{doi}"' for doi in spelled) if scheme == "doi" else None


SOURCE = Source(ABOUT, partial(translate, dialect=DIALECTS["doaj"]), ask, read, identify)
