"""Which sources found which reports: queries only, counted by the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Connection, case, cast, func, literal, select

from review.store import schema


@dataclass(frozen=True, slots=True)
class Found:
    """A source (kind, name) with the label of its first search, its records, and its searches."""

    kind: str
    source: str
    label: str
    records: int
    searches: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """Reports found by exactly the sources whose places in the list are the bits of ``mask``."""

    mask: int
    reports: int
    included: int


def sources(connection: Connection) -> tuple[Found, ...]:
    """Give every source that gave a record: the one with most records first."""
    search, record = schema.search.c, schema.record.c
    query = (
        select(search.id, search.kind, search.source, search.label, func.count())
        .join(schema.record, record.search == search.id)
        .group_by(search.id, search.kind, search.source, search.label)
        .order_by(search.id)
    )
    found: dict[tuple[str, str], Found] = {}
    for number, kind, source, label, n in connection.execute(query):
        before = found.get((kind, source), Found(kind, source, label, 0, ()))
        found[kind, source] = Found(kind, source, before.label, before.records + n, (*before.searches, number))
    return tuple(sorted(found.values(), key=lambda one: (-one.records, one.searches)))


def shared(connection: Connection, sets: Sequence[Sequence[int]]) -> tuple[Shared, ...]:
    """Count the reports of the review by the sets of searches that found them, each report in one of the counts."""
    record, report, standing = schema.record.c, schema.report.c, schema.standing
    bits = {search: 1 << at for at, some in enumerate(sets) for search in some}
    bit = case(bits, value=record.search, else_=literal(0))
    root = func.coalesce(report.merged_into, report.id).label("root")
    found = (
        select(root, cast(bit, BigInteger).label("bit"))
        .join(schema.report, report.id == record.id)
        .distinct()
        .subquery()
    )
    each = select(found.c.root, func.sum(found.c.bit).label("mask")).group_by(found.c.root).subquery()
    counted = (
        select(each.c.mask, func.count(), func.count(standing.c.report))
        .outerjoin(
            standing,
            (standing.c.report == each.c.root) & (standing.c.stage == "full-text") & (standing.c.status == "included"),
        )
        .group_by(each.c.mask)
    )
    rows = sorted((int(mask), reports, included) for mask, reports, included in connection.execute(counted))
    return tuple(Shared(*row) for row in rows)
