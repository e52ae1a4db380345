"""Crossref's updates of a work, its publisher's and those of Retraction Watch. Pure functions.

Source: https://www.crossref.org/blog/retraction-watch-retractions-now-in-the-crossref-api/ and
https://www.crossref.org/documentation/crossmark/, checked 2026-11-22. Several filters ``doi`` in one request are
alternatives; one DOI that is not well formed makes Crossref refuse them all, and ``select`` is refused for one work.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from review import identifiers
from review.errors import SourceChanged
from review.formats import values
from review.text import plain
from searches.notices.model import Checking, Kind, Notice, Said, value
from searches.source import Credentials, Request
from searches.sources.crossref import ABOUT, message, notice
from searches.sources.replies import UNREADABLE, as_count

_KINDS: Mapping[str, Kind] = {
    "retracted": "retracted", "expression of concern": "concern", "corrected": "corrected",
}  # fmt: skip
_NO_NOTICE = re.compile(r"new[\s_-]+(?:version|edition)", re.IGNORECASE)
"""Types of updates that say nothing of the work; any other that is not known counts as a correction, not as none."""
_FROM = {"retraction-watch": "Retraction Watch", "publisher": "publisher"}
_UNSAFE = re.compile("[,&\n]")
"""Commas part filters, also when they are escaped."""


def ask(keys: Sequence[str], credentials: Credentials) -> Request:
    """Ask for the works with some DOIs, or for the one with a single DOI."""
    if len(keys) == 1:
        return Request(f"{ABOUT.base_url}/works/{quote(value(keys[0]), safe='')}")
    filters = ",".join(keys)
    return Request(
        f"{ABOUT.base_url}/works", (("filter", filters), ("select", "DOI,updated-by"), ("rows", str(len(keys))))
    )


def read(reply: bytes) -> Said:
    """Read a list of works, or one."""
    body = message(reply)
    try:
        works = list(body["items"]) if "items" in body else [body]
        if "items" in body and as_count(body["total-results"]) > len(works):
            raise SourceChanged("Crossref sent fewer works than it found", source="crossref")
        return {f"doi:{identifiers.doi(work['DOI'])}": _notices(work) for work in works}
    except UNREADABLE as fault:
        raise SourceChanged("the reply of Crossref holds no works", source="crossref") from fault


def _notices(work: dict[str, Any]) -> tuple[Notice, ...]:
    """Give the notices on a work; what both the publisher and Retraction Watch say is said once."""
    found: dict[tuple[Kind, str], list[dict[str, Any]]] = {}
    for update in work.get("updated-by") or ():
        said = str(update.get("type") or "")
        if not _NO_NOTICE.fullmatch(said.strip()):
            kind = _KINDS[notice(said) or "corrected"]
            found.setdefault((kind, identifiers.doi(update.get("DOI")) or ""), []).append(update)
    return tuple(
        Notice(kind, about, min(filter(None, map(_day, updates)), default=None), _label(updates))
        for (kind, about), updates in found.items()
    )


def _label(updates: Sequence[dict[str, Any]]) -> str:
    names = (plain(u.get("label")) or re.sub(r"[\s_-]+", " ", str(u.get("type"))).capitalize() for u in updates)
    sources = (_FROM.get(str(u.get("source")), str(u.get("source") or "")) for u in updates)
    told = ", ".join(dict.fromkeys(filter(None, sources)))
    return "; ".join(dict.fromkeys(names)) + (f" ({told})" if told else "")


def _day(update: dict[str, Any]) -> str | None:
    parts = ((update.get("updated") or {}).get("date-parts") or [[]])[0]
    return values.date("-".join(str(part) for part in parts if part))


CHECKING = Checking(ABOUT, ("doi",), 40, ask, read, "(HTTP 404", alone=lambda key: bool(_UNSAFE.search(key)))
