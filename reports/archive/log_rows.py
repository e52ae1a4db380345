"""The decisions of a review as a table that people can read: queries, and the CSV that streams from them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from sqlalchemy import Connection, select

from review.formats.cells import guarded
from review.store import schema

COLUMNS = ("at", "person", "what", "stage", "report", "title", "verdict", "reasons", "note", "event")
_BATCH = 2_000


def decisions(connection: Connection) -> Iterator[bytes]:
    """Write every vote and resolution, also those that a later one took the place of, as CSV in the order of time."""
    titles: dict[int, str | None] = {
        row.id: row.title for row in connection.execute(select(schema.record.c.id, schema.record.c.title))
    }
    yield "\ufeff".encode()
    yield _csv([COLUMNS])
    event, person = schema.event.c, schema.person.c
    query = (
        select(event.at, person.name, event.kind, event.payload, event.id)
        .join(schema.person, person.id == event.person)
        .where(event.kind.in_(("decision", "resolution")))
        .order_by(event.at, event.seq, event.id)
    )
    for batch in connection.execute(query.execution_options(yield_per=_BATCH)).partitions():
        yield _csv([_row(*row, titles) for row in batch])


def _row(at: str, name: str, kind: str, payload: str, identity: str, titles: dict[int, str | None]) -> tuple[str, ...]:
    said = json.loads(payload)
    cells = (
        at, name, "vote" if kind == "decision" else kind, said["stage"], str(said["report"]),
        titles.get(said["report"]) or "", said["verdict"], "; ".join(said.get("reasons") or ()),
        said.get("note") or "", identity,
    )  # fmt: skip
    return tuple(guarded(cell) for cell in cells)


def _csv(rows: list[tuple[str, ...]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()
