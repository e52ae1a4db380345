"""Prove that the store is what the log says: chains unbroken, projections equal to those rebuilt from nothing."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, Table, Text, cast, insert, select

from review.errors import TamperError
from review.store import schema
from review.store.engine import scratch
from review.store.event import Event, as_row, in_time
from review.store.events import heads, walked
from review.store.files import FOLDER, Files
from review.store.projection import restand, tell
from review.store.withheld import withheld

_RECORD = (
    "INSERT INTO record (id, search, position, matched, authors, keywords, more) VALUES (?, 0, ?, ?, '[]', '[]', '{}')"
)
Contents = dict[tuple[Any, ...], dict[str, Any]]
"""A table's rows by primary key."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked: number of events and of logs, and each log's head."""

    events: int
    heads: tuple[tuple[str, int, str], ...]


def verify(connection: Connection, known_heads: Sequence[tuple[str, int, str]] = ()) -> Verified:
    """Walk every chain, compare heads noted down before, rebuild every projection and compare it.

    Parameters
    ----------
    known_heads : sequence of (log, number, id)
        From the manifest of a report or archive: finds a cut tail, which a chain alone cannot show.

    Raises
    ------
    TamperError
        The first thing found that is not as the log says.
    """
    events = list(walked(connection))
    for log, seq, identity in known_heads:
        at = connection.scalar(select(schema.event.c.id).where(schema.event.c.log == log, schema.event.c.seq == seq))
        if at != identity:
            raise TamperError(
                f"the log {log} had event {seq} with another content when its head was noted down",
                at=f"{log}:{seq}",
                hint="the log was cut or rewritten since: restore the last archive",
            )
    _compare_projections(connection, sorted(events, key=in_time))
    return Verified(len(events), heads(connection))


def _compare_projections(connection: Connection, events: Sequence[Event]) -> None:
    with scratch().begin() as fresh:
        schema.metadata.create_all(fresh)
        records = connection.execute(select(schema.record.c.id, schema.record.c.matched)).all()
        if records:  # said to the driver itself: building a statement's values would take longer than running it
            fresh.exec_driver_sql(_RECORD, [(r.id, r.id, r.matched) for r in records])
            fresh.exec_driver_sql("INSERT INTO report (id) VALUES (?)", [(r.id,) for r in records])
        if rules := [as_row(e) for e in events if e.kind == "protocol"]:  # of the log itself projections read these
            fresh.execute(insert(schema.event), rules)
        tell(fresh, events)
        restand(fresh, [r.id for r in records])
        for table in (*schema.PROJECTIONS, schema.report):
            if _texts(connection, table) != _texts(fresh, table):
                _same(table, _contents(connection, table), _contents(fresh, table))


def _texts(connection: Connection, table: Table) -> set[tuple[Any, ...]]:
    """Give a table's rows with JSON as it is written: reading it would take longer than all the rest."""
    columns = [cast(c, Text) if isinstance(c.type, JSON) else c for c in table.columns]
    return set(connection.execute(select(*columns)).all())


def _contents(connection: Connection, table: Table) -> Contents:
    keys = [c.name for c in table.primary_key.columns]
    rows = connection.execute(select(table)).mappings()
    return {tuple(row[k] for k in keys): dict(row) for row in rows}


def _same(
    table: Table,
    stored: Contents,
    rebuilt: Contents,
) -> None:
    for key in sorted(set(stored) | set(rebuilt), key=repr):
        if stored.get(key) != rebuilt.get(key):
            raise TamperError(
                f"table {table.name} does not follow from the log at {key}: "
                f"it holds {stored.get(key)}, the log says {rebuilt.get(key)}",
                at=f"{table.name}:{key}",
                hint="something other than this program wrote into the database; restore the last archive",
            )


@dataclass(frozen=True, slots=True)
class Kept:
    """The files beside the database: how many raw replies and full texts are as they were saved; and, by their paths,
    which are gone, which have other contents, which nobody knows. ``withheld`` counts what a public copy leaves out.
    """

    raw: int
    full_texts: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    stray: tuple[str, ...]
    withheld: int = 0


def check_places(connection: Connection, folder: Path) -> tuple[str, ...]:
    """Give the paths of the raw replies and full texts that are not there, without looking into the others."""
    return tuple(path for path in sorted(_noted(connection, folder)[2]) if not (folder / path).is_file())


def _noted(connection: Connection, folder: Path) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Give path -> SHA-256 of raw replies, of full texts, and of both."""
    files, page, text = Files(folder), schema.page.c, schema.full_text.c
    raw = {row.path: row.sha256 for row in connection.execute(select(page.path, page.sha256))}
    held = connection.execute(select(text.sha256, text.kind))
    texts = {files.path(row.sha256, row.kind).relative_to(folder).as_posix(): row.sha256 for row in held}
    return raw, texts, raw | texts


def check_files(connection: Connection, folder: Path) -> Kept:
    """Compare every raw reply and every full text under the folder with the SHA-256 noted when it was saved.

    A stray one belongs to nothing in the log: it was being written when a run was killed, a full text was taken back,
    or the database is not the one that it belongs to.
    """
    raw, texts, both = _noted(connection, folder)
    gone: list[str] = []
    changed: list[str] = []
    good: set[str] = set()
    for path, sha256 in sorted(both.items()):
        try:
            (good.add if _sha256(folder / path) == sha256 else changed.append)(path)
        except FileNotFoundError:
            gone.append(path)
        except (OSError, EOFError, zlib.error):
            changed.append(path)
    found = [*(folder / "raw").rglob("*.gz"), *(folder / FOLDER).glob("[!.]*")]
    paths = sorted(path.relative_to(folder).as_posix() for path in found)
    stray = tuple(path for path in paths if path not in both and not path.endswith(".unread.gz"))
    missing, left_out = ([], len(gone)) if withheld(connection) else (gone, 0)
    return Kept(len(good & raw.keys()), len(good & texts.keys()), tuple(missing), tuple(changed), stray, left_out)


def _sha256(path: Path) -> str:
    """Hash what a file holds; a raw reply is kept compressed, and hashed as it came."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as given:
        return hashlib.file_digest(given, "sha256").hexdigest()
