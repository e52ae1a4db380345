"""A bundle as a file: what one installation holds of the log, packed, for another copy of the same review folder.

A gzip file of JSON lines: a head (``review.store.bundling.Bundle`` without its events), one line per event in the order
of logs and numbers, and the SHA-256 of all of it. It is packed, not encrypted: nobody reads a vote at a glance, and
importing shows none. What is checked: that the file is whole, that every event is as its id says and every log
unbroken, and that it belongs to this review. Who made a false file on purpose, with new ids, is not found out.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from review.errors import ReviewError
from review.store import Event
from review.store.bundling import Bundle
from review.store.event import canonical

_FORMAT = "narrative-review bundle 1"
_MOST, _ALWAYS, _RATIO = 1_000_000_000, 50_000_000, 100
"""Bytes that a bundle may unpack to at most, that any may, and how many times its size. Ours unpack to about five."""
_CHUNK = 1 << 20
_EVENT = ("id", "log", "seq", "previous", "person", "at", "kind", "client", "protocol", "payload")
_TYPES: tuple[Any, ...] = (str, str, int, (str, type(None)), str, str, str, (str, type(None)), str, dict)
_AGAIN = "let the other laptop write it again, and copy it whole"


def write_bundle(bundle: Bundle) -> bytes:
    """Write a bundle; the same one gives the same bytes."""
    head = {
        "format": _FORMAT,
        "review": bundle.review,
        "protocol": bundle.protocol,
        "installation": bundle.installation,
        "persons": dict(bundle.persons),
        "protocols": {key: list(value) for key, value in bundle.protocols.items()},
        "records": [[record, content] for record, content in bundle.records.items()],
        "events": len(bundle.events),
    }
    lines = [canonical(head), *(canonical([getattr(event, name) for name in _EVENT]) for event in bundle.events)]
    text = "".join(line + "\n" for line in lines).encode()
    return gzip.compress(text + hashlib.sha256(text).hexdigest().encode(), mtime=0)


def read_bundle(data: bytes) -> Bundle:
    """Read a bundle; whether it belongs to a review is the store's to check.

    Raises
    ------
    ReviewError
        The file is no bundle, is cut or damaged, or unpacks to far more than its size.
    """
    text, _, checksum = _unpacked(data).rpartition(b"\n")
    text += b"\n"
    lines = text.split(b"\n")[:-1]
    try:
        head = json.loads(lines[0]) if lines else None
    except (ValueError, RecursionError):
        head = None
    if not isinstance(head, dict) or head.get("format") != _FORMAT:
        raise ReviewError(
            "the file is no bundle of this program",
            hint="a bundle is written by: review screen export --bundle FILE; tables are imported without --bundle",
        )
    if hashlib.sha256(text).hexdigest().encode() != checksum:
        raise ReviewError("the bundle is cut or damaged: its checksum is wrong", hint=_AGAIN)
    try:
        events = tuple(_events(lines[1:]))
        bundle = _bundle(head, events)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ReviewError("the bundle is damaged: a line of it cannot be read", hint=_AGAIN) from error
    return bundle


def _events(lines: list[bytes]) -> Iterator[Event]:
    for line in lines:
        values = json.loads(line)
        typed = len(values) == len(_EVENT) and all(isinstance(v, t) for v, t in zip(values, _TYPES, strict=True))
        if not typed:
            raise ValueError(line[:80])
        yield Event(**dict(zip(_EVENT, values, strict=True)))


def _bundle(head: Mapping[str, Any], events: tuple[Event, ...]) -> Bundle:
    persons = {str(key): str(name) for key, name in head["persons"].items()}
    if head["events"] != len(events) or not {event.person for event in events} <= set(persons):
        raise ValueError("events or persons are missing")
    return Bundle(
        head["review"],
        str(head["protocol"]),
        str(head["installation"]),
        persons,
        {str(key): (str(text), str(at)) for key, (text, at) in head["protocols"].items()},
        {int(record): str(content) for record, content in head["records"]},
        events,
    )


def _unpacked(data: bytes) -> bytes:
    """Unpack piece by piece, so that a file made to fill the memory is found out before it does."""
    most = min(_MOST, max(_ALWAYS, _RATIO * len(data)))
    engine = zlib.decompressobj(zlib.MAX_WBITS | 16)
    found, size, rest = [], 0, data
    try:
        while rest and not engine.eof:
            part = engine.decompress(rest, _CHUNK)
            rest = engine.unconsumed_tail
            size += len(part)
            if size > most:
                raise ReviewError(f"the file unpacks to more than {most / 1e6:,.0f} MB: it is no bundle of votes",
                                  hint=_AGAIN)  # fmt: skip
            found.append(part)
    except zlib.error as error:
        if not data.startswith(b"\x1f\x8b"):
            return b""
        raise ReviewError("the bundle is damaged: it cannot be unpacked", hint=_AGAIN) from error
    if not engine.eof and data:
        raise ReviewError("the bundle is cut: its end is missing", hint=_AGAIN)
    return b"".join(found)
