"""What the store holds of citation searching: its searches, and every way that led to a hit. Queries only."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, String, cast, func, select

from reports.flow.rounds import Chase, Citing, Way
from reports.studies import cited
from review.record import Record
from review.store import schema
from review.store.chosen import shown
from review.store.records import from_row

_WAY = re.compile(r"round (\d+), (backward|forward), from report (\d+)")
"""How ``searches.citing.chase`` notes on a record the round, the direction and the seed by which it was found."""
_DIRECTIONS = ("backward", "forward", "both")


def citing(connection: Connection) -> Citing | None:
    """Give what citation searching did; ``None`` when there was none."""
    search, rejected = schema.search.c, schema.rejected.c
    aside = select(func.count()).where(rejected.search == search.id).scalar_subquery()
    rows = connection.execute(
        select(search.id, search.label, search.query, search.status, search.hits, aside.label("rejected"))
        .where(search.method == "snowball")
        .order_by(search.id)
    ).all()
    if not rows:
        return None
    ways = _ways(connection)
    rounds = {way.search: way.round for way in ways if way.round is not None}
    chases = []
    for row in rows:
        direction, _, names = (row.query or "").partition(": ")
        known = direction in _DIRECTIONS
        seeds = tuple(names.split(", ")) if known and names else ()
        number = rounds[row.id] if row.id in rounds else _round_after(connection, seeds)
        hits = row.hits if row.status == "complete" else None
        chases.append(Chase(row.id, row.label, direction if known else None, number, seeds, hits, row.rejected))
    return Citing(tuple(chases), ways, _named(connection, sorted({way.seed for way in ways if way.seed is not None})))


def _ways(connection: Connection) -> tuple[Way, ...]:
    """Read the ways noted on every hit; a hit without a note has one of which nothing is known."""
    record, search = schema.record.c, schema.search.c
    query = select(record.id, record.search, record.more).join(schema.search, search.id == record.search)
    found: list[Way] = []
    for number, of, more in connection.execute(query.where(search.method == "snowball").order_by(record.id)):
        noted = [match for text in _noted(more) if (match := _WAY.match(text))]
        found += [Way(number, of, int(m[1]), m[2], int(m[3])) for m in noted] or [Way(number, of)]
    return tuple(found)


def _noted(more: Mapping[str, Sequence[Sequence[str]]]) -> Iterable[str]:
    return (text for tag, text in more.get("extra", ()) if tag == "snowball")


def _round_after(connection: Connection, seeds: Sequence[str]) -> int | None:
    """Work out the round of a search without hits from its seeds, as ``searches.snowball`` counts rounds."""
    record, report = schema.record.c, schema.report.c
    root = func.coalesce(report.merged_into, report.id)
    keys: dict[str, list[str]] = defaultdict(list)
    for name in seeds:
        scheme, _, value = name.partition(":")
        keys[scheme].append(value)
    columns = {"doi": record.doi, "pmid": record.pmid, "report": cast(record.id, String)}
    tops: set[int] = set()
    for scheme, column in columns.items():
        for at in range(0, len(keys[scheme]), 400):
            named = select(root).join(schema.record, record.id == report.id)
            tops.update(connection.scalars(named.where(column.in_(keys[scheme][at : at + 400]))))
    found: dict[int, int] = {}
    for at in range(0, len(tops), 400):
        some = sorted(tops)[at : at + 400]
        query = select(root, record.more).join(schema.record, record.id == report.id)
        for top, more in connection.execute(query.where(report.id.in_(some) | report.merged_into.in_(some))):
            noted = min((int(match[1]) for text in _noted(more) if (match := _WAY.match(text))), default=0)
            found[top] = min(found.get(top, noted), noted)
    return 1 + max(found.values()) if found else None


def _named(connection: Connection, seeds: Sequence[int]) -> dict[int, str]:
    """Give seed -> how a text cites the report that it belongs to now."""
    record, report = schema.record, schema.report.c
    root = func.coalesce(report.merged_into, report.id)
    top_of: dict[int, int] = {}
    members: dict[int, list[tuple[int, Record]]] = defaultdict(list)
    for at in range(0, len(seeds), 400):
        pairs = connection.execute(select(report.id, root).where(report.id.in_(seeds[at : at + 400])))
        top_of |= {row[0]: row[1] for row in pairs}
    tops = sorted(set(top_of.values()))
    for at in range(0, len(tops), 400):
        some = tops[at : at + 400]
        rows = connection.execute(
            select(record, root.label("top"))
            .join(schema.report, report.id == record.c.id)
            .where(report.id.in_(some) | report.merged_into.in_(some))
            .order_by(record.c.id)
        ).mappings()
        for row in rows:
            members[row["top"]].append((row["id"], from_row(dict(row))))
    combined = shown(connection, members)
    return {seed: cited(combined[top][0]) for seed, top in top_of.items()}
