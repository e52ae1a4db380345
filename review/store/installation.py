"""Which installation a database is: a copied folder gets an id of its own, so that two copies never share a log.

An event belongs to the log of one person on one installation. Were the id only kept in the database, a copied folder
would go on with the same logs, and two different events would have one number in one log. So the place where the
database lies is noted beside the id, and a database that finds itself at another place takes a new id. Logs that were
begun under the old id stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, delete, exc, insert, select, text

from review.store import schema

_INSTALLATION, _PLACE = "installation", "place"
_MACHINE = Path("/etc/machine-id")
"""https://www.freedesktop.org/software/systemd/man/latest/machine-id.html, checked 2026-11-22; not on every system."""


def here(connection: Connection, mint: Callable[[], str]) -> str:
    """Give this installation's id: the one noted in the database, or a new one when the database was copied.

    ``connection`` is in a write transaction.
    """
    meta = schema.meta.c
    query = select(meta.key, meta.value).where(meta.key.in_([_INSTALLATION, _PLACE]))
    noted = {row.key: row.value for row in connection.execute(query)}
    at = place(connection)
    known: str | None = noted.get(_INSTALLATION)
    if known is not None and noted.get(_PLACE) == at:
        return known
    fresh = known if known is not None and _PLACE not in noted else mint()
    connection.execute(delete(schema.meta).where(meta.key.in_([_INSTALLATION, _PLACE])))
    values = [{"key": _INSTALLATION, "value": fresh}, {"key": _PLACE, "value": at}]
    connection.execute(insert(schema.meta), values)
    return fresh


def place(connection: Connection) -> str:
    """Give what a copy of the database has otherwise: the number of its file, or of the database on its server.

    A file that is moved or renamed keeps its number (https://docs.python.org/3/library/os.html#os.stat_result).
    """
    if connection.dialect.name == "sqlite":
        file = Path(connection.engine.url.database or "")
        with suppress(FileNotFoundError):  # a database in memory has no file
            return f"{_machine()}:{file.stat().st_ino}"
        return "memory"
    number = connection.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
    return f"{_server(connection)}:{number}"


def _server(connection: Connection) -> str:
    """Give the number of a PostgreSQL cluster, or nothing where the service does not let it be read."""
    try:
        with connection.begin_nested():
            return str(connection.scalar(text("SELECT system_identifier FROM pg_control_system()")))
    except exc.ProgrammingError:
        return ""


def _machine() -> str:
    try:
        return _MACHINE.read_text("ascii").strip()
    except OSError:
        return ""
