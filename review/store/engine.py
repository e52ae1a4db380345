"""Open a review's database: SQLite in the folder by default, PostgreSQL by URL. No SQL about reviews here.

SQLite runs in WAL mode at ``synchronous=FULL`` (an acknowledged vote survives a power cut) and every write takes the
write lock first (``BEGIN IMMEDIATE``), so two processes wait for each other instead of failing half-way.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    create_engine,
    delete,
    event,
    exc,
    inspect,
    make_url,
    select,
    text,
)

from review.errors import ReviewError, StageError
from review.store import schema
from review.store.files import Files
from review.store.installation import here
from review.store.migrate import HEAD, RESTAND, upgrade
from review.store.projection import restand

FILE_NAME = "review.sqlite"
BUSY_MILLISECONDS = 15_000
CONNECTIONS = 10
"""Kept open: more than threads work at once (``review serve``), or some would be opened anew at every request."""
_PREFIXES = ("postgresql+psycopg://", "postgresql://", "postgres://")


def utc_now() -> str:
    """Give the present moment as ISO 8601 in UTC with microseconds."""
    return moment(datetime.now(UTC))


def moment(when: datetime) -> str:
    """Write a moment in UTC as the store does."""
    return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(frozen=True, slots=True)
class Store:
    """A review's database, with its full texts. ``clock`` gives the time of an event, ``mint`` a new opaque id.

    SQLite has one writer at a time. The threads of one process queue up in ``line`` for that, without a connection:
    left to SQLite they ask again and again, sleep longer each time, and whoever came last is often served first.
    """

    engine: Engine
    installation: str
    files: Files
    clock: Callable[[], str] = utc_now
    mint: Callable[[], str] = lambda: secrets.token_hex(8)
    line: Lock | None = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one consistent state and writes nothing."""
        # SQLite's BEGIN gives that; PostgreSQL by itself shows every statement what was committed just before it
        # (https://www.postgresql.org/docs/current/transaction-iso.html), so a report's numbers would not add up.
        with self._reading("REPEATABLE READ") as connection:
            yield connection

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """Give a connection for one statement, which needs no transaction to see one consistent state."""
        with self._reading("AUTOCOMMIT") as connection:  # on PostgreSQL one trip to the server instead of three
            yield connection

    @contextmanager
    def _reading(self, isolation: str) -> Iterator[Connection]:
        options = {"isolation_level": isolation} if self.engine.dialect.name == "postgresql" else {}
        with explained(), self.engine.connect().execution_options(**options) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection in a write transaction: everything in the block happens, or nothing."""
        with explained(), _turn(self.line), _writing(self.engine) as connection, connection.begin():
            yield connection

    @contextmanager
    def trial(self) -> Iterator[Connection]:
        """Give a connection like ``write`` does, and take everything back at the end: what would happen if."""
        with explained(), _turn(self.line), _writing(self.engine) as connection:
            begun = connection.begin()
            try:
                yield connection
            finally:
                begun.rollback()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def open_store(
    folder: Path,
    *,
    url: str | None = None,
    clock: Callable[[], str] = utc_now,
    mint: Callable[[], str] | None = None,
) -> Store:
    """Open the database of a review folder, creating or migrating it when needed.

    Parameters
    ----------
    folder : Path
        The review's folder; its ``review.sqlite`` is used when there is no ``url``.
    url : str, optional
        A PostgreSQL address (``REVIEW_DATABASE``).

    Raises
    ------
    StageError
        The database cannot be opened, is not ours, or was made by a newer version.
    """
    make = mint or (lambda: secrets.token_hex(8))
    engine = engine_of(folder, url)
    with explained():
        _bring_up_to_date(engine)
        with engine.connect().execution_options(write=True) as connection, connection.begin():
            known = here(connection, make)
            if connection.execute(delete(schema.meta).where(schema.meta.c.key == RESTAND)).rowcount:
                restand(connection, connection.scalars(select(schema.report.c.id)).all())
    return Store(engine, known, Files(folder), clock, make, Lock() if engine.dialect.name == "sqlite" else None)


def holds_review(folder: Path, url: str | None = None) -> bool:
    """Say whether a review has been begun there, without beginning one; the arguments are those of ``open_store``."""
    if not url:
        return (folder / FILE_NAME).is_file()
    engine = _engine(_address(url))
    with explained(), engine.connect() as connection:
        begun = inspect(connection).has_table("meta") and connection.scalar(select(schema.meta.c.key).limit(1))
    engine.dispose()
    return bool(begun)


def engine_of(folder: Path, url: str | None = None) -> Engine:
    """Give the way to a review's database, without looking at it; the arguments are those of ``open_store``."""
    return _engine(_address(url) if url else f"sqlite:///{folder / FILE_NAME}")


