"""The searches room's queries and writes: searches, pages, records, rejected parts, possible duplicates. SQL only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Text, bindparam, cast, delete, func, insert, select, update

from review.record import Record, Rejected
from review.store import schema
from review.store.projection import open_reports, restand
from review.store.records import Matched, as_row, from_row

_CHUNK = 500
_EVALUATED = "evaluated"


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


def count_retracted(connection: Connection, search: int) -> int:
    """Count a search's records that came with the flag of a retraction."""
    record = schema.record.c
    held = select(record.more).where(record.search == search, cast(record.more, Text).contains('"retracted"'))
    return sum("retracted" in more.get("flags", ()) for more in connection.scalars(held))


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


def root_of_reports(connection: Connection) -> dict[int, int]:
    """Give the root report of every report."""
    report = schema.report.c
    return {row.id: row.merged_into or row.id for row in connection.execute(select(report.id, report.merged_into))}


def records_of(connection: Connection, ids: Sequence[int]) -> dict[int, Record]:
    """Give some records by id."""
    found: dict[int, Record] = {}
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        rows = connection.execute(select(schema.record).where(schema.record.c.id.in_(chunk))).mappings()
        found.update({row["id"]: from_row(dict(row)) for row in rows})
    return found


def search_chain(connection: Connection, *, query: str | None, **facts: str | None) -> list[Mapping[str, Any]]:
    """Give the newest search with this query and these values (source, method, strategy), then those that update it.

    The query of an update may differ: it can ask for what was added since.
    """
    search = schema.search.c
    same = (search[name].is_(None) if value is None else search[name] == value for name, value in facts.items())
    found = [dict(r) for r in connection.execute(select(schema.search).where(*same).order_by(search.id)).mappings()]
    chain = [row for row in found if row["query"] == query and row["updates"] is None][-1:]
    for row in found:
        if chain and row["updates"] == chain[-1]["id"]:
            chain.append(row)
    return list(chain)


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


def reports_with_records(connection: Connection, roots: Sequence[int]) -> list[tuple[int, list[Record]]]:
    """Give some reports, by the ids of their roots, with the records of all their members, in the order of ids."""
    record, report = schema.record, schema.report
    root = func.coalesce(report.c.merged_into, report.c.id)
    found: dict[int, list[Record]] = {}
    for start in range(0, len(roots), _CHUNK):
        query = (
            select(root.label("root"), record)
            .join_from(report, record, record.c.id == report.c.id)
            .where(root.in_(roots[start : start + _CHUNK]))
            .order_by(root, record.c.id)
        )
        for row in connection.execute(query).mappings():
            found.setdefault(row["root"], []).append(from_row(dict(row)))
    return list(found.items())


def note_question(connection: Connection, search: int, question: str) -> int:
    """Note what the newest reply of a search answers, beside it; gives the page's number in the store."""
    page = schema.page.c
    newest = select(page.id).where(page.search == search).order_by(page.number.desc()).limit(1)
    identity = int(connection.execute(newest).scalar_one())
    connection.execute(update(schema.page).where(page.id == identity).values(cursor=question))
    return identity


def note_hits(connection: Connection, pages: Iterable[int]) -> None:
    """Note that some replies hold the records of their search as they are kept."""
    page = schema.page
    values = [{"of": identity} for identity in sorted(pages)]
    if values:
        connection.execute(update(page).where(page.c.id == bindparam("of")).values(aside=False), values)


def hits_of(connection: Connection, search: int) -> list[tuple[int, Record]]:
    """Give the records of a search in the order in which they came, each with the root of its report."""
    record, report = schema.record, schema.report
    query = (
        select(func.coalesce(report.c.merged_into, report.c.id).label("root"), record)
        .join_from(record, report, record.c.id == report.c.id)
        .where(record.c.search == search)
        .order_by(record.c.position)
    )
    return [(row["root"], from_row(dict(row))) for row in connection.execute(query).mappings()]


def known_before(connection: Connection, search: int) -> dict[str, bool]:
    """Give the DOIs, PMIDs and source ids that the review held before the records of a search came.

    Each with whether every report known by it stands excluded.
    """
    record, report, standing = schema.record.c, schema.report.c, schema.standing.c
    first = connection.scalar(select(func.min(record.id)).where(record.search == search))
    excluded = set(connection.scalars(select(standing.report).where(standing.status == "excluded")))
    query = (
        select(func.coalesce(report.merged_into, report.id), record.doi, record.pmid, record.source_id)
        .join_from(schema.record, schema.report, record.id == report.id)
        .where(record.id < (first or 0))
    )
    found: dict[str, bool] = {}
    for root, *names in connection.execute(query):
        found.update({name: found.get(name, True) and root in excluded for name in names if name})
    return found


