"""Queries about rounds: who has which reports, which could be handed out, and what is known of them. SQL only.

Reports are given as roots (``screening.rows``); only ``held`` names the very report that was assigned.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, func, not_, select

from review.store import aside, schema
from screening.queue_rows import GONE, UNDECIDED


@dataclass(frozen=True, slots=True)
class Made:
    """A round as its first event says it; ``how`` names people by their ids."""

    name: str
    kind: str
    seed: int | None
    how: dict[str, Any]
    person: str
    at: str


@dataclass(frozen=True, slots=True)
class Held:
    """One assignment that is not fulfilled: ``due`` says whether it waits for the person's vote just now."""

    stage: str
    round: str
    kind: str
    report: int
    root: int
    due: bool


def rounds(connection: Connection, stage: str) -> list[Made]:
    """Give the rounds of a stage, in the order in which they were made."""
    table = schema.round_.c
    rows = connection.execute(select(schema.round_).where(table.stage == stage).order_by(table.at, table.name))
    return [Made(r.name, r.kind, r.seed, dict(r.how), r.person, r.at) for r in rows]


def reports_of(connection: Connection, stage: str, name: str) -> dict[str, list[int]]:
    """Give person -> roots of a round, in the order of ids."""
    assignment = schema.assignment.c
    root = _root()
    query = (
        select(assignment.person, root)
        .select_from(schema.assignment)
        .join(schema.report, schema.report.c.id == assignment.report)
        .where(assignment.stage == stage, assignment.round == name)
        .distinct()
        .order_by(assignment.person, root)
    )
    found: dict[str, list[int]] = defaultdict(list)
    for person, one in connection.execute(query):
        found[person].append(one)
    return dict(found)


def counts(connection: Connection, stage: str, *kinds: str) -> dict[str, dict[str, tuple[int, int]]]:
    """Give round -> person -> (roots that are done, roots that are still to do), of rounds of some kinds.

    What was settled otherwise in the meantime is neither: nobody is asked about it any more.
    """
    assignment, standing = schema.assignment.c, schema.standing.c
    by = (assignment.round, assignment.person, assignment.kind, assignment.done, standing.status)
    query = (
        select(*by, func.count(_root().distinct()).label("reports"))
        .select_from(_with_standing(stage))
        .where(assignment.stage == stage, assignment.kind.in_(kinds))
        .group_by(*by)
    )
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in connection.execute(query):
        done, left = found[row.round].get(row.person, (0, 0))
        done += row.reports if row.done else 0
        left += row.reports if not row.done and _due(row.kind, row.status) else 0
        found[row.round][row.person] = done, left
    return dict(found)


def sizes(connection: Connection, stage: str, *kinds: str) -> dict[str, int]:
    """Count the roots of each round of some kinds."""
    assignment = schema.assignment.c
    query = (
        select(assignment.round, func.count(_root().distinct()).label("reports"))
        .select_from(schema.assignment)
        .join(schema.report, schema.report.c.id == assignment.report)
        .where(assignment.stage == stage, assignment.kind.in_(kinds))
        .group_by(assignment.round)
    )
    return {row.round: row.reports for row in connection.execute(query)}


def held(connection: Connection, person: str | None = None) -> dict[str, list[Held]]:
    """Give person -> assignments that are not fulfilled, of one person or of all, in the order of ids."""
    assignment, standing = schema.assignment.c, schema.standing.c
    query = (
        select(schema.assignment, _root().label("root"), standing.status)
        .select_from(_with_standing(assignment.stage))
        .where(not_(assignment.done))
        .order_by(assignment.stage, assignment.round, assignment.report)
    )
    if person is not None:
        query = query.where(assignment.person == person)
    found: dict[str, list[Held]] = defaultdict(list)
    for row in connection.execute(query):
        due = _due(row.kind, row.status)
        found[row.person].append(Held(row.stage, row.round, row.kind, row.report, row.root, due))
    return dict(found)


def _root() -> Any:
    return func.coalesce(schema.report.c.merged_into, schema.report.c.id)


def _with_standing(stage: Any) -> Any:
    """Join each assignment with its report, and with where the report's root stands, if it does."""
    standing = schema.standing.c
    return schema.assignment.join(schema.report, schema.report.c.id == schema.assignment.c.report).outerjoin(
        schema.standing, and_(standing.stage == stage, standing.report == _root())
    )


