"""How a person likes the pages: one value per name, kept beside the review and in no archive. SQL only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, insert, select

from review.store import aside


def preference(connection: Connection, person: str, name: str) -> Any:
    """Give a preference as it was kept (JSON), ``None`` when the person never chose."""
    table = aside.preference.c
    return connection.scalar(select(table.value).where(table.person == person, table.name == name))


def prefer(connection: Connection, person: str, name: str, value: Any) -> None:
    """Keep a preference in place of the one before."""
    table = aside.preference
    connection.execute(delete(table).where(table.c.person == person, table.c.name == name))
    connection.execute(insert(table).values(person=person, name=name, value=value))
