"""Work behind the pages: which process does it, and long work that a page asked for. No part of the review.

One process at a time has the duty (table ``worker``); it says so again and again, and when it dies another takes over
once its time has passed. A job that it had begun is begun again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, exc, insert, or_, select, update

from review.store import aside, schema
from review.store.accounts import moved
from review.store.engine import Store

Kind = Literal["fulltext", "retractions"]

DUTY = "work"
"""The one row of table ``worker``."""
JOB_SECONDS = 120
"""A job that is under way and was not heard of for so long is taken again."""


@dataclass(frozen=True, slots=True)
class Job:
    """Long work: who asked for it, how far it has come (``total`` is ``None`` while that is not known)."""

    id: int
    kind: Kind
    args: Mapping[str, Any]
    person: str
    asked_at: str
    started_at: str | None
    finished_at: str | None
    done: int
    total: int | None
    message: str | None


def hold(store: Store, holder: str, seconds: float) -> bool:
    """Take the duty, or keep it, for some seconds; say whether ``holder`` has it."""
    table, now = aside.worker, store.clock()
    mine = {"holder": holder, "until": moved(now, seconds=seconds)}
    free = or_(table.c.holder == holder, table.c.until <= now)
    try:
        with store.write() as connection:
            if connection.execute(update(table).where(table.c.name == DUTY, free).values(mine)).rowcount:
                return True
            if connection.scalar(select(table.c.name).where(table.c.name == DUTY)):
                return False
            connection.execute(insert(table).values(name=DUTY, **mine))
            return True
    except exc.IntegrityError:  # another process was the first to write it
        return False


def leave(store: Store, holder: str) -> None:
    """Give the duty back, so that another process need not wait for the time to pass."""
    table = aside.worker
    with store.write() as connection:
        connection.execute(table.delete().where(table.c.name == DUTY, table.c.holder == holder))


def at_work(connection: Connection, now: str) -> bool:
    """Say whether some process has the duty at a moment: what a page asks for would be done."""
    table = aside.worker.c
    return connection.scalar(select(table.name).where(table.name == DUTY, table.until > now)) is not None


def ask(store: Store, kind: Kind, person: str, args: Mapping[str, Any]) -> int:
    """Ask for a job; give its number. The same asked for again, before it has ended, is the one that is open."""
    table = aside.job
    with store.write() as connection:
        connection.execute(select(schema.meta.c.key).with_for_update())  # two who ask at once, on PostgreSQL
        unfinished = select(table.c.id, table.c.args).where(table.c.kind == kind, table.c.finished_at.is_(None))
        for row in connection.execute(unfinished.order_by(table.c.id)):
            if row.args == dict(args):
                return int(row.id)
        made = connection.execute(
            insert(table).values(kind=kind, args=dict(args), person=person, asked_at=store.clock(), done=0)
        )
        return int((made.inserted_primary_key or (0,))[0])


def take(store: Store, holder: str, seconds: float = JOB_SECONDS) -> Job | None:
    """Begin the oldest job that nobody works on, unless somebody else has the duty; ``None`` when there is none."""
    table, worker, now = aside.job, aside.worker.c, store.clock()
    idle = or_(table.c.until.is_(None), table.c.until <= now)
    with store.write() as connection:
        other = select(worker.name).where(worker.name == DUTY, worker.until > now, worker.holder != holder)
        if connection.scalar(other) is not None:
            return None
        found = connection.scalar(select(table.c.id).where(table.c.finished_at.is_(None), idle).order_by(table.c.id))
        if found is None:
            return None
        begun = {"started_at": now, "until": moved(now, seconds=seconds), "done": 0, "total": None, "message": None}
        connection.execute(update(table).where(table.c.id == found).values(begun))
        return _read(connection, table.c.id == found)


def say(store: Store, job: int, done: int, total: int | None, message: str | None = None) -> None:
    """Note how far a job has come; it stays with whoever says so."""
    until = moved(store.clock(), seconds=JOB_SECONDS)
    _note(store, job, done=done, total=total, message=message, until=until)


def end(store: Store, job: int, message: str) -> None:
    """Note that a job has ended, and with what."""
    _note(store, job, finished_at=store.clock(), until=None, message=message)


def put_back(store: Store, job: int) -> None:
    """Let a job be taken again at once: whoever worked on it was told to stop."""
    _note(store, job, until=None)


def latest(connection: Connection, kind: Kind) -> Job | None:
    """Give the job of a kind that was asked for last, whether it has ended or not."""
    return _read(connection, aside.job.c.kind == kind)


def _note(store: Store, job: int, **values: Any) -> None:
    with store.write() as connection:
        connection.execute(update(aside.job).where(aside.job.c.id == job).values(values))


def _read(connection: Connection, which: Any) -> Job | None:
    row = connection.execute(select(aside.job).where(which).order_by(aside.job.c.id.desc()).limit(1)).mappings().first()
    return Job(**{name: row[name] for name in Job.__slots__}) if row else None
