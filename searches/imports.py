"""Take an export file of a platform as a search: keep its bytes, read it, compare hits with records, count all."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from review.errors import StageError
from review.formats import read
from review.protocol import ExportFile, Protocol, SearchKind
from review.record import Reading, Record
from review.store import Store
from searches import rows
from searches.evaluation import matcher
from searches.raw import keep

_BATCH = 5000


@dataclass(frozen=True, slots=True)
class Ran:
    """Where and how a platform was searched by hand."""

    source: str
    platform: str | None = None
    kind: SearchKind = "database"
    searched_on: str | None = None
    query: str | None = None
    hits: int | None = None
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import kept; ``records + rejected`` is everything that the file holds."""

    search: int
    source: str
    format: str
    platform: str | None
    status: str
    hits: int | None
    records: int
    rejected: int
    matched: int
    losses: tuple[str, ...]
    error: str | None


def import_file(store: Store, protocol: Protocol, folder: Path, data: bytes, name: str, ran: Ran) -> Imported:
    """Import one file as one search.

    Parameters
    ----------
    data, name : bytes, str
        The file as it is, and what it is called; its bytes are kept under ``raw/`` with their SHA-256.
    ran : Ran
        ``hits`` is what the platform showed on screen: when the file holds another number of records, the search is
        incomplete and says so (platforms cap exports).

    Raises
    ------
    StageError
        These very bytes are imported already.
    ReviewError
        The file cannot be read.
    """
    digest = hashlib.sha256(data).hexdigest()
    with store.read() as connection:
        _refuse_known(rows.imported_file(connection, digest), name)
    reading = read(data, name=name, columns=dict(ran.columns) or None)
    kept = keep(folder, _slug(ran.source), digest[:16], data)
    found = len(reading.records) + len(reading.rejected)
    error = None
    if ran.hits is not None and ran.hits != found:
        error = f"the platform showed {ran.hits:,} hits, the file holds {found:,} records"
    status = "incomplete" if error else "complete"
    match = matcher(protocol)
    now = store.clock()
    with store.write() as connection:
        _refuse_known(rows.imported_file(connection, digest, lock=True), name)  # somebody else imported it meanwhile
        facts = _facts(protocol, ran, reading, now)
        search = rows.start_search(connection, {**facts, "file_name": name, "file_sha256": digest})
        page = rows.add_page(
            connection,
            {"search": search, "number": 1, "url": name, "path": kept.path, "sha256": kept.sha256, "size": kept.size,
             "at": now},
        )  # fmt: skip
        for batch in _batches(reading.records):
            rows.add_records(connection, search, [(i, r, match(r)) for i, r in batch], page=page)
        rows.add_records(connection, search, (), page=page, rejected=reading.rejected)
        counts = rows.count_records(connection, search)
        losses = [{"what": loss, "effect": "none"} for loss in reading.losses]
        rows.change_search(connection, search, status=status, error=error, losses=losses, finished_at=now)
    return Imported(
        search, ran.source, reading.format, reading.platform, status, ran.hits, len(reading.records),
        len(reading.rejected), counts["yes"], reading.losses, error,
    )  # fmt: skip


def _refuse_known(before: int | None, name: str) -> None:
    if before is not None:
        raise StageError(
            f"{name} is imported already, as search {before}",
            hint="nothing was changed; importing it twice would count it twice",
        )


def _facts(protocol: Protocol, ran: Ran, reading: Reading, now: str) -> dict[str, Any]:
    """Give what the search table notes; a platform of the protocol lends its label, platform and kind."""
    listed = next((p for p in protocol.platforms if ran.source in (p.id, p.label)), None)
    return {
        "source": listed.id if listed else ran.source,
        "label": listed.label if listed else ran.source,
        "platform": ran.platform or (listed.platform if listed else None) or reading.platform,
        "kind": listed.kind if listed and ran.kind == "database" else ran.kind,
        "method": "file",
        "query": ran.query,
        "searched_on": ran.searched_on,
        "started_at": now,
        "hits": ran.hits,
        "columns": dict(ran.columns) or None,
        "protocol": protocol.hash,
    }


def new_files(store: Store, protocol: Protocol) -> tuple[ExportFile, ...]:
    """Give the export files that the protocol lists and that no search holds yet, by name and source."""
    with store.read() as connection:
        held = {(row["file_name"], row["source"]) for row in rows.searches(connection)}
    return tuple(one for one in protocol.imports if (one.file, one.source) not in held)


def _slug(source: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in source.lower()).strip("-") or "file"


def _batches(items: Sequence[Record]) -> list[list[tuple[int, Record]]]:
    numbered = list(enumerate(items, start=1))
    return [numbered[i : i + _BATCH] for i in range(0, len(numbered), _BATCH)]
