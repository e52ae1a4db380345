"""What the pages of coding read besides the codings: answers to sort by, codes and statements used last. SQL only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, or_, select

from review.forms import EMERGENT
from review.store import schema


def answered(connection: Connection, field: str, person: str | None) -> dict[str, str]:
    """Give the value of a field of every study that one person, or without one anybody, answered; newest counts."""
    answer, event = schema.answer.c, schema.event.c
    query = (
        select(answer.study, answer.value)
        .join(schema.event, event.id == answer.event)
        .where(answer.field == field, answer.missing.is_(None))
        .order_by(event.at, event.log, event.seq)
    )
    if person is not None:
        query = query.where(answer.person == person)
    return {row.study: str(row.value) for row in connection.execute(query) if row.value is not None}


def coded_by(connection: Connection, person: str, limit: int) -> Sequence[tuple[str, str | None]]:
    """Give the codes, component and sub-element as coded, that a person used last, newest first, each once."""
    c, event = schema.coding.c, schema.event.c
    last = func.max(event.at)
    rows = connection.execute(
        select(c.component, c.subelement)
        .join(schema.event, event.id == c.event)
        .where(c.person == person)
        .group_by(c.component, c.subelement)
        .order_by(last.desc(), c.component, c.subelement)
        .limit(limit)
    )
    return [(row.component, row.subelement) for row in rows]


def statements(connection: Connection, person: str, limit: int) -> list[tuple[str, str]]:
    """Give the statements that a person coded last, newest first: id and words."""
    c, event = schema.coding.c, schema.event.c
    rows = connection.execute(
        select(c.statement, func.min(c.text).label("text"))
        .join(schema.event, event.id == c.event)
        .where(c.person == person)
        .group_by(c.statement)
        .order_by(func.max(event.at).desc(), c.statement)
        .limit(limit)
    )
    return [(row.statement, row.text) for row in rows]


def statement_ids(connection: Connection) -> frozenset[str]:
    """Give the ids of all statements of the review."""
    return frozenset(connection.execute(select(schema.coding.c.statement).distinct()).scalars())


def emergent(connection: Connection) -> list[dict[str, Any]]:
    """Give the codings that were put under a theme of the team's own: who, which study, under what, as coded."""
    c = schema.coding.c
    marked = or_(c.component.startswith(EMERGENT), c.subelement.startswith(EMERGENT))
    query = select(c.key, c.person, c.study, c.component, c.subelement).where(marked)
    return [dict(row) for row in connection.execute(query).mappings()]


def versions(connection: Connection) -> list[tuple[str, int]]:
    """Give how many codings were made under each version of a framework, by its name."""
    c = schema.coding.c
    rows = connection.execute(select(c.framework, func.count()).where(c.framework.is_not(None)).group_by(c.framework))
    return sorted((name, number) for name, number in rows)
