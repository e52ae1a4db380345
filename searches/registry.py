"""The sources that are asked over an API, by name; docs/sources.md lists the same (a test compares)."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from review.errors import StageError
from searches import europepmc, openalex, pubmed
from searches.run import Access
from searches.source import Credentials, Source
from searches.transport import Line

SOURCES: Mapping[str, Source] = {s.about.name: s for s in (pubmed.SOURCE, europepmc.SOURCE, openalex.SOURCE)}


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


def access(name: str, environ: Mapping[str, str], base_url: str | None = None) -> Access:
    """Open a line to a source, with its key and the contact address from the environment.

    Raises
    ------
    StageError
        There is no such source.
    """
    source = find(name)
    known = credentials(source, environ)
    return Access(source, known, Line(source.about, known, base_url=base_url).send)


def credentials(source: Source, environ: Mapping[str, str]) -> Credentials:
    """Take a source's key and the contact address from the environment; empty values count as none."""
    about = source.about
    key = environ.get(about.key, "").strip() if about.key else ""
    contact = environ.get(about.contact, "").strip() if about.contact else ""
    return Credentials(key or None, contact or None)