def scratch() -> Engine:
    """Give a database in memory that writes values as a review's own does."""
    return create_engine("sqlite://", json_serializer=_ENCODER.encode)


def _address(url: str) -> URL:
    """Name the driver that ships with us, whatever spelling of PostgreSQL the address uses.

    An @ within a password would make a part of it the host, which messages name: it is refused.
    """
    rest = next((url.removeprefix(prefix) for prefix in _PREFIXES if url.startswith(prefix)), None)
    if rest is not None and rest.count("@") < 2:
        with suppress(ValueError, exc.ArgumentError):  # their texts hold the address, and with it the password
            return make_url("postgresql+psycopg://" + rest)
    raise StageError(
        "REVIEW_DATABASE is not a PostgreSQL address",
        hint="use postgresql://user@host/database (in a password write @ as %40), or unset it for SQLite",
    )


def _engine(url: str | URL) -> Engine:
    try:
        engine = create_engine(url, json_serializer=_ENCODER.encode, pool_size=CONNECTIONS)
    except ModuleNotFoundError as missing:
        raise StageError("PostgreSQL needs its driver", hint="pip install 'narrative-review[postgres]'") from missing
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)
    return engine


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _on_sqlite_connect(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _on_sqlite_begin
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_MILLISECONDS}"):
        connection.execute(f"PRAGMA {pragma}")


def _on_sqlite_begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _writing(engine: Engine) -> Connection:
    return engine.connect().execution_options(write=True)


@contextmanager
def _turn(line: Lock | None) -> Iterator[None]:
    """Wait for this thread's turn to write, as long as SQLite would."""
    if line is None:
        yield
        return
    if not line.acquire(timeout=BUSY_MILLISECONDS / 1000):
        raise _sentence("locked")
    try:
        yield
    finally:
        line.release()


def _bring_up_to_date(engine: Engine) -> None:
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        at = connection.scalar(text("SELECT version_num FROM alembic_version")) if "alembic_version" in tables else None
    if at == HEAD:
        return
    if at is None and tables:
        raise StageError(
            "the database holds tables that are not a review's", hint="give the review a database of its own"
        )
    upgrade(engine)


@contextmanager
def explained() -> Iterator[None]:
    """Turn what a database driver raises into a sentence that a person can act on."""
    try:
        yield
    except exc.OperationalError as error:
        raise _sentence(str(error.orig)) from error
    except exc.DatabaseError as error:
        if "not a database" in str(error.orig) or "malformed" in str(error.orig):
            raise StageError(
                "review.sqlite is damaged or not a database",
                hint="put a backup copy of it in its place, then run: review verify",
            ) from error
        if "connection option" in str(error.orig):
            raise _sentence(str(error.orig)) from error
        raise
    except OverflowError as error:  # SQLite holds integers of 64 bits
        raise ReviewError("a number is larger than any in a review", hint="look for a slip in the numbers") from error


def _sentence(cause: str) -> ReviewError:
    lower = cause.lower()
    if "locked" in lower or "busy" in lower:
        return StageError(
            "another process has been writing into this review for too long", hint="wait for it to end, then try again"
        )
    if "full" in lower or "no space" in lower:
        return StageError(
            "the disk is full: nothing of this step was saved, everything before it is",
            hint="free some space, then run the same command again",
        )
    if "unable to open" in lower or "readonly" in lower:
        return StageError("the review's database cannot be opened for writing", hint="check the folder's permissions")
    first = cause.strip().splitlines()[0] if cause.strip() else "no reason given"
    return StageError(f"the database did not answer: {first}", hint="check REVIEW_DATABASE and that the server runs")
