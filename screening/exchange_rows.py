"""Queries of what goes out and comes in: reports by title, whole records, resolutions, outcomes. SQL only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from review.record import Record
from review.store import schema
from review.store.chosen import shown
from review.store.records import from_row
from review.text import fold

_CHUNK = 400


@dataclass(frozen=True, slots=True)
class Titled:
    """A report that has a title: its root, and what tells it from another of the same title."""

    root: int
    year: int | None
    doi: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a root stands at a stage; ``reason`` is the primary one of an exclusion."""

    status: str
    votes: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class Resolved:
    """How a conflict on a root ended; ``acts_on`` are the votes that it settled."""

    verdict: str
    reasons: tuple[str, ...]
    note: str | None
    name: str
    at: str
    acts_on: frozenset[str]


def by_title(connection: Connection, wanted: Collection[str]) -> dict[str, set[Titled]]:
    """Give, for some folded titles, the records that have them."""
    record, report = schema.record.c, schema.report.c
    rows = connection.execute(
        select(record.title, record.date, record.doi, func.coalesce(report.merged_into, report.id))
        .join(schema.report, report.id == record.id)
        .where(record.title.is_not(None))
    )
    found: dict[str, set[Titled]] = defaultdict(set)
    for title, date, doi, root in rows:
        if (folded := fold(title)) in wanted:
            found[folded].add(Titled(root, int(date[:4]) if date else None, doi))
    return found


def titles(connection: Connection, reports: Collection[int]) -> dict[int, set[str]]:
    """Give the folded titles of the records of some roots."""
    record, report = schema.record.c, schema.report.c
    root = func.coalesce(report.merged_into, report.id)
    rows = connection.execute(select(root, record.title).join(schema.report, report.id == record.id))
    found: dict[int, set[str]] = {one: set() for one in reports}
    for one, title in rows:
        if one in found and title:
            found[one].add(fold(title))
    return found


def whole(connection: Connection, wanted: Sequence[int] | None = None) -> dict[int, Record]:
    """Give some roots (all without any named) as their combined records show them, in the order of ids."""
    report = schema.report.c
    root = func.coalesce(report.merged_into, report.id).label("root")
    query = select(schema.record, root).join(schema.report, report.id == schema.record.c.id).order_by(report.id)
    parts = [query]
    if wanted is not None:
        chunks = [wanted[start : start + _CHUNK] for start in range(0, len(wanted), _CHUNK)]
        parts = [query.where(or_(report.id.in_(some), report.merged_into.in_(some))) for some in chunks]
    groups: dict[int, list[tuple[int, Record]]] = defaultdict(list)
    for row in (row for part in parts for row in connection.execute(part).mappings()):
        groups[row["root"]].append((row["id"], from_row(dict(row))))
    return {one: record for one, (record, _) in sorted(shown(connection, groups).items())}


def outcomes(connection: Connection, stage: str) -> dict[int, Outcome]:
    """Give where every root stands at a stage, in the order of ids."""
    standing = schema.standing.c
    rows = connection.execute(
        select(standing.report, standing.status, standing.votes, standing.reason)
        .where(standing.stage == stage)
        .order_by(standing.report)
    )
    return {row.report: Outcome(row.status, row.votes, row.reason) for row in rows}


def resolutions(connection: Connection, stage: str) -> dict[int, list[Resolved]]:
    """Give the resolutions of every root at a stage, oldest first."""
    table, report, person = schema.resolution.c, schema.report.c, schema.person.c
    rows = connection.execute(
        select(schema.resolution, person.name, func.coalesce(report.merged_into, report.id).label("root"))
        .join(schema.report, report.id == table.report)
        .join(schema.person, person.id == table.person)
        .where(table.stage == stage)
        .order_by(table.at, table.event)
    )
    found: dict[int, list[Resolved]] = defaultdict(list)
    for r in rows:
        found[r.root].append(Resolved(r.verdict, tuple(r.reasons), r.note, r.name, r.at, frozenset(r.acts_on)))
    return found


def tags(connection: Connection) -> dict[tuple[int, str], tuple[str, ...]]:
    """Give the tags of every (root, person), in alphabetical order."""
    table, report = schema.tag.c, schema.report.c
    root = func.coalesce(report.merged_into, report.id).label("root")
    rows = connection.execute(
        select(root, table.person, table.tag).join(schema.report, report.id == table.report).distinct()
    )
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    for one, who, tag in rows:
        found[one, who].append(tag)
    return {key: tuple(sorted(some)) for key, some in found.items()}
