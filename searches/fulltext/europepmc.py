"""Europe PMC: PDF files of its articles, and the text of open-access ones in XML (JATS). Pure functions.

Source: https://europepmc.org/RestfulWebService (``search`` with ``resultType=core``, ``{id}/fullTextXML``; service
version 6.9), checked 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from review import identifiers
from review.errors import SourceChanged
from review.text import tidy
from searches.fulltext.places import Locator, Place, Wanted, ordered
from searches.source import Credentials, Request, Translation
from searches.sources import europepmc
from searches.sources.europepmc import ABOUT
from searches.sources.replies import UNREADABLE

_SERVICE = f"{ABOUT.base_url}/europepmc/webservices/rest"
_OPEN = frozenset({"OA", "F"})
"""Codes of availability: open access, and free to read; ``S`` needs a subscription."""


def ask(wanted: Wanted, credentials: Credentials) -> Request | None:
    """Ask for one paper by all its identifiers."""
    parts = [europepmc.identify(scheme, value) for scheme, value in _known(wanted) if scheme != "pmcid"]
    parts += [f"PMCID:{wanted.pmcid}"] if wanted.pmcid else []
    if not parts:
        return None
    return europepmc.ask(Translation(" OR ".join(f"({part})" for part in parts)), None, None, credentials)


def _known(wanted: Wanted) -> list[tuple[str, str]]:
    names = (("doi", wanted.doi), ("pmid", wanted.pmid), ("pmcid", wanted.pmcid))
    return [(scheme, value) for scheme, value in names if value]


def read(reply: bytes, wanted: Wanted) -> tuple[Place, ...]:
    """Read the places of those results that are the paper: a search for a DOI may give others, too."""
    found = europepmc.answer(reply)
    try:
        results = [one for one in found["resultList"]["result"] if _is(one, wanted)]
        return ordered(place for one in results for place in (*_files(one), *_texts(one)))
    except UNREADABLE as fault:
        raise SourceChanged("the reply of Europe PMC names no results", source=ABOUT.name) from fault


def _is(result: dict[str, Any], wanted: Wanted) -> bool:
    read = {"doi": identifiers.doi, "pmid": identifiers.pmid, "pmcid": identifiers.pmcid}
    return any(read[scheme](result.get(scheme)) == value for scheme, value in _known(wanted))


def _files(result: dict[str, Any]) -> Iterator[Place]:
    for link in (result.get("fullTextUrlList") or {}).get("fullTextUrl") or ():
        url = tidy(link.get("url"))
        if url and link.get("availabilityCode") in _OPEN and link.get("documentStyle") == "pdf":
            yield Place(url, "pdf", _version(result), tidy(result.get("license")), tidy(link.get("site")))


def _texts(result: dict[str, Any]) -> Iterator[Place]:
    if result.get("isOpenAccess") == "Y":
        for name in (result.get("fullTextIdList") or {}).get("fullTextId") or ():
            url = f"{_SERVICE}/{name}/fullTextXML"
            yield Place(url, "jats", _version(result), tidy(result.get("license")), ABOUT.label)


def _version(result: dict[str, Any]) -> str:
    """Tell the version: preprints come under a source of their own, and authors' manuscripts are marked."""
    if result.get("source") == "PPR":
        return "submittedVersion"
    marks = ("authMan", "epmcAuthMan", "nihAuthMan")
    return "acceptedVersion" if any(result.get(mark) == "Y" for mark in marks) else "publishedVersion"


LOCATOR = Locator(ABOUT, ask, read)
