"""Queries for judging possible duplicates: which wait, which are judged and by whom, what each side holds. SQL only.

A pair waits when rules asked for it, nobody has judged it, and its two reports are not one report by now.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, func, or_, select
from sqlalchemy.orm import aliased

from review.record import Record
from review.store import schema
from review.store.records import from_row

_CHUNK = 400


@dataclass(frozen=True, slots=True)
class Judged:
    """The judgement that stands on a pair. ``accepted`` is how it was accepted by a threshold, else ``None``."""

    event: str
    person: str
    name: str
    verdict: str
    at: str
    accepted: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two reports, the smaller id first; without ``score`` and ``reason`` a person named them, no rule."""

    left: int
    right: int
    score: float | None
    reason: str | None
    judged: Judged | None = None

    @property
    def ids(self) -> tuple[int, int]:
        """Both reports."""
        return self.left, self.right


@dataclass(frozen=True, slots=True)
class Member:
    """One record of a report, and the label of the search that found it."""

    id: int
    record: Record
    source: str


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's current vote on a record of a report."""

    report: int
    person: str
    stage: str
    verdict: str


# -- pairs


def waiting(connection: Connection) -> list[Pair]:
    """Give every pair that waits for a person, likeliest first."""
    pair = schema.pair.c
    rows = connection.execute(_waiting(pair.left, pair.right, pair.score, pair.reason).order_by(*_RANK))
    return [Pair(row.left, row.right, row.score, row.reason) for row in rows]


def count_judged(connection: Connection) -> int:
    """Count the pairs that rules asked for and people have judged."""
    pair = schema.pair.c
    query = select(func.count()).select_from(schema.pair).where(pair.verdict.is_not(None), pair.score.is_not(None))
    return connection.scalar(query) or 0


def pair(connection: Connection, left: int, right: int) -> Pair:
    """Give a pair with the judgement that stands on it; one that nobody asked for has neither score nor reason."""
    low, high = sorted((left, right))
    columns = schema.pair.c
    row = connection.execute(_judged().where(columns.left == low, columns.right == high)).first()
    return _pair(row) if row else Pair(low, high, None, None)


def judged(
    connection: Connection,
    *,
    verdict: str | None = None,
    person: str | None = None,
    batch: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Pair]:
    """Give the judged pairs, newest judgement first; those of one verdict, person or batch when one is named."""
    columns, event = schema.pair.c, schema.event.c
    query = _judged().where(columns.verdict.is_not(None))
    if verdict is not None:
        query = query.where(columns.verdict == verdict)
    if person is not None:
        query = query.where(event.person == person)
    if batch is not None:
        query = query.where(event.payload.contains(json.dumps(batch), autoescape=True))
    query = query.order_by(event.at.desc(), columns.left, columns.right).limit(limit).offset(offset)
    found = [_pair(row) for row in connection.execute(query)]
    return [p for p in found if batch is None or _batch(p) == batch]


def accepted(connection: Connection) -> list[Pair]:
    """Give the pairs that were accepted by a threshold and still stand so, newest first."""
    event = schema.event.c
    query = _judged().where(schema.pair.c.verdict.is_not(None), event.payload.contains('"accepted":'))
    found = (_pair(row) for row in connection.execute(query.order_by(event.at.desc(), schema.pair.c.left)))
    return [p for p in found if _batch(p) is not None]


def kept_apart(connection: Connection) -> list[tuple[int, int]]:
    """Give the pairs that people judged to be two documents."""
    columns = schema.pair.c
    query = select(columns.left, columns.right).where(columns.verdict.in_(("different", "study")))
    return [(row.left, row.right) for row in connection.execute(query.order_by(columns.left, columns.right))]


def holds(connection: Connection, client: str) -> bool:
    """Say whether an event with a sender's id is in the log already."""
    return connection.scalar(select(schema.event.c.id).where(schema.event.c.client == client)) is not None


_RANK = (schema.pair.c.score.desc(), schema.pair.c.left, schema.pair.c.right)


def _waiting(*columns: Any) -> Select[Any]:
    pair, left, right = schema.pair, aliased(schema.report), aliased(schema.report)
    joined = pair.join(left, left.c.id == pair.c.left).join(right, right.c.id == pair.c.right)
    return (
        select(*columns)
        .select_from(joined)
        .where(pair.c.verdict.is_(None), pair.c.score.is_not(None))
        .where(_root(left) != _root(right))
    )


def _root(report: FromClause) -> ColumnElement[int]:
    return func.coalesce(report.c.merged_into, report.c.id)


def _judged() -> Select[Any]:
    pair, event, person = schema.pair, schema.event, schema.person
    joined = pair.outerjoin(event, event.c.id == pair.c.event).outerjoin(person, person.c.id == event.c.person)
    facts = (event.c.person, event.c.at, event.c.payload, person.c.name)
    return select(pair, *facts).select_from(joined)


def _pair(row: Any) -> Pair:
    stands = row.verdict is not None
    how = json.loads(row.payload).get("accepted") if stands else None
    standing = Judged(row.event, row.person, row.name, row.verdict, row.at, how) if stands else None
    return Pair(row.left, row.right, row.score, row.reason, standing)


def _batch(pair: Pair) -> str | None:
    how = pair.judged.accepted if pair.judged else None
    return str(how["batch"]) if how else None


# -- reports


def roots(connection: Connection, ids: Iterable[int]) -> dict[int, int]:
    """Give the root of some reports; one that does not exist is left out."""
    report = schema.report
    found: dict[int, int] = {}
    for chunk in _chunks(ids):
        rows = connection.execute(select(report.c.id, _root(report).label("root")).where(report.c.id.in_(chunk)))
        found.update({row.id: row.root for row in rows})
    return found


def members(connection: Connection, tops: Iterable[int]) -> dict[int, list[Member]]:
    """Give the records of some reports, by the ids of their roots, each in the order of ids."""
    record, report, search = schema.record, schema.report, schema.search
    root = _root(report)
    found: dict[int, list[Member]] = defaultdict(list)
    for chunk in _chunks(tops):
        query = (
            select(root.label("root"), search.c.label, record)
            .join_from(report, record, record.c.id == report.c.id)
            .join(search, search.c.id == record.c.search)
            .where(or_(report.c.id.in_(chunk), report.c.merged_into.in_(chunk)))
            .order_by(record.c.id)
        )
        for row in connection.execute(query).mappings():
            found[row["root"]].append(Member(row["id"], from_row(dict(row)), row["label"]))
    return dict(found)


def titles(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[str | None, str | None]]:
    """Give (title, kind) of some records."""
    record = schema.record.c
    found: dict[int, tuple[str | None, str | None]] = {}
    for chunk in _chunks(ids):
        rows = connection.execute(select(record.id, record.title, record.kind).where(record.id.in_(chunk)))
        found.update({row.id: (row.title, row.kind) for row in rows})
    return found


def names(connection: Connection) -> dict[str, str]:
    """Give the name of every person."""
    return {row.id: row.name for row in connection.execute(select(schema.person))}


def votes(connection: Connection, ids: Collection[int]) -> list[Vote]:
    """Give the votes that were cast on some records, in the order of time."""
    cast = schema.decision.c
    query = select(schema.decision).where(cast.report.in_(sorted(ids))).order_by(cast.at, cast.event)
    return [Vote(row.report, row.person, row.stage, row.verdict) for row in connection.execute(query)]


def _chunks(ids: Iterable[int]) -> Iterable[Sequence[int]]:
    some = sorted(set(ids))
    for start in range(0, len(some), _CHUNK):
        yield some[start : start + _CHUNK]
