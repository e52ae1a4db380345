"""Stored full texts as queries: the files of a report, what became of seeking it, the text of their pages. SQL only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, literal, or_, select

from review.passages import Page
from review.store import aside, schema
from review.store.among import Among


@dataclass(frozen=True, slots=True)
class File:
    """A stored full text of a root: ``kind`` is ``pdf`` or ``jats``, ``name`` the file's own where it is known."""

    report: int
    sha256: str
    kind: str
    size: int
    pages: int | None
    name: str | None
    licence: str | None
    version: str | None


@dataclass(frozen=True, slots=True)
class Sought:
    """What was last noted about the full text of one report of a root."""

    outcome: str
    route: str | None
    note: str | None
    asked_on: str | None
    person: str
    at: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that holds the words that were looked for."""

    report: int
    file: str
    page: Page


_ROOT = func.coalesce(schema.report.c.merged_into, schema.report.c.id)


def files(connection: Connection, roots: Iterable[int]) -> dict[int, list[File]]:
    """Give the stored files of each root and all that was merged into it, PDFs first, as they came; each file once."""
    found: dict[int, dict[str, File]] = {}
    for row in _FILES(connection, sorted(set(roots))).mappings():
        facts = {name: row[name] for name in ("sha256", "kind", "size", "pages", "name", "licence", "version")}
        found.setdefault(row["root"], {}).setdefault(row["sha256"], File(row["root"], **facts))
    return {root: sorted(some.values(), key=lambda file: file.kind != "pdf") for root, some in found.items()}


_FILES = Among(
    lambda has: (
        select(schema.full_text, _ROOT.label("root"))
        .join(schema.report, schema.report.c.id == schema.full_text.c.report)
        .join(schema.event, schema.event.c.id == schema.full_text.c.event)
        .where(or_(has(schema.report.c.id), has(schema.report.c.merged_into)))
        .order_by(schema.event.c.at, schema.full_text.c.sha256)
    )
)


def sought(connection: Connection, roots: Iterable[int]) -> dict[int, Sought]:
    """Give what was last noted about the full text of each root; roots without a note are left out."""
    found = {}
    for row in _SOUGHT(connection, sorted(set(roots))):
        found[row.root] = Sought(row.outcome, row.route, row.note, row.asked_on, row.name, row.at)
    return found


_SOUGHT = Among(
    lambda has: (
        select(schema.retrieval, schema.person.c.name, _ROOT.label("root"))
        .join(schema.report, schema.report.c.id == schema.retrieval.c.report)
        .join(schema.person, schema.person.c.id == schema.retrieval.c.person)
        .where(or_(has(schema.report.c.id), has(schema.report.c.merged_into)))
        .order_by(schema.retrieval.c.at, schema.retrieval.c.event)
    )
)


def pages(connection: Connection, file: str) -> list[Page]:
    """Give the text of a file's pages, in their order; none when it has no text, or was not read yet."""
    table = aside.page_text.c
    query = select(table.number, table.label, table.text).where(table.file == file).order_by(table.number)
    return [Page(row.number, row.label, row.text) for row in connection.execute(query)]


def holding(connection: Connection, stage: str, patterns: Sequence[str], limit: int) -> tuple[int, list[Hit]]:
    """Give how many pages of full texts of a stage's reports hold every pattern, and the first of them by report.

    A pattern is one of ``screening.lists.patterns``.
    """
    text, full, standing = aside.page_text.c, schema.full_text.c, schema.standing.c
    at_stage = (
        select(full.sha256, func.min(_ROOT).label("root"))
        .join(schema.report, schema.report.c.id == full.report)
        .join(schema.standing, standing.report == _ROOT)
        .where(standing.stage == literal(stage))
        .group_by(full.sha256)
        .subquery()
    )
    query: Any = (
        select(at_stage.c.root, text.file, text.number, text.label, text.text, func.count().over().label("total"))
        .join(at_stage, at_stage.c.sha256 == text.file)
        .where(*(text.text.regexp_match(one) for one in patterns))
        .order_by(at_stage.c.root, text.file, text.number)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    hits = [Hit(row.root, row.file, Page(row.number, row.label, row.text)) for row in rows]
    return (rows[0].total if rows else 0), hits


def with_text(connection: Connection, wanted: Collection[str]) -> dict[str, list[Page]]:
    """Give the pages of some files; a file without text is left out."""
    table = aside.page_text.c
    found: dict[str, list[Page]] = {}
    query = select(aside.page_text).where(table.file.in_(sorted(wanted))).order_by(table.file, table.number)
    for row in connection.execute(query) if wanted else ():
        found.setdefault(row.file, []).append(Page(row.number, row.label, row.text))
    return found
