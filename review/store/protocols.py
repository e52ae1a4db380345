"""Which protocol is in force: its text is kept by hash, and putting one in force is an event like any other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from review.store import schema
from review.store.engine import Store
from review.store.event import Actor, Entry
from review.store.events import SOFTWARE, append_many, enrol


def put_in_force(store: Store, digest: str, text: str, rules: Mapping[str, Any]) -> None:
    """Log a protocol event when the text is not the one in force: it starts, or amends, the review.

    Parameters
    ----------
    digest, text : str
        SHA-256 and text of the protocol.
    rules : mapping
        Per stage what ``review.store.standing.Rules`` holds.
    """
    with store.read() as connection:
        if _in_force(connection) == digest:
            return
    with store.write() as connection:
        if _in_force(connection) == digest:
            return
        versions = schema.protocol_version
        if connection.scalar(select(versions.c.hash).where(versions.c.hash == digest)) is None:
            connection.execute(insert(versions).values(hash=digest, text=text, at=store.clock()))
        actor = Actor(enrol(store, connection, SOFTWARE), digest)
        append_many(store, connection, actor, [Entry("protocol", {"hash": digest, "rules": rules})])


def _in_force(connection: Connection) -> str | None:
    events = schema.event.c
    newest = select(events.protocol).where(events.kind == "protocol")
    return connection.scalar(newest.order_by(events.at.desc(), events.log.desc(), events.seq.desc()).limit(1))
