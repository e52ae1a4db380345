"""Queries and writes of merging: records with their reports, judged and unsure pairs, who stands where. SQL only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from review.record import Record
from review.store import schema
from review.store.records import from_row
from review.store.tally import DEDUPLICATED

_CHUNK = 400


def all_records(connection: Connection) -> list[tuple[int, Record]]:
    """Give every record with its id, in the order of ids."""
    rows = connection.execute(select(schema.record).order_by(schema.record.c.id)).mappings()
    return [(row["id"], from_row(dict(row))) for row in rows]


def newest_record(connection: Connection) -> int:
    """Give the highest id of a record, 0 without any."""
    return connection.scalar(select(func.max(schema.record.c.id))) or 0


def count_reports(connection: Connection) -> tuple[int, int]:
    """Count the reports that records came as, and those that are left when merged ones count once."""
    report = schema.report.c
    every, merged = connection.execute(select(func.count(), func.count(report.merged_into))).one()
    return every, every - merged


def judged_pairs(connection: Connection) -> list[tuple[int, int, str]]:
    """Give the pairs that a person has judged: (left, right, verdict)."""
    pair = schema.pair.c
    rows = connection.execute(
        select(pair.left, pair.right, pair.verdict).where(pair.verdict.is_not(None)).order_by(pair.left, pair.right)
    )
    return [(row.left, row.right, row.verdict) for row in rows]


def offer(connection: Connection, unsure: Sequence[tuple[int, int, float, str]], *, instead: bool) -> None:
    """Keep the possible duplicates of a run, in place of those of the runs before or beside them.

    Judged pairs stay as they are, and a pair that was offered before keeps its place; one that only a person had
    named so far gets its score and reason.
    """
    pair = schema.pair
    if instead:
        connection.execute(delete(pair).where(pair.c.event.is_(None)))
    scores = {(row.left, row.right): row.score for row in connection.execute(select(pair))}
    columns = ("left", "right", "score", "reason")
    fresh = [dict(zip(columns, one, strict=True)) for one in unsure if one[:2] not in scores]
    if fresh:
        connection.execute(insert(pair), fresh)
    named = [one for one in unsure if one[:2] in scores and scores[one[:2]] is None]
    for left, right, score, reason in named:
        where = (pair.c.left == left, pair.c.right == right)
        connection.execute(update(pair).where(*where).values(score=score, reason=reason))


def deduplicated(connection: Connection) -> int:
    """Give the highest id of the records that deduplication has looked at, 0 before the first run."""
    return int(connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == DEDUPLICATED)) or 0)


def note_deduplicated(connection: Connection, newest: int) -> None:
    """Note the highest id of the records that deduplication has looked at; ``review.store.tally`` reads it."""
    meta = schema.meta
    connection.execute(delete(meta).where(meta.c.key == DEDUPLICATED))
    connection.execute(insert(meta).values(key=DEDUPLICATED, value=str(newest)))


def take_turns(connection: Connection) -> None:
    """Let nobody else merge or judge before this transaction ends (PostgreSQL; SQLite has one writer at a time)."""
    connection.execute(select(schema.meta.c.key).with_for_update())


def members(connection: Connection, report: int) -> list[int]:
    """Give the ids of the records of a report, whichever of them it is called by; none if there is no such report."""
    table = schema.report
    own = select(func.coalesce(table.c.merged_into, table.c.id)).where(table.c.id == report).scalar_subquery()
    query = select(table.c.id).where(or_(table.c.id == own, table.c.merged_into == own)).order_by(table.c.id)
    return list(connection.scalars(query))


def standings(connection: Connection, reports: Iterable[int]) -> dict[tuple[int, str], str]:
    """Give (report, stage) -> status of those of some reports that are roots."""
    standing = schema.standing.c
    found: dict[tuple[int, str], str] = {}
    for chunk in _chunks(sorted(set(reports))):
        query = select(standing.report, standing.stage, standing.status).where(standing.report.in_(chunk))
        found.update({(row.report, row.stage): row.status for row in connection.execute(query)})
    return found


def deeds(connection: Connection, pairs: Iterable[tuple[int, int]]) -> dict[tuple[str, int], frozenset[int]]:
    """Give where in the log the merge or split of each standing judgement would be: (log, number) -> the two reports.

    A judgement and what it does follow one another in the log of the person who judged.
    """
    wanted = {tuple(sorted(pair)) for pair in pairs}
    event, pair = schema.event.c, schema.pair.c
    query = select(pair.left, pair.right, event.log, event.seq).join(schema.event, event.id == pair.event)
    return {
        (row.log, row.seq + 1): frozenset((row.left, row.right))
        for row in connection.execute(query.where(pair.verdict.is_not(None)))
        if (row.left, row.right) in wanted
    }


def _chunks(items: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
