"""An event as a value: who did what, its place in its log, and the one spelling that is hashed. No SQL here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_PLAIN = ("id", "log", "seq", "previous", "person", "at", "kind", "client", "protocol")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, under which version of the protocol."""

    person: str
    protocol: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One event to be: ``client`` is an id of the sender's, so that the same entry sent twice counts once."""

    kind: str
    payload: Mapping[str, Any]
    client: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One event of one log."""

    id: str
    log: str
    seq: int
    previous: str | None
    person: str
    at: str
    kind: str
    client: str | None
    protocol: str
    payload: Mapping[str, Any] = field(hash=False)


def canonical(value: object) -> str:
    """Write JSON in the one spelling that is hashed: sorted keys, no spaces, no escapes."""
    return _CANONICAL.encode(value)


def digest(event: Event) -> str:
    """Compute the id that an event must have: SHA-256 of all its other fields in canonical JSON."""
    fields = [
        event.log, event.seq, event.previous, event.person, event.at, event.kind, event.client, event.protocol,
        event.payload,
    ]  # fmt: skip
    return hashlib.sha256(canonical(fields).encode()).hexdigest()


def as_row(event: Event) -> dict[str, Any]:
    """Give the columns of the event table."""
    return {**{n: getattr(event, n) for n in _PLAIN}, "payload": canonical(event.payload)}


def from_row(row: Mapping[str, Any]) -> Event:
    """Rebuild the event from a row of the event table."""
    return Event(**{**row, "payload": json.loads(row["payload"])})


def in_time(event: Event) -> tuple[str, str, int]:
    """Give the one order that projections use: time, log, number."""
    return event.at, event.log, event.seq
