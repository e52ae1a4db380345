"""The sources that are asked over an API, by name; docs/sources.md lists the same (a test compares)."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from review.errors import StageError
from review.protocol import SourceChoice
from searches.citing import CITING
from searches.run import Access
from searches.source import About, Credentials, Page, Source
from searches.sources import (
    arxiv,
    clinicaltrials,
    core,
    crossref,
    doaj,
    eric,
    europepmc,
    openaire,
    openalex,
    pubmed,
    sciencedirect,
    scopus,
    semanticscholar,
    wos_starter,
)
from searches.transport import Line

_ALL = (
    pubmed.SOURCE, europepmc.SOURCE, openalex.SOURCE, crossref.SOURCE, doaj.SOURCE, semanticscholar.SOURCE,
    arxiv.SOURCE, clinicaltrials.SOURCE, core.SOURCE, eric.SOURCE, openaire.SOURCE, scopus.SOURCE,
    sciencedirect.SOURCE, wos_starter.SOURCE,
)  # fmt: skip
SOURCES: Mapping[str, Source] = {source.about.name: source for source in _ALL}


def find(name: str) -> Source:
    """Give a source by name.

    Raises
    ------
    StageError
        There is no such source.
    """
    if name in SOURCES:
        return SOURCES[name]
    near = difflib.get_close_matches(name, SOURCES, n=1)
    raise StageError(
        f"there is no source {name}", hint=f"did you mean {near[0]}?" if near else f"known are: {', '.join(SOURCES)}"
    )


def access(choice: SourceChoice, environ: Mapping[str, str]) -> Access:
    """Open a line to a source of the protocol, with its key and the contact address from the environment.

    Raises
    ------
    StageError
        There is no such source, or it has no such collection.
    """
    source = find(choice.name)
    collections = [name for name, _ in source.about.collections]
    for name in choice.collections:
        if name not in collections:
            hint = f"it has: {', '.join(collections)}" if collections else "it is always searched as a whole"
            raise StageError(f"{source.about.label} has no collection {name}", hint=hint)
    known = credentials(source.about, environ)
    line = Line(source.about, known, base_url=choice.base_url)
    return Access(source, known, line.send, line.rest, choice.collections)


def reader_of(search: Mapping[str, Any]) -> Callable[[bytes, str | None], Page]:
    """Give what reads the saved replies of a search (a row of the search table)."""
    name = search["source"]
    return CITING[name].read if search["method"] == "snowball" else find(name).read


def credentials(about: About, environ: Mapping[str, str]) -> Credentials:
    """Take a source's key and the contact address from the environment; empty values count as none."""
    key = environ.get(about.key, "").strip() if about.key else ""
    contact = environ.get(about.contact, "").strip() if about.contact else ""
    institution = environ.get(about.institution, "").strip() if about.institution else ""
    return Credentials(key or None, contact or None, institution or None)


def without_key(names: Iterable[str], environ: Mapping[str, str]) -> tuple[About, ...]:
    """Give the facts of those of some sources that answer only with a key and have none in the environment."""
    abouts = (find(name).about for name in names)
    return tuple(a for a in abouts if a.key_required and not credentials(a, environ).key)
