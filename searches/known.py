"""Known relevant papers against every source and strategy: found, missed and why, or not there at all.

A paper is looked for among the records that are kept. What a source did not give is asked for by DOI or PMID, and the
strategy is evaluated concept by concept on the record that the source has. Nothing is kept of its answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from review.errors import SourceBusy, SourceError
from review.protocol import Protocol
from review.record import Record, combine
from review.store import Store
from searches import rows
from searches.concepts import Verdict, judged
from searches.papers import IDS, Index, Paper, grouped
from searches.places import Spot, spots
from searches.probing import looked_up, without_its_key
from searches.run import Access, Notify

Status = Literal["found", "missed", "not indexed", "missed or not indexed", "not asked"]

NOBODY = "nobody was asked"


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one known paper at one source with one strategy.

    ``found`` is ``None`` where the search has not been run. ``failed`` are the concepts that its record does not meet;
    ``why`` says by what it was found, or what is known of why not.
    """

    paper: Paper
    spot: Spot
    found: bool | None
    status: Status
    failed: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class _Answer:
    """The records that a source has of a paper; ``silent`` says why it said nothing."""

    records: tuple[Record, ...] = ()
    silent: str | None = None


@dataclass(slots=True)
class _Sought:
    """A paper on its way: the kept records that are it, by id with what says so, and what sources said of it."""

    paper: Paper
    kept: dict[int, str]
    answers: dict[str, _Answer] = field(default_factory=dict)


class _Kept:
    """The records of a review, to look for papers in."""

    def __init__(self, named: Iterable[tuple[int, int, int, Record]]) -> None:
        self._index = Index()
        self._records: dict[int, Record] = {}
        self._members: dict[int, list[int]] = {}
        self.search: dict[int, int] = {}
        self.report: dict[int, int] = {}
        for number, search, report, record in named:
            self._index.add(number, record)
            self._records[number], self.search[number], self.report[number] = record, search, report
            self._members.setdefault(report, []).append(number)

    def find(self, record: Record) -> dict[int, str]:
        """Give the ids of the records that are this paper, by themselves or as parts of a report that is."""
        found: dict[int, str] = {}
        todo = [record]
        while todo:
            for number, how in self._index.find(todo.pop()).items():
                if number not in found:
                    found[number] = f"by {how}"
                    todo.append(self._records[number])
        for number, how in list(found.items()):
            for member in self._members[self.report[number]]:
                found.setdefault(member, f"as a duplicate of a record found {how}")
        return found


def look(
    store: Store, protocol: Protocol, papers: Sequence[Paper], accesses: Sequence[Access], notify: Notify
) -> tuple[Finding, ...]:
    """Look for known papers at every source, strategy and platform.

    Parameters
    ----------
    accesses : sequence of Access
        The sources that may be asked for single records; ``()`` asks nobody.

    Returns
    -------
    tuple of Finding
        One per paper and place, papers in the order given; a paper that turns out to be given twice counts once.
    """
    with store.read() as connection:
        kept = _Kept(rows.named_records(connection))
        places = spots(connection, protocol)
    sought = [_Sought(paper, kept.find(paper.record)) for paper in papers]
    for access in accesses:
        _ask(access, sought, places, kept, notify)
    once = _once(sought, kept)
    with store.read() as connection:
        whole = rows.records_of(connection, sorted({number for one in once for number in one.kept}))
    return tuple(_finding(one, spot, protocol, kept, whole) for one in once for spot in places)


def reports(store: Store, papers: Sequence[Paper]) -> tuple[int, ...]:
    """Give the reports of the review that known papers are, in the order of ids; nobody is asked."""
    with store.read() as connection:
        kept = _Kept(rows.named_records(connection))
    return tuple(sorted({kept.report[number] for paper in papers for number in kept.find(paper.record)}))


def _ask(access: Access, sought: Sequence[_Sought], places: Sequence[Spot], kept: _Kept, notify: Notify) -> None:
    """Ask a source for the papers that it did not give; when it is too busy, it is left alone."""
    about = access.source.about
    here = [spot for spot in places if spot.kind == "api" and spot.source == about.name]
    missing = [one for one in sought if here and not any(kept.search[n] in here[0].nearby for n in one.kept)]
    closed: SourceError | None = without_its_key(access)
    for number, one in enumerate(missing, start=1):
        answer = _Answer(silent=closed.message) if closed else None
        try:
            answer = answer or _answer(access, one)
        except SourceError as error:
            closed = error if isinstance(error, SourceBusy) else closed
            answer = _Answer(silent=error.message)
        one.answers[about.name] = answer
        for record in answer.records:
            for at, how in kept.find(record).items():
                one.kept.setdefault(at, how)
        notify(f"{about.label}: known papers", number, len(missing))


