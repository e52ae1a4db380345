"""What entry and overview pages ask of the store: one person's own work, counted per study. SQL only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, select

from review.store import aside, schema

OF = {"form": (schema.answer, "form"), "instrument": (schema.judgement, "instrument")}
"""Kind of sheet -> its table, and the column that names the sheet."""


def own(connection: Connection, sheet: str, study: str, person: str) -> list[dict[str, Any]]:
    """Give what a person wrote on a sheet of one study."""
    table, name, column = _table(sheet)
    query = select(table).where(table.c[column] == name, table.c.study == study, table.c.person == person)
    return [dict(row) for row in connection.execute(query).mappings()]


def counted(connection: Connection, sheet: str, person: str) -> dict[str, int]:
    """Count what a person wrote on a sheet, per study."""
    table, name, column = _table(sheet)
    query = (
        select(table.c.study, func.count())
        .where(table.c[column] == name, table.c.person == person)
        .group_by(table.c.study)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def stated(connection: Connection, form: str, fields: Sequence[str], studies: Sequence[str]) -> list[dict[str, Any]]:
    """Give everybody's answers to some fields of a form for some studies, older ones first."""
    table, event = schema.answer, schema.event.c
    query = (
        select(table, event.at)
        .join(schema.event, event.id == table.c.event)
        .where(table.c.study.in_(studies), table.c.form == form, table.c.field.in_(fields))
        .order_by(event.at, event.log, event.seq)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def told(connection: Connection, file: str) -> str:
    """Give the whole text of a stored full text; ``""`` when none was read."""
    table = aside.page_text.c
    rows = connection.execute(select(table.text).where(table.file == file).order_by(table.number))
    return "\n".join(text for (text,) in rows)


def _table(sheet: str) -> tuple[Table, str, str]:
    kind, _, name = sheet.partition(":")
    table, column = OF[kind]
    return table, name, column
