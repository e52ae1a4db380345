"""OpenAlex's ``is_retracted``, which follows Retraction Watch. Pure functions; it tells no more than that.

Source: https://help.openalex.org/api/ (August 2026), checked 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from review import identifiers
from review.errors import SourceChanged
from searches.notices.model import Checking, Notice, Said, value
from searches.source import Credentials, Request
from searches.sources.openalex import ABOUT, answer
from searches.sources.replies import UNREADABLE, as_json

_SELECT = ("select", "id,doi,ids,is_retracted")
_UNSAFE = re.compile(r"[,|&]")
"""Commas and bars have a meaning in a filter."""
_RETRACTED = (Notice("retracted", label="Retracted"),)


def ask(keys: Sequence[str], credentials: Credentials) -> Request:
    """Ask for the works with some DOIs or PMIDs, or for the one with a single one."""
    headers = (("Authorization", f"Bearer {credentials.key}"),) if credentials.key else ()
    if len(keys) == 1:
        url = f"{ABOUT.base_url}/works/{quote(keys[0], safe=':')}"
        return Request(url, (_SELECT,), headers, secret=("Authorization",))
    scheme = keys[0].partition(":")[0]
    asked = f"{scheme}:{'|'.join(map(value, keys))}"
    params = (("filter", asked), _SELECT, ("per_page", str(ABOUT.page_size)))
    return Request(f"{ABOUT.base_url}/works", params, headers, secret=("Authorization",))


def read(reply: bytes) -> Said:
    """Read a list of works, or one. Of two works with one DOI one that is retracted is enough."""
    body = as_json(reply, ABOUT)
    works: list[Any] = [body]
    if "results" in body:
        meta, works = answer(reply)
        if meta["count"] > len(works):
            raise SourceChanged("OpenAlex sent fewer works than it found", source="openalex")
    try:
        found: dict[str, tuple[Notice, ...]] = {}
        for work in works:
            retracted = work["is_retracted"]
            for key in _keys(work):
                found[key] = _RETRACTED if retracted or found.get(key) else ()
    except UNREADABLE as fault:
        raise SourceChanged("the reply of OpenAlex is not the documented JSON", source="openalex") from fault
    return found


def _keys(work: dict[str, Any]) -> list[str]:
    named = (("doi", identifiers.doi(work.get("doi"))), ("pmid", identifiers.pmid((work.get("ids") or {}).get("pmid"))))
    return [f"{scheme}:{text}" for scheme, text in named if text]


CHECKING = Checking(ABOUT, ("doi", "pmid"), 50, ask, read, "(HTTP 404", alone=lambda key: bool(_UNSAFE.search(key)))
