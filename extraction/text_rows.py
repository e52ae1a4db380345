"""Stored full texts of reports, and the passages that a person kept of them at screening, as queries. SQL only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, or_, select

from review.store import schema
from review.store.among import Among


@dataclass(frozen=True, slots=True)
class Text:
    """A stored full text of a report: ``kind`` is ``pdf`` or ``jats``, ``name`` the file's own where it is known."""

    report: int
    sha256: str
    kind: str
    pages: int | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of a report's full text that a person kept at screening; ``page`` is a number or a section's name."""

    report: int
    file: str | None
    page: str
    text: str
    note: str | None


_ROOT = func.coalesce(schema.report.c.merged_into, schema.report.c.id)


def texts(connection: Connection, reports: Sequence[int]) -> list[Text]:
    """Give the stored files of some reports and all that was merged into them, in their order; PDFs first."""
    found: dict[tuple[int, str], Text] = {}
    for row in _TEXTS(connection, reports):
        found.setdefault((row.root, row.sha256), Text(row.root, row.sha256, row.kind, row.pages, row.name))
    return sorted(found.values(), key=lambda one: (reports.index(one.report), one.kind != "pdf"))


_TEXTS = Among(
    lambda has: (
        select(schema.full_text, _ROOT.label("root"))
        .join(schema.report, schema.report.c.id == schema.full_text.c.report)
        .join(schema.event, schema.event.c.id == schema.full_text.c.event)
        .where(or_(has(schema.report.c.id), has(schema.report.c.merged_into)))
        .order_by(schema.event.c.at, schema.full_text.c.sha256)
    )
)


def passages(connection: Connection, person: str, reports: Sequence[int]) -> list[Passage]:
    """Give what a person kept of some reports and all that was merged into them, as it was kept."""
    rows = _PASSAGES(connection, reports, person=person)
    return [Passage(row.root, row.file, row.page, row.text, row.note) for row in rows]


_PASSAGES = Among(
    lambda has: (
        select(schema.quote, _ROOT.label("root"))
        .join(schema.report, schema.report.c.id == schema.quote.c.report)
        .join(schema.event, schema.event.c.id == schema.quote.c.event)
        .where(
            schema.quote.c.person == bindparam("person"),
            or_(has(schema.report.c.id), has(schema.report.c.merged_into)),
        )
        .order_by(schema.event.c.at, schema.quote.c.key)
    )
)
