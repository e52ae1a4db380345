"""Whose turn it is, as queries: assigned reports, open ones, those that are on somebody else's screen just now.

A report waits for a person when it is assigned to the person and not voted on, or when it still needs votes, fewer
people than votes are assigned to it, and the person has not voted on it. Rounds besides the main one (pilot, quality,
again) go first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    delete,
    except_,
    func,
    insert,
    not_,
    or_,
    select,
    union,
)

from review.store import aside, schema
from review.store.among import Among, Has

UNDECIDED = ("waiting", "started")


def queue(
    connection: Connection, person: str, stage: str, now: str, *, skipping: Collection[int] = (), limit: int = 1
) -> list[int]:
    """Give the next roots for a person: those of rounds first, then its share and the open ones in the order of ids.

    ``skipping`` are left out; so are open reports that as many others as they need votes have on their screens.
    """
    wanted = limit + len(skipping)
    mine = {"person": person, "stage": stage, "limit": wanted}
    first = _distinct(connection.scalars(_OF_ROUNDS, mine), skipping)[:limit]
    if len(first) == limit:
        return first
    share = connection.scalars(_SHARE, mine).all()
    known = {*skipping, *first}
    rest = _distinct(sorted({*share, *_open(connection, person, stage, now, wanted + len(first))}), known)
    return [*first, *rest[: limit - len(first)]]


def after(connection: Connection, person: str, stage: str, now: str, report: int) -> int | None:
    """Give the first root beyond an id that waits for a person, in the order of ids."""
    assigned = _ASSIGNED.where(report < _ROOT).order_by(_ROOT).limit(1)  # by standing.report SQLite walks all of it
    found = [*connection.scalars(assigned, {"person": person, "stage": stage})]
    return min([*found, *_open(connection, person, stage, now, 1, report)], default=None)


def _distinct(reports: Iterable[int], without: Collection[int]) -> list[int]:
    return list(dict.fromkeys(one for one in reports if one not in without))


def _open(connection: Connection, person: str, stage: str, now: str, limit: int, after: int = 0) -> list[int]:
    """Give the first open roots beyond an id that the person has not voted on, in the order of ids.

    A waiting root has nobody's vote, so only started ones are compared with the person's own.
    """
    asked = {"person": person, "stage": stage, "now": now, "limit": limit, "after": after}
    found = list(connection.scalars(_WAITING, asked))
    before = found[-1] if len(found) == limit else _LARGEST
    found += connection.scalars(_STARTED, asked | {"before": before})
    return sorted(found)[:limit]


# -- the queries: built once, as everybody who screens runs them all the time; they name person, stage, now and limit

_LARGEST = 2**31 - 1
_PERSON, _STAGE = bindparam("person", type_=String), bindparam("stage", type_=String)
_LIMIT = bindparam("limit", type_=Integer)
_standing, _assignment, _report, _decision = (
    table.c for table in (schema.standing, schema.assignment, schema.report, schema.decision)
)

_BY_SHARE = and_(_assignment.kind == "main", _standing.status.in_(UNDECIDED))
_BY_ROUND = and_(_assignment.kind != "main", _standing.status.not_in(("removed", "not_retrieved")))
_ROOT = func.coalesce(_report.merged_into, _report.id)
_HANDED = (
    select(_standing.report)
    .select_from(schema.assignment)
    .join(schema.report, _report.id == _assignment.report)
    .join(
        schema.standing,
        and_(_standing.stage == _STAGE, _standing.report == _ROOT),
    )
    .where(_assignment.person == _PERSON, _assignment.stage == _STAGE, not_(_assignment.done))
)
_ASSIGNED = _HANDED.where(or_(_BY_SHARE, _BY_ROUND))
_SHARE = _HANDED.where(_BY_SHARE).order_by(_assignment.report).limit(_LIMIT)
_OF_ROUNDS = _HANDED.where(_BY_ROUND).order_by(_assignment.round, _assignment.report).limit(_LIMIT)
"""Roots that wait for a person by assignment: all, those of the main round, those of others."""


def _with_status(status: str) -> Select[Any]:
    return select(_standing.report).where(_standing.stage == _STAGE, _standing.status == status, _standing.open)


def _taken() -> Select[Any]:
    """Give the roots that enough others have on their screens for all the votes that are still needed.

    The standing is looked up per lease: joined, SQLite walks the whole queue for the few leases that there are.
    """
    lease = aside.lease.c
    missing = select(_standing.needed - _standing.votes).where(
        _standing.report == lease.report, _standing.stage == _STAGE
    )
    return (
        select(lease.report)
        .where(lease.stage == _STAGE, lease.person != _PERSON, lease.until > bindparam("now", type_=String))
        .group_by(lease.report)
        .having(func.count() >= missing.scalar_subquery())
    )


_VOTE = select(_decision.report).where(
    _decision.report == _report.id, _decision.stage == _STAGE, _decision.person == _PERSON
)
_MERGED_WITH_VOTE = (_report.merged_into.is_not(None), _VOTE.exists())
_OWN = (
    select(_decision.report).where(_decision.person == _PERSON, _decision.stage == _STAGE),
    select(_report.merged_into).where(*_MERGED_WITH_VOTE),
)
"""Reports that a person has voted on, and the roots of those of them that were merged.

