"""The one walk through a citation index: look seeds up, read their lists, fetch what the lists leave out. Pure.

The walk asks its questions of a function and gives what all answers come to: asked again with the same answers it
comes to the same. So a round that stopped goes on, and a finished one can be read again without the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import quote

from review.errors import NotExpressible, SourceChanged, SourceRefused
from review.record import Record, Rejected
from review.text import many
from searches.citing.model import Citing, Of, Question, keys
from searches.source import Loss, Page

Direction = Literal["backward", "forward", "both"]

LONGEST = 2_000
"""Characters of the keys of one question, as an address spells them."""
WAY = "snowball"
"""The tag in ``Record.extra`` under which each way that led to a hit is noted."""

_LISTS: dict[Direction, tuple[tuple[Of, str], ...]] = {
    "backward": (("references", "backward"),),
    "forward": (("citations", "forward"),),
    "both": (("references", "backward"), ("citations", "forward")),
}
_NOT_FOUND = "(HTTP 404"
_Part = tuple[int, Page]


@dataclass(frozen=True, slots=True)
class Seed:
    """A report that citations are followed from, and its records."""

    report: int
    records: tuple[Record, ...]

    @property
    def name(self) -> str:
        """What the seed is called in the query of a search: its DOI, PMID or number, whatever index is asked."""
        return self.names[0]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that the seed may have been called by, before further records became known of it."""
        known = {key for record in self.records for key in keys(record) if not key.startswith("id:")}
        return (*sorted(known), f"report:{self.report}")


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that at least one list names: its record with every way noted, and the reply that the record is of."""

    record: Record
    page: int


@dataclass(frozen=True, slots=True)
class Chased:
    """What a walk has come to: ``listed`` entries of lists are the hits, the rejected ones, and hits named again."""

    listed: int
    hits: tuple[Hit, ...]
    rejected: tuple[tuple[int, Rejected], ...]
    losses: tuple[Loss, ...]
    notes: tuple[str, ...]


Answer = Callable[[Question], _Part]
"""Gives the page that answers a question, and the number by which its reply is kept."""


@dataclass(frozen=True, slots=True)
class _Entry:
    record: Record
    page: int
    way: str


def usable(citing: Citing, seed: Seed) -> tuple[str, ...]:
    """Give the keys by which an index can be asked for a seed: its own ids first, then DOIs, then PMIDs."""
    every = [key for record in seed.records for key in keys(record) if citing.takes.fullmatch(key)]
    order = ("id", "doi", "pmid")
    return tuple(dict.fromkeys(sorted(every, key=lambda key: order.index(key.partition(":")[0]))))


def chase(citing: Citing, seeds: Sequence[Seed], direction: Direction, answer: Answer, *, number: int) -> Chased:
    """Walk one round; ``number`` is the round's.

    Raises
    ------
    NotExpressible
        The index can be asked for none of the seeds.
    SourceError
        What ``answer`` raises; an index that has no list of a report (HTTP 404) has an empty one.
    """
    walk = _Walk(citing, answer)
    found, losses = walk.find(seeds)
    entries: list[_Entry] = []
    for seed, (key, looked) in found.items():
        for of, way in _LISTS[direction]:
            said = f"round {number}, {way}, from report {seed} ({key.partition(':')[2]})"
            if of == "references" and citing.cited is not None and looked is not None:
                at, record = looked
                entries += [_Entry(one, at, said) for one in citing.cited(record)]
            else:
                entries += [_Entry(record, at, said) for at, record in walk.links(of, key)]
    entries = walk.fetched(entries)
    hits = _merged(entries)
    listed = len(entries) + len(walk.rejected)
    if twice := len(entries) - len(hits):
        walk.notes.append(f"{many(twice, 'entry')} of lists named a hit once more: it is kept once, with every way")
    return Chased(listed, hits, tuple(walk.rejected), (*citing.losses, *losses, *walk.losses), tuple(walk.notes))


class _Walk:
    """The questions of one walk, and what is noted on the way."""

    def __init__(self, citing: Citing, answer: Answer) -> None:
        self._citing, self._answer = citing, answer
        self.rejected: list[tuple[int, Rejected]] = []
        self.losses: list[Loss] = []
        self.notes: list[str] = []

    def find(self, seeds: Sequence[Seed]) -> tuple[dict[int, tuple[str, _Found | None]], list[Loss]]:
        """Look the seeds up: report -> the key that its lists are asked by, and its record there; and the losses."""
        known = {seed.report: usable(self._citing, seed) for seed in seeds}
        label = self._citing.about.label
        if not any(known.values()):
            raise NotExpressible(
                f"{label} can be asked for none of the {len(seeds)} reports: they have no identifier that it knows",
                source=self._citing.about.name, hint="import a record of each that has a DOI, and merge the two",
            )  # fmt: skip
        if self._citing.finds:
            found = self._looked_up(known)
        else:
            found = {report: (some[0], None) for report, some in known.items() if some}
        without = [report for report, some in known.items() if not some]
        missed = [report for report, some in known.items() if some and report not in found]
        lost = ((f"no identifier that {label} takes", without), (f"not found in {label}", missed))
        said = [(why, ", ".join(map(str, sorted(reports)))) for why, reports in lost if reports]
        return found, [Loss(f"not followed, {why}: report {numbers}", "narrower") for why, numbers in said]

    def _looked_up(self, known: Mapping[int, Sequence[str]]) -> dict[int, tuple[str, _Found | None]]:
        found: dict[int, tuple[str, _Found | None]] = {}
        for scheme in ("id", "doi", "pmid"):
            wanted = {key: report for report, some in known.items() if report not in found
                      for key in some if key.startswith(f"{scheme}:")}  # fmt: skip
            came = self._records("find", self._citing, wanted)
            for key, report in sorted(wanted.items(), key=lambda pair: (pair[1], pair[0])):
                if key in came and came[key][1].source_id and report not in found:
                    found[report] = (f"id:{came[key][1].source_id}", came[key])
        return dict(sorted(found.items()))

    def _records(self, of: Of, index: Citing, wanted: Iterable[str]) -> dict[str, _Found]:
        """Ask for records by key, as many at once as the index takes, one scheme at a time."""
        came: dict[str, _Found] = {}
        for some in _chunks(sorted(wanted), index.many):
            for number, page in self._pages(Question(of, some)):
                for record in page.records:
                    for key in keys(record):
                        came.setdefault(key, (number, record))
        return came

    def links(self, of: Of, key: str) -> list[_Found]:
        """Read one list; when it does not come whole once more, and what is missing then is the index's own."""
        for again in (False, True):
            try:
                parts = list(self._pages(Question(of, (key,), again=again)))
            except SourceRefused as error:
                if _NOT_FOUND not in error.message:
                    raise
                self.notes.append(f"{self._citing.about.label} has no {of} of {key.partition(':')[2]}")
                return []
            total = parts[0][1].total
            came = sum(len(page.records) + len(page.rejected) for _, page in parts)
            if total is None or came == total:
                break
        else:
            self.notes.append(f"{came:,} of {total:,} {of} of {key.partition(':')[2]} came, twice: no more is shown")
        self.rejected += [(number, part) for number, page in parts for part in page.rejected]
        self.notes += [note for _, page in parts for note in page.notes]
        self.losses += [Loss(page.capped, "narrower") for _, page in parts if page.capped]
        return [(number, record) for number, page in parts for record in page.records]

    def _pages(self, question: Question) -> Iterator[_Part]:
        """Give the pages of a question until no more is promised."""
        seen: set[str] = set()
        came, total = 0, None
        while True:
            number, page = self._answer(question)
            yield number, page
            came += len(page.records) + len(page.rejected)
            total = page.total if total is None else total
            following = page.next_cursor
            if following is None or (total is not None and came >= total):
                return
            if following in seen:
                label = self._citing.about.label
                raise SourceChanged(f"{label} gave the same cursor twice", source=self._citing.about.name)
            seen.add(following)
            question = replace(question, cursor=following)

    def fetched(self, entries: Sequence[_Entry]) -> list[_Entry]:
        """Put the whole record in the place of each entry of which a list says little; what is not found stays."""
        lacking = self._citing.lacking
        wanted = {key for entry in entries if (key := lacking(entry.record))}
        came = self._records("fetch", self._citing.through or self._citing, wanted)
        if missing := len(wanted - came.keys()):
            label = (self._citing.through or self._citing).about.label
            self.notes.append(f"{many(missing, 'hit')} not found in {label}: kept as the list has it")
        return [_whole(entry, came.get(lacking(entry.record) or "")) for entry in entries]


