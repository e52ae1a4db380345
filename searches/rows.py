"""The searches room's queries and writes: searches, pages, records, rejected parts, possible duplicates. SQL only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from review.record import Record, Rejected
from review.store import schema
from review.store.projection import open_reports
from review.store.records import Matched, as_row, from_row
from review.store.tally import DEDUPLICATED

_CHUNK = 500


def start_search(connection: Connection, facts: Mapping[str, Any]) -> int:
    """Note that a search begins; ``facts`` are columns of the search table. Gives the search's number."""
    row = {"status": "running", "losses": [], "notes": [], **facts}
    result = connection.execute(insert(schema.search).values(**row))
    assigned = result.inserted_primary_key
    return int(assigned[0]) if assigned else 0


def change_search(connection: Connection, search: int, **values: Any) -> None:
    """Write how far a search has come: status, hits, error, losses, notes, state, finished_at."""
    connection.execute(update(schema.search).where(schema.search.c.id == search).values(**values))


def searches(connection: Connection) -> list[Mapping[str, Any]]:
    """Give every search in the order in which they were begun."""
    return [dict(r) for r in connection.execute(select(schema.search).order_by(schema.search.c.id)).mappings()]


def add_page(connection: Connection, facts: Mapping[str, Any]) -> int:
    """Note a saved raw reply; ``facts`` are columns of the page table. Gives the page's number in the store."""
    assigned = connection.execute(insert(schema.page).values(**facts)).inserted_primary_key
    return int(assigned[0]) if assigned else 0


def add_records(
    connection: Connection,
    search: int,
    records: Iterable[tuple[int, Record, Matched]],
    *,
    page: int | None = None,
    rejected: Sequence[Rejected] = (),
) -> None:
    """Keep records, each with its position in the search, counted from 1, and make a report of each."""
    rows = [
        {**as_row(record), "search": search, "page": page, "position": position, "matched": matched}
        for position, record, matched in records
    ]
    if rows:
        connection.execute(insert(schema.record), rows)
        open_reports(connection, search, min(row["position"] for row in rows))
    if rejected:
        connection.execute(
            insert(schema.rejected),
            [
                {"search": search, "page": page, "position": r.position, "reason": r.reason, "raw": r.raw}
                for r in rejected
            ],
        )


def count_records(connection: Connection, search: int) -> dict[str, int]:
    """Count a search's records by the local evaluation (yes, no, unknown), and its rejected parts (rejected)."""
    record, rejected = schema.record.c, schema.rejected.c
    counts = {"yes": 0, "no": 0, "unknown": 0}
    rows = connection.execute(
        select(record.matched, func.count().label("n")).where(record.search == search).group_by(record.matched)
    )
    counts.update({row.matched: row.n for row in rows})
    counts["rejected"] = (
        connection.scalar(select(func.count()).select_from(schema.rejected).where(rejected.search == search)) or 0
    )
    return counts


def known_source_ids(connection: Connection, search: int) -> set[str]:
    """Give the source's own ids of the records that a search already holds: a resumed page adds none twice."""
    record = schema.record.c
    found = connection.execute(
        select(record.source_id).where(record.search == search, record.source_id.is_not(None))
    ).scalars()
    return {i for i in found if i}


def imported_file(connection: Connection, sha256: str, *, lock: bool = False) -> int | None:
    """Give the search that holds a file with these very bytes, if there is one; with ``lock`` nobody else asks so
    before the transaction ends.
    """
    if lock:
        connection.execute(select(schema.meta.c.key).with_for_update())
    return connection.scalar(select(schema.search.c.id).where(schema.search.c.file_sha256 == sha256).limit(1))


def all_records(connection: Connection) -> list[tuple[int, Record]]:
    """Give every record with its id, in the order of ids."""
    rows = connection.execute(select(schema.record).order_by(schema.record.c.id)).mappings()
    return [(row["id"], from_row(dict(row))) for row in rows]


def root_of_reports(connection: Connection) -> dict[int, int]:
    """Give the root report of every report."""
    report = schema.report.c
    return {row.id: row.merged_into or row.id for row in connection.execute(select(report.id, report.merged_into))}


