"""The screening room's queries: votes, titles, reports by identifier. SQL only; nothing here writes.

A *root* is a report that was not merged into another; its *members* are itself and the reports merged into it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection, Row, and_, bindparam, func, or_, select

from review.record import Record
from review.store import Event, schema
from review.store.among import Among
from review.store.chosen import shown
from review.store.records import from_row
from review.store.standing import current

T = TypeVar("T")
_CHUNK = 400


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's vote on a root, with its event, the member that it was cast on, and the votes that it replaces."""

    event: str
    report: int
    person: str
    name: str
    verdict: str
    reasons: tuple[str, ...]
    note: str | None
    at: str
    acts_on: tuple[str, ...] = ()
    criteria: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """One record of a report, with the label of its search and the local evaluation of the query."""

    report: int
    record: Record
    source: str
    matched: str


# -- the queue (whose turn it is: screening.queue_rows)


def root_before(connection: Connection, stage: str, before: int) -> int | None:
    """Give the largest root below an id that stands at a stage and was not removed, voted on or not."""
    standing = schema.standing.c
    query = (
        select(standing.report)
        .where(standing.stage == stage, standing.status != "removed", standing.report < before)
        .order_by(standing.report.desc())
        .limit(1)
    )
    return connection.scalar(query)


def count_by_status(connection: Connection, stage: str) -> tuple[Counter[str], Counter[str]]:
    """Count the roots at a stage by status: all of them, and those that are open to everybody."""
    standing = schema.standing.c
    here = (standing.status, standing.open)
    counted, free = Counter[str](), Counter[str]()
    query = select(*here, func.count().label("reports")).where(standing.stage == stage).group_by(*here)
    for row in connection.execute(query):
        counted[row.status] += row.reports
        free[row.status] += row.reports * row.open
    return counted, free


# -- reports


def roots(connection: Connection, reports: Iterable[int]) -> dict[int, int]:
    """Give the root of each report that there is; unknown ids are left out."""
    found: dict[int, int] = {}
    for chunk in _chunks(sorted(set(reports))):
        rows = _ROOTS(connection, chunk)
        found.update({row.id: row.merged_into or row.id for row in rows})
    return found


def merged(connection: Connection) -> dict[int, int]:
    """Give the root of every report that was merged into another."""
    report = schema.report.c
    into = select(report.id, report.merged_into).where(report.merged_into.is_not(None))
    return dict(connection.execute(into).all())


def members(connection: Connection, wanted: Iterable[int]) -> dict[int, list[Member]]:
    """Give the records of each root, in the order of ids."""
    found: dict[int, list[Member]] = defaultdict(list)
    for chunk in _chunks(sorted(set(wanted))):
        for row in _MEMBERS(connection, chunk).mappings():
            found[row["root"]].append(Member(row["id"], from_row(dict(row)), row["source"], row["matched"]))
    return found


def names(connection: Connection, wanted: Iterable[int]) -> dict[int, tuple[str | None, str | None]]:
    """Give title and DOI of each root as its combined record shows them."""
    record, report = schema.record.c, schema.report.c
    found: dict[int, tuple[str | None, str | None]] = dict.fromkeys(wanted, (None, None))
    for chunk in _chunks(sorted(found)):
        rows = connection.execute(
            select(report.id, report.merged_into, record.title, record.doi)
            .join(schema.record, record.id == report.id)
            .where(or_(report.id.in_(chunk), report.merged_into.in_(chunk)))
            .order_by(report.id)
        )
        groups: dict[int, list[tuple[int, Record]]] = defaultdict(list)
        for row in rows:
            groups[row.merged_into or row.id].append((row.id, Record(title=row.title, doi=row.doi)))
        found.update({root: (one.title, one.doi) for root, (one, _) in shown(connection, groups).items()})
    return found


def place(connection: Connection, stage: str | None, report: int) -> tuple[int, str | None] | None:
    """Give the root of a report, and where the report itself stands at a stage; ``None`` when there is no such one."""
    row = connection.execute(_PLACE, {"stage": stage, "report": report}).first()
    return (row.merged_into or report, row.status) if row else None


def statuses(connection: Connection, stage: str, wanted: Iterable[int]) -> dict[int, str]:
    """Give the status of each root that stands at a stage."""
    found: dict[int, str] = {}
    for chunk in _chunks(sorted(set(wanted))):
        rows = _STATUSES(connection, chunk)
        found.update({row.report: row.status for row in rows if row.stage == stage})
    return found


