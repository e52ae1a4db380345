"""Europe PMC as a citation index. Pure functions.

Source: https://europepmc.org/RestfulWebService (``/{source}/{id}/references`` and ``…/citations``, service version
6.9), checked 2026-11-21. A reference that was not matched has no id, and its words as far as they are known.
"""

from __future__ import annotations

import re
from typing import Any

from review import identifiers
from review.errors import SourceChanged, SourceRefused
from review.formats import values
from review.formats.kinds import kind_of
from review.record import Record
from review.text import plain
from searches.citing.model import Citing, Question
from searches.source import Credentials, Loss, Page, Request, Translation
from searches.sources import europepmc
from searches.sources.replies import UNREADABLE, as_count, as_json, as_text, each

ABOUT = europepmc.ABOUT
LIMIT = 1_000

_SERVICE = f"{ABOUT.base_url}/europepmc/webservices/rest"
_LISTS = {"references": ("referenceList", "reference"), "citations": ("citationList", "citation")}
_WORDS = "unstructuredInformation"


def ask(question: Question, credentials: Credentials) -> Request:
    """Build the request for some records (a search by their ids) or for one page of a list."""
    if question.of in _LISTS:
        source, _, number = question.values[0].partition(":")
        params = (("page", question.cursor or "1"), ("pageSize", str(LIMIT)), ("format", "json"))
        return Request(f"{_SERVICE}/{source}/{number}/{question.of}", params)
    query = " OR ".join(f"({_one(question.scheme, value)})" for value in question.values)
    return europepmc.ask(Translation(query), None, question.cursor, credentials)


def _one(scheme: str, value: str) -> str:
    if scheme == "id":
        source, _, number = value.partition(":")
        return f"EXT_ID:{number} AND SRC:{source}"
    return str(europepmc.identify(scheme, value))


def read(reply: bytes, question: str | None) -> Page:
    """Read some records or one page of a list."""
    asked = Question.parse(question or "")
    if asked.of not in _LISTS:
        return europepmc.read(reply, asked.cursor)
    found = as_json(reply, ABOUT)
    if "errMsg" in found:
        raise SourceRefused(f"Europe PMC refused the request: {found['errMsg']}", source=ABOUT.name, hint=ABOUT.docs)
    outer, inner = _LISTS[asked.of]
    try:
        total = as_count(found["hitCount"])
        items = list((found.get(outer) or {}).get(inner) or ())
    except UNREADABLE as fault:
        raise SourceChanged(f"the reply of Europe PMC names no {asked.of}", source=ABOUT.name) from fault
    records, rejected = each(items, _record)
    page = int(asked.cursor or "1")
    return Page(records, total, str(page + 1) if items and page * LIMIT < total else None, rejected)


def _record(item: dict[str, Any]) -> Record:
    """Read one link; the words of a reference stand for its title where it has none."""
    source, number = as_text(item.get("source")), as_text(item.get("id"))
    words, doi = plain(item.get(_WORDS)), identifiers.doi(item.get("doi"))
    title = plain(item.get("title")) or words
    known = source and number
    if not (known or title or doi):
        raise KeyError("id, title or words")
    kinds = [part for part in str(item.get("citationType") or "").split("; ") if part]
    return Record(
        title=title,
        authors=_authors(item.get("authorString")),
        date=values.date(str(item["pubYear"])) if item.get("pubYear") else None,
        journal=plain(item.get("journalAbbreviation")) or plain(item.get("publicationTitle")),
        volume=as_text(item.get("volume")),
        issue=as_text(item.get("issue")),
        pages=as_text(item.get("pageInfo")),
        kind=kind_of(kinds) if kinds else None,
        doi=doi,
        pmid=identifiers.pmid(number) if source == "MED" else None,
        pmcid=identifiers.pmcid(number) if source == "PMC" else None,
        issns=identifiers.issns(" ".join(str(item.get(name) or "") for name in ("issn", "essn", "ISSN", "ESSN"))),
        source_id=f"{source}:{number}" if known else None,
        extra=((_WORDS, words),) if words else (),
    )


def _authors(text: str | None) -> tuple[str, ...]:
    names = (plain(name) for name in (text or "").rstrip(". ").split(", "))
    return tuple(values.name(name, bare=True) for name in names if name)


def lacking(record: Record) -> str | None:
    """Give the key of a link that was matched: lists have no abstracts."""
    return f"id:{record.source_id}" if record.source_id else None


CITING = Citing(
    about=ABOUT,
    ask=ask,
    read=read,
    takes=re.compile(r"id:(?:AGR|CBA|CTX|ETH|HIR|MED|NBK|PAT|PMC|PPR):\S+|doi:[^\"\s]+|pmid:\d+"),
    many=50,
    losses=(
        Loss("Europe PMC knows the references of articles in PubMed Central and of some publishers only", "narrower"),
    ),
    lacking=lacking,
)
