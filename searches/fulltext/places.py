"""What is passed around while full texts are sought: the paper wanted, the places that have it, what each try came to.

Values only: no network, clock, disk or store here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from searches.source import About, Credentials, Request

Kind = Literal["pdf", "jats"]
"""What a full text is kept as: a PDF file, or an article in XML (JATS, https://jats.nlm.nih.gov)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report whose full text is sought, and what is known of the paper; ``authors`` are ``"Family, Given"``."""

    report: int
    title: str | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    authors: tuple[str, ...] = ()
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a file is the paper that was wanted.

    ``kind`` is what the file is, ``None`` where it is no full text at all; ``why`` is ``None`` where nothing speaks
    against it, else a sentence. ``sure`` says whether the paper's own words were found in it: a scan without text may
    be the paper, and nobody can tell without looking.
    """

    kind: Kind | None
    pages: int | None = None
    why: str | None = None
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """An address at which a place says that the paper lies.

    ``version`` is one of ``VERSIONS``, ``None`` where the place does not say; ``host`` says who keeps it
    (``publisher``, ``repository``, or a name).
    """

    url: str
    kind: Literal["pdf", "jats", "page"]
    version: str | None = None
    licence: str | None = None
    host: str | None = None


VERSIONS = ("publishedVersion", "acceptedVersion", None, "submittedVersion")
"""Versions of a paper, the best first, in the words of https://unpaywall.org/data-format, which OpenAlex uses as well;
a place that does not tell is asked before a preprint is taken.
"""


def ordered(places: Iterable[Place]) -> tuple[Place, ...]:
    """Give places in the order in which they are tried, each address once: by version, and a file before a page."""
    by_url: dict[str, Place] = {}
    for place in places:
        by_url.setdefault(place.url, place)
    kinds = ("pdf", "page", "jats")
    return tuple(sorted(by_url.values(), key=lambda place: (_rank(place.version), kinds.index(place.kind))))


def _rank(version: str | None) -> int:
    return VERSIONS.index(version if version in VERSIONS else None)


@dataclass(frozen=True, slots=True)
class File:
    """A full text that was got and is stored; the fields are those of the event ``retrieval``."""

    sha256: str
    kind: Kind
    size: int
    pages: int | None = None
    name: str | None = None
    licence: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one try has come to; it is noted at once, so that nothing is lost when the run is stopped.

    ``route`` says in words where the paper was sought, ``url`` where exactly, ``why`` what stood in the way.
    """

    report: int
    outcome: Literal["tried", "retrieved"]
    route: str
    url: str | None = None
    why: str | None = None
    file: File | None = None


Check = Callable[[Path, Wanted], Verdict]
"""Says whether a file is the paper that was wanted (``searches.fulltext.inspect``)."""


@dataclass(frozen=True, slots=True)
class Locator:
    """A place that knows where open-access copies lie: facts and two pure functions.

    ``ask(wanted, credentials)`` builds the request, ``None`` where the paper has no identifier that the place takes.
    ``read(reply, wanted)`` gives what the reply names, best first; raises SourceChanged, SourceBusy or SourceRefused
    when a reply with status 200 is none.
    """

    about: About
    ask: Callable[[Wanted, Credentials], Request | None]
    read: Callable[[bytes, Wanted], tuple[Place, ...]]
