"""Queries about comments."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from review.store import schema


@dataclass(frozen=True, slots=True)
class Said:
    """One comment on a record of a root; ``replies_to`` is another one's event."""

    event: str
    person: str
    name: str
    text: str
    replies_to: str | None
    at: str


def comments(connection: Connection, stage: str, root: int) -> list[Said]:
    """Give the comments on a root at a stage, oldest first."""
    table, report, person = schema.comment.c, schema.report.c, schema.person.c
    query = (
        select(schema.comment, person.name)
        .join(schema.report, report.id == table.report)
        .join(schema.person, person.id == table.person)
        .where(table.stage == stage, or_(report.id == root, report.merged_into == root))
        .order_by(table.at, table.event)
    )
    return [Said(r.event, r.person, r.name, r.text, r.replies_to, r.at) for r in connection.execute(query)]


def all_comments(connection: Connection, stage: str) -> list[tuple[int, Said]]:
    """Give (root, comment) of a stage, by root, oldest first."""
    table, report, person = schema.comment.c, schema.report.c, schema.person.c
    root = func.coalesce(report.merged_into, report.id).label("root")
    query = (
        select(schema.comment, person.name, root)
        .join(schema.report, report.id == table.report)
        .join(schema.person, person.id == table.person)
        .where(table.stage == stage)
        .order_by(root, table.at, table.event)
    )
    rows = connection.execute(query)
    return [(r.root, Said(r.event, r.person, r.name, r.text, r.replies_to, r.at)) for r in rows]
