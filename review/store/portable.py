"""The whole store as plain rows, the same whatever the engine; and a store made of such rows again.

What leaves the review with an archive is named here, table by table (a test compares the list with the schema): who may
sign in, sessions and work in progress never do, and neither does what tells one installation from another.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    collate,
    event,
    exc,
    insert,
    select,
    text,
)

from review.errors import ReviewError
from review.store import schema
from review.store.migrate import HEAD, upgrade

ARCHIVED = (
    "meta", "person", "protocol_version", "search", "page", "record", "rejected", "hit_count", "report", "pair",
    "event", *(table.name for table in schema.PROJECTIONS),
)  # fmt: skip
"""The tables of an archive, in its order."""
ASIDE = (
    "account", "invitation", "session", "attempt", "lease", "ranking", "worker", "job", "page_text", "preference",
)  # fmt: skip
"""The tables that are no part of the review: they are in no archive."""
MARKS = ("deduplicated", "evaluated", "names", "withheld")
"""The keys in ``meta`` that are part of the review; the others say which installation this is."""

Row = Mapping[str, Any]
_BATCH = 2_000
_TYPES: tuple[tuple[type[Any], tuple[type, ...]], ...] = (
    (JSON, (dict, list, str, int, float, bool)), (Boolean, (bool,)), (Integer, (int,)), (Float, (float, int)),
    (String, (str,)),
)  # fmt: skip


# -- out


def shape() -> tuple[tuple[str, tuple[tuple[str, str, bool], ...]], ...]:
    """Give per table of an archive its columns: name, type, and whether it may be empty."""
    tables = (schema.metadata.tables[name] for name in ARCHIVED)
    return tuple((t.name, tuple((c.name, _type(c), bool(c.nullable)) for c in t.columns)) for t in tables)


def _type(column: Column[Any]) -> str:
    names = {JSON: "JSON", Boolean: "boolean", Integer: "integer", Float: "number", String: "text"}
    return next(name for kind, name in names.items() if isinstance(column.type, kind))


def rows(connection: Connection, name: str) -> Iterator[dict[str, Any]]:
    """Give the rows of a table of the archive, ordered by its key (events: by log and number), byte by byte."""
    table = schema.metadata.tables[name]
    keys = [table.c.log, table.c.seq] if table is schema.event else table.primary_key.columns
    query = select(table).order_by(*(_bytewise(connection, column) for column in keys))
    if table is schema.meta:
        query = query.where(table.c.key.in_(MARKS))
    names = table.columns.keys()
    for row in connection.execute(query.execution_options(yield_per=_BATCH)):
        yield dict(zip(names, row, strict=True))


def _bytewise(connection: Connection, column: Column[Any]) -> Any:
    """Order texts as SQLite does: PostgreSQL would ask the language of the server."""
    is_text = isinstance(column.type, String) and connection.dialect.name == "postgresql"
    return collate(column, "C") if is_text else column


def lines(table: Iterable[Row]) -> Iterator[bytes]:
    """Write rows as JSON lines, many lines at a time."""
    batch: list[str] = []
    for row in table:
        batch.append(_ENCODER.encode(row))
        if len(batch) == _BATCH:
            yield _joined(batch)
            batch = []
    if batch:
        yield _joined(batch)


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _joined(batch: list[str]) -> bytes:
    return ("\n".join(batch) + "\n").encode()


# -- in


def build(engine: Engine, revision: str, tables: Mapping[str, Iterable[Row]]) -> None:
    """Fill an empty database with rows, as the revision of the schema has it, and bring it to the newest one.

    Parameters
    ----------
    tables : mapping
        Table -> rows, every one read once; tables that the revision does not have, or that no archive holds, are
        refused.

    Raises
    ------
    ReviewError
        The rows are not what a review holds; nothing of them is kept.
    """
    upgrade(engine, revision)
    there = _reflected(engine)
    unknown = sorted(name for name in tables if name not in there.tables or name in ASIDE)
    if unknown:
        raise ReviewError(f"the archive holds a table that no review has: {unknown[0]}", hint=_NOT_OURS)
    try:
        with engine.connect().execution_options(write=True) as connection, connection.begin():
            # meta comes last: a public copy notes there what was left out of the others
            for table in sorted(there.sorted_tables, key=lambda one: one.name == schema.meta.name):
                if table.name in tables:
                    _fill(connection, table, tables[table.name])
    except (exc.IntegrityError, exc.StatementError, exc.CompileError, ValueError, KeyError, TypeError) as error:
        raise ReviewError("the tables of the archive do not fit together", hint=_NOT_OURS) from error
    if revision != HEAD:
        upgrade(engine)


_NOT_OURS = "it was not written by this program, or was changed since: get it again from where it was deposited"


def _reflected(engine: Engine) -> MetaData:
    """Read from the database itself which tables it has: an archive may be older than this version."""
    found = MetaData()

    @event.listens_for(found, "column_reflect")
    def _none_is_null(_inspector: Any, _table: Any, column: Any) -> None:
        if isinstance(column["type"], JSON) and column["nullable"]:
            column["type"] = JSON(none_as_null=True)

    found.reflect(engine)
    return found


def _fill(connection: Connection, table: Table, given: Iterable[Row]) -> None:
    """Add the rows; those that name another row of their table come after the others."""
    own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    checks = [(column.name, _allowed(column)) for column in table.columns]
    batch: list[Row] = []
    later: list[Row] = []
    count = 0
    for row in given:
        _check(table, row, checks)
        (later if any(row[name] is not None for name in own) else batch).append(row)
        count += 1
        if len(batch) >= _BATCH:
            connection.execute(insert(table), batch)
            batch = []
    for start in range(0, len(later), _BATCH):
        if batch:
            connection.execute(insert(table), batch)
        batch = later[start : start + _BATCH]
    if batch:
        connection.execute(insert(table), batch)
    if count and connection.dialect.name == "postgresql" and _counts_itself(table):
        number = f"pg_get_serial_sequence('{table.name}', 'id')"
        connection.execute(text(f"SELECT setval({number}, (SELECT max(id) FROM {table.name}))"))


def _allowed(column: Column[Any]) -> tuple[type, ...]:
    types = next(types for kind, types in _TYPES if isinstance(column.type, kind))
    return (*types, type(None)) if column.nullable or isinstance(column.type, JSON) else types


def _check(table: Table, row: Row, checks: Iterable[tuple[str, tuple[type, ...]]]) -> None:
    for name, types in checks:
        if type(row[name]) not in types:
            raise ValueError(f"{table.name}.{name}")
    if len(row) != len(table.columns):
        raise KeyError(table.name)


def _counts_itself(table: Table) -> bool:
    return table.name in ("search", "page", "record", "rejected", "hit_count")