def _answer(access: Access, one: _Sought) -> _Answer:
    """Ask by DOI, then by PMID, also those that another source told."""
    told = combine([one.paper.record, *(record for answer in one.answers.values() for record in answer.records)])[0]
    ids = [(scheme, value) for scheme, _ in IDS if (value := getattr(told, scheme))]
    ids = [pair for pair in ids if access.source.identify(*pair) is not None]
    if not ids:
        return _Answer(silent=f"{access.source.about.label} cannot be asked for it by DOI or PMID")
    found = (looked_up(access, *pair) for pair in ids)
    return _Answer(next((records for records in found if records), ()))


def _once(sought: Sequence[_Sought], kept: _Kept) -> list[_Sought]:
    """Put the papers together that are one by what was kept or answered."""
    marks: list[list[tuple[str, object]]] = []
    for one in sought:
        answered = [(name, r.source_id) for name, a in one.answers.items() for r in a.records if r.source_id]
        marks.append([("report", kept.report[number]) for number in one.kept] + list(answered))
    return [_joined([sought[number] for number in group]) for group in grouped(marks)]


def _joined(group: Sequence[_Sought]) -> _Sought:
    first = group[0]
    for other in group[1:]:
        record = combine([first.paper.record, other.paper.record])[0]
        told = {name: answer for name, answer in first.answers.items() if answer.records}
        answers = {**first.answers, **other.answers, **told}
        first = _Sought(replace(first.paper, record=record), {**other.kept, **first.kept}, answers)
    return first


def _finding(one: _Sought, spot: Spot, protocol: Protocol, kept: _Kept, whole: Mapping[int, Record]) -> Finding:
    by = next((how for number, how in one.kept.items() if kept.search[number] in spot.searches), None)
    if by is not None:
        return Finding(one.paper, spot, True, "found", (), f"found {by}")
    found = False if spot.searches else None
    own, silent = _own(one, spot, kept, whole)
    if not own and silent is None and spot.kind == "api":
        why = f"{spot.label} has no record of it"
        return Finding(one.paper, spot, found, "not indexed", (), _sentence(spot.open, why))
    strategies = (spot.strategy,) if spot.strategy else protocol.strategies
    records = own or (_elsewhere(one, whole),)
    verdicts = [judged(protocol, strategies, record, whole=bool(own)) for record in records]
    verdict = min(verdicts, key=lambda verdict: len(verdict.failed))
    judged_by = records[verdicts.index(verdict)]
    why = _sentence(spot.open, silent, *_explained(verdict, spot, judged_by, own=bool(own)))
    return Finding(one.paper, spot, found, _status(spot, own=bool(own)), verdict.failed, why)


def _own(one: _Sought, spot: Spot, kept: _Kept, whole: Mapping[int, Record]) -> tuple[tuple[Record, ...], str | None]:
    """Give the records that a source itself has of a paper, and why it said nothing where none is known."""
    if spot.kind == "platform":
        return (), None
    nearby = tuple(whole[number] for number in one.kept if kept.search[number] in spot.nearby)
    answer = one.answers.get(spot.source, _Answer(silent=NOBODY))
    own = nearby or answer.records
    return own, None if own else answer.silent


def _elsewhere(one: _Sought, whole: Mapping[int, Record]) -> Record:
    """Put together what is known of a paper wherever it comes from."""
    answered = [record for answer in one.answers.values() for record in answer.records]
    return combine([one.paper.record, *(whole[number] for number in one.kept), *answered])[0]


def _status(spot: Spot, *, own: bool) -> Status:
    if not spot.searches or (spot.kind == "api" and not own):
        return "not asked"
    return "missed" if own else "missed or not indexed"


def _explained(verdict: Verdict, spot: Spot, record: Record, *, own: bool) -> Iterator[str]:
    """Say in sentences what a record meets; ``own`` is one that the source itself has."""
    if record.title is None and record.abstract is None:
        yield "nothing is known of its text"
        return
    bare = " (it has no abstract)" if record.abstract is None else ""
    if verdict.failed:
        yield f"its record{'' if own else ' elsewhere'} does not hold {_listed(verdict.failed)}{bare}"
    if verdict.limits:
        yield f"the limits leave it out: {', '.join(verdict.limits)}"
    if verdict.failed or verdict.limits:
        return
    if verdict.unsure:
        yield f"whether it holds {_listed(verdict.unsure)} cannot be told{bare}"
        return
    yield f"it matches here, but {spot.label} did not give it" if own and spot.open is None else "it matches here"
    yield from (f"there it was asked less: {loss}" for loss in spot.narrower)


def _listed(labels: Sequence[str]) -> str:
    return ", ".join(f"'{label}'" for label in labels)


def _sentence(*parts: str | None) -> str:
    return "; ".join(part for part in parts if part)


def found_of(findings: Sequence[Finding]) -> tuple[int, int]:
    """Give of some findings how many papers were found at least once, and how many papers there are."""
    papers = {finding.paper for finding in findings}
    return len({finding.paper for finding in findings if finding.found}), len(papers)
