"""Semantic Scholar as a citation index. Pure functions.

Source: https://api.semanticscholar.org/api-docs/graph (``/paper/batch``, ``/paper/{id}/references``, ``…/citations``),
checked 2026-11-21. A reference that it could not match has a title at most and no id.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from review.errors import SourceBusy, SourceChanged, SourceRefused
from review.record import Record
from searches.citing.model import Citing, Question
from searches.source import Credentials, Loss, Page, Request
from searches.sources import semanticscholar
from searches.sources.replies import UNREADABLE, as_count, each, loaded

ABOUT = semanticscholar.ABOUT
LIMIT = 500
"""Papers asked per page of a list: 1,000 are taken, but a reply may not be larger than 10 MB."""
MOST = 9_999
"""Offset and limit together stay below 10,000."""

_SERVICE = f"{ABOUT.base_url}/graph/v1/paper"
_NAMES = {"id": "", "doi": "DOI:", "pmid": "PMID:"}
_PAPER = {"references": "citedPaper", "citations": "citingPaper"}
_UNMATCHED = "-"


def ask(question: Question, credentials: Credentials) -> Request:
    """Build the request for some papers (POST) or for one page of a list."""
    headers = (("x-api-key", credentials.key),) if credentials.key else ()
    fields = ("fields", ",".join(semanticscholar.FIELDS))
    names = [f"{_NAMES[question.scheme]}{value}" for value in question.values]
    if question.of in _PAPER:
        params = (fields, ("offset", question.cursor or "0"), ("limit", str(LIMIT)))
        return Request(f"{_SERVICE}/{names[0]}/{question.of}", params, headers, secret=("x-api-key",))
    body = json.dumps({"ids": names})
    return Request(f"{_SERVICE}/batch", (fields,), headers, "POST", ("x-api-key",), body)


def read(reply: bytes, question: str | None) -> Page:
    """Read some papers (``null`` for each that is not known) or one page of a list."""
    asked = Question.parse(question or "")
    found = loaded(reply, ABOUT)
    if isinstance(found, dict) and "data" not in found and ("error" in found or "message" in found):
        said, busy = found.get("error") or found.get("message"), str(found.get("code")) == "429"
        kind = SourceBusy if busy else SourceRefused
        raise kind(f"Semantic Scholar refused the request: {said}", source=ABOUT.name, hint=ABOUT.docs)
    if asked.of in _PAPER:
        return _list(found, asked)
    if not isinstance(found, list):
        raise SourceChanged("the reply of Semantic Scholar is no list of papers", source=ABOUT.name)
    records, rejected = each((paper for paper in found if paper), semanticscholar.record)
    return Page(records, None, None, rejected)


def _list(found: Any, asked: Question) -> Page:
    try:
        data, following = found["data"], found.get("next")
        items, following = list(data or ()), None if following is None else as_count(following)
    except UNREADABLE as fault:
        raise SourceChanged("the reply of Semantic Scholar holds no list of links", source=ABOUT.name) from fault
    notes = () if data is not None else (f"the {asked.of} of {asked.values[0]} are withheld at its publisher's wish",)
    records, rejected = each((_linked(item, asked) for item in items), _record)
    capped = None
    if following is not None and following + LIMIT > MOST:
        capped, following = f"Semantic Scholar gives {MOST + 1:,} links of a paper at most", None
    cursor = None if following is None or not items else str(following)
    return Page(records, None, cursor, rejected, notes=notes, capped=capped)


def _linked(item: Any, asked: Question) -> Any:
    return item.get(_PAPER[asked.of]) if isinstance(item, dict) else item


def _record(paper: dict[str, Any]) -> Record:
    """Read a paper; one that was not matched is a record without an id, as far as it has a title."""
    if paper["paperId"]:
        return semanticscholar.record(paper)
    if not paper.get("title"):
        raise KeyError("paperId and no title")
    return replace(semanticscholar.record({**paper, "paperId": _UNMATCHED}), source_id=None)


CITING = Citing(
    about=ABOUT,
    ask=ask,
    read=read,
    takes=re.compile(r"id:[0-9a-f]{40}|doi:\S+|pmid:\d+"),
    many=500,
    losses=(Loss("Semantic Scholar leaves out lists that a publisher withholds", "narrower"),),
)
