"""Whose turn it is, as queries: assigned reports, open ones, those that are on somebody else's screen just now.

A report waits for a person when it is assigned to the person and not voted on, or when it still needs votes, fewer
people than votes are assigned to it, and the person has not voted on it. Rounds besides the main one (pilot, quality,
again) go first. In which order the others come is ``screening.turns``' business.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeAlias

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
from screening.ranking.order import permutation

Served: TypeAlias = dict[str, Any]
"""How a report came onto a screen: ``by`` (model, random, plain, round), the ``model``, the ``position``."""

UNDECIDED = ("waiting", "started")
GONE = ("removed", "not_retrieved", "not_screened")
"""Where a report stands that nobody is asked about any more."""


def of_rounds(
    connection: Connection, person: str, stage: str, *, skipping: Collection[int] = (), limit: int = 1
) -> list[int]:
    """Give the next roots of rounds besides the main one: round after round, a pilot's in the order of chance."""
    mine = {"person": person, "stage": stage}
    found = connection.execute(_OF_ROUNDS, {**mine, "limit": limit + len(skipping)}).all()
    pilots = dict.fromkeys(row.round for row in found if row.kind == "pilot")
    whole = {name: connection.scalars(_OF_PILOT, {**mine, "round": name}).all() for name in pilots}
    reports = [
        report
        for name, rows in groupby(found, key=lambda row: row.round)
        for report in (permutation(whole[name], stage) if name in whole else [row.report for row in rows])
    ]
    return _distinct(reports, skipping)[:limit]


def by_ids(
    connection: Connection,
    person: str,
    stage: str,
    now: str,
    *,
    skipping: Collection[int] = (),
    limit: int = 1,
    beyond: int = 0,
) -> list[int]:
    """Give the next roots for a person, its share and the open ones, in the order of ids, ``beyond`` one of them.

    ``skipping`` are left out; so are open reports that as many others as they need votes have on their screens.
    """
    wanted = limit + len(skipping)
    share = connection.scalars(_SHARE, {"person": person, "stage": stage, "limit": wanted, "after": beyond}).all()
    free = _open(connection, person, stage, now, wanted, beyond)
    return _distinct(sorted({one for one in (*share, *free) if one > beyond}), skipping)[:limit]


def waiting_among(
    connection: Connection, person: str, stage: str, reports: Sequence[int], taken: Collection[int], *, alone: bool
) -> list[int]:
    """Give those of some roots that ``by_ids`` would give sooner or later, in the order in which they were named.

    ``taken`` are on others' screens (``on_other_screens``). ``alone``: only those that need no more than one vote.
    """
    rows = [row for row in _UNDECIDED(connection, reports) if row.stage == stage and not (alone and row.needed > 1)]
    free = {row.report for row in rows if row.open and row.report not in taken}
    if started := [row.report for row in rows if row.status == "started" and row.report in free]:
        cast = _CAST_AMONG(connection, started)
        free.difference_update(row.root for row in cast if (row.person, row.stage) == (person, stage))
    if others := [row.report for row in rows if row.report not in free]:
        handed = _HANDED_AMONG(connection, others)
        free.update(row.root for row in handed if (row.person, row.stage) == (person, stage))
    return [one for one in reports if one in free]


def on_other_screens(connection: Connection, person: str, stage: str, now: str) -> set[int]:
    """Give the roots that enough others have on their screens for all the votes that are still needed."""
    return set(connection.scalars(_TAKEN, {"person": person, "stage": stage, "now": now}))


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
_LIMIT, _AFTER = bindparam("limit", type_=Integer), bindparam("after", type_=Integer)
_standing, _assignment, _report, _decision = (
    table.c for table in (schema.standing, schema.assignment, schema.report, schema.decision)
)

_BY_SHARE = and_(_assignment.kind == "main", _standing.status.in_(UNDECIDED))
_BY_ROUND = and_(_assignment.kind != "main", _standing.status.not_in(GONE))
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
_SHARE = _HANDED.where(_BY_SHARE, _assignment.report > _AFTER).order_by(_assignment.report).limit(_LIMIT)
_ROUNDS = _HANDED.where(_BY_ROUND).add_columns(_assignment.round, _assignment.kind)
_OF_ROUNDS = _ROUNDS.order_by(_assignment.round, _assignment.report).limit(_LIMIT)
_OF_PILOT = _HANDED.where(_BY_ROUND, _assignment.round == bindparam("round", type_=String))
"""Roots that wait for a person by assignment: all, those of the main round, those of others, those of one pilot."""


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


_TAKEN = _taken()

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
_FREE = (_standing.report > _AFTER, _standing.report.not_in(_TAKEN))
_WAITING = _with_status("waiting").where(*_FREE).order_by(_standing.report).limit(_LIMIT)
_STARTED = except_(_with_status("started").where(*_FREE, _standing.report < bindparam("before", type_=Integer)), *_OWN)
_STARTED = _STARTED.order_by(_STARTED.selected_columns.report).limit(_LIMIT)

# Of a few reports all rows are looked at: were person and stage asked for as well, SQLite would walk all of theirs.
_UNDECIDED = Among(
    lambda has: select(_standing.report, _standing.stage, _standing.status, _standing.needed, _standing.open).where(
        has(_standing.report), _standing.status.in_(UNDECIDED)
    )
)
_CAST_AMONG = Among(
    lambda has: (
        select(_ROOT.label("root"), _decision.person, _decision.stage)
        .join(schema.report, _report.id == _decision.report)
        .where(or_(has(_report.id), has(_report.merged_into)))
    )
)
_HANDED_AMONG = Among(
    lambda has: (
        select(_ROOT.label("root"), _assignment.person, _assignment.stage)
        .join(schema.report, _report.id == _assignment.report)
        .where(or_(has(_report.id), has(_report.merged_into)), _assignment.kind == "main", not_(_assignment.done))
    )
)


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


def lease(
    connection: Connection,
    person: str,
    stage: str,
    reports: Mapping[int, Served | None],
    *,
    until: str,
    now: str,
) -> None:
    """Note that a person has reports on the screen until a moment, and how they came there; forget what has passed.

    Those that the person has for longer, having taken them along, stay so. ``None``: as was noted before.
    """
    own = {"person": person, "stage": stage}
    held = {row.report: row for row in _HELD(connection, sorted(reports), **own)}
    _PASS(connection, sorted(reports), **own, now=now, until=until)
    kept = {one for one, row in held.items() if row.until > max(now, until)}
    before = {one: row.served for one, row in held.items()}
    missing = [
        {"report": one, **own, "until": until, "served": served or before.get(one)}
        for one, served in sorted(reports.items())
        if one not in kept
    ]
    if missing:
        connection.execute(_KEEP, missing)


def release(connection: Connection, person: str, stage: str, reports: Collection[int]) -> dict[int, Served | None]:
    """Note that a person has some reports on the screen no longer; give how those that were there came to be."""
    return {row.report: row.served for row in _RELEASE(connection, sorted(reports), person=person, stage=stage)}


def served(connection: Connection, person: str, stage: str, report: int) -> Served | None:
    """Say how a root that a person has on the screen came to be there."""
    found = _HELD(connection, (report,), person=person, stage=stage).first()
    return found.served if found else None


_lease = aside.lease.c


def _own(has: Has) -> ColumnElement[bool]:
    return and_(_lease.person == _PERSON, _lease.stage == _STAGE, has(_lease.report))


_RELEASE = Among(lambda has: delete(aside.lease).where(_own(has)).returning(_lease.report, _lease.served))
_HELD = Among(lambda has: select(_lease.report, _lease.until, _lease.served).where(_own(has)))
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
