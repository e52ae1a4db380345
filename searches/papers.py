"""Papers that are known to be relevant: read from a list or an export, told apart, and looked for among records. Pure.

Two records are one paper by DOI, PMID or PMCID; by the source's own id where their titles do not differ; and, where
they have no id of one kind to compare, by title and year (and the first author's family name where both have one).
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from review import identifiers
from review.errors import ReviewError
from review.formats import read
from review.formats.decode import decode, lines
from review.formats.losses import Losses
from review.record import Record, Rejected, combine
from review.text import fold, words

IDS = (("doi", "DOI"), ("pmid", "PMID"), ("pmcid", "PMCID"))
"""Identifiers that mean the same paper wherever they stand, and how people write them."""

_HEADER = frozenset({"doi", "dois", "pmid", "pmids", "pmcid", "pmcids", "id", "ids", "identifier", "identifiers"})
_PREFIX = re.compile(r"\b(pmid|pmcid|doi)\s*:\s*", re.IGNORECASE)
_PMID = re.compile(r"(?:\bPMID:?\s*|pubmed\.ncbi\.nlm\.nih\.gov/)(\d{1,9})\b", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,|]+|;(?=\s|$|10\.\d{4}|https?:|doi:|pmid:)", re.IGNORECASE)
"""A semicolon can be part of a DOI, so it parts two of them only before a space or another id."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One known paper: the id that it was given by, and everything that its file says of it."""

    id: str
    record: Record


@dataclass(frozen=True, slots=True)
class Given:
    """What a file of known papers holds; ``rejected`` are parts by which no paper can be looked for."""

    papers: tuple[Paper, ...]
    rejected: tuple[Rejected, ...] = ()


class Index:
    """Records that can be looked for by what names them."""

    def __init__(self) -> None:
        self._records: dict[int, Record] = {}
        self._places: dict[tuple[str, str], list[int]] = {}

    def add(self, number: int, record: Record) -> None:
        """Add a record under a number of its own."""
        self._records[number] = record
        for key in _keys(record):
            self._places.setdefault(key, []).append(number)

    def find(self, record: Record) -> dict[int, str]:
        """Give the numbers of the records that are the same paper, each with what says so."""
        found: dict[int, str] = {}
        for key in _keys(record):
            for number in self._places.get(key, ()):
                how = same(record, self._records[number])
                if how is not None:
                    found.setdefault(number, how)
        return found


def same(one: Record, other: Record) -> str | None:
    """Say by what two records are the same paper; ``None`` when nothing says so.

    >>> same(Record(doi="10.1/a", title="A"), Record(doi="10.1/a", title="B"))
    'DOI'
    >>> same(Record(pmid="1", title="On mentors", date="2014"), Record(title="On Mentors.", date="2014-05"))
    'title and year'
    """
    pairs = [(getattr(one, scheme), getattr(other, scheme), label) for scheme, label in IDS]
    for left, right, label in pairs:
        if left is not None and left == right:
            return label
    titled = bool(one.title and other.title)
    alike = titled and fold(one.title) == fold(other.title)
    if one.source_id is not None and one.source_id == other.source_id and (alike or not titled):
        return "source id"
    if any(left is not None and right is not None for left, right, _ in pairs):
        return None
    if alike and one.year is not None and one.year == other.year and _one_author(one, other):
        return "title and year"
    return None


def _one_author(one: Record, other: Record) -> bool:
    first, second = (words(r.authors[0].partition(",")[0])[-1:] if r.authors else [] for r in (one, other))
    return not first or not second or first == second


def _keys(record: Record) -> list[tuple[str, str]]:
    named = [(scheme, getattr(record, scheme)) for scheme, _ in IDS]
    named += [("source", record.source_id), ("title", fold(record.title))]
    return [(kind, value) for kind, value in named if value]


