"""A record as one source gave it, what a reader returns, and the view of several records as one report.

No IO and no cleaning here. A *record* is a hit and never changes; a *report* is a document, one or more records
(PRISMA 2020 words, Page 2021, doi:10.1136/bmj.n71).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal

from review.best import best

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


UNION = frozenset({"keywords", "issns", "isbns", "flags", "identifiers", "notes", "extra"})
"""Fields of which a report shows what all its records hold, each value once."""


_NAMES = tuple(f.name for f in fields(Record))


def combine(records: Sequence[Record], chosen: Mapping[str, int] | None = None) -> tuple[Record, dict[str, int]]:
    """Show several records of one report as one: the best value of each field, and where it came from.

    What is best the table ``review.best.BEST`` says, field by field. The order of ``records`` decides nothing but the
    order within joined fields (``UNION``) and, of records that state the same, which one is named.

    Parameters
    ----------
    records : sequence of Record, at least one
    chosen : mapping of field to position in ``records``, optional
        Whose value a person wants to see, also where that is none.

    Returns
    -------
    (Record, dict)
        The combined view, and for each field that is not absent the position in ``records`` it was taken from
        (for joined fields: of the first contributor).
    """
    if len(records) == 1:  # most reports have one: nothing to weigh, and lists show hundreds
        only = {name: value for name in _NAMES if (value := getattr(records[0], name))}
        joined = {name: tuple(dict.fromkeys(only[name])) for name in UNION & only.keys()}
        return Record(**(only | joined)), dict.fromkeys(only, 0)
    values: dict[str, object] = {}
    origin: dict[str, int] = {}
    for name in _NAMES:
        wanted = (chosen or {}).get(name)
        positions = range(len(records)) if wanted is None else (wanted,)
        known = [(at, value) for at in positions if (value := getattr(records[at], name))]
        if not known:
            continue
        if name in UNION:
            origin[name] = known[0][0]
            values[name] = tuple(dict.fromkeys(item for _, value in known for item in value))
        else:
            origin[name], values[name] = known[0] if len(known) == 1 else best(name, known)
    return Record(**values), origin  # type: ignore[arg-type]
