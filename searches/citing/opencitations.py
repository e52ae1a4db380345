"""OpenCitations Index, version 2. Pure functions.

Source: https://api.opencitations.net/index/v2, checked 2026-11-21. It knows identifiers only; what stands behind them
is fetched from OpenAlex, and a link that is not found there stays a record with its identifiers.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from review import identifiers
from review.errors import SourceChanged
from review.record import Record
from searches.citing import openalex
from searches.citing.model import Citing, Question
from searches.source import About, Credentials, Loss, Page, Request
from searches.sources.replies import each, loaded

ABOUT = About(
    name="opencitations",
    label="OpenCitations",
    docs="https://api.opencitations.net/index/v2",
    checked="2026-11-21",
    base_url="https://api.opencitations.net",
    interval=(0.5, 0.5),  # 180 requests a minute
    page_size=50_000,  # a list comes in one piece
    key="OPENCITATIONS_TOKEN",
)

_OTHER = {"references": "cited", "citations": "citing"}


def ask(question: Question, credentials: Credentials) -> Request:
    """Build the request for the whole list of one document; the token stands alone in its header."""
    headers = (("authorization", credentials.key),) if credentials.key else ()
    url = f"{ABOUT.base_url}/index/v2/{question.of}/{question.scheme}:{quote(question.values[0], safe='/:;()')}"
    return Request(url, (("format", "json"),), headers, secret=("authorization",))


def read(reply: bytes, question: str | None) -> Page:
    """Read a list of links, or the works that were fetched for some."""
    asked = Question.parse(question or "")
    if asked.of == "fetch":
        return openalex.read(reply, question)
    links = loaded(reply, ABOUT)
    if not isinstance(links, list):
        raise SourceChanged("the reply of OpenCitations is no list of links", source=ABOUT.name)
    records, rejected = each((_side(link, asked) for link in links), _record)
    return Page(records, len(links), None, rejected)


def _side(link: Any, asked: Question) -> Any:
    return link.get(_OTHER[asked.of]) if isinstance(link, dict) else link


def _record(names: str) -> Record:
    """Read the identifiers of a document (``omid:br/06180334099 doi:10.1108/jd-12-2013-0166 pmid:…``)."""
    named = (f"doi:{name}" if name.startswith("10.") else name for name in names.split())  # bare in version 1
    pairs = [(scheme.lower(), value) for scheme, _, value in (name.partition(":") for name in named)]
    known = {scheme: value for scheme, value in reversed(pairs) if value}
    if not known:
        raise KeyError("identifier")
    others = tuple((scheme, value) for scheme, value in pairs if value and scheme not in ("doi", "pmid", "pmcid"))
    doi = identifiers.doi(known.get("doi"))
    return Record(
        doi=doi,
        pmid=identifiers.pmid(known.get("pmid")),
        pmcid=identifiers.pmcid(known.get("pmcid")),
        url=f"https://doi.org/{doi}" if doi else None,
        identifiers=others,
    )


def lacking(record: Record) -> str | None:
    """Give the key by which OpenAlex is asked for a document: its own id, else DOI, else PMID."""
    work = dict(record.identifiers).get("openalex")
    candidates = (f"id:{work}", f"doi:{record.doi}", f"pmid:{record.pmid}")
    known = (key for key, value in zip(candidates, (work, record.doi, record.pmid), strict=True) if value)
    return next((key for key in known if openalex.CITING.takes.fullmatch(key)), None)


CITING = Citing(
    about=ABOUT,
    ask=ask,
    read=read,
    takes=re.compile(r"doi:\S+|pmid:\d+"),
    many=1,
    losses=(Loss("OpenCitations says the same of a document without links and of one that it does not know", "none"),),
    lacking=lacking,
    through=openalex.CITING,
    finds=False,
)
