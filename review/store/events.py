"""The log: what people and rules did, append-only, one hash chain per person and installation.

An event carries its log's sequence number and the hash of the event before it in that log; its id is the SHA-256 of
everything else it holds. So two laptops' logs merge without being rewritten, and ``check_chains`` finds a changed,
missing or inserted event. What follows from an event is written by ``projection`` in the event's own transaction.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select

from review.errors import TamperError
from review.store import projection, schema
from review.store.among import Among
from review.store.engine import Store
from review.store.event import Actor, Entry, Event, as_row, canonical, digest, from_row
from review.store.withheld import withheld

SOFTWARE = "narrative-review"
"""The person under whose name rules act (automatic merges)."""

_BATCH = 500
_NAMES = "names"
"""The key in ``meta`` that persons' ids are made with: it goes into no archive that hides names."""


def enrol(store: Store, connection: Connection, name: str) -> str:
    """Give the opaque id of a person, making one at the first meeting."""
    known = connection.scalar(select(schema.person.c.id).where(schema.person.c.name == name))
    if known is None:
        known = "p" + _opaque(store, connection, name)
        connection.execute(insert(schema.person).values(id=known, name=name))
    return known


def _opaque(store: Store, connection: Connection, name: str) -> str:
    """Give an id that every copy of this review gives to the name, and that tells nothing of it without the review.

    Two copies of a folder in which one person begins to work separately would else know two people.
    """
    meta = schema.meta.c
    key = connection.scalar(select(meta.value).where(meta.key == _NAMES))
    if key is None:
        key = store.mint() + store.mint()
        connection.execute(insert(schema.meta).values(key=_NAMES, value=key))
    return hmac.new(key.encode(), name.encode(), hashlib.sha256).hexdigest()[:16]


def append(store: Store, actor: Actor, kind: str, payload: Mapping[str, Any], *, client: str | None = None) -> Event:
    """Append one event in a transaction of its own and give it back (or the one that ``client`` already made)."""
    with store.write() as connection:
        return append_many(store, connection, actor, (Entry(kind, payload, client),))[0]


def append_many(store: Store, connection: Connection, actor: Actor, entries: Iterable[Entry]) -> list[Event]:
    """Append events to the actor's log on this installation, and write what follows from them.

    Parameters
    ----------
    connection : Connection
        Of ``store.write()``: events and projections become visible together or not at all.
    entries : iterable of Entry
        In the order in which they happened.

    Returns
    -------
    list of Event
        One per entry, in order; for a ``client`` id that is known already, the event that it made before.
    """
    entries = list(entries)
    take_turn(connection, actor)
    known = _by_client(connection, [e.client for e in entries if e.client])
    return _append_all(store, connection, actor, entries, known)


def append_new(store: Store, connection: Connection, actor: Actor, entry: Entry) -> Event:
    """Append one event of whose ``client`` id it is known, since ``take_turn``, that it made no event before."""
    return _append_all(store, connection, actor, (entry,), {})[0]


def _append_all(
    store: Store, connection: Connection, actor: Actor, entries: Iterable[Entry], known: dict[str, Event]
) -> list[Event]:
    log = f"{actor.person}@{store.installation}"
    head = connection.execute(_HEAD, {"log": log}).first()
    seq, previous, last = (head.seq, head.id, head.at) if head else (0, None, "")
    result: list[Event] = []
    fresh: list[Event] = []
    for entry in entries:
        if entry.client and entry.client in known:
            result.append(known[entry.client])
            continue
        seq, last = seq + 1, max(store.clock(), last)
        made = _chained(log, seq, previous, actor, last, entry)
        previous = made.id
        fresh.append(made)
        result.append(made)
        if entry.client:
            known[entry.client] = made
    if fresh:
        connection.execute(_ADD, [as_row(e) for e in fresh])
        projection.project(connection, fresh)
    return result


def take_turn(connection: Connection, actor: Actor) -> None:
    """Let a person's writers go one after the other, to the end of the transaction.

    What is read after this cannot be changed by the same person from another place before it is acted upon. SQLite
    has one writer anyway.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(_TURN, {"person": actor.person})


# Built once: every vote runs them, and building one takes longer than running it. A lock with ``key_share`` leaves rows
# that refer to the person alone: somebody who votes does not wait for the page that fetches records ahead.
_TURN = select(schema.person.c.id).where(schema.person.c.id == bindparam("person")).with_for_update(key_share=True)
_HEAD = (
    select(schema.event.c.seq, schema.event.c.id, schema.event.c.at)
    .where(schema.event.c.log == bindparam("log"))
    .order_by(schema.event.c.seq.desc())
    .limit(1)
)
_ADD = insert(schema.event)
_KNOWN = Among(lambda has: select(schema.event).where(has(schema.event.c.client)))


def _chained(log: str, seq: int, previous: str | None, actor: Actor, at: str, entry: Entry) -> Event:
    payload = json.loads(canonical(entry.payload))
    bare = Event("", log, seq, previous, actor.person, at, entry.kind, entry.client, actor.protocol, payload)
    return Event(digest(bare), log, seq, previous, actor.person, at, entry.kind, entry.client, actor.protocol, payload)


def _by_client(connection: Connection, clients: Sequence[str]) -> dict[str, Event]:
    found: dict[str, Event] = {}
    for start in range(0, len(clients), _BATCH):
        chunk = clients[start : start + _BATCH]
        rows = _KNOWN(connection, chunk).mappings()
        found.update({row["client"]: from_row(dict(row)) for row in rows})
    return found


def read_events(connection: Connection, *kinds: str) -> Iterator[Event]:
    """Give the events of some kinds (all without any) in the one order that projections use: time, log, number."""
    query = select(schema.event).order_by(schema.event.c.at, schema.event.c.log, schema.event.c.seq)
    if kinds:
        query = query.where(schema.event.c.kind.in_(kinds))
    for row in connection.execute(query.execution_options(yield_per=1000)).mappings():
        yield from_row(dict(row))


def heads(connection: Connection) -> tuple[tuple[str, int, str], ...]:
    """Give (log, number of events, id of the last one) of every log, sorted: what ``verify --heads`` compares."""
    events = schema.event.c
    last = select(events.log, func.max(events.seq).label("seq")).group_by(events.log).subquery()
    found = select(events.log, events.seq, events.id).join(
        last, (events.log == last.c.log) & (events.seq == last.c.seq)
    )
    return tuple(sorted((row.log, row.seq, row.id) for row in connection.execute(found)))


def check_chains(connection: Connection) -> int:
    """Walk every log (``walked``) and give the number of events."""
    return sum(1 for _ in walked(connection))


def walked(connection: Connection) -> Iterator[Event]:
    """Give every event, log by log, once its hash is computed anew and it follows from the one before it.

    In a public copy an event whose text was changed to hide a name has the hash that was noted then.

    Raises
    ------
    TamperError
        An event was changed, removed or slipped in; the message names the log and the number.
    """
    query = select(schema.event).order_by(schema.event.c.log, schema.event.c.seq)
    kept = withheld(connection)
    changed = kept.events if kept else {}
    log, seq, previous = "", 0, None
    for row in connection.execute(query.execution_options(yield_per=1000)).mappings():
        event = from_row(dict(row))
        if event.log != log:
            log, seq, previous = event.log, 0, None
        seq += 1
        if event.seq != seq or event.previous != previous or digest(event) != changed.get(event.id, event.id):
            raise TamperError(
                f"the log {log} is broken at event {seq}",
                at=f"{log}:{seq}",
                hint="restore the last archive; keep this folder as evidence",
            )
        previous = event.id
        yield event