_Found = tuple[int, Record]


def _whole(entry: _Entry, found: _Found | None) -> _Entry:
    return entry if found is None else _Entry(found[1], found[0], entry.way)


def _chunks(wanted: Sequence[str], many: int) -> Iterator[tuple[str, ...]]:
    """Part sorted keys into groups of one scheme that are neither too many nor too long."""
    chunk: list[str] = []
    for key in wanted:
        size = sum(len(quote(one)) + 1 for one in (*chunk, key))
        if chunk and (len(chunk) == many or size > LONGEST or key.split(":")[0] != chunk[0].split(":")[0]):
            yield tuple(chunk)
            chunk = []
        chunk.append(key)
    if chunk:
        yield tuple(chunk)


def _merged(entries: Sequence[_Entry]) -> tuple[Hit, ...]:
    """Make one hit of the entries that name one document, with all their ways, in the order of the lists."""
    same: dict[object, list[_Entry]] = {}
    for position, entry in enumerate(entries):
        named = (*keys(entry.record), *map(":".join, entry.record.identifiers))
        same.setdefault(next(iter(named), position), []).append(entry)
    hits = []
    for some in same.values():
        ways = tuple((WAY, way) for way in dict.fromkeys(entry.way for entry in some))
        first = some[0].record
        hits.append(Hit(replace(first, extra=(*first.extra, *ways)), some[0].page))
    return tuple(hits)
