"""What the reports room reads from the store. The room writes nothing there, so these are queries only."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Table, func, select

from reports.flow import Source, State, Terminal
from reports.lateness import early_groups
from review.errors import CountError
from review.record import Record, combine
from review.store import schema
from review.store.records import from_row
from review.store.tally import study_of

_AT_FULL_TEXT: Mapping[str, State] = {
    "included": "included", "excluded": "excluded_full_text", "not_retrieved": "not_retrieved",
    "waiting": "open_report", "started": "open_report", "conflict": "open_report",
}  # fmt: skip
_AT_TITLE: Mapping[str, State] = {
    "removed": "removed", "excluded": "excluded_title_abstract",
    "waiting": "open_record", "started": "open_record", "conflict": "open_record",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paper:
    """A report with its combined record, its study, and the primary reason's code when it was excluded."""

    report: int
    study: str
    record: Record
    reason: str | None = None


def count_records(connection: Connection) -> int:
    """Count the records of all searches."""
    return connection.scalar(select(func.count()).select_from(schema.record)) or 0


def sources(connection: Connection) -> tuple[Source, ...]:
    """Give every search as the flow sees it, in the order in which they were begun."""
    s, rejected = schema.search.c, schema.rejected.c
    aside = select(func.count()).where(rejected.search == s.id).scalar_subquery()
    rows = connection.execute(select(s.id, s.source, s.label, s.kind, s.status, aside).order_by(s.id))
    return tuple(Source(*row) for row in rows)


def terminals(connection: Connection) -> tuple[Terminal, ...]:
    """Give the terminal state of every record, in the order of records.

    Raises
    ------
    CountError
        A record has no state: it is not a report, or its report stands nowhere.
    """
    record, report = schema.record.c, schema.report.c
    at = {(r.report, r.stage): (r.status, r.reason) for r in connection.execute(select(schema.standing))}
    early, studies = early_parts(connection), study_of(connection)
    rows = connection.execute(
        select(record.id, record.search, report.id, report.merged_into)
        .select_from(schema.record.outerjoin(schema.report, record.id == report.id))
        .order_by(record.id)
    ).all()
    result, lost = [], []
    for number, search, own, into in rows:
        part = None if early is None else early.get(number, number)
        if into is not None:
            result.append(Terminal(number, search, into, "duplicate", early=part))
            continue
        state, reason = _end(at.get((number, "title-abstract")), at.get((number, "full-text")))
        if own is None or state is None:
            lost.append(number)
            continue
        result.append(Terminal(number, search, number, state, reason, early=part, study=studies.get(number)))
    if lost:
        which = ", ".join(map(str, lost[:10])) + (" …" if len(lost) > 10 else "")
        raise CountError(
            f"the flow does not balance (F0): {len(rows):,} records, {len(result):,} terminal states;"
            f" none: record {which}",
            hint="run: review verify",
        )
    return tuple(result)


def _end(first: tuple[str, Any] | None, second: tuple[str, Any] | None) -> tuple[State | None, str | None]:
    if first is None:
        return None, None
    if first[0] != "included":
        return _AT_TITLE.get(first[0]), None
    if second is None:
        return None, None
    state = _AT_FULL_TEXT.get(second[0])
    return state, second[1] if state == "excluded_full_text" else None


def early_parts(connection: Connection) -> dict[int, int] | None:
    """Give record -> part of its report that was merged before screening; ``None`` when no merge came after it began.

    The log is walked only when there was one.
    """
    events = schema.event.c
    first = connection.scalar(select(func.min(events.at)).where(events.kind == "decision"))
    last = connection.scalar(select(func.max(events.at)).where(events.kind == "merge"))
    if first is None or last is None or last < first:
        return None
    rows = connection.execute(
        select(events.kind, events.payload)
        .where(events.kind.in_(("decision", "merge", "split")))
        .order_by(events.at, events.log, events.seq)
    )
    return early_groups((kind, json.loads(payload)) for kind, payload in rows)


