"""In what order records were read, and where people stopped: queries only, as in ``rows``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from review.store import schema

WAYS = ("model", "random", "plain", "round")


@dataclass(frozen=True, slots=True)
class Stop:
    """One time that a person ended the reading of a stage with so many ``reports`` unread, on the numbers in ``how``.

    ``ended`` is the moment at which it was taken back, ``None`` while it is in force.
    """

    event: str
    stage: str
    at: str
    reports: int
    how: Mapping[str, Any]
    why: str | None
    ended: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """How reports came to those who voted on them at a stage: votes by the way they were served.

    ``models`` gives kind of model -> how many of it served, each having learnt from more than the one before.
    The ways are WAYS, and ``unknown`` of a vote that was imported, or cast on a report that was looked up.
    """

    ways: Mapping[str, int]
    models: Mapping[str, int]


def stops(connection: Connection) -> tuple[Stop, ...]:
    """Give every stop, also those taken back, in the order of time."""
    stop, ending = schema.stop, schema.event.alias()
    rows = connection.execute(
        select(stop, ending.c.at.label("ended_at"))
        .outerjoin(ending, ending.c.id == stop.c.ended)
        .order_by(stop.c.at, stop.c.event)
    )
    return tuple(
        Stop(r.event, r.stage, r.at, r.how.get("unread", r.reports), dict(r.how), r.why, r.ended_at) for r in rows
    )


def stopped(connection: Connection, stage: str) -> dict[int, str]:
    """Give report -> the stop in force that left it unread."""
    table = schema.stopped.c
    rows = connection.execute(select(table.report, table.event).where(table.stage == stage))
    return {row.report: row.event for row in rows}


def reading(connection: Connection, stage: str) -> Reading:
    """Count how reports were served to those who voted on them."""
    decision = schema.decision.c
    ways, models = Counter[str](), set[str]()
    for served in connection.scalars(select(decision.served).where(decision.stage == stage)):
        way = served["by"] if served and served["by"] in WAYS else "unknown"
        ways[way] += 1
        if way == "model":
            models.add(served["model"])
    kinds = Counter(one.rpartition("-")[0] for one in models)
    return Reading(dict(sorted(ways.items())), dict(sorted(kinds.items())))
