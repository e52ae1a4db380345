"""Queries about stopping: what was read in which order, what is half seen, what a stop left unread. SQL only.

Reports are given as roots (``screening.rows``).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, not_, select

from review.store import Actor, aside, events, schema

_RELEVANT = ("include", "maybe")


@dataclass(frozen=True, slots=True)
class Made:
    """A stop: who, when, how many reports, the numbers it was decided on; ``ended``: when it was taken back."""

    event: str
    person: str
    at: str
    reports: int
    how: Mapping[str, Any]
    why: str | None
    ended: str | None


def take_turn(connection: Connection, actor: Actor) -> None:
    """Let people who stop, or take a stop back, go one after the other: what one has stopped nobody stops again."""
    events.take_turn(connection, actor)
    connection.execute(select(schema.meta.c.key).with_for_update())


def voters(connection: Connection, stage: str) -> set[str]:
    """Give the people who have a vote at a stage."""
    decision = schema.decision.c
    return set(connection.scalars(select(decision.person).where(decision.stage == stage).distinct()))


def statuses(connection: Connection, stage: str) -> dict[int, str]:
    """Give root -> where it stands, of every report that is to be screened at a stage, in the order of ids."""
    standing = schema.standing.c
    query = select(standing.report, standing.status).where(standing.stage == stage, standing.status != "removed")
    return dict(connection.execute(query.order_by(standing.report)).all())


def read(connection: Connection, stage: str, person: str | None) -> dict[int, bool]:
    """Give the roots that a person, or ``None`` anybody, voted on, in the order of the first votes.

    With each whether one of the votes is for it: include, or maybe.
    """
    decision, report = schema.decision.c, schema.report.c
    root = func.coalesce(report.merged_into, report.id)
    query = (
        select(root, decision.report, decision.person, decision.verdict, decision.at)
        .join(schema.report, report.id == decision.report)
        .where(decision.stage == stage)
    )
    since = _before(connection, stage)
    first: dict[int, str] = {}
    relevant: dict[int, bool] = {}
    rows = connection.execute(query if person is None else query.where(decision.person == person)).all()
    for one, member, who, verdict, at in rows:
        first[one] = min(first.get(one, at), since.get((member, who), at), at)
        relevant[one] = relevant.get(one, False) or verdict in _RELEVANT
    return {one: relevant[one] for _, one in sorted((at, one) for one, at in first.items())}


def _before(connection: Connection, stage: str) -> dict[tuple[int, str], str]:
    """Give (report, person) -> the moment of the first of the votes that a later one of the same person replaced.

    A report was read when it was first decided on; a change of mind, or a second look, does not make it read later.
    """
    event = schema.event.c
    standing = select(schema.decision.c.event)
    query = select(event.person, event.at, event.payload).where(event.kind == "decision", event.id.not_in(standing))
    found: dict[tuple[int, str], str] = {}
    for person, at, payload in connection.execute(query):
        said = json.loads(payload)
        if said["stage"] == stage and said["verdict"] != "cleared":
            found[said["report"], person] = min(found.get((said["report"], person), at), at)
    return found


def half_seen(connection: Connection, stage: str) -> dict[int, int]:
    """Give root -> votes that it still needs, of every root that somebody has voted on and that awaits more."""
    standing = schema.standing.c
    query = select(standing.report, standing.needed - standing.votes).where(
        standing.stage == stage, standing.status == "started"
    )
    return {report: max(missing, 1) for report, missing in connection.execute(query.order_by(standing.report))}


def unread(connection: Connection, stage: str) -> tuple[int, list[int]]:
    """Count the roots without any vote, and give their records that no stop has left unread yet, in order of ids.

    All records of a report are named, so that it stays unread however it is merged.
    """
    standing, report, stopped = schema.standing.c, schema.report.c, schema.stopped.c
    waiting = select(standing.report).where(standing.stage == stage, standing.status == "waiting")
    named = (
        select(report.id)
        .where(func.coalesce(report.merged_into, report.id).in_(waiting))
        .where(report.id.not_in(select(stopped.report).where(stopped.stage == stage)))
    )
    count = connection.scalar(select(func.count()).select_from(waiting.subquery())) or 0
    return count, list(connection.scalars(named.order_by(report.id)))


def waiting_again(connection: Connection, stage: str, person: str) -> set[int]:
    """Give the roots that a person is to vote on, once more or for a check, without knowing how they were settled."""
    assignment, report = schema.assignment.c, schema.report.c
    query = (
        select(func.coalesce(report.merged_into, report.id))
        .join(schema.assignment, assignment.report == report.id)
        .where(assignment.person == person, assignment.stage == stage, not_(assignment.done))
    )
    return set(connection.scalars(query))


def in_pilot(connection: Connection, stage: str, person: str) -> bool:
    """Say whether a person has not yet voted on all reports of the pilots that the person is in."""
    assignment = schema.assignment.c
    mine = (assignment.person == person, assignment.stage == stage, not_(assignment.done))
    query = select(assignment.report).where(*mine, assignment.kind == "pilot")
    return connection.scalar(query.limit(1)) is not None


def checks(connection: Connection, stage: str) -> list[bool]:
    """Give, for every report that a quality check has seen, whether its vote there was relevant, in time order."""
    decision, assignment, report = schema.decision.c, schema.assignment.c, schema.report.c
    root = func.coalesce(report.merged_into, report.id)
    handed = (
        select(root.label("root"), assignment.person)
        .join(schema.assignment, assignment.report == report.id)
        .where(assignment.stage == stage, assignment.kind == "quality", assignment.done)
        .distinct()
        .subquery()
    )
    query = (
        select(decision.verdict)
        .join(schema.report, report.id == decision.report)
        .join(handed, and_(handed.c.root == root, handed.c.person == decision.person))
        .where(decision.stage == stage)
        .order_by(decision.at, decision.event)
    )
    return [verdict in _RELEVANT for verdict in connection.scalars(query)]


def served(connection: Connection, stage: str) -> tuple[dict[str, int], list[str]]:
    """Count the votes at a stage by how their reports were served, and name the kinds of models that ordered any.

    A model is named by its kind and what it learnt from; it learns anew all the time.
    """
    ways, models = Counter[str](), set[str]()
    for how in connection.scalars(select(schema.decision.c.served).where(schema.decision.c.stage == stage)):
        ways[how["by"] if how else "unknown"] += 1
        if how and how["by"] == "model":
            models.add(how["model"].rpartition("-")[0])
    return dict(sorted(ways.items())), sorted(models)


def ranked(connection: Connection, stage: str, person: str) -> tuple[str, Mapping[str, Any]] | None:
    """Give the model of the order in which a person (``""`` everybody) reads, and what it says of itself."""
    table = aside.ranking.c
    row = connection.execute(
        select(table.model, table.about).where(table.stage == stage, table.person == person)
    ).first()
    return (row.model, dict(row.about)) if row else None


def stops(connection: Connection, stage: str) -> list[Made]:
    """Give every stop of a stage, also those taken back, newest first."""
    stop, ending, who = schema.stop, schema.event.alias(), schema.person.c
    rows = connection.execute(
        select(stop, who.name, ending.c.at.label("ended_at"))
        .join(schema.person, who.id == stop.c.person)
        .outerjoin(ending, ending.c.id == stop.c.ended)
        .where(stop.c.stage == stage)
        .order_by(stop.c.at.desc(), stop.c.event)
    )
    return [Made(r.event, r.name, r.at, r.how.get("unread", r.reports), dict(r.how), r.why, r.ended_at) for r in rows]


def left_unread(connection: Connection, stage: str) -> dict[str, int]:
    """Count the roots that stand unread by the stop (its event) that left them so."""
    standing, stopped = schema.standing.c, schema.stopped.c
    query = (
        select(stopped.event, func.count().label("reports"))
        .join(schema.standing, standing.report == stopped.report)
        .where(stopped.stage == stage, standing.stage == stage, standing.status == "not_screened")
        .group_by(stopped.event)
    )
    return {row.event: row.reports for row in connection.execute(query)}
