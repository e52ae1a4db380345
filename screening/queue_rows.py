"""Whose turn it is, as queries: assigned reports, open ones, those that are on somebody else's screen just now.

A report waits for a person when it is assigned to the person and not voted on, or when it still needs votes, fewer
people than votes are assigned to it, and the person has not voted on it. Rounds besides the main one (pilot, quality,
again) go first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Select, and_, delete, except_, func, insert, not_, or_, select, union

from review.store import aside, schema

UNDECIDED = ("waiting", "started")


def queue(
    connection: Connection, person: str, stage: str, now: str, *, skipping: Collection[int] = (), limit: int = 1
) -> list[int]:
    """Give the next roots for a person: those of rounds first, then its share and the open ones in the order of ids.

    ``skipping`` are left out; so are open reports that as many others as they need votes have on their screens.
    """
    wanted = limit + len(skipping)
    first = _distinct(connection.scalars(_assigned(person, stage, "!=").limit(wanted)), skipping)[:limit]
    if len(first) == limit:
        return first
    share = connection.scalars(_assigned(person, stage, "==").limit(wanted)).all()
    known = {*skipping, *first}
    rest = _distinct(sorted({*share, *_open(connection, person, stage, now, wanted + len(first))}), known)
    return [*first, *rest[: limit - len(first)]]


def after(connection: Connection, person: str, stage: str, now: str, report: int) -> int | None:
    """Give the first root beyond an id that waits for a person, in the order of ids."""
    assigned = _assigned(person, stage, None).where(schema.standing.c.report > report).limit(1)
    found = [*connection.scalars(assigned), *_open(connection, person, stage, now, 1, report)]
    return min(found, default=None)


def _distinct(reports: Iterable[int], without: Collection[int]) -> list[int]:
    return list(dict.fromkeys(one for one in reports if one not in without))


def _assigned(person: str, stage: str, main: str | None) -> Select[Any]:
    """Give the roots that wait for a person by assignment: of the main round (``==``), of others (``!=``), of all."""
    standing, assignment, report = schema.standing.c, schema.assignment.c, schema.report.c
    own = and_(assignment.person == person, assignment.stage == stage, not_(assignment.done))
    undecided = standing.status.in_(UNDECIDED)
    wanted = {
        "==": and_(assignment.kind == "main", undecided),
        "!=": and_(assignment.kind != "main", standing.status.not_in(("removed", "not_retrieved"))),
    }
    of_round = wanted[main] if main else or_(*wanted.values())
    order = (
        (assignment.report,)
        if main == "=="
        else (standing.report,)
        if main is None
        else (assignment.round, assignment.report)
    )
    return (
        select(standing.report)
        .select_from(schema.assignment)
        .join(schema.report, report.id == assignment.report)
        .join(
            schema.standing,
            and_(standing.stage == stage, standing.report == func.coalesce(report.merged_into, report.id)),
        )
        .where(own, of_round)
        .order_by(*order)
    )


def _open(connection: Connection, person: str, stage: str, now: str, limit: int, after: int = 0) -> list[int]:
    """Give the first open roots beyond an id that the person has not voted on, in the order of ids.

    A waiting root has nobody's vote, so only started ones are compared with the person's own.
    """
    standing = schema.standing.c
    free = standing.report.not_in(_taken(person, stage, now))
    waiting = _with_status(stage, "waiting").where(standing.report > after, free)
    found = list(connection.scalars(waiting.order_by(standing.report).limit(limit)))
    started = _with_status(stage, "started").where(standing.report > after, free)
    if len(found) == limit:
        started = started.where(standing.report < found[-1])
    others = except_(started, *_own(person, stage))
    found += connection.scalars(others.order_by(others.selected_columns.report).limit(limit))
    return sorted(found)[:limit]


def _with_status(stage: str, status: str) -> Select[Any]:
    standing = schema.standing.c
    return select(standing.report).where(standing.stage == stage, standing.status == status, standing.open)


def _taken(person: str, stage: str, now: str) -> Select[Any]:
    """Give the roots that enough others have on their screens for all the votes that are still needed."""
    standing, lease = schema.standing.c, aside.lease.c
    return (
        select(lease.report)
        .join(schema.standing, and_(standing.report == lease.report, standing.stage == lease.stage))
        .where(lease.stage == stage, lease.person != person, lease.until > now)
        .group_by(lease.report, standing.needed, standing.votes)
        .having(func.count() >= standing.needed - standing.votes)
    )


def _own(person: str, stage: str) -> tuple[Select[Any], Select[Any]]:
    """Give the reports that a person has voted on, and the roots of those of them that were merged.

    Two ordered index walks, so that SQLite merges them with the queue in one pass instead of a look-up per row.
    """
    decision, report = schema.decision.c, schema.report.c
    direct = select(decision.report).where(decision.person == person, decision.stage == stage)
    return direct, select(report.merged_into).where(*_merged_with_vote(person, stage))


def _merged_with_vote(person: str, stage: str) -> tuple[Any, Any]:
    decision, report = schema.decision.c, schema.report.c
    vote = select(decision.report).where(
        decision.report == report.id, decision.stage == stage, decision.person == person
    )
    return report.merged_into.is_not(None), vote.exists()


def count_own(connection: Connection, person: str, stage: str) -> tuple[int, int]:
    """Count the roots that a person has voted on at a stage, and those that wait for the person's vote."""
    own = _own(person, stage)
    voted = _count(connection, union(*own))
    merged = connection.scalar(select(func.count()).select_from(schema.report).where(*_merged_with_vote(person, stage)))
    waiting = connection.scalar(select(func.count()).select_from(_with_status(stage, "waiting").subquery())) or 0
    started = _count(connection, except_(_with_status(stage, "started"), *own))
    standing = schema.standing.c
    counted_already = and_(standing.status.in_(UNDECIDED), standing.open)
    assigned = _assigned(person, stage, None).where(not_(counted_already)).order_by(None).distinct()
    closed = connection.scalar(select(func.count()).select_from(assigned.subquery())) or 0
    return voted - (merged or 0), waiting + started + closed


def _count(connection: Connection, query: CompoundSelect[Any]) -> int:
    ordered = query.order_by(query.selected_columns[0]).subquery()  # the order lets SQLite merge instead of sort
    return connection.scalar(select(func.count()).select_from(ordered)) or 0


# -- leases


def lease(connection: Connection, person: str, stage: str, reports: Collection[int], *, until: str, now: str) -> None:
    """Note that a person has reports on the screen until a moment; forget what has passed."""
    table = aside.lease.c
    own = and_(table.person == person, table.stage == stage, table.report.in_(sorted(reports)))
    connection.execute(delete(aside.lease).where(or_(table.until <= now, own)))
    if reports:
        rows = [{"report": one, "stage": stage, "person": person, "until": until} for one in sorted(reports)]
        connection.execute(insert(aside.lease), rows)


def release(connection: Connection, person: str, stage: str, reports: Collection[int]) -> None:
    """Note that a person has some reports on the screen no longer."""
    table = aside.lease.c
    here = (table.person == person, table.stage == stage, table.report.in_(sorted(reports)))
    connection.execute(delete(aside.lease).where(*here))


def again(connection: Connection, person: str, stage: str, report: int) -> bool:
    """Say whether a person was asked to look at a root a second time and has not yet."""
    table, roots = schema.assignment.c, schema.report.c
    members = select(roots.id).where(or_(roots.id == report, roots.merged_into == report))
    query = select(table.report).where(
        table.report.in_(members), table.stage == stage, table.person == person, table.kind == "again", not_(table.done)
    )
    return connection.scalar(query.limit(1)) is not None
