"""OpenAlex: the open locations of a work. Pure functions.

Source: https://help.openalex.org/api/ (``locations``), checked 2026-11-22. A single work costs nothing there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from review.errors import SourceChanged
from review.text import tidy
from searches.fulltext.places import Locator, Place, Wanted, ordered
from searches.source import Credentials, Request
from searches.sources.openalex import ABOUT
from searches.sources.replies import UNREADABLE, as_json

_FIELDS = "id,best_oa_location,locations"


def ask(wanted: Wanted, credentials: Credentials) -> Request | None:
    """Ask for one work by its DOI, else by its PMID."""
    names = (("doi", wanted.doi), ("pmid", wanted.pmid))
    name = next((f"{scheme}:{quote(value, safe='/')}" for scheme, value in names if value), None)
    if name is None:
        return None
    headers = (("Authorization", f"Bearer {credentials.key}"),) if credentials.key else ()
    return Request(f"{ABOUT.base_url}/works/{name}", (("select", _FIELDS),), headers, secret=("Authorization",))


def read(reply: bytes, wanted: Wanted) -> tuple[Place, ...]:
    """Read the open ones of a work's locations, the best one first."""
    found = as_json(reply, ABOUT)
    try:
        locations = [found["best_oa_location"], *(found["locations"] or ())]
        return ordered(place for one in locations if one and one.get("is_oa") for place in _places(one))
    except UNREADABLE as fault:
        raise SourceChanged("the reply of OpenAlex names no locations", source=ABOUT.name) from fault


def _places(location: dict[str, Any]) -> Iterator[Place]:
    version, licence = tidy(location.get("version")), tidy(location.get("license"))
    host = tidy((location.get("source") or {}).get("display_name"))
    if pdf := tidy(location.get("pdf_url")):
        yield Place(pdf, "pdf", version, licence, host)
    elif page := tidy(location.get("landing_page_url")):
        yield Place(page, "page", version, licence, host)


LOCATOR = Locator(ABOUT, ask, read)