def with_status(connection: Connection, stage: str, status: str) -> list[int]:
    """Give the roots that stand at a stage with one status, in the order of ids."""
    standing = schema.standing.c
    query = select(standing.report).where(standing.stage == stage, standing.status == status)
    return list(connection.scalars(query.order_by(standing.report)))


def by_identifier(connection: Connection, column: Literal["doi", "pmid"]) -> dict[str, set[int]]:
    """Give, for every DOI or PubMed id, the roots that have it."""
    record, report = schema.record.c, schema.report.c
    rows = connection.execute(
        select(record[column], func.coalesce(report.merged_into, report.id))
        .join(schema.report, report.id == record.id)
        .where(record[column].is_not(None))
    )
    found: dict[str, set[int]] = defaultdict(set)
    for value, root in rows:
        found[value].add(root)
    return found


def by_position(connection: Connection) -> dict[tuple[str, int], set[int]]:
    """Give, for every record of an imported file, its root, by the file's name and the position in it."""
    record, report, search = schema.record.c, schema.report.c, schema.search.c
    rows = connection.execute(
        select(search.file_name, record.position, func.coalesce(report.merged_into, report.id))
        .select_from(schema.record)
        .join(schema.search, search.id == record.search)
        .join(schema.report, report.id == record.id)
        .where(search.file_name.is_not(None))
    )
    found: dict[tuple[str, int], set[int]] = defaultdict(set)
    for name, position, root in rows:
        found[name, position].add(root)
    return found


# -- votes


def votes(connection: Connection, stage: str, wanted: Iterable[int]) -> dict[int, list[Vote]]:
    """Give the current votes on each root, in the order in which they were cast.

    One person has several when copies that the person voted on were merged since, as in ``review.store.standing``.
    """
    found: dict[int, list[Vote]] = {root: [] for root in wanted}
    for chunk in _chunks(sorted(found)):
        for root, vote in _read_votes(_CAST_ON(connection, chunk, stage=stage)):
            found[root].append(vote)
    return {root: current(cast) for root, cast in found.items()}


def all_votes(connection: Connection, stage: str) -> dict[int, list[Vote]]:
    """Give the current votes on every root, by root, as ``votes`` does."""
    found: dict[int, list[Vote]] = defaultdict(list)
    for root, vote in _read_votes(connection.execute(_CAST, {"stage": stage})):
        found[root].append(vote)
    return {root: current(found[root]) for root in sorted(found)}


def own_votes(connection: Connection, person: str, stage: str, *, limit: int, offset: int) -> list[tuple[int, Vote]]:
    """Give (root, vote) of one person at a stage, newest first; one per root."""
    decision, report = schema.decision.c, schema.report.c
    root = func.coalesce(report.merged_into, report.id)
    rank = func.row_number().over(partition_by=root, order_by=(decision.at.desc(), decision.event.desc()))
    ranked = (
        select(schema.decision, root.label("root"), rank.label("rank"))
        .join(schema.report, report.id == decision.report)
        .where(decision.person == person, decision.stage == stage)
        .subquery()
    )
    query = (
        select(ranked, schema.person.c.name)
        .join(schema.person, schema.person.c.id == ranked.c.person)
        .where(ranked.c.rank == 1)
        .order_by(ranked.c.at.desc(), ranked.c.event.desc())
    )
    return list(_read_votes(connection.execute(query.limit(limit).offset(offset))))


def own_times(connection: Connection, person: str, stage: str, limit: int) -> list[str]:
    """Give the moments of a person's newest votes at a stage, newest first."""
    decision = schema.decision.c
    query = select(decision.at).where(decision.person == person, decision.stage == stage)
    return list(connection.scalars(query.order_by(decision.at.desc()).limit(limit)))


def cast_on_members(connection: Connection, stage: str, wanted: Iterable[int]) -> dict[tuple[int, str], dict[int, str]]:
    """Give the votes of every (root, person) by the member that they were cast on, as events, in the order of members.

    All of them: also those whose place a later one took.
    """
    found: dict[tuple[int, str], dict[int, str]] = defaultdict(dict)
    for chunk in _chunks(sorted(set(wanted))):
        for root, vote in _read_votes(_CAST_ON(connection, chunk, stage=stage)):
            found[root, vote.person][vote.report] = vote.event
    return {key: dict(sorted(cast.items())) for key, cast in found.items()}


