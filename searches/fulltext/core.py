"""CORE: the copies that repositories hold of a paper. Pure functions.

Source: https://api.core.ac.uk/docs/v3 (``downloadUrl``), checked 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from review import identifiers
from review.errors import SourceChanged
from review.text import tidy
from searches.fulltext.places import Locator, Place, Wanted, ordered
from searches.source import Credentials, Request, Translation
from searches.sources import core
from searches.sources.core import ABOUT
from searches.sources.replies import UNREADABLE, as_json

_FEW = "10"


def ask(wanted: Wanted, credentials: Credentials) -> Request | None:
    """Ask for the works with a DOI; nothing else can be asked."""
    text = core.identify("doi", wanted.doi) if wanted.doi else None
    if text is None:
        return None
    request = core.ask(Translation(text), None, None, credentials)
    params = tuple((key, _FEW if key == ABOUT.size else value) for key, value in request.params)
    return replace(request, params=params)


def read(reply: bytes, wanted: Wanted) -> tuple[Place, ...]:
    """Read the copies of those works that have the DOI."""
    found = as_json(reply, ABOUT)
    try:
        works = [work for work in found["results"] if identifiers.doi(work.get("doi")) == wanted.doi]
        return ordered(place for work in works for place in _places(work))
    except UNREADABLE as fault:
        raise SourceChanged("the reply of CORE names no results", source=ABOUT.name) from fault


def _places(work: dict[str, Any]) -> Iterator[Place]:
    host = next((name for p in work.get("dataProviders") or () if (name := tidy(p.get("name")))), None)
    for url in (work.get("downloadUrl"), *(work.get("sourceFulltextUrls") or ())):
        if address := tidy(url):
            yield Place(address, "pdf", host=host)


LOCATOR = Locator(ABOUT, ask, read)
