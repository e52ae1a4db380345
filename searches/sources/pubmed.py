"""PubMed over the E-utilities: ESearch puts the hits on the history server, EFetch brings them in pages of XML.

Pure functions; what an article holds is read in ``review.formats.pubmed_xml``. Source: https://www.ncbi.nlm.nih.gov/books/NBK25499/
and https://www.ncbi.nlm.nih.gov/books/NBK25497/, checked 2026-11-21.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from review.errors import SourceBusy, SourceChanged, SourceRefused
from review.formats.pubmed_xml import ARTICLES, article
from review.formats.xml_parts import source, text_of
from review.record import Record, Rejected
from searches.dialects import DIALECTS, translate
from searches.source import About, Credentials, Page, Request, Source, Translation, Window
from searches.sources.replies import UNREADABLE, as_count, as_json, as_xml

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

ABOUT = About(
    name="pubmed",
    label="PubMed",
    docs="https://www.ncbi.nlm.nih.gov/books/NBK25499/",
    checked="2026-11-21",
    base_url="https://eutils.ncbi.nlm.nih.gov",
    interval=(0.37, 0.11),  # 3 and 10 a second, with the margin that Bio.Entrez found necessary
    page_size=200,
    key="NCBI_API_KEY",
    contact="REVIEW_CONTACT",
    size="retmax",
    fewest=0,
    added='({query}) AND ("{since:%Y/%m/%d}"[crdt] : "3000"[crdt])',
)

MOST = 9_999
"""Records that PubMed gives of one search; the history server does not lift it."""

LONGEST_GET = 1_000
"""Characters of parameters above which a form is posted, as Bio.Entrez does."""

_UTILITIES = f"{ABOUT.base_url}/entrez/eutils"


def ask(translation: Translation, window: Window | None, cursor: str | None, credentials: Credentials) -> Request:
    """Build an ESearch (``cursor`` is ``None``) or the EFetch of one page (``web environment|key|first|count``)."""
    if cursor is None:
        # Slices are by the day a record was created: each has one, while [dp] may match a print and an online date.
        day = f' AND ("{window.start}"[crdt] : "{window.end}"[crdt])'.replace("-", "/") if window else ""
        term = f"({translation.text}){day}" if day else translation.text
        search = (("term", term), ("retmax", str(MOST)), ("usehistory", "y"), ("retmode", "json"))
        return request("esearch.fcgi", search, credentials)
    environment, key, first, _ = _parts(cursor)
    size = str(ABOUT.page_size)
    fetch = (("WebEnv", environment), ("query_key", key), ("retstart", str(first)), ("retmax", size))
    return request("efetch.fcgi", (*fetch, ("retmode", "xml")), credentials)


def request(utility: str, asked: tuple[tuple[str, str], ...], credentials: Credentials) -> Request:
    """Build a request to one of the E-utilities, posted where it is long."""
    who = [("tool", "narrative-review")]
    who += [("email", credentials.contact)] if credentials.contact else []
    who += [("api_key", credentials.key)] if credentials.key else []
    params = (("db", "pubmed"), *asked, *who)
    long = len(urlencode(params)) > LONGEST_GET
    secret = ("api_key", "email")
    return Request(f"{_UTILITIES}/{utility}", params, method="POST" if long else "GET", secret=secret)


def _parts(cursor: str) -> tuple[str, str, int, int]:
    environment, key, first, count = cursor.rsplit("|", 3)
    return environment, key, int(first), int(count)


def read(reply: bytes, cursor: str | None) -> Page:
    """Read the reply to an ESearch or, with a cursor, to an EFetch."""
    return _read_search(reply) if cursor is None else _read_fetch(reply, cursor)


def _read_search(reply: bytes) -> Page:
    found = _search_result(reply)
    if "ERROR" in found:
        raise SourceBusy(f"PubMed could not search: {found['ERROR']}", source="pubmed")
    try:
        count = as_count(found["count"])
        environment, key = found.get("webenv", ""), found.get("querykey", "")
        ids = tuple(str(i) for i in found["idlist"])
        notes = _notes(found)
    except UNREADABLE as fault:
        raise SourceChanged("the reply of PubMed names no count of hits", source="pubmed") from fault
    if count > MOST:
        return Page((), count, None, split=True, notes=notes)
    if count and not (environment and key):
        raise SourceChanged("PubMed did not put the hits on its history server", source="pubmed")
    return Page((), count, f"{environment}|{key}|0|{count}" if count else None, notes=notes, promised=ids)


def _search_result(reply: bytes) -> dict[str, Any]:
    body = as_json(reply, ABOUT)
    if "error" in body:
        raise SourceBusy(f"PubMed could not search: {body['error']}", source="pubmed")
    found = body.get("esearchresult")
    if not isinstance(found, dict):
        raise SourceChanged("the reply of PubMed is not the documented JSON", source="pubmed")
    return found


def _notes(found: dict[str, Any]) -> tuple[str, ...]:
    """Say how PubMed read the query, and what it ignored: a mistyped tag is turned into something else in silence."""
    notes = [f"PubMed read the query as: {found['querytranslation']}"] if found.get("querytranslation") else []
    for group in ("errorlist", "warninglist"):
        for kind, items in (found.get(group) or {}).items():
            notes += [f"PubMed says {kind}: {item}" for item in items]
    return tuple(notes)


def _read_fetch(reply: bytes, cursor: str) -> Page:
    environment, key, first, count = _parts(cursor)
    records, rejected = _articles(reply)
    following = first + ABOUT.page_size
    next_cursor = f"{environment}|{key}|{following}|{count}" if following < count else None
    return Page(records, count, next_cursor, rejected)


def _articles(reply: bytes) -> tuple[tuple[Record, ...], tuple[Rejected, ...]]:
    records: list[Record] = []
    rejected: list[Rejected] = []
    for position, node in enumerate((e for e in article_set(reply) if e.tag in ARTICLES), start=1):
        record = article(node)
        if record.source_id is None:
            rejected.append(Rejected(position, "it has no PMID", source(node)))
        else:
            records.append(record)
    return tuple(records), tuple(rejected)


def article_set(reply: bytes) -> Element:
    """Read a reply of articles, which must be whole; PubMed reports its errors with HTTP 200 too."""
    root = as_xml(reply, ABOUT)
    error = next((text for e in root.iter("ERROR") if (text := text_of(e))), None)
    if error is not None:
        expired = "history" in error.lower() or "webenv" in error.lower()
        kind = SourceRefused if expired else SourceBusy
        raise kind(f"PubMed could not send the records: {error}", source="pubmed")
    if root.tag != "PubmedArticleSet":
        raise SourceChanged(f"PubMed sent {root.tag} instead of PubmedArticleSet", source="pubmed")
    return root


def identify(scheme: str, value: str) -> str | None:
    """Ask for the one record with this DOI or PMID."""
    return {"doi": f'"{value}"[doi]', "pmid": f"{value}[uid]"}.get(scheme)


SOURCE = Source(ABOUT, partial(translate, dialect=DIALECTS["pubmed"]), ask, read, identify)
