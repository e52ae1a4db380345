"""Queries about the versions of forms, instruments and frameworks that were taken into use. SQL only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from review.store import schema
from review.store.events import read_events


@dataclass(frozen=True, slots=True)
class Taken:
    """A text that was taken into use at a moment; ``pilot`` are the keys of the studies that it is tried on."""

    sheet: str
    sha256: str
    version: str
    text: str
    state: str
    pilot: tuple[str, ...]
    note: str | None
    person: str
    at: str


def newest(connection: Connection, sheet: str) -> Taken | None:
    """Give what was taken into use last."""
    found, event = schema.sheet.c, schema.event.c
    columns = (found.sha256, found.version, found.text, found.state, found.pilot, found.note, found.person, event.at)
    row = connection.execute(
        select(*columns)
        .join(schema.event, event.id == found.event)
        .where(found.sheet == sheet)
        .order_by(event.at.desc(), event.log.desc(), event.seq.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return Taken(sheet, row.sha256, row.version, row.text, row.state, tuple(row.pilot), row.note, row.person, row.at)


def history(connection: Connection, sheet: str) -> tuple[Taken, ...]:
    """Give everything that was taken into use, oldest first: one entry per event, so a text may stand there again."""
    taken = []
    for event in read_events(connection, "sheet"):
        said = event.payload
        if said["sheet"] == sheet:
            texts = (said["sha256"], said["version"], said["text"], said["state"])
            taken.append(Taken(sheet, *texts, tuple(said["pilot"]), said.get("note"), event.person, event.at))
    return tuple(taken)


def fillings(connection: Connection, sheet: str, person: str | None = None) -> list[dict[str, Any]]:
    """Give who works on a sheet for which study, sorted by study and person: the columns of the table."""
    filling = schema.filling
    query = select(filling).where(filling.c.sheet == sheet)
    if person is not None:
        query = query.where(filling.c.person == person)
    return [dict(row) for row in connection.execute(query.order_by(filling.c.study, filling.c.person)).mappings()]


# -- answers, as ``rows.answers`` gives them: the columns of the table and ``at``, older ones first


def older(
    connection: Connection, form: str, version: str, since: str | None, fields: Collection[str], person: str | None
) -> list[dict[str, Any]]:
    """Give the answers to some fields that were given under another version, or before a moment."""
    answer = schema.answer.c
    before = or_(answer.version != version, *([] if since is None else [schema.event.c.at < since]))
    return _answers(connection, form, person, and_(answer.field.in_(fields), before))


def unknown(connection: Connection, form: str, versions: Collection[str], person: str | None) -> list[dict[str, Any]]:
    """Give the answers that were given under none of these versions."""
    return _answers(connection, form, person, schema.answer.c.version.not_in(versions))


def besides(connection: Connection, form: str, fields: Collection[str], person: str | None) -> list[dict[str, Any]]:
    """Give the answers to other fields than these."""
    return _answers(connection, form, person, schema.answer.c.field.not_in(fields))


def among(connection: Connection, form: str, fields: Collection[str], person: str | None) -> list[dict[str, Any]]:
    """Give the answers to these fields."""
    return _answers(connection, form, person, schema.answer.c.field.in_(fields))


def _answers(
    connection: Connection, form: str, person: str | None, clause: ColumnElement[bool]
) -> list[dict[str, Any]]:
    answer, event = schema.answer, schema.event.c
    query = select(answer, event.at).join(schema.event, event.id == answer.c.event).where(answer.c.form == form, clause)
    if person is not None:
        query = query.where(answer.c.person == person)
    return [dict(row) for row in connection.execute(query.order_by(event.at, event.log, event.seq)).mappings()]
