"""Quotes as queries: passages that a person kept of a full text. SQL only; nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, or_, select

from review.store import schema
from review.store.among import Among


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage of a report's full text; ``page`` is a number or a section's name, ``file`` ``None`` if unknown."""

    key: str
    report: int
    file: str | None
    page: str
    text: str
    note: str | None
    person: str


def quote(connection: Connection, key: str) -> Quote | None:
    """Give one quote."""
    table = schema.quote.c
    row = connection.execute(select(schema.quote).where(table.key == key)).first()
    return Quote(row.key, row.report, row.file, row.page, row.text, row.note, row.person) if row else None


def quotes(connection: Connection, person: str, roots: Iterable[int]) -> dict[int, list[Quote]]:
    """Give the quotes of one person of each root and all that was merged into it, as they were last kept."""
    found: dict[int, list[Quote]] = {}
    for row in _ON(connection, sorted(set(roots)), person=person):
        one = Quote(row.key, row.root, row.file, row.page, row.text, row.note, row.person)
        found.setdefault(row.root, []).append(one)
    return found


_ON = Among(
    lambda has: (
        select(schema.quote, func.coalesce(schema.report.c.merged_into, schema.report.c.id).label("root"))
        .join(schema.report, schema.report.c.id == schema.quote.c.report)
        .join(schema.event, schema.event.c.id == schema.quote.c.event)
        .where(
            schema.quote.c.person == bindparam("person"),
            or_(has(schema.report.c.id), has(schema.report.c.merged_into)),
        )
        .order_by(schema.event.c.at, schema.quote.c.key)
    )
)
