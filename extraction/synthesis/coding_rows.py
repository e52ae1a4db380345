"""The queries of coding and synthesis: codings, themes, memos, findings, configurations. SQL only.

Codings are given as they stand now: component and sub-element after merges and splits of themes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, or_, select

from extraction.synthesis.resolving import Ref, Resolver
from review.forms import EMERGENT
from review.passages import Page
from review.store import aside, schema
from review.store.event import Event
from review.store.events import read_events

Row = dict[str, Any]


def codings(
    connection: Connection,
    study: str | None = None,
    theme: str | None = None,
    person: str | None = None,
    keys: Collection[str] | None = None,
) -> list[Row]:
    """Give the current codings, of one study, of what stands under one name, of one person, of some keys, or all.

    Returns
    -------
    list of dict
        The columns of the table, ``at`` and the coder's ``name``; older ones first. ``component`` and ``subelement``
        are what the coding stands under now, ``coded`` is the pair of them as it was coded.
    """
    where = {name: value for name, value in (("study", study), ("person", person)) if value is not None}
    now, coding = resolver(connection), schema.coding.c
    among: list[ColumnElement[bool]] = [] if keys is None else [coding.key.in_(sorted(keys))]
    if theme is not None:
        names = sorted(now.leading_to(theme))
        among.append(or_(coding.component.in_(names), coding.subelement.in_(names)))
    rows = []
    for row in _current(connection, schema.coding, *among, **where):
        coded = row["component"], row["subelement"]
        standing = [name and now.of(row["key"], row["person"], name) for name in coded]
        if theme is None or theme in standing:
            rows.append({**row, "component": standing[0], "subelement": standing[1], "coded": coded})
    return rows


def placed(connection: Connection) -> list[Row]:
    """Give where every coding stands, without its words; with ``coded``, as ``codings``."""
    now, c = resolver(connection), schema.coding.c
    rows = []
    query = select(c.key, c.person, c.study, c.component, c.subelement, c.polarity).order_by(c.study, c.key, c.person)
    for key, person, study, component, sub, polarity in connection.execute(query).all():
        stands, part = now.of(key, person, component), sub and now.of(key, person, sub)
        rows.append({
            "key": key, "person": person, "study": study, "component": stands, "subelement": part, "polarity": polarity,
            "coded": (component, sub),
        })  # fmt: skip
    return rows


def refs(connection: Connection) -> frozenset[Ref]:
    """Give the key and the coder of every coding."""
    rows = connection.execute(select(schema.coding.c.key, schema.coding.c.person))
    return frozenset((key, person) for key, person in rows)


def keys(connection: Connection, person: str, start: str) -> set[str]:
    """Give the keys of a person's codings that begin so."""
    c = schema.coding.c
    query = select(c.key).where(c.person == person, c.key.startswith(start, autoescape=True))
    return set(connection.scalars(query))


def resolver(connection: Connection) -> Resolver:
    """Read where themes and moved codings lead."""
    theme, moved = schema.theme.c, schema.recoded.c
    themes = connection.execute(select(theme.key, theme.label, theme.merged_into)).all()
    moves = connection.execute(select(moved.key, moved.coder, moved["from"].label("old"), moved.into)).all()
    return Resolver(
        {row.key: row.merged_into for row in themes if row.merged_into is not None},
        {(row.key, row.coder, row.old): row.into for row in moves},
        {row.key: row.label for row in themes},
    )


def emergent(connection: Connection) -> dict[str, str]:
    """Give the emergent themes that were ever named or used, in small letters -> as written."""
    coding, theme, moved = schema.coding.c, schema.theme.c, schema.recoded.c
    columns = (coding.component, coding.subelement, moved["from"], moved.into, theme.merged_into)
    asked = [select(column).where(column.startswith(EMERGENT, autoescape=True)).distinct() for column in columns]
    names = {name for query in asked for name in connection.scalars(query)}
    return {name.casefold(): name for name in (*sorted(names), *sorted(connection.scalars(select(theme.key))))}


def themes(connection: Connection) -> list[Row]:
    """Give the themes that somebody named: columns of the table, ``at``, ``name``; by key."""
    return sorted(_current(connection, schema.theme), key=lambda row: str(row["key"]))


def theme_events(connection: Connection) -> list[Event]:
    """Give everything that was done to themes, in its order."""
    return list(read_events(connection, "theme"))


def memos(connection: Connection, theme: str | None = None) -> list[Row]:
    """Give the memos, of one theme or of all, older ones first."""
    return _current(connection, schema.memo, **({} if theme is None else {"theme": theme}))


def findings(connection: Connection) -> list[Row]:
    """Give the findings, by key."""
    return sorted(_current(connection, schema.finding), key=lambda row: str(row["key"]))


def assents(connection: Connection) -> list[Row]:
    """Give who agreed and disagreed with findings, older ones first."""
    return _current(connection, schema.assent)


def cmos(connection: Connection) -> list[Row]:
    """Give the context-mechanism-outcome configurations, by key."""
    return sorted(_current(connection, schema.cmo), key=lambda row: str(row["key"]))


def texts(connection: Connection, files: Collection[str]) -> dict[str, list[Page]]:
    """Give the pages of stored full texts that can be read, by SHA-256; a file without text is left out."""
    table = aside.page_text
    query = select(table).where(table.c.file.in_(sorted(files))).order_by(table.c.file, table.c.number)
    found: dict[str, list[Page]] = defaultdict(list)
    for row in connection.execute(query) if files else ():
        found[row.file].append(Page(row.number, row.label, row.text))
    return dict(found)


def _current(connection: Connection, table: Table, *among: ColumnElement[bool], **where: str) -> list[Row]:
    event, person = schema.event.c, schema.person.c
    query = (
        select(table, event.at, person.name)
        .join(schema.event, event.id == table.c.event)
        .join(schema.person, person.id == table.c.person)
        .where(*among)
        .order_by(event.at, event.log, event.seq)
    )
    for column, value in where.items():
        query = query.where(table.c[column] == value)
    return [dict(row) for row in connection.execute(query).mappings()]