def read_papers(data: bytes, name: str) -> Given:
    """Read a file of known papers: an export in any format that is read, or a list of DOIs, PMIDs and PMCIDs.

    A list has one paper per line, with all its ids; a first line that only names columns is passed over. A paper that
    is given twice counts once.

    Raises
    ------
    ReviewError
        The file is no list of ids and of no format that is read.
    """
    text = [line.strip() for line in lines(decode(data, Losses()))] if not data.startswith(b"PK") else []
    found = _listed(text, bare=True)
    if found is None:
        try:
            reading = read(data, name=name)
        except ReviewError:
            found = _listed(text, bare=False)
            if found is None:
                raise
        else:
            found = [*reading.records, *reading.rejected]
    records = [one for one in found if isinstance(one, Record) and _keys(one)]
    nameless = [
        Rejected(at, "it has no DOI, PMID or title to look for", "")
        for at, one in enumerate(found, start=1)
        if isinstance(one, Record) and not _keys(one)
    ]
    rejected = (*(one for one in found if isinstance(one, Rejected)), *nameless)
    return Given(distinct(records), tuple(sorted(rejected, key=lambda one: one.position)))


def _listed(text: Sequence[str], *, bare: bool) -> list[Record | Rejected] | None:
    """Read lines of ids; ``None`` when there is none, or when a line holds more while all have to be ``bare``."""
    found: list[Record | Rejected] = []
    for position, line in enumerate(text, start=1):
        if not line or (position == 1 and {word.lower() for word in _parts(line)} <= _HEADER):
            continue
        ids = _bare(line) or ([] if bare else _among_words(line))
        if ids:
            found += _by_line(ids)
        elif bare:
            return None
        else:
            found.append(Rejected(position, "it holds no DOI, PMID or PMCID", line))
    return found if any(isinstance(one, Record) for one in found) else None


def _by_line(ids: Sequence[tuple[str, str]]) -> list[Record]:
    """Make one paper of a line's ids, or one of each when a line has two of a kind."""
    whole = dict(ids)
    each = [whole] if len(whole) == len(set(ids)) else [{scheme: value} for scheme, value in ids]
    return [Record(doi=one.get("doi"), pmid=one.get("pmid"), pmcid=one.get("pmcid")) for one in each]


def _bare(line: str) -> list[tuple[str, str]] | None:
    """Read a line of nothing but ids; ``None`` for any other."""
    found: list[tuple[str, str]] = []
    for part in _parts(line):
        pmcid = identifiers.pmcid(part) if "pmc" in part.lower() else None
        given = (("doi", identifiers.doi(part)), ("pmcid", pmcid), ("pmid", identifiers.pmid(part)))
        known = next(((scheme, value) for scheme, value in given if value), None)
        if known is None:
            return None
        found.append(known)
    return found


def _parts(line: str) -> list[str]:
    parts = (part.strip("\"'<>()[]*•") for part in _BETWEEN.split(_PREFIX.sub(r"\1:", line)))
    return [part for part in parts if part]


def _among_words(line: str) -> list[tuple[str, str]]:
    """Find the ids in a line of text; a bare number there is a year or a page."""
    found = [("doi", doi) for part in _parts(line) if (doi := identifiers.doi(part))]
    return found + [("pmid", number[1].lstrip("0")) for number in _PMID.finditer(line)]


def distinct(records: Sequence[Record]) -> tuple[Paper, ...]:
    """Give each paper once, with everything that its records say of it; its id is that of the first."""
    index = Index()
    for number, record in enumerate(records):
        index.add(number, record)
    marks = [[frozenset((number, other)) for other in index.find(record)] for number, record in enumerate(records)]
    groups = ([records[number] for number in group] for group in grouped(marks))
    return tuple(Paper(_name(group[0]), combine(group)[0]) for group in groups)


def grouped(marks: Sequence[Iterable[Hashable]]) -> list[list[int]]:
    """Put the positions together that share a mark, directly or through others; in the order of the first of each.

    >>> grouped([["a"], ["b"], ["a", "c"], ["c"], []])
    [[0, 2, 3], [1], [4]]
    """
    groups: list[list[int]] = []
    held: list[set[Hashable]] = []
    for position, own in enumerate(marks):
        shared = set(own)
        touched = [at for at, one in enumerate(held) if one & shared]
        members = sorted([position, *(member for at in touched for member in groups[at])])
        shared.update(*(held[at] for at in touched))
        groups = [one for at, one in enumerate(groups) if at not in touched] + [members]
        held = [one for at, one in enumerate(held) if at not in touched] + [shared]
    return sorted(groups)


def _name(record: Record) -> str:
    given = (record.doi, record.pmid, record.pmcid, record.source_id, record.title)
    return next(str(value) for value in given if value)
