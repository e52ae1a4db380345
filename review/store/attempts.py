"""Failed sign-ins, counted in the database: a restart forgets none, and several server processes count together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from review.store import accounts, aside
from review.store.engine import Store


@dataclass(frozen=True, slots=True)
class Throttle:
    """How often one key may fail before it has to wait."""

    key: str
    free: int


LONGEST_WAIT = 15 * 60
"""Seconds."""
FORGOTTEN_AFTER = 24 * 3600
"""Seconds after the last failure."""


def try_now(store: Store, connection: Connection, throttles: Sequence[Throttle]) -> int:
    """Count one attempt as failed before it is made, or say how many seconds it has to wait.

    Counting first, one attempt after the other, leaves no gap for many at once; ``forget`` or ``take_back`` undoes it.
    A refused attempt is not counted. The wait doubles with each failure beyond the free ones.
    """
    accounts.alone(connection)
    at, table = store.clock(), aside.attempt
    connection.execute(delete(table).where(table.c.at < accounts.moved(at, seconds=-FORGOTTEN_AFTER)))
    rows = connection.execute(select(table).where(table.c.key.in_([t.key for t in throttles])))
    found = {row.key: row for row in rows}
    waits = [_wait(found[t.key].failures - t.free, found[t.key].at, at) for t in throttles if t.key in found]
    if waits and (longest := max(waits)) > 0:
        return longest
    for key in (t.key for t in throttles):
        if key in found:
            counted = update(table).where(table.c.key == key).values(failures=table.c.failures + 1, at=at)
            connection.execute(counted)
        else:
            connection.execute(insert(table).values(key=key, failures=1, at=at))
    return 0


def _wait(beyond: int, since: str, now: str) -> int:
    if beyond < 0:
        return 0
    until = datetime.strptime(since, accounts.MOMENT) + timedelta(seconds=min(2.0 ** min(beyond, 20), LONGEST_WAIT))
    return max(0, -int((datetime.strptime(now, accounts.MOMENT) - until).total_seconds() // 1))


def forget(connection: Connection, key: str) -> None:
    """Forget the failures of a key."""
    connection.execute(delete(aside.attempt).where(aside.attempt.c.key == key))


def take_back(connection: Connection, key: str) -> None:
    """Take one failure back: the attempt that was counted beforehand succeeded."""
    table = aside.attempt
    connection.execute(
        update(table).where(table.c.key == key, table.c.failures > 0).values(failures=table.c.failures - 1)
    )
