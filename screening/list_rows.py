"""Lists of a stage as queries: a person's own decisions with filters, reports by their words, tags. SQL only.

A pattern (``screening.lists.patterns``) is a regular expression in the part of the language that Python, which SQLite
asks, and PostgreSQL share.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    type_coerce,
)

from review.store import schema
from screening.queue_rows import UNDECIDED

FIELDS = ("title", "authors", "journal", "date", "doi", "pmid")
"""The columns of a record in which words are looked for."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which of the own decisions are wanted: all that is not empty must hold.

    ``without`` are columns of records in which the patterns are not looked for.
    """

    patterns: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    verdict: str = ""
    reason: str = ""
    day: str = ""
    tag: str = ""
    changed: bool = False
    report: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person has decided on a root; ``changed`` when the person had decided on it before, whatever it was."""

    report: int
    event: str
    verdict: str
    reasons: tuple[str, ...]
    note: str | None
    at: str
    changed: bool
    tags: tuple[str, ...]


# -- a person's own decisions


def decisions(
    connection: Connection, person: str, stage: str, wanted: Filters, *, limit: int, before: str | None = None
) -> list[Decided]:
    """Give a person's wanted decisions at a stage, newest first.

    ``before`` is an event: only decisions older than it are given, so that none is skipped when others change.
    """
    own = _own(connection, person, stage)
    query = _wanted(select(own), own, wanted).order_by(own.c.at.desc(), own.c.event.desc())
    if before is not None:
        moment = select(schema.event.c.at).where(schema.event.c.id == before).scalar_subquery()
        query = query.where(or_(own.c.at < moment, and_(own.c.at == moment, own.c.event < before)))
    return [
        Decided(r.root, r.event, r.verdict, tuple(r.reasons), r.note, r.at, r.changed == "yes", _split(r.tags))
        for r in connection.execute(query.limit(limit))
    ]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many own decisions are alike in everything that they can be filtered by."""

    verdict: str
    reasons: tuple[str, ...]
    day: str
    changed: bool
    tags: tuple[str, ...]
    n: int


def count(connection: Connection, person: str, stage: str, wanted: Filters) -> list[Counted]:
    """Count the decisions of a person that hold the wanted words by everything else that they can be filtered by."""
    own = _own(connection, person, stage)
    values = (own.c.verdict, cast(own.c.reasons, Text).label("why"), _day(own).label("day"), own.c.changed, own.c.tags)
    query = select(*values, func.count().label("n")).group_by("verdict", "why", "day", "changed", "tags")
    rows = connection.execute(_wanted(query, own, Filters(wanted.patterns, wanted.without)))
    return [Counted(r.verdict, tuple(json.loads(r.why)), r.day, r.changed == "yes", _split(r.tags), r.n) for r in rows]


def _own(connection: Connection, person: str, stage: str) -> Subquery:
    """Give the current votes of a person by root, one on each, and whether the person had voted before."""
    decision, report = schema.decision.c, schema.report.c
    root = func.coalesce(report.merged_into, report.id)
    mine = and_(decision.person == person, decision.stage == stage)
    rank = func.row_number().over(partition_by=root, order_by=(decision.at.desc(), decision.event.desc()))
    merged = select(report.merged_into).where(report.merged_into.is_not(None))
    on_copies = (
        select(decision.report, rank.label("rank"))
        .join(schema.report, report.id == decision.report)
        .where(mine, root.in_(merged))
        .subquery()
    )
    replaced = select(on_copies.c.report).where(on_copies.c.rank > 1)
    changed = case((root.in_(_repeated(connection, person, stage)), "yes"), else_="no")
    tagged = _tagged(person).subquery()
    tags = select(tagged.c.root, func.aggregate_strings(tagged.c.tag, "\n").label("tags")).group_by("root").subquery()
    return (
        select(schema.decision, root.label("root"), changed.label("changed"), tags.c.tags)
        .join(schema.report, report.id == decision.report)
        .outerjoin(tags, tags.c.root == root)
        .where(mine, decision.report.not_in(replaced))
        .subquery("own")
    )


def _repeated(connection: Connection, person: str, stage: str) -> Select[Any]:
    """Give the roots about which a person's log says more than once what the person decided at a stage."""
    report = schema.report.c
    root = func.coalesce(report.merged_into, report.id)
    number, said = _said(connection, person, stage)
    return (
        select(root)
        .select_from(schema.event)
        .join(schema.report, report.id == number)
        .where(said)
        .group_by(root)
        .having(func.count() > 1)
    )


def _said(connection: Connection, person: str, stage: str) -> tuple[Any, ColumnElement[bool]]:
    """Give the report of an event, and the condition that it is a decision of a person at a stage.

    SQLite needs no cast to read JSON, and has no such type; PostgreSQL does. A quotation mark within a value is
    escaped in JSON, so the words that are looked for can stand in no note.
    """
    event = schema.event.c
    payload: Any = event.payload
    as_json = cast(payload, JSON) if connection.dialect.name == "postgresql" else type_coerce(payload, JSON)
    at_stage = event.payload.contains(f'"stage":"{stage}"', autoescape=True)
    return as_json["report"].as_integer(), and_(event.kind == "decision", event.person == person, at_stage)


