"""Prove that the store is what the log says: chains unbroken, projections equal to those rebuilt from nothing."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, create_engine, insert, select

from review.errors import TamperError
from review.store import schema
from review.store.event import as_row
from review.store.events import check_chains, heads, read_events
from review.store.projection import project, restand

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
    count = check_chains(connection)
    for log, seq, identity in known_heads:
        at = connection.scalar(select(schema.event.c.id).where(schema.event.c.log == log, schema.event.c.seq == seq))
        if at != identity:
            raise TamperError(
                f"the log {log} had event {seq} with another content when its head was noted down",
                at=f"{log}:{seq}",
                hint="the log was cut or rewritten since: restore the last archive",
            )
    _compare_projections(connection)
    return Verified(count, heads(connection))


def _compare_projections(connection: Connection) -> None:
    with create_engine("sqlite://").begin() as fresh:
        schema.metadata.create_all(fresh)
        records = connection.execute(select(schema.record.c.id, schema.record.c.matched)).all()
        blank = {"search": 0, "authors": [], "keywords": [], "more": {}}
        if records:
            fresh.execute(
                insert(schema.record), [{"id": r.id, "position": r.id, "matched": r.matched, **blank} for r in records]
            )
            fresh.execute(insert(schema.report), [{"id": r.id, "merged_into": None} for r in records])
        events = list(read_events(connection))
        if events:
            fresh.execute(insert(schema.event), [as_row(e) for e in events])
            project(fresh, events)
        restand(fresh, [r.id for r in records])
        for table in (*schema.PROJECTIONS, schema.report):
            _same(table, _contents(connection, table), _contents(fresh, table))


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
class RawFiles:
    """The saved raw replies: how many are as saved, which are gone, which have other contents, which nobody knows."""

    files: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    stray: tuple[str, ...]


def check_raw(connection: Connection, folder: Path) -> RawFiles:
    """Compare every raw reply under the folder with the SHA-256 noted when it was saved.

    A stray one belongs to no search: it was being written when a run was killed, or the database is not the one that
    it belongs to.
    """
    rows = connection.execute(select(schema.page.c.path, schema.page.c.sha256).order_by(schema.page.c.path)).all()
    missing, changed, good = [], [], 0
    for path, sha256 in dict.fromkeys((r.path, r.sha256) for r in rows):
        try:
            content = gzip.decompress((folder / path).read_bytes())
        except FileNotFoundError:
            missing.append(path)
            continue
        except (OSError, EOFError, zlib.error):
            changed.append(path)
            continue
        if hashlib.sha256(content).hexdigest() == sha256:
            good += 1
        else:
            changed.append(path)
    known = {row.path for row in rows}
    found = sorted(path.relative_to(folder).as_posix() for path in (folder / "raw").rglob("*.gz"))
    stray = tuple(path for path in found if path not in known and not path.endswith(".unread.gz"))
    return RawFiles(good, tuple(missing), tuple(changed), stray)
