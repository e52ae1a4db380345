"""Which protocol is in force: its text is kept by hash, and putting one in force is an event like any other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from review.store import schema
from review.store.engine import Store
from review.store.event import Actor, Entry
from review.store.events import SOFTWARE, append_many, enrol


def put_in_force(
    store: Store, digest: str, text: str, rules: Mapping[str, Any], then: Callable[[Connection], None] | None = None
) -> None:
    """Log a protocol event when the text is not the one in force: it starts, or amends, the review.

    Parameters
    ----------
    digest, text : str
        SHA-256 and text of the protocol.
    rules : mapping
        Per stage what ``review.store.standing.Rules`` holds.
    then : function, optional
        Called in the same transaction when there was such an event.
    """
    with store.read() as connection:
        if in_force(connection) == digest:
            return
    with store.write() as connection:
        if in_force(connection) != digest:
            _put(store, connection, digest, text, rules, then)


def _put(
    store: Store,
    connection: Connection,
    digest: str,
    text: str,
    rules: Mapping[str, Any],
    then: Callable[[Connection], None] | None,
) -> None:
    versions = schema.protocol_version
    if connection.scalar(select(versions.c.hash).where(versions.c.hash == digest)) is None:
        connection.execute(insert(versions).values(hash=digest, text=text, at=store.clock()))
    actor = Actor(enrol(store, connection, SOFTWARE), digest)
    append_many(store, connection, actor, [Entry("protocol", {"hash": digest, "rules": rules})])
    if then is not None:
        then(connection)


@dataclass(frozen=True, slots=True)
class Move:
    """So many reports would stand otherwise at a stage; ``None``: they are not at the stage, or would leave it."""

    stage: str
    before: str | None
    after: str | None
    reports: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What putting a protocol in force would change: where reports stand, and which text is in force now."""

    moves: tuple[Move, ...]
    text: str


def effect(
    store: Store, digest: str, text: str, rules: Mapping[str, Any], then: Callable[[Connection], None] | None = None
) -> Effect | None:
    """Say what putting a protocol in force would change, and change nothing; ``None`` when it is in force already.

    The arguments are those of ``put_in_force``.

    It is put in force and taken back within one transaction, so that the answer is what would happen and no second
    account of it.
    """
    versions = schema.protocol_version.c
    with store.trial() as connection:
        now = in_force(connection)
        if now is None or now == digest:
            return None
        before = _standings(connection)
        _put(store, connection, digest, text, rules, then)
        after = _standings(connection)
        moved = Counter(
            (stage, before.get((report, stage)), after.get((report, stage)))
            for report, stage in before.keys() | after.keys()
            if before.get((report, stage)) != after.get((report, stage))
        )
        known = connection.scalar(select(versions.text).where(versions.hash == now)) or ""
    order = sorted(moved.items(), key=lambda one: tuple(map(str, one[0])))
    return Effect(tuple(Move(*where, count) for where, count in order), known)


def _standings(connection: Connection) -> dict[tuple[int, str], str]:
    standing = schema.standing.c
    rows = connection.execute(select(standing.report, standing.stage, standing.status))
    return {(row.report, row.stage): row.status for row in rows}


def text_of(connection: Connection, digest: str) -> str:
    """Give the text of a protocol that was in force; empty when it was kept by another copy of the review only."""
    versions = schema.protocol_version.c
    return connection.scalar(select(versions.text).where(versions.hash == digest)) or ""


def in_force(connection: Connection) -> str | None:
    """Give the hash of the protocol in force."""
    events = schema.event.c
    newest = select(events.protocol).where(events.kind == "protocol")
    return connection.scalar(newest.order_by(events.at.desc(), events.log.desc(), events.seq.desc()).limit(1))
