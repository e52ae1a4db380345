"""Deduplicate plain files without a review folder: files of records in, the merged records and the reasons out.

No disk and no printing here; what is said of the result is in ``file_report``, its bytes are in ``file_output``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import count, groupby, islice
from typing import NamedTuple, TypeAlias

from review.formats import read
from review.formats.detect import detect
from review.formats.registry import READERS
from review.record import Reading, Record, Rejected, combine
from review.text import fold, many
from searches.dedupe import Options, Result, find_duplicates
from searches.dedupe.engines import Done, Engine, Part, local
from searches.dedupe.find import MANY

FOUND_IN = "found-in"
"""Name of the extra value that says where a written record came from: a file, and the number that it had there."""
AUTOMATIC = Options()

Notify: TypeAlias = Callable[[str, int, int | None], None]
"""Told of progress: what is done, how much of it, and of how much where that is known."""

_ID_COLUMNS = ("id", "record id")
_TABLES = ("csv", "xlsx")
_UNTITLED = "\U0010ffff"
"""Comes after every title."""


class Place(NamedTuple):
    """Where a record stood (number of the file, number in the file from 1) and what the reports call it."""

    file: int
    number: int
    name: str


@dataclass(frozen=True, slots=True)
class FileCounts:
    """What became of one file: ``records == within + elsewhere + kept``; those set aside are no records.

    A document that several files hold counts as kept for the first of them in the order given.
    """

    name: str
    format: str
    platform: str | None
    records: int
    within: int
    """Removed as duplicates of a record of the same file."""
    elsewhere: int
    """Removed because an earlier file holds the document."""
    kept: int
    set_aside: tuple[Rejected, ...]
    losses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """The records in the order of their content, what they are called, what was found, and what is kept."""

    records: tuple[Record, ...]
    places: tuple[Place, ...]
    result: Result
    kept: tuple[Record, ...]
    files: tuple[FileCounts, ...]
    warnings: tuple[str, ...]


def dedupe_files(
    files: Iterable[tuple[str, bytes]],
    *,
    options: Options = AUTOMATIC,
    engine: Engine | None = None,
    keep_source_order: bool = False,
    columns: Mapping[str, str] | None = None,
    notify: Notify = lambda label, done, total: None,
) -> Deduplicated:
    """Read files, find duplicates and merge them.

    The kept records stand in an order of their content, and a merged one has the same values whatever the order of
    files and records; ``keep_source_order`` puts them where they (of a group, its first record) came. ``files`` may be
    an iterator: a file is read and let go before the next one is asked for.

    A record is called by the id column of its table (``ID``, ``record_id``) where every record of all files has one
    and no two share it, else by its number over all files, counted from 1.

    Parameters
    ----------
    engine : Engine, optional
        Where records are compared; absent: on this machine.
    columns : mapping, optional
        For tables with names of their own, see ``review.formats.read``; other files are read without it.
    """
    readings, labels = list[Reading](), list[str]()
    notify("Reading files", 0, None)
    for label, data in files:
        readings.append(_read(data, label, columns))
        del data  # it may be as large as all that was read from it
        labels.append(label)
        notify("Reading files", len(readings), None)
    records, places, warnings = _gathered(readings)
    order = content_order(records, [labels[place.file] for place in places])
    ranked, ranked_places = [records[i] for i in order], [places[i] for i in order]
    with nullcontext(engine) if engine else local(many=len(ranked) >= MANY) as chosen:
        result = find_duplicates(ranked, options=options, engine=_Watched(chosen, notify))
    groups = _groups(result, ranked_places)
    merged = [_merged(group, ranked, ranked_places, labels) for group in groups]
    kept = range(len(groups)) if keep_source_order else content_order(merged)
    return Deduplicated(
        tuple(ranked),
        tuple(ranked_places),
        result,
        tuple(merged[i] for i in kept),
        tuple(_counted(labels, readings, groups, ranked_places)),
        tuple(warnings),
    )


class _Watched:
    """An engine that tells of every part that is done."""

    def __init__(self, engine: Engine, notify: Notify) -> None:
        self._engine, self._notify, self._done = engine, notify, 0

    def map(self, task: Callable[[Part], Done], parts: Iterable[Part]) -> Iterator[Done]:
        """Give the results of the engine."""
        for done in self._engine.map(task, parts):
            self._done += 1
            self._notify("Comparing records, parts", self._done, None)
            yield done


def content_order(records: Sequence[Record], files: Sequence[str] = ()) -> list[int]:
    """Give the positions in an order of what the records say: title, date, then everything else, then the file.

    Untitled records come last. Only records that are equal in all of it keep the order in which they came.
    """
    keys = [(fold(record.title) or _UNTITLED, record.date or "") for record in records]
    order: list[int] = []
    for _, same in groupby(sorted(range(len(records)), key=keys.__getitem__), key=keys.__getitem__):
        run = list(same)
        order += run if len(run) == 1 else sorted(run, key=lambda i: (repr(records[i]), files[i] if files else ""))
    return order


def _read(data: bytes, label: str, columns: Mapping[str, str] | None) -> Reading:
    table = columns and READERS[detect(data, label)[0]].mapped is not None
    return read(data, name=label, columns=columns if table else None)


def _gathered(readings: Sequence[Reading]) -> tuple[list[Record], list[Place], list[str]]:
    """Put the records of all files in one row, and give each the name that the reports call it by."""
    records = [record for reading in readings for record in reading.records]
    own = [_own_id(record) for record in records] if all(r.format in _TABLES for r in readings) else []
    fault = _fault(own)
    ids = [] if fault else [name or "" for name in own]
    places: list[Place] = []
    before = 0
    for file, reading in enumerate(readings):
        aside = {rejected.position for rejected in reading.rejected}
        numbers = islice((i for i in count(1) if i not in aside), len(reading.records))
        places += [
            Place(file, number, ids[at] if ids else str(before + number))
            for at, number in enumerate(numbers, len(places))
        ]
        before += len(reading.records) + len(reading.rejected)
    return records, places, [fault] if fault else []


def _own_id(record: Record) -> str | None:
    """Give the value of the column ``ID`` or ``record_id``, else of another column of numbers."""
    return next((text for name, text in record.extra if fold(name) in _ID_COLUMNS), record.source_id)


def _fault(ids: Sequence[str | None]) -> str | None:
    """Say why ids cannot name the records; nothing when they can, or when there are none."""
    known = [name for name in ids if name]
    called = "the records are called by their numbers over all files, counted from 1"
    if not known:
        return None
    if len(known) < len(ids):
        return f"{len(ids) - len(known):,} of {many(len(ids), 'record')} have no id: {called}"
    if len(set(known)) < len(known):
        return f"the ids are not unique, {len(known) - len(set(known)):,} stood before: {called}"
    if any(";" in name for name in known):
        return f"some ids hold a semicolon, which parts the ids of a group: {called}"
    return None


def _groups(result: Result, places: Sequence[Place]) -> list[tuple[int, ...]]:
    """Give every record in one group, alone or with its duplicates; groups and their records as they came."""
    inside = {i for cluster in result.clusters for i in cluster}
    alone = ((i,) for i in range(len(places)) if i not in inside)
    groups = [tuple(sorted(cluster, key=places.__getitem__)) for cluster in result.clusters]
    return sorted([*groups, *alone], key=lambda group: places[group[0]])


def _merged(
    group: tuple[int, ...], records: Sequence[Record], places: Sequence[Place], labels: Sequence[str]
) -> Record:
    """Combine a group in the order of content, and say where it was found when that is more than one place."""
    members = sorted(group)
    together = combine([records[i] for i in members])[0] if len(group) > 1 else records[group[0]]
    if len(set(labels)) == 1 and len(group) == 1:
        return together
    found = dict.fromkeys(origin for i in members for origin in _origins(records[i], labels[places[i].file]))
    if len(set(labels)) == 1 and len(found) == 1:
        return together
    others = tuple(pair for pair in together.extra if pair[0] != FOUND_IN)
    return replace(together, extra=(*others, *((FOUND_IN, origin) for origin in found)))


def _origins(record: Record, label: str) -> list[str]:
    """Say where a record came from: what an earlier run noted, else its file and its number there."""
    noted = [origin for name, origin in record.extra if name == FOUND_IN]
    return noted or [f"{label}: {record.source_id}" if record.source_id else label]


def _counted(
    labels: Sequence[str], readings: Sequence[Reading], groups: Sequence[tuple[int, ...]], places: Sequence[Place]
) -> Iterable[FileCounts]:
    """Count for each file what became of its records."""
    within, elsewhere, kept = defaultdict[int, int](int), defaultdict[int, int](int), defaultdict[int, int](int)
    for group in groups:
        held = [places[i].file for i in group]
        kept[held[0]] += 1
        for file in set(held):
            within[file] += held.count(file) - 1
            elsewhere[file] += file != held[0]
    for file, (label, reading) in enumerate(zip(labels, readings, strict=True)):
        yield FileCounts(
            name=label,
            format=reading.format,
            platform=reading.platform,
            records=len(reading.records),
            within=within[file],
            elsewhere=elsewhere[file],
            kept=kept[file],
            set_aside=reading.rejected,
            losses=reading.losses,
        )
