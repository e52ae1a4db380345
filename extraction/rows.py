"""The extraction room's queries: included reports, studies, and what people wrote now. SQL only.

Everything that people write goes through ``review.store.append``; the tables read here follow from it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, Text, cast, func, select

from review.record import Record
from review.store import schema
from review.store.chosen import shown
from review.store.records import from_row

Said = tuple[str, str, str, str | None, str | None]
"""Study, person, field or item, the value as JSON text, the code of why there is none."""


@dataclass(frozen=True, slots=True)
class Included:
    """A report included at full text: the ids of all reports merged into it (itself first), and its combined view."""

    report: int
    members: tuple[int, ...]
    record: Record


def included(connection: Connection) -> tuple[Included, ...]:
    """Give the reports that are included at full text, by id."""
    report = schema.report.c
    root = func.coalesce(report.merged_into, report.id)
    rows = connection.execute(
        select(root.label("root"), schema.record)
        .join(schema.report, report.id == schema.record.c.id)
        .where(_of_included())
        .order_by(root, schema.record.c.id)
    ).mappings()
    groups: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row["root"]].append(dict(row))
    records = {top: [(int(row["id"]), from_row(row)) for row in some] for top, some in groups.items()}
    combined = shown(connection, records)
    return tuple(Included(top, tuple(one for one, _ in some), combined[top][0]) for top, some in records.items())


def members(connection: Connection) -> dict[int, tuple[int, ...]]:
    """Give the reports that are included at full text with all that were merged into each, without their records."""
    report = schema.report.c
    root = func.coalesce(report.merged_into, report.id)
    query = select(root, report.id).where(_of_included()).order_by(root, report.id)
    groups: dict[int, list[int]] = defaultdict(list)
    for top, one in connection.execute(query).all():
        groups[top].append(one)
    return {top: tuple(some) for top, some in groups.items()}


def _of_included() -> ColumnElement[bool]:
    """Say of a report that it, or what it was merged into, is included at full text; both by an index."""
    report, standing = schema.report.c, schema.standing.c
    chosen = select(standing.report).where(standing.stage == "full-text", standing.status == "included")
    return (report.merged_into.is_(None) & report.id.in_(chosen)) | report.merged_into.in_(chosen)


def study_keys(connection: Connection) -> dict[int, str]:
    """Give the study key that was last noted for each report, older notes first."""
    study, event = schema.study.c, schema.event.c
    rows = connection.execute(
        select(study.report, study.study)
        .join(schema.event, event.id == study.event)
        .order_by(event.at, event.log, event.seq, study.report)
    )
    return {row.report: row.study for row in rows}


def report_at(connection: Connection, file_name: str, position: int) -> int | None:
    """Give the report of the record at a position (from 1) of an imported file, of its newest import."""
    record, report, search = schema.record.c, schema.report.c, schema.search.c
    found: int | None = connection.scalar(
        select(func.coalesce(report.merged_into, report.id))
        .join(schema.record, record.id == report.id)
        .join(schema.search, search.id == record.search)
        .where(search.file_name == file_name, record.position == position)
        .order_by(search.id.desc())
        .limit(1)
    )
    return found


def answers(
    connection: Connection, form: str, person: str | None = None, study: str | None = None
) -> list[dict[str, Any]]:
    """Give the current answers to a form (by its name, whatever the version), of one person or study, or all.

    Returns
    -------
    list of dict
        The columns of the table, and ``at``; older ones first, so that the last of one study and field is the newest.
    """
    return _current(connection, schema.answer, person, study, form=form)


def answer(connection: Connection, form: str, study: str, field: str, person: str) -> dict[str, Any] | None:
    """Give a person's current answer to one field."""
    return _one(connection, schema.answer, form=form, study=study, field=field, person=person)


def judgements(
    connection: Connection, instrument: str, person: str | None = None, study: str | None = None
) -> list[dict[str, Any]]:
    """Give the current judgements under an instrument; otherwise as ``answers``."""
    return _current(connection, schema.judgement, person, study, instrument=instrument)


def judgement(connection: Connection, instrument: str, study: str, item: str, person: str) -> dict[str, Any] | None:
    """Give a person's current judgement of one item."""
    return _one(connection, schema.judgement, instrument=instrument, study=study, item=item, person=person)


def answered(connection: Connection, form: str, studies: Collection[str]) -> Sequence[Said]:
    """Give what everybody answered for some studies, bare: of hundreds of studies it is tens of thousands of rows."""
    c = schema.answer.c
    query = select(c.study, c.person, c.field, cast(c.value, Text), c.missing).where(c.form == form)
    return [(*row,) for row in connection.execute(query.where(c.study.in_(studies))).all()]


def judged(connection: Connection, instrument: str, studies: Collection[str]) -> Sequence[Said]:
    """Give the responses to the items of an instrument; otherwise as ``answered``."""
    c = schema.judgement.c
    query = select(c.study, c.person, c.item, c.response).where(c.instrument == instrument, c.study.in_(studies))
    return [(*row[:3], json.dumps(row[3]), None) for row in connection.execute(query).all()]


def _one(connection: Connection, table: Table, **where: str) -> dict[str, Any] | None:
    query = select(table).where(*(table.c[name] == value for name, value in where.items()))
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def _current(
    connection: Connection, table: Table, person: str | None, study: str | None = None, **where: str
) -> list[dict[str, Any]]:
    event = schema.event.c
    query = select(table, event.at).join(schema.event, event.id == table.c.event)
    for column, value in {**where, "person": person, "study": study}.items():
        if value is not None:
            query = query.where(table.c[column] == value)
    return [dict(row) for row in connection.execute(query.order_by(event.at, event.log, event.seq)).mappings()]
