"""What the list of records and the log of decisions read from the store: queries only, as in ``reports.rows``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from string import ascii_uppercase
from typing import Any, NamedTuple

from sqlalchemy import Connection, Text, cast, func, select

from review.store import schema
from review.store.events import SOFTWARE

LOGGED = ("decision", "resolution", "retrieval", "merge", "split", "pair")
"""The kinds of events that the log of decisions shows: what was said of records, by whom. Notes and comments are not
among it: what people write to each other stays in the folder."""


_BATCH = 2_000
"""Rows that are read at once, and let go again before the next."""


class Found(NamedTuple):
    """A record as its search gave it; ``date`` as the source has it, ``authors`` in its order."""

    id: int
    search: int
    title: str | None
    authors: tuple[str, ...]
    date: str | None
    doi: str | None


class Said(NamedTuple):
    """One event of the log: when (ISO 8601), who (a person's id), its kind and what it says."""

    at: str
    person: str
    kind: str
    payload: Mapping[str, Any]


def found(connection: Connection) -> Iterator[Found]:
    """Give every record, in their order."""
    r = schema.record.c
    query = select(r.id, r.search, r.title, r.date, r.doi, cast(r.authors, Text)).order_by(r.id)
    for rows in connection.execute(query).partitions(_BATCH):
        for (number, search, title, date, doi, _), who in zip(rows, _parsed(row[-1] for row in rows), strict=True):
            yield Found(number, search, title, tuple(who), date, doi)


def said(connection: Connection) -> Iterator[Said]:
    """Give the events of the log of decisions, in the order of time."""
    e = schema.event.c
    query = select(e.at, e.person, e.kind, e.payload).where(e.kind.in_(LOGGED)).order_by(e.at, e.log, e.seq)
    for rows in connection.execute(query).partitions(_BATCH):
        for (at, person, kind, _), payload in zip(rows, _parsed(row[-1] for row in rows), strict=True):
            yield Said(at, person, kind, payload)


def _parsed(texts: Iterable[str]) -> list[Any]:
    """Read many small JSON texts at once: several times as fast as one by one."""
    values: list[Any] = json.loads(f"[{','.join(texts)}]")
    return values


def pseudonyms(connection: Connection) -> dict[str, str]:
    """Give person -> the name to show: "Reviewer A" for who did something first; the software keeps its own."""
    e, p = schema.event.c, schema.person.c
    query = select(p.id, p.name).join(schema.event, e.person == p.id).where(e.kind.in_(LOGGED))
    people = connection.execute(query.group_by(p.id, p.name).order_by(func.min(e.at), p.id)).all()
    humans = (row.id for row in people if row.name != SOFTWARE)
    shown = {person: f"Reviewer {letters(n)}" for n, person in enumerate(humans)}
    return shown | {row.id: SOFTWARE for row in people if row.name == SOFTWARE}


def letters(n: int) -> str:
    """Count in letters.

    >>> letters(0), letters(25), letters(26), letters(27)
    ('A', 'Z', 'AA', 'AB')
    """
    rest, last = divmod(n, 26)
    return (letters(rest - 1) if rest else "") + ascii_uppercase[last]
