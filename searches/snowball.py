"""Citation searching: what some reports cite (backward) and what cites them (forward), round after round.

Each set of seeds, direction and index is a search of its own (kind ``citation``, ``searches.citations``). A round
starts from reports that were no seeds before. Method: Wohlin 2014, doi:10.1145/2601248.2601268.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from review.errors import StageError
from review.protocol import Protocol
from searches import rows
from searches.citations import Service, follow
from searches.citing.chase import WAY, Direction, Seed, usable
from searches.run import Outcome, Place

_ROUND = re.compile(r"round (\d+)")


@dataclass(frozen=True, slots=True)
class Snowballed:
    """One search of a round: what it has come to, and where its hits stand in the review.

    ``outcome.hits`` are the entries of all lists: ``new + known + excluded`` records, ``outcome.rejected`` and
    ``doubles``, entries that name a hit once more. ``known`` were in the review before, ``excluded`` as well and stand
    excluded.
    """

    outcome: Outcome
    direction: Direction
    round: int
    seeds: int
    new: int
    known: int
    excluded: int
    doubles: int
    fresh: tuple[int, ...] = ()
    """The reports of the new records."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Seeds of one search: new, or of one that there is (its query)."""

    direction: Direction
    seeds: tuple[Seed, ...]
    query: str


def snowball(
    place: Place,
    protocol: Protocol,
    asked: Sequence[Service],
    direction: Direction,
    *,
    reports: Sequence[int] = (),
    rounds: int | None = 1,
) -> tuple[Snowballed, ...]:
    """Search citations from the reports included at full text, or from some reports by number.

    From the included ones, those are followed that were not before; when all were, their searches are given again.
    Chosen ``reports`` are always followed: the same ones in the same direction are the same search, gone on with or
    given again. Each further one of ``rounds`` (``None``: until nothing is new) starts from the new hits of the one
    before, unscreened. Errors of one index are in its outcome; the others go on.

    Raises
    ------
    StageError
        There is nothing to start from, or no index can be asked for any of it.
    """
    seeds = _start(place, reports)
    if not any(usable(service.citing, seed) for service in asked for seed in seeds):
        raise StageError(
            f"none of the {len(seeds)} reports has a DOI, a PMID or an id to be looked up by",
            hint="import a record of each that has one, and merge the two: review pairs same",
        )
    done: list[Snowballed] = []
    tried: set[int] = set()
    went = 0
    while seeds and (rounds is None or went < rounds):
        chosen = bool(reports) and not went
        results = [
            _searched(place, protocol, service, group)
            for service in asked
            for group in ([_new(direction, seeds)] if chosen else _groups(place, service, direction, seeds))
        ]
        done += results
        tried |= {seed.report for seed in seeds}
        went += 1
        fresh = {report for one in results for report in one.fresh} - tried
        followed = _seeds(place, fresh)
        seeds = [seed for seed in followed if any(usable(service.citing, seed) for service in asked)]
    return tuple(done)


def _start(place: Place, reports: Sequence[int]) -> list[Seed]:
    if reports:
        return _seeds(place, reports)
    with place.store.read() as connection:
        included = rows.included_reports(connection)
    if not included:
        raise StageError(
            "no report is included at full text yet: there is nothing to start from",
            hint="finish full-text screening of some reports first, or name reports with --report",
        )
    return [Seed(report, tuple(records)) for report, records in included]


def _seeds(place: Place, reports: Iterable[int]) -> list[Seed]:
    wanted = sorted(set(reports))
    with place.store.read() as connection:
        roots = rows.root_of_reports(connection)
        for report in wanted:
            if report not in roots:
                raise StageError(f"there is no report {report}", hint="see: review screen next, or review report")
        found = rows.reports_with_records(connection, sorted({roots[report] for report in wanted}))
    return [Seed(report, tuple(records)) for report, records in found]


def _new(direction: Direction, seeds: Sequence[Seed]) -> _Group:
    names = sorted({seed.name for seed in seeds})
    return _Group(direction, tuple(seeds), f"{direction}: {', '.join(names)}")


def _groups(place: Place, service: Service, direction: Direction, seeds: Sequence[Seed]) -> list[_Group]:
    """Part seeds into searches: those that stopped, and one of what was never followed; else those there were."""
    with place.store.read() as connection:
        before = [row for row in rows.searches(connection) if row["method"] == "snowball"]
    named = {name: seed for seed in seeds for name in seed.names}
    waiting = {seed.report: seed for seed in seeds}
    stopped: list[_Group] = []
    ended: list[_Group] = []
    for row in before:
        way, _, names = str(row["query"]).partition(": ")
        mine = tuple(named[name] for name in names.split(", ") if name in named)
        if row["source"] != service.citing.about.name or way not in (direction, "both"):
            continue
        group = _Group(cast(Direction, way), tuple(sorted(set(mine), key=lambda seed: seed.report)), row["query"])
        if row["status"] == "complete":
            for seed in mine:
                waiting.pop(seed.report, None)
            ended += [group] if len(mine) == len(names.split(", ")) else []
        elif way == direction and len(mine) == len(names.split(", ")):
            stopped.append(group)
    going = [group for group in stopped if all(seed.report in waiting for seed in group.seeds)]
    gone = {seed.report for group in going for seed in group.seeds}
    rest = [seed for seed in waiting.values() if seed.report not in gone]
    return going + ([_new(direction, rest)] if rest else []) or ended or [_new(direction, seeds)]


def _searched(place: Place, protocol: Protocol, service: Service, group: _Group) -> Snowballed:
    """Run one search, go on with it, or give what it has come to; and count where its hits stand."""
    number = 1 + max(_generation(seed) for seed in group.seeds)
    facts = {
        "kind": "citation",
        "method": "snowball",
        "strategy": None,
        "query": group.query,
        "protocol": protocol.hash,
    }
    outcome = follow(place, service, group.direction, group.seeds, facts, number=number)
    return _counted(place, outcome, group.direction, number, len(group.seeds))


def _generation(seed: Seed) -> int:
    """Give the round that a report was found in, 0 for one that was (also) found otherwise."""
    ways = [[value for tag, value in record.extra if tag == WAY] for record in seed.records]
    found = [[int(match[1]) for way in some if (match := _ROUND.match(way))] for some in ways]
    return min((min(some, default=0) for some in found), default=0)


def _counted(place: Place, outcome: Outcome, direction: Direction, number: int, seeds: int) -> Snowballed:
    with place.store.read() as connection:
        before = rows.known_before(connection, outcome.search)
        hits = rows.hits_of(connection, outcome.search)
    fresh: list[int] = []
    known = excluded = 0
    for report, record in hits:
        standing = [before[i] for i in (record.doi, record.pmid, record.source_id) if i in before]
        fresh += [] if standing else [report]
        excluded += bool(standing) and all(standing)
        known += bool(standing) and not all(standing)
    doubles = (outcome.hits or 0) - len(hits) - outcome.rejected if outcome.status == "complete" else 0
    return Snowballed(
        outcome, direction, number, seeds, len(fresh), known, excluded, doubles, tuple(dict.fromkeys(fresh))
    )
