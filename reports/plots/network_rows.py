"""What citation searches found from which reports: queries only."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, Select, func, select

from review.store import schema

_WAY = re.compile(r"round (\d+), (backward|forward), from report (\d+)\b")
_METHOD = "snowball"
_NOTED = "snowball"
"""The tag in a record's ``more["extra"]`` under which each way that led to it stands."""

Way = Literal["backward", "forward"]
State = Literal["included", "excluded", "open", "screened_out", "undecided"]
"""Where a report stands: included; excluded at full text; sought, and not had or not assessed yet; excluded on title
and abstract or removed before; not decided there."""


@dataclass(frozen=True, slots=True)
class Link:
    """A citation that was followed: from the seed, in a round and direction, to what was found (all by root)."""

    seed: int
    hit: int
    round: int
    way: Way


@dataclass(frozen=True, slots=True)
class Chase:
    """All that citation searching found.

    ``elsewhere`` are hits that a search of another kind found as well; ``states`` has every seed and every hit.
    """

    links: tuple[Link, ...]
    elsewhere: frozenset[int]
    states: dict[int, State]


def chase(connection: Connection) -> Chase:
    """Give every link that is noted on the records of citation searches, each once, sorted."""
    record, search, report = schema.record.c, schema.search.c, schema.report.c
    roots = dict(connection.execute(select(report.id, report.merged_into).where(report.merged_into.is_not(None))).all())
    query = select(record.id, record.more).join(schema.search, search.id == record.search)
    links: set[Link] = set()
    for number, more in connection.execute(query.where(search.method == _METHOD)):
        hit = roots.get(number, number)
        for tag, text in more.get("extra", ()):
            if tag == _NOTED and (match := _WAY.match(text)):
                seed = int(match[3])
                way: Way = "backward" if match[2] == "backward" else "forward"
                links.add(Link(roots.get(seed, seed), hit, int(match[1]), way))
    if not links:
        return Chase((), frozenset(), {})
    return Chase(
        tuple(sorted(links, key=lambda one: (one.round, one.seed, one.hit, one.way))),
        _elsewhere(connection),
        _states(connection, {link.seed for link in links}),
    )


def _hits() -> Select[tuple[int]]:
    """Select every report of which a record came from a citation search that notes its ways."""
    record, search, report = schema.record.c, schema.search.c, schema.report.c
    return (
        select(func.coalesce(report.merged_into, report.id))
        .join(schema.record, record.id == report.id)
        .join(schema.search, search.id == record.search)
        .where(search.method == _METHOD)
    )


def _elsewhere(connection: Connection) -> frozenset[int]:
    """Give those of which another record came from a search of another kind."""
    record, search, report = schema.record.c, schema.search.c, schema.report.c
    root = func.coalesce(report.merged_into, report.id)
    query = (
        select(root)
        .join(schema.record, record.id == report.id)
        .join(schema.search, search.id == record.search)
        .where(search.method != _METHOD, root.in_(_hits()))
    )
    return frozenset(connection.scalars(query))


def _states(connection: Connection, seeds: set[int]) -> dict[int, State]:
    standing = schema.standing.c
    query = select(standing.report, standing.stage, standing.status)
    at: dict[int, dict[str, str]] = defaultdict(dict)
    for number, stage, status in connection.execute(
        query.where(standing.report.in_(_hits()) | standing.report.in_(sorted(seeds)))
    ):
        at[number][stage] = status
    return {number: _state(found.get("title-abstract"), found.get("full-text")) for number, found in at.items()}


def _state(first: str | None, second: str | None) -> State:
    if second is not None:
        return "included" if second == "included" else "excluded" if second == "excluded" else "open"
    return "screened_out" if first in ("excluded", "removed") else "undecided"