def _wanted(query: Select[Any], own: Subquery, wanted: Filters) -> Select[Any]:
    """Narrow a query of own decisions."""
    if wanted.patterns:
        query = query.join(schema.record, schema.record.c.id == own.c.root)
        query = query.where(holds(own.c.root, wanted.patterns, also=own.c.note, without=wanted.without))
    conditions = (
        (wanted.verdict, own.c.verdict == wanted.verdict),
        (wanted.reason, cast(own.c.reasons, Text).contains(json.dumps(wanted.reason), autoescape=True)),
        (wanted.day, _day(own) == wanted.day),
        (wanted.tag, ("\n" + own.c.tags + "\n").contains(f"\n{wanted.tag}\n", autoescape=True)),
        (wanted.changed, own.c.changed == "yes"),
        (wanted.report is not None, own.c.root == wanted.report),
    )
    return query.where(*(condition for given, condition in conditions if given))


def _day(own: Subquery) -> Any:
    return func.substr(own.c.at, 1, 10)


def _split(tags: str | None) -> tuple[str, ...]:
    """Take apart the tags of a report; none holds a line break."""
    return tuple(sorted((tags or "").split("\n"))) if tags else ()


def history(connection: Connection, person: str, stage: str, root: int) -> list[tuple[str, Mapping[str, Any]]]:
    """Give when a person said what about a root at a stage, newest first: (moment, payload of the event)."""
    event, report = schema.event.c, schema.report.c
    number, said = _said(connection, person, stage)
    members = select(report.id).where(or_(report.id == root, report.merged_into == root))
    query = select(event.at, event.payload).where(said, number.in_(members))
    rows = connection.execute(query.order_by(event.at.desc(), event.log, event.seq.desc()))
    return [(row.at, json.loads(row.payload)) for row in rows]


# -- reports by their words


def holds(
    root: ColumnElement[int],
    patterns: Sequence[str],
    *,
    also: ColumnElement[str] | None = None,
    without: Collection[str] = (),
) -> ColumnElement[bool]:
    """Say that a root, whose own record is joined, holds every pattern in one of its records or repaired texts.

    ``also`` is a further text to look in; ``without`` are fields that are not looked at.
    """
    record, report, value = schema.record.c, schema.report.c, schema.value.c
    columns = [cast(record[name], Text) for name in FIELDS if name not in without]
    text: Any = func.coalesce(columns[0], "")
    for column in columns[1:]:
        text = text + "\n" + func.coalesce(column, "")
    copies = select(report.merged_into).join(schema.record, record.id == report.id).correlate(None)
    repaired = select(func.coalesce(report.merged_into, report.id)).join(schema.value, value.report == report.id)
    looked_at = value.field.in_([name for name in FIELDS if name not in without])
    every = []
    for one in patterns:
        ways = [
            text.regexp_match(one),
            root.in_(copies.where(report.merged_into.is_not(None), text.regexp_match(one))),
            root.in_(repaired.where(looked_at, value.text.regexp_match(one))),
        ]
        if also is not None:
            ways.append(and_(also.is_not(None), also.regexp_match(one)))
        every.append(or_(*ways))
    return and_(*every) if every else literal(True)


def find(
    connection: Connection,
    stage: str,
    patterns: Sequence[str],
    numbers: Sequence[int],
    *,
    without: Collection[str] = (),
    limit: int,
    offset: int,
) -> tuple[int, list[int]]:
    """Give how many roots of a stage hold every pattern, and some of them: those of the numbers first, then by id."""
    standing, report = schema.standing.c, schema.report.c
    root = func.coalesce(report.merged_into, report.id)
    named = standing.report.in_(select(root).where(report.id.in_(numbers)))
    query = (
        select(standing.report, func.count().over().label("total"))
        .join(schema.record, schema.record.c.id == standing.report)
        .where(standing.stage == stage, or_(named, holds(standing.report, patterns, without=without)))
        .order_by(case((named, 0), else_=1), standing.report)
    )
    rows = connection.execute(query.limit(limit).offset(offset)).all()
    return (rows[0].total if rows else 0), [row.report for row in rows]


# -- tags


def _tagged(person: str) -> Select[Any]:
    tag, report = schema.tag.c, schema.report.c
    root = func.coalesce(report.merged_into, report.id)
    return (
        select(root.label("root"), tag.tag)
        .join(schema.report, report.id == tag.report)
        .where(tag.person == person)
        .distinct()
    )


def with_tag(connection: Connection, person: str, tag: str) -> dict[int, list[str]]:
    """Give the roots that have a tag, in the order of ids, with the ids of those who gave it, the person first.

    Tags of others are given only of roots that are decided at every stage at which they stand, and at which nothing
    is left to this person: until then they would tell what the others think.
    """
    table, report, standing, assignment = schema.tag.c, schema.report.c, schema.standing.c, schema.assignment.c
    root = func.coalesce(report.merged_into, report.id)
    undecided = select(standing.report).where(standing.status.in_((*UNDECIDED, "conflict")))
    asked = (
        select(root)
        .join(schema.assignment, assignment.report == report.id)
        .where(assignment.person == person, not_(assignment.done))
    )
    rows = connection.execute(
        select(root.label("root"), table.person)
        .join(schema.report, report.id == table.report)
        .where(table.tag == tag)
        .where(or_(table.person == person, and_(root.not_in(undecided), root.not_in(asked))))
        .order_by(root, table.person != person, table.person)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for one, who in rows:
        if who not in found[one]:
            found[one].append(who)
    return found
