"""Citation searching: what the included reports cite (backward) and what cites them (forward), through OpenAlex.

A round is a search of its own (kind ``citation``), run by the same loop as any. Method: Wohlin 2014,
doi:10.1145/2601248.2601268; how OpenAlex gives citations: https://help.openalex.org/api/, checked 2026-11-21.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from review.errors import StageError
from review.protocol import Protocol
from review.record import Record
from searches import openalex, rows
from searches.run import Access, Outcome, Place, Run

Direction = Literal["backward", "forward", "both"]

CHUNK = 50
"""Works asked in one request: OpenAlex takes 100 values, and the address must stay short."""

_WORK = re.compile(r"W\d+\Z")
_UNSAFE = re.compile(r"[,|]")
_LOSS = {"what": "OpenAlex knows only the references that it could match to a work", "effect": "narrower"}


@dataclass(frozen=True, slots=True)
class Seed:
    """An included report: its id, and what it is looked up by in OpenAlex."""

    report: int
    scheme: Literal["openalex", "doi", "pmid"] | None
    value: str | None


@dataclass(frozen=True, slots=True)
class Snowballed:
    """A round of citation searching: its search, and how many hits are new among ``outcome.records``."""

    outcome: Outcome
    seeds: int
    new: int
    known: int


def seed(report: int, records: Sequence[Record]) -> Seed:
    """Choose what a report is looked up by: its OpenAlex id, else DOI, else PMID."""
    works = [r.source_id for r in records if r.source_id and _WORK.match(r.source_id)]
    dois = [r.doi for r in records if r.doi and not _UNSAFE.search(r.doi)]
    pmids = [r.pmid for r in records if r.pmid]
    if works:
        return Seed(report, "openalex", works[0])
    if dois:
        return Seed(report, "doi", dois[0])
    return Seed(report, "pmid", pmids[0]) if pmids else Seed(report, None, None)


def snowball(place: Place, protocol: Protocol, direction: Direction, access: Access) -> Snowballed:
    """Search backward, forward or both from every report included at full text.

    The same seeds and direction are one round: it is resumed, or its result given again. Each hit keeps in
    ``extra`` its round, direction and seed; the strategy's query is not evaluated, since nothing was asked by words.

    Raises
    ------
    StageError
        No report is included at full text, or none of them can be looked up.
    """
    with place.store.read() as connection:
        seeds = [seed(report, records) for report, records in rows.included_reports(connection)]
    if not seeds:
        raise StageError(
            "no report is included at full text yet: there is nothing to start from",
            hint="finish full-text screening of some reports first",
        )
    if not any(s.scheme for s in seeds):
        raise StageError(
            f"none of the {len(seeds)} included reports has a DOI, a PMID or an OpenAlex id to be looked up by",
            hint="import a record of each that has one, and merge the two: review pairs same",
        )
    names = sorted(f"{s.scheme}:{s.value}" if s.scheme else f"report:{s.report}" for s in seeds)
    facts = {
        "source": access.source.about.name,
        "label": "Citation searching (OpenAlex)",
        "kind": "citation",
        "method": "snowball",
        "strategy": None,
        "query": f"{direction}: {', '.join(names)}",
        "protocol": protocol.hash,
        "losses": [_LOSS],
    }
    run = Run(place, access, facts)
    if not run.complete:
        with run.kept():
            works = _look_up(place, run, seeds)
            mark = _marker(works, direction, _round(place, run.search))
            run.follow(tuple(_queries(works, direction)), lambda record: "unknown", mark)
    return _counted(place, run.outcome(), len(seeds))


def _look_up(place: Place, run: Run, seeds: Sequence[Seed]) -> Mapping[str, tuple[int, frozenset[str]]]:
    """Find the seeds in OpenAlex: id of the work -> (report, works that it cites); those not found are losses."""
    works: dict[str, tuple[int, frozenset[str]]] = {}
    found: set[int] = set()
    for scheme in ("openalex", "doi", "pmid"):
        wanted = {s.value: s.report for s in seeds if s.scheme == scheme and s.value}
        for some in _chunks(sorted(wanted)):
            for record in run.aside(f"{scheme}:{'|'.join(some)}").records:
                value = {"openalex": record.source_id, "doi": record.doi, "pmid": record.pmid}[scheme]
                if record.source_id and value in wanted:
                    works[record.source_id] = (wanted[value], frozenset(_cited(record)))
                    found.add(wanted[value])
    without = [s.report for s in seeds if s.scheme is None]
    unknown = [s.report for s in seeds if s.scheme and s.report not in found]
    lost = (("no DOI, PMID or OpenAlex id", without), ("not found in OpenAlex", unknown))
    losses = [_LOSS] + [
        {"what": f"not followed, {why}: report {', '.join(map(str, reports))}", "effect": "narrower"}
        for why, reports in lost
        if reports
    ]
    with place.store.write() as connection:
        rows.change_search(connection, run.search, losses=losses)
    return works


def _cited(record: Record) -> list[str]:
    return next((value.split() for tag, value in record.extra if tag == openalex.REFERENCES), [])


def _queries(works: Mapping[str, tuple[int, frozenset[str]]], direction: Direction) -> Iterator[str]:
    if direction != "forward":
        cited = sorted({work for _, references in works.values() for work in references})
        yield from (f"openalex:{'|'.join(some)}" for some in _chunks(cited))
    if direction != "backward":
        yield from (f"cites:{'|'.join(some)}" for some in _chunks(sorted(works)))


def _marker(
    works: Mapping[str, tuple[int, frozenset[str]]], direction: Direction, number: int
) -> Callable[[Record], Record]:
    """Note on each hit every way that led to it."""

    def mark(record: Record) -> Record:
        cited = set(_cited(record))
        ways: list[tuple[str, str]] = []
        for work in sorted(works):
            report, references = works[work]
            led = {"backward": record.source_id in references, "forward": work in cited}
            ways += [
                ("snowball", f"round {number}, {way}, from report {report} ({work})")
                for way, here in led.items()
                if here and direction in (way, "both")
            ]
        return replace(record, extra=(*record.extra, *ways))

    return mark


def _round(place: Place, search: int) -> int:
    with place.store.read() as connection:
        return sum(1 for s in rows.searches(connection) if s["method"] == "snowball" and s["id"] <= search)


def _counted(place: Place, outcome: Outcome, seeds: int) -> Snowballed:
    with place.store.read() as connection:
        before = rows.identifiers_elsewhere(connection, outcome.search)
        hits = rows.records_in(connection, outcome.search)
    known = sum(1 for r in hits if {r.doi, r.pmid, r.source_id} & before)
    return Snowballed(outcome, seeds, len(hits) - known, known)


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[i : i + CHUNK] for i in range(0, len(values), CHUNK))
