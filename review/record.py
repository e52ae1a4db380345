"""A record as one source gave it, what a reader returns, and the view of several records as one report.

No IO and no cleaning here. A *record* is a hit and never changes; a *report* is a document, one or more records
(PRISMA 2020 words, Page 2021, doi:10.1136/bmj.n71).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal

Kind = Literal[
    "article", "review", "editorial", "letter", "commentary", "conference", "chapter", "book", "report", "thesis",
    "preprint", "dataset", "web", "erratum", "retraction", "trial", "other",
]  # fmt: skip
"""What sort of document a source says that this is; ``None`` on a record means that the source did not say."""


@dataclass(frozen=True, slots=True)
class Record:
    """One hit, as one source gave it.

    Absent is ``None`` or ``()``, never ``""``. ``authors`` are ``"Family, Given"``; a name without a comma is an
    organisation or one that could not be split. ``date`` is ISO 8601 cut to what the source knew (``"2014"``,
    ``"2014-05"``, ``"2014-05-31"``): its length is its precision. ``pages`` is as printed (``"142-6"``, ``"e322"``).
    ``language`` is ISO 639-2 where it could be told (``"eng"``), else as given. ``doi`` is lower case without a
    resolver. ``identifiers`` are further (scheme, value) pairs; ``extra`` keeps, in order, every (tag, value) that
    has no field here, so that nothing of a record is lost by reading it.
    """

    title: str | None = None
    authors: tuple[str, ...] = ()
    date: str | None = None
    journal: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    abstract: str | None = None
    keywords: tuple[str, ...] = ()
    kind: Kind | None = None
    language: str | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    issns: tuple[str, ...] = ()
    isbns: tuple[str, ...] = ()
    url: str | None = None
    publisher: str | None = None
    place: str | None = None
    flags: tuple[str, ...] = ()
    source_id: str | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def year(self) -> int | None:
        """The year of publication, ``None`` when unknown.

        >>> Record(date="2014-05").year, Record().year
        (2014, None)
        """
        return int(self.date[:4]) if self.date else None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A part of a file or reply that could not be read as a record: kept, with its reason, and counted."""

    position: int
    """Which record of the file or page, counted from 1."""
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one file gave: ``records + rejected`` is every record that the file holds.

    ``losses`` says in sentences what the file itself lacked (``"the last record has no ER line: read to its end"``).
    """

    format: str
    platform: str | None
    records: tuple[Record, ...]
    rejected: tuple[Rejected, ...] = ()
    losses: tuple[str, ...] = ()


_LONGEST = frozenset({"abstract", "title"})
_UNION = frozenset({"keywords", "issns", "isbns", "flags", "identifiers", "notes", "extra"})


def combine(records: Sequence[Record]) -> tuple[Record, dict[str, int]]:
    """Show several records of one report as one: best value per field, and where it came from.

    The longest title and abstract win, the longest author list, the most precise date; sets are joined; of all other
    fields the first known value counts. Records are taken in the order given, so give them in a stable one.

    Parameters
    ----------
    records : sequence of Record, at least one

    Returns
    -------
    (Record, dict)
        The combined view, and for each field that is not absent the position in ``records`` it was taken from
        (for joined sets: of the first contributor).
    """
    values: dict[str, object] = {}
    origin: dict[str, int] = {}
    for name in (f.name for f in fields(Record)):
        known = [(i, v) for i, r in enumerate(records) if (v := getattr(r, name))]
        if not known:
            continue
        if name in _UNION:
            values[name] = tuple(dict.fromkeys(item for _, v in known for item in v))
            origin[name] = known[0][0]
            continue
        if name in _LONGEST or name in ("authors", "date"):
            best = max(known, key=lambda pair: (len(pair[1]), -pair[0]))
        else:
            best = known[0]
        origin[name], values[name] = best
    return Record(**values), origin  # type: ignore[arg-type]