def _due(kind: str, status: str | None) -> bool:
    """Say whether an assignment that is not fulfilled waits, as ``screening.queue_rows`` hands it out."""
    return status in UNDECIDED if kind == "main" else status not in (None, *GONE)


def release_leases(connection: Connection, person: str) -> None:
    """Let go of everything that a person has on the screen."""
    connection.execute(delete(aside.lease).where(aside.lease.c.person == person))


# -- what can be handed out


def statuses(connection: Connection, stage: str) -> dict[int, tuple[str, str | None]]:
    """Give root -> (where it stands, its primary reason) of every report of a stage, in the order of ids."""
    standing = schema.standing.c
    query = select(standing.report, standing.status, standing.reason).where(standing.stage == stage)
    return {row.report: (row.status, row.reason) for row in connection.execute(query.order_by(standing.report))}


def count_open(connection: Connection, stage: str) -> int:
    """Count the undecided roots that are open to everybody."""
    standing = schema.standing.c
    query = select(func.count()).select_from(schema.standing).where(standing.stage == stage, standing.open)
    return connection.scalar(query.where(standing.status.in_(UNDECIDED))) or 0


def reasons(connection: Connection, stage: str) -> set[str]:
    """Give the codes of primary reasons for which reports are excluded."""
    standing = schema.standing.c
    query = select(standing.reason).where(standing.stage == stage, standing.status == "excluded")
    return {code for code in connection.scalars(query.distinct()) if code}


def voters(connection: Connection, stage: str) -> dict[int, set[str]]:
    """Give root -> people with a vote on it."""
    decision = schema.decision.c
    query = select(_root(), decision.person).join(schema.decision, decision.report == schema.report.c.id)
    return _sets(connection, query.where(decision.stage == stage))


def resolvers(connection: Connection, stage: str) -> dict[int, set[str]]:
    """Give root -> people who ended a conflict about it."""
    resolution = schema.resolution.c
    query = select(_root(), resolution.person).join(schema.resolution, resolution.report == schema.report.c.id)
    return _sets(connection, query.where(resolution.stage == stage))


def holders(connection: Connection, stage: str, *kinds: str, undone: bool = False) -> dict[int, set[str]]:
    """Give root -> people who have it in a round of some kinds (of any without); ``undone``: and have not voted yet."""
    assignment = schema.assignment.c
    query = select(_root(), assignment.person).join(schema.assignment, assignment.report == schema.report.c.id)
    query = query.where(assignment.stage == stage)
    if kinds:
        query = query.where(assignment.kind.in_(kinds))
    return _sets(connection, query.where(not_(assignment.done)) if undone else query)


def _sets(connection: Connection, query: Select[Any]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for root, person in connection.execute(query):
        found[root].add(person)
    return found


def authors(connection: Connection, stage: str) -> dict[int, set[str]]:
    """Give root -> names of the authors of all of its records, and those that a person gave instead."""
    record, value, standing = schema.record.c, schema.value.c, schema.standing.c
    at = and_(standing.report == _root(), standing.stage == stage)
    of_record = select(_root(), record.authors).join(schema.record, record.id == schema.report.c.id)
    found: dict[int, set[str]] = defaultdict(set)
    for root, names in connection.execute(of_record.join(schema.standing, at)):
        found[root].update(names)
    repaired = select(_root(), value.text).join(schema.value, value.report == schema.report.c.id)
    for root, text in connection.execute(repaired.where(value.field == "authors", value.text.is_not(None))):
        found[root].update(text.splitlines())
    return found


def origins(connection: Connection, stage: str) -> dict[int, tuple[str, str]]:
    """Give root -> (label of the search that found its first record, decade of publication or ``""``)."""
    record, search, standing = schema.record.c, schema.search.c, schema.standing.c
    query = (
        select(standing.report, search.label, record.date)
        .join(schema.record, record.id == standing.report)
        .join(schema.search, search.id == record.search)
        .where(standing.stage == stage)
    )
    return {row.report: (row.label, row.date[:3] if row.date else "") for row in connection.execute(query)}
