"""Notices of retraction and correction as queries, and what reports can be asked about by. SQL only, nothing written.

A notice stays with the report that it was found on; everything is given by root, as votes are.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, Text, cast, func, or_, select

from review.store import schema
from review.store.among import Among

OPEN = ("waiting", "started", "conflict")
"""Where a report stands at full text that is still to be assessed."""
INCLUDED = "included"
_CHUNK = 400
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """One notice as one source tells it, on a member of ``root``."""

    root: int
    report: int
    source: str
    kind: str
    about: str
    on: str | None
    label: str | None
    since: str
    seen: bool


def _root() -> ColumnElement[int]:
    return func.coalesce(schema.report.c.merged_into, schema.report.c.id)


# -- what to ask, and about whom


def at_full_text(connection: Connection, statuses: Sequence[str] = (INCLUDED, *OPEN)) -> list[int]:
    """Give the roots that stand so at full text, in the order of ids."""
    standing = schema.standing.c
    query = select(standing.report).where(standing.stage == "full-text", standing.status.in_(statuses))
    return list(connection.scalars(query.order_by(standing.report)))


def every(connection: Connection) -> list[int]:
    """Give all roots, in the order of ids."""
    report = schema.report.c
    return list(connection.scalars(select(report.id).where(report.merged_into.is_(None)).order_by(report.id)))


def keys(connection: Connection, roots: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Give what each root can be asked about by: ``doi:…`` and ``pmid:…`` of all its records, sorted.

    A DOI that a person repaired takes the place of those of the records: they may be another paper's.
    """
    found: dict[int, set[str]] = {root: set() for root in roots}
    repaired: dict[int, set[str]] = defaultdict(set)
    for chunk in _chunks(sorted(found)):
        for row in _REPAIRED(connection, chunk):
            repaired[row.root].add(f"doi:{row.text}")
        for row in _IDS(connection, chunk):
            known = found[row.root]
            known |= {f"doi:{row.doi}"} if row.doi and row.root not in repaired else set()
            known |= {f"pmid:{row.pmid}"} if row.pmid else set()
    return {root: tuple(sorted(known | repaired[root])) for root, known in found.items()}


def members_told_of(connection: Connection, roots: Iterable[int]) -> dict[int, list[int]]:
    """Give, by root, the members merged into it that were asked about before they were; roots without are left out."""
    report = schema.report.c
    query = select(report.merged_into, report.id).where(
        or_(
            select(schema.checked.c.report).where(schema.checked.c.report == report.id).exists(),
            select(schema.notice.c.report).where(schema.notice.c.report == report.id).exists(),
        )
    )
    found: dict[int, list[int]] = defaultdict(list)
    for chunk in _chunks(sorted(set(roots))):
        for row in connection.execute(query.where(report.merged_into.in_(chunk)).order_by(report.id)):
            found[row.merged_into].append(row.id)
    return found


def unchecked_included(connection: Connection) -> list[int]:
    """Give the roots included at full text that have an id and that no source was ever asked about.

    One that no source knew is not asked about again and again: a person can, with a new check of everything.
    """
    standing = schema.standing.c
    checked = (
        select(_root()).select_from(schema.checked).join(schema.report, schema.report.c.id == schema.checked.c.report)
    )
    query = (
        select(standing.report)
        .where(standing.stage == "full-text", standing.status == INCLUDED, standing.report.not_in(checked))
        .order_by(standing.report)
    )
    never = list(connection.scalars(query))
    if not never:
        return []
    unknown = _unknown(connection)
    return [root for root, known in keys(connection, never).items() if known and root not in unknown]


def _unknown(connection: Connection) -> set[int]:
    """Give the reports that a source was asked about and did not know."""
    payloads = connection.scalars(select(schema.event.c.payload).where(schema.event.c.kind == "notices"))
    return {one for payload in payloads for one in json.loads(payload).get("unknown", ())}


# -- what is known


def notices(connection: Connection, roots: Iterable[int] | None = None) -> list[Row]:
    """Give every notice, or those on some roots, in the order of roots, kinds and sources."""
    if roots is None:
        return _read(connection.execute(_notices()))
    chunks = (_read(_ON(connection, chunk)) for chunk in _chunks(sorted(set(roots))))
    return [row for chunk in chunks for row in chunk]


def kinds(connection: Connection, roots: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Give the kinds of notices on each root; roots without any are left out."""
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for row in notices(connection, roots):
        found[row.root][row.kind] = None
    return {root: tuple(some) for root, some in found.items()}


def flagged(connection: Connection, roots: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Give the flags that records of each root came with; roots without any are left out."""
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for chunk in _chunks(sorted(set(roots))):
        for row in _FLAGGED(connection, chunk):
            found[row.root] |= dict.fromkeys(row.more.get("flags", ()))
    return {root: tuple(some) for root, some in found.items() if some}


def last_checks(connection: Connection, roots: Iterable[int]) -> dict[int, dict[str, str]]:
    """Give root -> source -> the last moment at which it was asked about it; roots never checked are left out."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for chunk in _chunks(sorted(set(roots))):
        for row in _CHECKED(connection, chunk):
            found[row.root][row.source] = max(row.at, found[row.root].get(row.source, ""))
    return found


def _notices() -> Select[Any]:
    notice = schema.notice.c
    return (
        select(schema.notice, _root().label("root"))
        .join(schema.report, schema.report.c.id == notice.report)
        .order_by("root", notice.kind, notice.source, notice.about, notice.report)
    )


def _read(found: Iterable[Any]) -> list[Row]:
    return [Row(r.root, r.report, r.source, r.kind, r.about, r.on, r.label, r.since, r.seen) for r in found]


_report, _record, _value = schema.report.c, schema.record.c, schema.value.c
_ON = Among(lambda has: _notices().where(or_(has(_report.id), has(_report.merged_into))))
_IDS = Among(
    lambda has: (
        select(_root().label("root"), _record.doi, _record.pmid)
        .select_from(schema.record)
        .join(schema.report, _report.id == _record.id)
        .where(or_(has(_report.id), has(_report.merged_into)))
    )
)
_REPAIRED = Among(
    lambda has: (
        select(_root().label("root"), _value.text)
        .select_from(schema.value)
        .join(schema.report, _report.id == _value.report)
        .where(_value.field == "doi", _value.text.is_not(None), or_(has(_report.id), has(_report.merged_into)))
    )
)
_FLAGGED = Among(
    lambda has: (
        select(_root().label("root"), _record.more)
        .select_from(schema.record)
        .join(schema.report, _report.id == _record.id)
        .where(or_(has(_report.id), has(_report.merged_into)), cast(_record.more, Text).contains('"flags"'))
        .order_by(_record.id)
    )
)
_CHECKED = Among(
    lambda has: (
        select(_root().label("root"), schema.checked.c.source, schema.checked.c.at)
        .select_from(schema.checked)
        .join(schema.report, _report.id == schema.checked.c.report)
        .where(or_(has(_report.id), has(_report.merged_into)))
    )
)


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
