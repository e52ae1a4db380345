"""The queries of who fills in what: fillings, and people whose answers are older than fillings. SQL only."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Select, select

from review.store import schema

Role = Literal["extractor", "checker"]
State = Literal["open", "done", "left"]

_CHUNK = 400
"""Ids in one query."""


@dataclass(frozen=True, slots=True)
class Held:
    """A person's work on one sheet for one study, as it was last noted."""

    study: str
    person: str
    name: str
    role: Role
    state: State


def alone(connection: Connection) -> None:
    """Let nobody else say who fills in what until this transaction ends.

    Two people who begin at the same moment as second and third would else both find one place free (PostgreSQL;
    SQLite has one writer anyway).
    """
    connection.execute(select(schema.meta.c.key).with_for_update())


def held(connection: Connection, sheet: str, studies: Collection[str] | None = None) -> dict[str, list[Held]]:
    """Give, per study, who works or worked on a sheet, by name; whoever wrote without a filling has an open one."""
    filling, person = schema.filling.c, schema.person.c
    columns = (filling.study, filling.person, person.name, filling.role, filling.state)
    query = select(*columns).join(schema.person, person.id == filling.person).where(filling.sheet == sheet)
    rows = connection.execute(_of(query, filling, studies))
    noted = {(row.study, row.person): Held(*row) for row in rows}
    for row in connection.execute(_written(sheet, studies)):
        noted.setdefault((row.study, row.person), Held(row.study, row.person, row.name, "extractor", "open"))
    found: dict[str, list[Held]] = defaultdict(list)
    for one in sorted(noted.values(), key=lambda one: (one.study, one.name.casefold(), one.person)):
        found[one.study].append(one)
    return dict(found)


def left(connection: Connection, sheet: str) -> set[tuple[str, str]]:
    """Give (study, person) of those who gave up their place."""
    filling = schema.filling.c
    query = select(filling.study, filling.person).where(filling.sheet == sheet, filling.state == "left")
    return {(row.study, row.person) for row in connection.execute(query)}


def _written(sheet: str, studies: Collection[str] | None) -> Select[Any]:
    kind, _, name = sheet.partition(":")
    if kind == "form":
        table, mine = schema.answer, schema.answer.c.form == name
    elif kind == "instrument":
        table, mine = schema.judgement, schema.judgement.c.instrument == name
    else:
        table, mine = schema.coding, schema.coding.c.key.is_not(None)
    each = _of(select(table.c.study, table.c.person).distinct().where(mine), table.c, studies).subquery()
    query = select(each.c.study, each.c.person, schema.person.c.name)  # joined last: there are many answers of each
    return query.join(schema.person, schema.person.c.id == each.c.person)


def _of(query: Select[Any], columns: Any, studies: Collection[str] | None) -> Select[Any]:
    return query if studies is None else query.where(columns.study.in_(studies))


def settled(
    connection: Connection, sheet: str, study: str | None = None, fields: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Give what was settled of a sheet, of one study or of all: columns of the table, ``name`` and ``at``."""
    table = schema.settled
    query = (
        select(table, schema.person.c.name, schema.event.c.at)
        .join(schema.person, schema.person.c.id == table.c.person)
        .join(schema.event, schema.event.c.id == table.c.event)
        .where(table.c.sheet == sheet)
    )
    if study is not None:
        query = query.where(table.c.study == study)
    if fields is not None:
        query = query.where(table.c.field.in_(fields))
    return [dict(row) for row in connection.execute(query.order_by(table.c.study, table.c.field)).mappings()]


def said(connection: Connection, events: Collection[str]) -> dict[str, tuple[str, Any, str | None]]:
    """Give who said what with some events of answers and judgements: event -> person, value, missing code."""
    event = schema.event.c
    found = {}
    wanted = sorted(events)
    for start in range(0, len(wanted), _CHUNK):
        some = wanted[start : start + _CHUNK]
        for row in connection.execute(select(event.id, event.person, event.payload).where(event.id.in_(some))):
            told = json.loads(row.payload)
            found[row.id] = (row.person, told.get("value", told.get("response")), told.get("missing"))
    return found


def names(connection: Connection) -> dict[str, str]:
    """Give the name of every person by id."""
    return {row.id: row.name for row in connection.execute(select(schema.person.c.id, schema.person.c.name))}
