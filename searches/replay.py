"""Read every saved reply and export file again, without the network, and mend what is now read otherwise.

A record keeps its id whatever is read into it: decisions hang on it. Nothing is ever taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from review.errors import ReviewError, StageError
from review.formats import read as read_file
from review.protocol import Protocol
from review.record import Record
from review.store import Store
from review.store.records import Matched
from searches import raw, rows
from searches.evaluation import matcher_of
from searches.registry import reader_of
from searches.run import Notify

_WAY = "snowball"
"""The tag of what was noted on a hit of a citation search beside what its reply says."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What reading a search again gave; ``records`` is what its replies hold, ``unread`` the replies without bytes."""

    search: int
    source: str
    label: str
    pages: int
    records: int
    same: int
    changed: int
    added: int
    gone: int
    unread: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A record as read again: what tells it in its search, and the page that held it (``None``: of a file)."""

    key: str | int
    record: Record
    page: int | None


def replay(
    store: Store, protocol: Protocol, folder: Path, names: Sequence[str], notify: Notify
) -> tuple[Replayed, ...]:
    """Read the replies of every search again, or of those of some sources, and compare them with what is kept.

    What is read otherwise is written into the record of the same id, evaluated by the protocol of today; records that
    were not read before are added. What is no longer found stays, and is counted in ``gone``.
    """
    with store.read() as connection:
        wanted = [row for row in rows.searches(connection) if not names or row["source"] in names]
    done = []
    for number, row in enumerate(wanted, start=1):
        done.append(_Again(store, protocol, folder, row).run())
        notify("reading again", number, len(wanted))
    return tuple(done)


class _Again:
    """One search being read again."""

    def __init__(self, store: Store, protocol: Protocol, folder: Path, row: Mapping[str, Any]) -> None:
        self._store, self._folder, self._row = store, folder, row
        self._match = matcher_of(protocol, row)
        self._citing = row["method"] == "snowball"  # only replies that hold whole hits are no asides
        self._notes: list[str] = []
        self._unread = self._pages = 0
        with store.read() as connection:
            self._saved = rows.pages(connection, row["id"])
            self._kept = rows.record_keys(connection, row["id"], by_position=row["method"] == "file")
            self._before = rows.ids_before(connection, row)

    def run(self) -> Replayed:
        seen: set[str | int] = set()
        counts = {"same": 0, "changed": 0, "added": 0}
        for batch in self._batches():
            fresh = {one.key: one for one in batch if one.key not in seen and one.key not in self._before}
            seen |= fresh.keys()
            with self._store.write() as connection:
                ids = {self._kept[key]: one for key, one in fresh.items() if key in self._kept}
                stored = rows.records_with_matched(connection, sorted(ids))
                differing = [(i, *new) for i, new in self._compared(ids, stored) if new != stored[i]]
                rows.change_records(connection, differing)
                added = [] if self._citing else [one for key, one in fresh.items() if key not in self._kept]
                rows.append_records(connection, self._row["id"], [(o.record, self._judged(o), o.page) for o in added])
            counts["changed"] += len(differing)
            counts["same"] += len(ids) - len(differing)
            counts["added"] += len(added)
        gone = 0 if self._unread or self._citing else len(self._kept.keys() - seen)
        return Replayed(
            self._row["id"], self._row["source"], self._row["label"], self._pages, len(seen), gone=gone,
            unread=self._unread, notes=tuple(self._notes), **counts,
        )  # fmt: skip

    def _compared(
        self, ids: Mapping[int, _Found], stored: Mapping[int, tuple[Record, Matched]]
    ) -> Iterator[tuple[int, tuple[Record, Matched]]]:
        for identity, one in ids.items():
            record, matched = stored[identity]
            ways = tuple(pair for pair in record.extra if pair[0] == _WAY)
            again = replace(one.record, extra=(*one.record.extra, *ways)) if ways else one.record
            yield identity, (again, self._match(again) if self._match else matched)

    def _judged(self, one: _Found) -> Matched:
        return self._match(one.record) if self._match else "unknown"

    def _batches(self) -> Iterator[list[_Found]]:
        for page in self._saved:
            if page["aside"]:
                continue
            body = self._bytes(page)
            if body is None:
                continue
            self._pages += 1
            try:
                yield self._read(body, page)
            except ReviewError as error:
                self._unread += 1
                self._notes.append(f"{page['path']} can no longer be read: {error.message}")

    def _read(self, body: bytes, page: Mapping[str, Any]) -> list[_Found]:
        if self._row["method"] == "file":
            columns = dict(self._row["columns"] or {})
            reading = read_file(body, name=self._row["file_name"], columns=columns or None)
            if len(reading.records) != len(self._kept):
                self._unread += 1
                held, now = len(self._kept), len(reading.records)
                self._notes.append(f"{page['path']} now reads as {now:,} records instead of {held:,}: left as it was")
                return []
            return [_Found(n, record, page["id"]) for n, record in enumerate(reading.records, start=1)]
        read: Callable[[bytes, str | None], Any] = reader_of(self._row)
        return [_Found(r.source_id, r, page["id"]) for r in read(body, page["cursor"]).records if r.source_id]

    def _bytes(self, page: Mapping[str, Any]) -> bytes | None:
        """Give the bytes of a page as they were saved; say so when they are not there or not the same."""
        try:
            return raw.saved(self._folder, page)
        except StageError as fault:
            self._unread += 1
            self._notes.append(f"{fault.message}: its records are left as they are")
            return None
