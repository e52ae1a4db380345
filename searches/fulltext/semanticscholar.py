"""Semantic Scholar: the open PDF file that it knows of a paper. Pure functions.

Source: https://api.semanticscholar.org/api-docs/graph (``/paper/{paper_id}``, ``openAccessPdf``), checked 2026-11-22.
"""

from __future__ import annotations

from urllib.parse import quote

from review.errors import SourceBusy, SourceChanged, SourceRefused
from review.text import tidy
from searches.fulltext.places import Locator, Place, Wanted
from searches.source import Credentials, Request
from searches.sources.replies import UNREADABLE, as_json
from searches.sources.semanticscholar import ABOUT


def ask(wanted: Wanted, credentials: Credentials) -> Request | None:
    """Ask for one paper by its DOI, else by its PMID."""
    names = (("DOI", wanted.doi), ("PMID", wanted.pmid))
    name = next((f"{scheme}:{quote(value, safe='/')}" for scheme, value in names if value), None)
    if name is None:
        return None
    headers = (("x-api-key", credentials.key),) if credentials.key else ()
    params = (("fields", "openAccessPdf"),)
    return Request(f"{ABOUT.base_url}/graph/v1/paper/{name}", params, headers, secret=("x-api-key",))


def read(reply: bytes, wanted: Wanted) -> tuple[Place, ...]:
    """Read the one place of a paper, which is an empty address where there is none."""
    found = as_json(reply, ABOUT)
    if "paperId" not in found and ("error" in found or "message" in found):
        kind = SourceBusy if str(found.get("code")) == "429" else SourceRefused
        said = found.get("error") or found.get("message")
        raise kind(f"Semantic Scholar refused the request: {said}", source=ABOUT.name, hint=ABOUT.docs)
    try:
        known = found["openAccessPdf"] or {}
        url, licence = tidy(known.get("url")), tidy(known.get("license"))
    except UNREADABLE as fault:
        raise SourceChanged("the reply of Semantic Scholar names no file", source=ABOUT.name) from fault
    return (Place(url, "pdf", None, licence),) if url else ()


LOCATOR = Locator(ABOUT, ask, read)