def cast_by(connection: Connection, person: str, stage: str, wanted: Iterable[int]) -> dict[int, list[Vote]]:
    """Give all votes of one person on each root, as they were cast: also those whose place a later one took."""
    found: dict[int, list[Vote]] = {root: [] for root in wanted}
    for chunk in _chunks(sorted(found)):
        # All votes there are looked at: asked for one person's, SQLite walks all that the person ever cast.
        for root, vote in _read_votes(_CAST_ON(connection, chunk, stage=stage)):
            if vote.person == person:
                found[root].append(vote)
    return found


def _read_votes(cast: Iterable[Row[Any]]) -> Iterator[tuple[int, Vote]]:
    for r in cast:
        said = (r.verdict, tuple(r.reasons), r.note, r.at, tuple(r.acts_on), tuple(sorted(r.criteria.items())))
        yield r.root, Vote(r.event, r.report, r.person, r.name, *said)


def people(connection: Connection) -> dict[str, str]:
    """Give the name of each person by opaque id."""
    return {row.id: row.name for row in connection.execute(select(schema.person.c.id, schema.person.c.name))}


# -- events


_VOTES = 2_000
"""Votes of the log that are read at once."""


def votes_cast(connection: Connection, stage: str) -> list[tuple[int, str, str]]:
    """Give every vote of a stage that the log holds, also those taken back: (report, person, verdict), as cast."""
    log = schema.event.c
    cast = connection.execute(
        select(log.person, log.payload)
        .where(log.kind == "decision", log.payload.contains(f'"stage":"{stage}"'))  # canonical JSON
        .order_by(log.at, log.log, log.seq)
    )
    votes = []
    for some in cast.partitions(_VOTES):
        said = json.loads(f"[{','.join(payload for _, payload in some)}]")  # three times as fast as one by one
        votes += [
            (one["report"], person, one["verdict"])
            for (person, _), one in zip(some, said, strict=True)
            if one["stage"] == stage
        ]
    return votes


def event(connection: Connection, identity: str) -> Event:
    """Give one event of the log."""
    row = connection.execute(select(schema.event).where(schema.event.c.id == identity)).mappings().one()
    return _event(dict(row))


def event_of_client(connection: Connection, client: str) -> Event | None:
    """Give the event that a sender's id already made, if there is one."""
    row = connection.execute(_OF_CLIENT, {"client": client}).mappings().first()
    return _event(dict(row)) if row else None


def known_clients(connection: Connection, clients: Sequence[str]) -> set[str]:
    """Give those of some senders' ids that have made an event already."""
    found: set[str] = set()
    for chunk in _chunks(clients):
        found.update(
            c
            for c in connection.execute(select(schema.event.c.client).where(schema.event.c.client.in_(chunk))).scalars()
            if c
        )
    return found


def _event(row: Mapping[str, Any]) -> Event:
    return Event(**{**row, "payload": json.loads(row["payload"])})


# -- built once: pages run them at every vote, and building one takes longer than running it

_ROOTS = Among(lambda has: select(schema.report.c.id, schema.report.c.merged_into).where(has(schema.report.c.id)))
_MEMBERS = Among(
    lambda has: (
        select(
            schema.record,
            schema.search.c.label.label("source"),
            func.coalesce(schema.report.c.merged_into, schema.report.c.id).label("root"),
        )
        .join(schema.report, schema.report.c.id == schema.record.c.id)
        .join(schema.search, schema.search.c.id == schema.record.c.search)
        .where(or_(has(schema.report.c.id), has(schema.report.c.merged_into)))
        .order_by(schema.record.c.id)
    )
)
_PLACE = (
    select(schema.report.c.merged_into, schema.standing.c.status)
    .outerjoin(
        schema.standing,
        and_(schema.standing.c.report == schema.report.c.id, schema.standing.c.stage == bindparam("stage")),
    )
    .where(schema.report.c.id == bindparam("report"))
)
_STATUSES = Among(
    lambda has: select(schema.standing.c.report, schema.standing.c.stage, schema.standing.c.status).where(
        has(schema.standing.c.report)  # were the stage asked for as well, SQLite would walk all of it
    )
)
_CAST = (
    select(
        schema.decision,
        func.coalesce(schema.report.c.merged_into, schema.report.c.id).label("root"),
        schema.person.c.name,
    )
    .join(schema.report, schema.report.c.id == schema.decision.c.report)
    .join(schema.person, schema.person.c.id == schema.decision.c.person)
    .where(schema.decision.c.stage == bindparam("stage"))
    .order_by(schema.decision.c.at, schema.decision.c.event)
)
_CAST_ON = Among(lambda has: _CAST.where(or_(has(schema.report.c.id), has(schema.report.c.merged_into))))
_OF_CLIENT = select(schema.event).where(schema.event.c.client == bindparam("client"))


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