def judged_pairs(connection: Connection) -> list[tuple[int, int, str]]:
    """Give the pairs that a person has judged: (left, right, verdict)."""
    pair = schema.pair.c
    rows = connection.execute(
        select(pair.left, pair.right, pair.verdict).where(pair.verdict.is_not(None)).order_by(pair.left, pair.right)
    )
    return [(row.left, row.right, row.verdict) for row in rows]


def replace_unsure(connection: Connection, unsure: Sequence[tuple[int, int, float, str]]) -> None:
    """Put the possible duplicates of a run in place of those of the run before; judged pairs stay."""
    pair = schema.pair
    connection.execute(delete(pair).where(pair.c.event.is_(None)))
    kept = {(row.left, row.right) for row in connection.execute(select(pair.c.left, pair.c.right))}
    fresh = [
        {"left": left, "right": right, "score": score, "reason": reason}
        for left, right, score, reason in unsure
        if (left, right) not in kept
    ]
    if fresh:
        connection.execute(insert(pair), fresh)


def note_deduplicated(connection: Connection, newest: int) -> None:
    """Note the highest id of the records that deduplication has looked at; ``review.store.tally`` reads it."""
    meta = schema.meta
    connection.execute(delete(meta).where(meta.c.key == DEDUPLICATED))
    connection.execute(insert(meta).values(key=DEDUPLICATED, value=str(newest)))


def pairs(connection: Connection) -> list[Mapping[str, Any]]:
    """Give every possible duplicate, judged or not, likeliest first."""
    pair = schema.pair.c
    rows = connection.execute(select(schema.pair).order_by(pair.score.desc(), pair.left, pair.right)).mappings()
    return [dict(row) for row in rows]


def records_of(connection: Connection, ids: Sequence[int]) -> dict[int, Record]:
    """Give some records by id."""
    found: dict[int, Record] = {}
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        rows = connection.execute(select(schema.record).where(schema.record.c.id.in_(chunk))).mappings()
        found.update({row["id"]: from_row(dict(row)) for row in rows})
    return found


def find_search(connection: Connection, **facts: str | None) -> Mapping[str, Any] | None:
    """Give the newest search with these values (source, method, strategy, query, …), if there is one."""
    search = schema.search.c
    same = (search[name].is_(None) if value is None else search[name] == value for name, value in facts.items())
    row = connection.execute(select(schema.search).where(*same).order_by(search.id.desc()).limit(1)).mappings().first()
    return dict(row) if row else None


def search_row(connection: Connection, search: int, *, lock: bool = False) -> Mapping[str, Any]:
    """Give one search; with ``lock`` nobody else changes it before the transaction ends."""
    query = select(schema.search).where(schema.search.c.id == search)
    return dict(connection.execute(query.with_for_update() if lock else query).mappings().one())


def rejected_raws(connection: Connection, search: int) -> set[str]:
    """Give the raw texts of a search's rejected parts: walked through again, none is counted twice."""
    rejected = schema.rejected.c
    return set(connection.execute(select(rejected.raw).where(rejected.search == search)).scalars())


def included_reports(connection: Connection) -> list[tuple[int, list[Record]]]:
    """Give each report included at full text with the records of all its members, in the order of ids."""
    record, report, standing = schema.record, schema.report, schema.standing
    root = func.coalesce(report.c.merged_into, report.c.id)
    query = (
        select(root.label("root"), record)
        .join_from(report, record, record.c.id == report.c.id)
        .join(standing, standing.c.report == root)
        .where(standing.c.stage == "full-text", standing.c.status == "included")
        .order_by(root, record.c.id)
    )
    found: dict[int, list[Record]] = {}
    for row in connection.execute(query).mappings():
        found.setdefault(row["root"], []).append(from_row(dict(row)))
    return list(found.items())


def records_in(connection: Connection, search: int) -> list[Record]:
    """Give the records of a search in the order in which they came."""
    record = schema.record
    query = select(record).where(record.c.search == search).order_by(record.c.position)
    return [from_row(dict(row)) for row in connection.execute(query).mappings()]


def identifiers_elsewhere(connection: Connection, search: int) -> set[str]:
    """Give the DOIs, PMIDs and source ids of the records of every other search."""
    record = schema.record.c
    query = select(record.doi, record.pmid, record.source_id).where(record.search != search)
    return {value for row in connection.execute(query) for value in row if value}
