"""Unpaywall: where open copies of the paper with a DOI lie. Pure functions.

Source: https://unpaywall.org/products/api and https://unpaywall.org/data-format, checked 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from review.errors import SourceChanged
from review.text import tidy
from searches.fulltext.places import Locator, Place, Wanted, ordered
from searches.source import About, Credentials, Request
from searches.sources.replies import UNREADABLE, as_json

ABOUT = About(
    name="unpaywall",
    label="Unpaywall",
    docs="https://unpaywall.org/products/api",
    checked="2026-11-22",
    base_url="https://api.unpaywall.org",
    interval=(0.2, 0.2),  # 100,000 a day
    page_size=1,
    key="REVIEW_CONTACT",  # an e-mail address is what it asks for in the place of a key
    key_required=True,
    contact="REVIEW_CONTACT",
)


def ask(wanted: Wanted, credentials: Credentials) -> Request | None:
    """Ask for one DOI; nothing else can be asked."""
    if wanted.doi is None:
        return None
    params = (("email", credentials.key),) if credentials.key else ()
    return Request(f"{ABOUT.base_url}/v2/{quote(wanted.doi, safe='/')}", params, secret=("email",))


def read(reply: bytes, wanted: Wanted) -> tuple[Place, ...]:
    """Read the places of a paper, a page where no file is named."""
    found = as_json(reply, ABOUT)
    try:
        locations = list(found["oa_locations"] or ())
        return ordered(place for one in locations for place in _places(one))
    except UNREADABLE as fault:
        raise SourceChanged("the reply of Unpaywall names no locations", source=ABOUT.name) from fault


def _places(location: dict[str, Any]) -> Iterator[Place]:
    version, licence = tidy(location.get("version")), tidy(location.get("license"))
    host = tidy(location.get("repository_institution")) or tidy(location.get("host_type"))
    if pdf := tidy(location.get("url_for_pdf")):
        yield Place(pdf, "pdf", version, licence, host)
    elif page := tidy(location.get("url")):
        yield Place(page, "page", version, licence, host)


LOCATOR = Locator(ABOUT, ask, read)
