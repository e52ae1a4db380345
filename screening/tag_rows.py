"""Tags as queries: each person's own, on a report with all that was merged into it. SQL only; nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, func, or_, select

from review.store import schema
from review.store.among import Among
from review.store.events import SOFTWARE


def on_members(connection: Connection, person: str, root: int) -> dict[str, list[int]]:
    """Give tag -> the members of a root that carry it, of one person, in the order in which tags sort."""
    tag, report = schema.tag.c, schema.report.c
    query = (
        select(tag.tag, tag.report)
        .join(report.id.table, report.id == tag.report)
        .where(tag.person == person, or_(report.id == root, report.merged_into == root))
        .order_by(tag.tag, tag.report)
    )
    found: dict[str, list[int]] = {}
    for row in connection.execute(query):
        found.setdefault(row.tag, []).append(row.report)
    return found


def tagged(connection: Connection, person: str, tag: str) -> dict[int, int]:
    """Give report -> root of all reports that carry a tag of one person, in the order of ids."""
    table, report = schema.tag.c, schema.report.c
    query = (
        select(table.report, func.coalesce(report.merged_into, report.id))
        .join(schema.report, report.id == table.report)
        .where(table.person == person, table.tag == tag)
        .order_by(table.report)
    )
    return dict(connection.execute(query).all())


KNOWN = "known"


def known_papers(connection: Connection) -> set[int]:
    """Give the roots that the program keeps as known to be relevant (``screening.key_papers``)."""
    software = connection.scalar(select(schema.person.c.id).where(schema.person.c.name == SOFTWARE))
    return set(tagged(connection, software, KNOWN).values()) if software else set()


def on_each(connection: Connection, person: str, roots: Iterable[int]) -> dict[int, list[str]]:
    """Give the tags of one person on each root, sorted; roots without any are left out."""
    found: dict[int, dict[str, None]] = {}
    for row in _ON(connection, sorted(roots), person=person):
        found.setdefault(row.root, {})[row.tag] = None
    return {root: list(tags) for root, tags in found.items()}


_ON = Among(
    lambda has: (
        select(schema.tag.c.tag, func.coalesce(schema.report.c.merged_into, schema.report.c.id).label("root"))
        .join(schema.report, schema.report.c.id == schema.tag.c.report)
        .where(
            schema.tag.c.person == bindparam("person"),
            or_(has(schema.report.c.id), has(schema.report.c.merged_into)),
        )
        .order_by(schema.tag.c.tag)
    )
)


def used(connection: Connection, person: str, limit: int) -> list[str]:
    """Give the tags that a person uses, the most frequent first."""
    tag = schema.tag.c
    count = func.count().desc()
    return list(
        connection.scalars(
            select(tag.tag).where(tag.person == person).group_by(tag.tag).order_by(count, tag.tag).limit(limit)
        )
    )