def of_one_study(connection: Connection) -> tuple[tuple[int, int], ...]:
    """Give the pairs of reports that people judged to be two reports of one study, by the tops of their groups."""
    pair, report = schema.pair.c, schema.report
    left, right = report.alias(), report.alias()
    rows = connection.execute(
        select(func.coalesce(left.c.merged_into, left.c.id), func.coalesce(right.c.merged_into, right.c.id))
        .select_from(schema.pair)
        .join(left, left.c.id == pair.left)
        .join(right, right.c.id == pair.right)
        .where(pair.verdict == "study")
        .order_by(pair.left, pair.right)
    )
    return tuple((a, b) for a, b in rows)


def papers(connection: Connection, status: str) -> tuple[Paper, ...]:
    """Give the reports that stand so at full text (``included``, ``excluded``), in the order of reports."""
    standing, report, record = schema.standing.c, schema.report.c, schema.record
    rows = connection.execute(
        select(standing.report, standing.reason)
        .where(standing.stage == "full-text", standing.status == status)
        .order_by(standing.report)
    ).all()
    members: dict[int, list[Record]] = defaultdict(list)
    for batch in _batches([row.report for row in rows]):
        found = connection.execute(
            select(record, report.merged_into)
            .join(schema.report, report.id == record.c.id)
            .where(report.id.in_(batch) | report.merged_into.in_(batch))
            .order_by(record.c.id)
        ).mappings()
        for row in found:
            members[row["merged_into"] or row["id"]].append(from_row(dict(row)))
    studies = study_of(connection)
    return tuple(
        Paper(r.report, studies.get(r.report, f"report {r.report}"), combine(members[r.report])[0], r.reason)
        for r in rows
    )


def answers(connection: Connection, form: str) -> list[Mapping[str, Any]]:
    """Give every current answer to a form (``name@version``), older ones first."""
    return _dated(connection, schema.answer, schema.answer.c.form == form)


def judgements(connection: Connection) -> list[Mapping[str, Any]]:
    """Give every current appraisal judgement, older ones first."""
    return _dated(connection, schema.judgement)


def codings(connection: Connection) -> list[Mapping[str, Any]]:
    """Give every current coding, older ones first."""
    return _dated(connection, schema.coding)


@dataclass(frozen=True, slots=True)
class SearchRow:
    """One search with what became of it; counts are of its records, ``rejected`` of parts that could not be read."""

    facts: Mapping[str, Any]
    records: int
    rejected: int
    matched: int
    unmatched: int
    duplicates: int


def search_rows(connection: Connection) -> tuple[SearchRow, ...]:
    """Give every search with its counts, in the order in which they were begun."""
    record, report, rejected = schema.record.c, schema.report.c, schema.rejected.c
    per: dict[int, SearchRow] = {
        row["id"]: SearchRow(dict(row), 0, 0, 0, 0, 0)
        for row in connection.execute(select(schema.search).order_by(schema.search.c.id)).mappings()
    }
    counts = connection.execute(
        select(record.search, record.matched, func.count(), func.count(report.merged_into))
        .join(schema.report, report.id == record.id)
        .group_by(record.search, record.matched)
    )
    for number, matched, n, merged in counts:
        row = per[number]
        per[number] = replace(
            row,
            records=row.records + n,
            matched=row.matched + (n if matched == "yes" else 0),
            unmatched=row.unmatched + (n if matched == "no" else 0),
            duplicates=row.duplicates + merged,
        )
    for number, n in connection.execute(select(rejected.search, func.count()).group_by(rejected.search)):
        per[number] = replace(per[number], rejected=n)
    return tuple(per.values())


def last_moment(connection: Connection) -> str | None:
    """Give the time of the newest event, ISO 8601: the date that every report bears; ``None`` in an empty review."""
    last: str | None = connection.scalar(select(func.max(schema.event.c.at)))
    return last


def _dated(connection: Connection, table: Table, *conditions: Any) -> list[Mapping[str, Any]]:
    event = schema.event.c
    query = (
        select(table)
        .join(schema.event, event.id == table.c.event)
        .where(*conditions)
        .order_by(event.at, event.log, event.seq)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _batches(items: Sequence[int]) -> Iterable[Sequence[int]]:
    for start in range(0, len(items), 400):
        yield items[start : start + 400]