Two ordered index walks, so that SQLite merges them with the queue in one pass instead of a look-up per row.
"""
_FREE = (_standing.report > bindparam("after", type_=Integer), _standing.report.not_in(_taken()))
_WAITING = _with_status("waiting").where(*_FREE).order_by(_standing.report).limit(_LIMIT)
_STARTED = except_(_with_status("started").where(*_FREE, _standing.report < bindparam("before", type_=Integer)), *_OWN)
_STARTED = _STARTED.order_by(_STARTED.selected_columns.report).limit(_LIMIT)


def _counted(query: CompoundSelect[Any]) -> Select[Any]:
    """Count the rows; the order lets SQLite merge instead of sort."""
    return select(func.count()).select_from(query.order_by(query.selected_columns[0]).subquery())


_COUNTED_ALREADY = and_(_standing.status.in_(UNDECIDED), _standing.open, _standing.report.not_in(union(*_OWN)))
_COUNTS = (
    _counted(union(*_OWN)),
    select(func.count()).select_from(schema.report).where(*_MERGED_WITH_VOTE),
    _counted(except_(_with_status("started"), *_OWN)),
    select(func.count()).select_from(_ASSIGNED.where(not_(_COUNTED_ALREADY)).distinct().subquery()),
)


def count_own(connection: Connection, person: str, stage: str) -> tuple[int, int]:
    """Count the roots that a person has voted on at a stage, and those that wait for the person's vote.

    The latter are besides the open ones that nobody has voted on, which wait for everybody.
    """
    asked = {"person": person, "stage": stage}
    voted, merged, started, closed = (connection.scalar(query, asked) or 0 for query in _COUNTS)
    return voted - merged, started + closed


# -- leases


def lease(connection: Connection, person: str, stage: str, reports: Collection[int], *, until: str, now: str) -> None:
    """Note that a person has reports on the screen until a moment; forget what has passed.

    Those that the person has for longer, having taken them along, stay so.
    """
    own = {"person": person, "stage": stage}
    _PASS(connection, sorted(reports), **own, now=now, until=until)
    missing = sorted({*reports}.difference(_HELD(connection, sorted(reports), **own).scalars()))
    if missing:
        connection.execute(_KEEP, [{"report": one, **own, "until": until} for one in missing])


def release(connection: Connection, person: str, stage: str, reports: Collection[int]) -> None:
    """Note that a person has some reports on the screen no longer."""
    _RELEASE(connection, sorted(reports), person=person, stage=stage)


_lease = aside.lease.c


def _own(has: Has) -> ColumnElement[bool]:
    return and_(_lease.person == _PERSON, _lease.stage == _STAGE, has(_lease.report))


_RELEASE = Among(lambda has: delete(aside.lease).where(_own(has)))
_HELD = Among(lambda has: select(_lease.report).where(_own(has)))
_PASS = Among(
    lambda has: delete(aside.lease).where(
        or_(_lease.until <= bindparam("now"), and_(_own(has), _lease.until <= bindparam("until")))
    )
)
_KEEP = insert(aside.lease)


def again(connection: Connection, person: str, stage: str, report: int) -> bool:
    """Say whether a person was asked to look at a root a second time and has not yet."""
    table, roots = schema.assignment.c, schema.report.c
    members = select(roots.id).where(or_(roots.id == report, roots.merged_into == report))
    query = select(table.report).where(
        table.report.in_(members), table.stage == stage, table.person == person, table.kind == "again", not_(table.done)
    )
    return connection.scalar(query.limit(1)) is not None