def pages(connection: Connection, search: int) -> list[Mapping[str, Any]]:
    """Give the saved replies of a search in the order in which they came."""
    page = schema.page
    query = select(page).where(page.c.search == search).order_by(page.c.number)
    return [dict(row) for row in connection.execute(query).mappings()]


def record_keys(connection: Connection, search: int, *, by_position: bool) -> dict[str | int, int]:
    """Give the ids of a search's records by the source's own id, or by position in a file."""
    record = schema.record.c
    key = record.position if by_position else record.source_id
    query = (
        select(key.label("key"), record.id).where(record.search == search, key.is_not(None)).order_by(record.id.desc())
    )
    return {row.key: row.id for row in connection.execute(query)}


def ids_before(connection: Connection, search: Mapping[str, Any]) -> set[str | int]:
    """Give the source's own ids of the records of every search that this one updates, or that those update."""
    found: set[str | int] = set()
    earlier = search["updates"]
    while earlier is not None:
        found |= known_source_ids(connection, earlier)
        earlier = search_row(connection, earlier)["updates"]
    return found


def records_with_matched(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[Record, Matched]]:
    """Give some records by id, each with what the local evaluation said of it."""
    found: dict[int, tuple[Record, Matched]] = {}
    for start in range(0, len(ids), _CHUNK):
        query = select(schema.record).where(schema.record.c.id.in_(ids[start : start + _CHUNK]))
        for row in connection.execute(query).mappings():
            found[row["id"]] = (from_row(dict(row)), row["matched"])
    return found


def change_records(connection: Connection, changed: Sequence[tuple[int, Record, Matched]]) -> None:
    """Write what was read or evaluated anew into records, and let their reports stand where they now do."""
    record = schema.record
    values = [{**as_row(one), "matched": matched, "of": identity} for identity, one, matched in changed]
    if values:
        named: dict[str, Any] = {name: bindparam(name) for name in values[0] if name != "of"}
        connection.execute(update(record).where(record.c.id == bindparam("of")).values(**named), values)
        restand(connection, [identity for identity, _, _ in changed])


def append_records(connection: Connection, search: int, added: Sequence[tuple[Record, Matched, int | None]]) -> None:
    """Keep records that a search did not hold yet, behind those that it holds."""
    last = connection.scalar(select(func.max(schema.record.c.position)).where(schema.record.c.search == search)) or 0
    for position, (record, matched, page) in enumerate(added, start=last + 1):
        add_records(connection, search, [(position, record, matched)], page=page)


def last_evaluated(connection: Connection) -> str | None:
    """Give the mark of the strategies and limits by which all records were evaluated last."""
    return connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == _EVALUATED))


def note_evaluated(connection: Connection, mark: str) -> None:
    """Note by which strategies and limits all records are evaluated."""
    connection.execute(delete(schema.meta).where(schema.meta.c.key == _EVALUATED))
    connection.execute(insert(schema.meta).values(key=_EVALUATED, value=mark))


def counts_since(connection: Connection, source: str, day: str) -> list[Mapping[str, Any]]:
    """Give what a source was told to find for lines of strategies since a day, older ones first."""
    kept = schema.hit_count.c
    query = select(schema.hit_count).where(kept.source == source, kept.at >= day).order_by(kept.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def add_count(connection: Connection, facts: Mapping[str, Any]) -> None:
    """Keep what a source was told to find for one line; ``facts`` are columns of the table of counts."""
    connection.execute(insert(schema.hit_count).values(**facts))


def named_records(connection: Connection) -> Iterator[tuple[int, int, int, Record]]:
    """Give every record as far as it can be told from others: its id, its search, its report, and what names it."""
    record, report = schema.record.c, schema.report.c
    root = func.coalesce(report.merged_into, record.id)
    ids = (record.doi, record.pmid, record.pmcid, record.source_id)
    columns = select(record.id, record.search, root, record.title, record.date, record.authors, *ids)
    query = columns.outerjoin(schema.report, report.id == record.id)
    for row in connection.execute(query.order_by(record.id)):
        number, search, top, title, date, authors, doi, pmid, pmcid, source_id = row
        one = Record(title, tuple(authors), date, doi=doi, pmid=pmid, pmcid=pmcid, source_id=source_id)
        yield number, search, top, one


def texts_of_records(connection: Connection, most: int) -> list[Record]:
    """Give the first records in the order of ids, no more than ``most``: only what words are looked for in."""
    record = schema.record.c
    query = select(record.title, record.abstract, record.keywords).order_by(record.id).limit(most)
    return [Record(row.title, abstract=row.abstract, keywords=tuple(row.keywords)) for row in connection.execute(query)]


def count_all_records(connection: Connection) -> int:
    """Count the records of the review."""
    return connection.scalar(select(func.count()).select_from(schema.record)) or 0
