"""How rows of projections are written: put, dropped, copied from events. For ``kinds`` and ``evidence_kinds`` only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Table, bindparam, delete, insert, select

from review.store.event import Event

Handler = Callable[[Connection, Sequence[Event]], set[int]]
"""Writes what events of one kind say, and gives the reports that may stand elsewhere after it."""

_MANY = 1_000
"""Rows for which it pays to ask first whether the table holds any that they take the place of."""


def put(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Replace rows by primary key; of several with one key the last wins."""
    keys = [c.name for c in table.primary_key.columns]
    last = {tuple(row[k] for k in keys): row for row in rows}
    if not last:
        return
    if len(last) < _MANY or connection.execute(select(table).limit(1)).first():
        drop(connection, table, [{k: row[k] for k in keys} for row in last.values()])
    connection.execute(adding(table), [dict(row) for row in last.values()])


def drop(connection: Connection, table: Table, keys: Sequence[Mapping[str, Any]]) -> None:
    """Take rows away by columns of the same names in every key."""
    if keys:
        connection.execute(_dropping(table, tuple(keys[0])), [{f"key_{n}": v for n, v in key.items()} for key in keys])


@cache
def adding(table: Table) -> Insert:
    """Give the statement that adds rows, built once."""
    return insert(table)


@cache
def _dropping(table: Table, names: tuple[str, ...]) -> Delete:
    return delete(table).where(*(table.c[name] == bindparam(f"key_{name}") for name in names))


def values(table: Table, told: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict) -> Handler:
    """Make the function of an event whose payload names the table's columns; ``"cleared": true`` takes a row away.

    ``told`` turns a payload into columns where they are not the same.
    """
    own = [c.name for c in table.columns if c.name not in ("person", "event")]

    def write(connection: Connection, events: Sequence[Event]) -> set[int]:
        keys = [c.name for c in table.primary_key.columns]
        last: dict[tuple[Any, ...], tuple[Mapping[str, Any], Event]] = {}
        for event in events:
            said = told(event.payload)
            last[tuple(said.get(k, event.person) for k in keys)] = (said, event)
        gone = [dict(zip(keys, key, strict=True)) for key, (said, _) in last.items() if said.get("cleared")]
        drop(connection, table, gone)
        rows = [
            {**{n: said.get(n) for n in own}, "person": event.person, "event": event.id}
            for said, event in last.values()
            if not said.get("cleared")
        ]
        put(connection, table, rows)
        return set()

    return write
