"""Repairs of records as queries: the texts that people gave, and what was shown before. SQL only."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from review.store import schema
from review.store.among import Among


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody chose for a field: a text, the value of one record, or (neither) what the field's rule says."""

    report: int
    field: str
    record: int | None
    text: str | None
    source: str | None
    person: str
    at: str


def repaired(connection: Connection, among: Collection[int] | None = None) -> list[int]:
    """Give the roots (of some, or of all) of which a field was repaired and may be still, in the order of ids."""
    return list((connection.execute(_REPAIRED) if among is None else _REPAIRED_OF(connection, sorted(among))).scalars())


_report = schema.report.c
_ROOT = func.coalesce(_report.merged_into, _report.id)
_REPAIRED = (
    select(_ROOT)
    .join(schema.value, schema.value.c.report == _report.id)
    .where(schema.value.c.text.is_not(None))
    .distinct()
    .order_by(_ROOT)
)
_REPAIRED_OF = Among(lambda has: _REPAIRED.where(or_(has(_report.id), has(_report.merged_into))))


def member_ids(connection: Connection, root: int) -> list[int]:
    """Give the numbers of a root and of what was merged into it."""
    report = schema.report.c
    query = select(report.id).where(or_(report.id == root, report.merged_into == root))
    return list(connection.scalars(query.order_by(report.id)))


def given(connection: Connection, members: Collection[int]) -> list[Given]:
    """Give every choice of a shown value that was made about some records of one report, newest first."""
    event, value, person = schema.event.c, schema.value.c, schema.person.c
    if not connection.scalar(select(value.report).where(value.report.in_(members)).limit(1)):
        return []
    rows = connection.execute(
        select(event.at, event.payload, person.name)
        .join(schema.person, person.id == event.person)
        .where(event.kind == "value", or_(*(event.payload.contains(f'"report":{one}') for one in members)))
        .order_by(event.at.desc(), event.log.desc(), event.seq.desc())
    )
    said = [(row, json.loads(row.payload)) for row in rows]
    return [
        Given(p["report"], p["field"], p.get("record"), p.get("text"), p.get("source"), row.name, row.at)
        for row, p in said
        if p["report"] in members
    ]


def with_doi(connection: Connection, doi: str) -> list[int]:
    """Give the roots of which a record has a DOI, in the order of ids."""
    record, report = schema.record.c, schema.report.c
    root = func.coalesce(report.merged_into, report.id)
    query = select(root).join(schema.record, record.id == report.id).where(record.doi == doi)
    return list(connection.scalars(query.distinct().order_by(root)))
