"""Queries about studies: which reports were said to be apart or of one study, and what is written under each key."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from review.store import schema
from review.store.events import read_events

_WRITTEN = (
    ("answer", schema.answer), ("judgement", schema.judgement), ("settled answer", schema.settled),
    ("coding", schema.coding),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Apart:
    """Two reports, by their ids as they were noted, of which a person said that they are of different studies."""

    left: int
    right: int
    roots: tuple[int, int]
    note: str | None
    name: str
    at: str


def apart(connection: Connection) -> tuple[Apart, ...]:
    """Give what is noted as different studies, newest first; ``roots`` are the reports after later merges."""
    one, person, event = schema.apart.c, schema.person.c, schema.event.c
    left, right = schema.report.alias(), schema.report.alias()
    rows = connection.execute(
        select(
            one.left, one.right, one.note, person.name, event.at,
            func.coalesce(left.c.merged_into, left.c.id).label("first"),
            func.coalesce(right.c.merged_into, right.c.id).label("second"),
        )
        .join(left, left.c.id == one.left)
        .join(right, right.c.id == one.right)
        .join(schema.person, person.id == one.person)
        .join(schema.event, event.id == one.event)
        .order_by(event.at.desc(), one.left, one.right)
    )  # fmt: skip
    return tuple(
        Apart(r.left, r.right, (min(r.first, r.second), max(r.first, r.second)), r.note, r.name, r.at) for r in rows
    )


def written(connection: Connection) -> dict[str, dict[str, int]]:
    """Count what is written under each key: key -> what -> how many; a key without anything is not in it."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for what, table in _WRITTEN:
        query = select(table.c.study, func.count()).group_by(table.c.study).order_by(table.c.study)
        for key, number in connection.execute(query):
            counts[key][what] = number
    return dict(counts)


def former_keys(connection: Connection) -> dict[int, tuple[str, ...]]:
    """Give the keys that each report has had, oldest first, the present one last."""
    had: dict[int, list[str]] = defaultdict(list)
    for event in read_events(connection, "study"):
        for report in event.payload["reports"]:
            had[report].append(event.payload["study"])
    return {report: tuple(keys) for report, keys in had.items()}
