"""Full texts sought as queries: where each report stands, what was noted about it, who holds a file. SQL only."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, or_, select

from review.store import schema

_CHUNK = 400
_ROOT = func.coalesce(schema.report.c.merged_into, schema.report.c.id)


@dataclass(frozen=True, slots=True)
class Sought:
    """A root at full text: where it stands there, how many have voted, and the outcomes noted for its members."""

    root: int
    status: str
    votes: int
    outcomes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Noted:
    """One event about the full text of a report, whose root is given too, with the name of who it is from."""

    root: int
    person: str
    at: str
    payload: dict[str, Any]


def sought(connection: Connection) -> list[Sought]:
    """Give every root whose full text is sought (PRISMA: reports sought for retrieval), in the order of ids."""
    standing, retrieval = schema.standing.c, schema.retrieval.c
    query = (
        select(standing.report, standing.status, standing.votes)
        .where(standing.stage == "full-text")
        .order_by(standing.report)
    )
    outcomes: dict[int, set[str]] = defaultdict(set)
    noted = select(_ROOT, retrieval.outcome).join(schema.report, schema.report.c.id == retrieval.report)
    for root, outcome in connection.execute(noted):
        outcomes[root].add(outcome)
    return [
        Sought(row.report, row.status, row.votes, frozenset(outcomes.get(row.report, ())))
        for row in connection.execute(query)
    ]


def with_retrieval(connection: Connection, roots: Collection[int]) -> dict[int, set[int]]:
    """Give the members of each root for which something was noted."""
    found: dict[int, set[int]] = {root: set() for root in roots}
    for chunk in _chunks(sorted(found)):
        query = (
            select(_ROOT, schema.retrieval.c.report)
            .join(schema.report, schema.report.c.id == schema.retrieval.c.report)
            .where(or_(schema.report.c.id.in_(chunk), schema.report.c.merged_into.in_(chunk)))
        )
        for root, member in connection.execute(query):
            found[root].add(member)
    return found


def noted(connection: Connection, roots: Collection[int] | None = None) -> list[Noted]:
    """Give all that was noted about the full texts of some roots (of all without any), in the order of time."""
    table, report = schema.event, schema.report.c
    merged = select(report.id, report.merged_into).where(report.merged_into.is_not(None))
    root_of = {row.id: row.merged_into for row in connection.execute(merged)}
    query = (
        select(table.c.at, table.c.payload, schema.person.c.name)
        .join(schema.person, schema.person.c.id == table.c.person)
        .where(table.c.kind == "retrieval")
        .order_by(table.c.at, table.c.log, table.c.seq)
    )
    wanted = None if roots is None else set(roots)
    found = list[Noted]()
    for row in connection.execute(query):
        payload = json.loads(row.payload)
        root = root_of.get(payload["report"], payload["report"])
        if wanted is None or root in wanted:
            found.append(Noted(root, row.name, row.at, payload))
    return found


def holders(connection: Connection, root: int) -> dict[str, set[int]]:
    """Give, for every file held of a root (by SHA-256), the members that it was noted for."""
    full, report = schema.full_text.c, schema.report.c
    query = (
        select(full.sha256, full.report)
        .join(schema.report, report.id == full.report)
        .where(or_(report.id == root, report.merged_into == root))
    )
    found: dict[str, set[int]] = defaultdict(set)
    for sha256, member in connection.execute(query):
        found[sha256].add(member)
    return found


def held(connection: Connection) -> dict[str, set[int]]:
    """Give, for every file (by SHA-256), the roots that it is held of."""
    full = schema.full_text.c
    found: dict[str, set[int]] = defaultdict(set)
    for sha256, root in connection.execute(
        select(full.sha256, _ROOT).join(schema.report, schema.report.c.id == full.report)
    ):
        found[sha256].add(root)
    return found


def _chunks(items: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
