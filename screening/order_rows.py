"""What the ranking reads and writes: texts of reports, votes and where they led, the orders. SQL only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from review.record import Record
from review.store import aside, schema
from review.store.chosen import shown

_STREAM = 2_000


@dataclass(frozen=True, slots=True)
class Ranking:
    """An order that the worker made; ``person`` is ``""`` where it is not one person's, ``trained`` is in votes."""

    person: str
    model: str
    made_at: str
    trained: int
    relevant: int
    places: bytes
    bits: bytes

    @property
    def of_all(self) -> bool:
        """Whether it was learnt from everybody's votes."""
        return not self.person and self.trained > 0


@dataclass(frozen=True, slots=True)
class Text:
    """What is read of a report."""

    report: int
    title: str | None
    abstract: str | None
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """One current vote: on a root, at a stage."""

    report: int
    stage: str
    person: str
    verdict: str


# -- orders

_ranking = aside.ranking.c
_NAMES = ("person", "model", "made_at", "trained", "relevant", "places")
_ORDER = (
    select(*(_ranking[name] for name in _NAMES), _ranking.drawn.label("bits"))
    .where(_ranking.stage == bindparam("stage"), _ranking.person.in_([bindparam("person"), ""]))
    .order_by(_ranking.person.desc())
    .limit(1)
)


def ranking(connection: Connection, person: str, stage: str) -> Ranking | None:
    """Give the person's own order at a stage, else the one that is not one person's."""
    row = connection.execute(_ORDER, {"person": person, "stage": stage}).mappings().first()
    return Ranking(**row) if row else None


def made(connection: Connection) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Give what is noted about every order, by stage and person."""
    rows = connection.execute(select(_ranking.stage, _ranking.person, _ranking.about))
    return {(row.stage, row.person): row.about for row in rows}


def words(connection: Connection, person: str, stage: str) -> bytes:
    """Give what tells why a report has its place in an order."""
    found: bytes = connection.execute(
        select(_ranking.words).where(_ranking.stage == stage, _ranking.person == person)
    ).scalar_one()
    return found


def keep(connection: Connection, stage: str, person: str, values: Mapping[str, Any]) -> None:
    """Keep an order in place of the one before; ``values`` are the other columns."""
    drop(connection, stage, person)
    connection.execute(insert(aside.ranking).values(stage=stage, person=person, **values))


def drop(connection: Connection, stage: str, person: str) -> None:
    """Forget an order."""
    connection.execute(delete(aside.ranking).where(_ranking.stage == stage, _ranking.person == person))


# -- what is read

_record, _report, _standing, _decision = (
    table.c for table in (schema.record, schema.report, schema.standing, schema.decision)
)
_ROOT = func.coalesce(_report.merged_into, _report.id)


def texts(connection: Connection) -> list[Text]:
    """Give what there is to read of every report that was not removed, as pages show it, in the order of ids."""
    query = (
        select(_ROOT.label("root"), _record.id, _record.title, _record.abstract, _record.keywords)
        .join(schema.report, _report.id == _record.id)
        .join(schema.standing, (_standing.report == _ROOT) & (_standing.stage == "title-abstract"))
        .where(_standing.status != "removed")
        .order_by(_record.id)
        .execution_options(yield_per=_STREAM)
    )
    alone, several = _repaired_or_merged(connection)
    found: list[Text] = []
    groups: dict[int, list[tuple[int, Record]]] = defaultdict(list)
    for row in connection.execute(query):
        if row.root in several or row.root in alone:
            record = Record(title=row.title, abstract=row.abstract, keywords=tuple(row.keywords))
            groups[row.root].append((row.id, record))
        else:
            found.append(Text(row.root, row.title, row.abstract, tuple(row.keywords)))
    for root, (one, _) in shown(connection, groups).items():
        found.append(Text(root, one.title, one.abstract, one.keywords))
    return sorted(found, key=lambda text: text.report)


def _repaired_or_merged(connection: Connection) -> tuple[set[int], set[int]]:
    value = schema.value.c
    repaired = connection.scalars(select(_ROOT).join(schema.value, value.report == _report.id)).all()
    merged = connection.scalars(select(_report.merged_into).where(_report.merged_into.is_not(None))).all()
    return set(repaired), set(merged)


def standings(connection: Connection, stage: str) -> Iterator[tuple[int, str, int]]:
    """Give (root, status, votes) of everything at a stage that was not removed, in the order of ids."""
    query = (
        select(_standing.report, _standing.status, _standing.votes)
        .where(_standing.stage == stage, _standing.status != "removed")
        .order_by(_standing.report)
        .execution_options(yield_per=_STREAM)
    )
    for row in connection.execute(query):
        yield row.report, row.status, row.votes


def several_vote(connection: Connection, stage: str) -> bool:
    """Say whether a report at a stage needs the votes of more than one person."""
    query = select(_standing.report).where(_standing.stage == stage, _standing.needed > 1)
    return connection.scalar(query.limit(1)) is not None


def cast(connection: Connection, person: str | None = None, conflicts: str | None = None) -> Iterator[Cast]:
    """Give the current votes, in the order of time: one person's, or those on what is in conflict at a stage."""
    query = (
        select(_ROOT.label("root"), _decision.stage, _decision.person, _decision.verdict)
        .join(schema.report, _report.id == _decision.report)
        .order_by(_decision.at, _decision.event)
    )
    if person is not None:
        query = query.where(_decision.person == person)
    if conflicts is not None:
        query = query.join(schema.standing, (_standing.report == _ROOT) & (_standing.stage == _decision.stage)).where(
            _decision.stage == conflicts, _standing.status == "conflict"
        )
    for row in connection.execute(query):
        yield Cast(row.root, row.stage, row.person, row.verdict)


# -- what has happened since


@dataclass(frozen=True, slots=True)
class Looked:
    """Numbers that change whenever there may be something to learn: events by kind, reports by stage and status."""

    events: Mapping[str, int]
    reports: Mapping[tuple[str, str], int]

    def at(self, stage: str, gone: Collection[str] = ("removed",)) -> int:
        """Count the reports at a stage but for those that are ``gone``."""
        return sum(count for (one, status), count in self.reports.items() if one == stage and status not in gone)


def look(connection: Connection) -> Looked:
    """Count, from two indexes."""
    kind, stands = schema.event.c.kind, (_standing.stage, _standing.status)
    events = connection.execute(select(kind, func.count()).group_by(kind))
    reports = connection.execute(select(*stands, func.count()).group_by(*stands))
    return Looked(dict(map(tuple, events)), {(stage, status): count for stage, status, count in reports})


def voters(connection: Connection) -> dict[str, tuple[int, str]]:
    """Give how many votes each person has cast, and when the newest."""
    query = select(_decision.person, func.count(), func.max(_decision.at)).group_by(_decision.person)
    return {person: (votes, newest) for person, votes, newest in connection.execute(query)}
