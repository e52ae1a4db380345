"""Queries about conflicts: which wait for whom, how they ended before, what votes said that were changed since."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, and_, func, not_, or_, select

from review.store import schema
from screening.rows import event

_CHUNK = 400


@dataclass(frozen=True, slots=True)
class Resolved:
    """How a conflict on a root ended; ``acts_on`` are the votes that it settled."""

    verdict: str
    reasons: tuple[str, ...]
    note: str | None
    person: str
    at: str
    acts_on: frozenset[str]


def in_conflict(connection: Connection, stage: str, person: str | None, *, voted: bool) -> list[int]:
    """Give the roots in conflict at a stage, without those that wait for a person's own vote, in the order of ids.

    ``voted``: only those that the person has voted on.
    """
    standing = schema.standing.c
    conflict = select(standing.report).where(standing.stage == stage, standing.status == "conflict")
    found = set(connection.scalars(conflict))
    found -= waiting_for(connection, stage, person, found)
    return sorted(voted_on(connection, stage, person, found) if voted else found)


def waiting_for(connection: Connection, stage: str, person: str | None, wanted: Collection[int]) -> set[int]:
    """Give those of some roots that were handed out to a person who has not voted on them as asked."""
    assignment = schema.assignment.c
    return _own(connection, schema.assignment, stage, person, wanted, not_(assignment.done))


def voted_on(connection: Connection, stage: str, person: str | None, wanted: Collection[int]) -> set[int]:
    """Give those of some roots that a person has voted on."""
    return _own(connection, schema.decision, stage, person, wanted)


def _own(
    connection: Connection,
    table: Table,
    stage: str,
    person: str | None,
    wanted: Collection[int],
    *more: ColumnElement[bool],
) -> set[int]:
    """Give those of some roots on a record of which a person has a row."""
    report = schema.report.c
    found: set[int] = set()
    for chunk in _chunks(sorted(wanted)):
        query = (
            select(func.coalesce(report.merged_into, report.id))
            .join(table, table.c.report == report.id)
            .where(table.c.person == person, table.c.stage == stage, *more)
            .where(or_(report.id.in_(chunk), report.merged_into.in_(chunk)))
        )
        found.update(connection.scalars(query))
    return found


def resolutions(connection: Connection, stage: str, root: int) -> list[Resolved]:
    """Give the resolutions of a root at a stage, oldest first."""
    table, report = schema.resolution.c, schema.report.c
    query = (
        select(schema.resolution)
        .join(schema.report, report.id == table.report)
        .where(and_(table.stage == stage, or_(report.id == root, report.merged_into == root)))
        .order_by(table.at, table.event)
    )
    found = []
    for r in connection.execute(query):
        found.append(Resolved(r.verdict, tuple(r.reasons), r.note, r.person, r.at, frozenset(r.acts_on)))
    return found


def replaced(connection: Connection, events: Iterable[str]) -> dict[str, str]:
    """Give, by person, the verdict of votes that do not stand any more, of several the newest."""
    votes = sorted((event(connection, identity) for identity in events), key=lambda one: (one.at, one.id))
    return {one.person: one.payload["verdict"] for one in votes}


def _chunks(items: Sequence[int]) -> Iterable[Sequence[int]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
