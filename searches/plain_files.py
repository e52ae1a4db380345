"""Deduplicate plain files without a review folder: bytes in, bytes out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from review.formats import read, write
from review.record import Record, combine
from searches.dedupe import REASONS, Options, find_duplicates

_TABLES = ("csv", "tsv", "xlsx")


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """Counts, the merged records as a file, and two CSV files: groups of ids, and pairs to look at."""

    records: int
    reports: int
    pairs: int
    merged: bytes
    clusters: bytes
    unsure: bytes
    losses: tuple[str, ...]


def dedupe_files(files: Sequence[tuple[str, bytes]], format: str) -> Deduplicated:
    """Read files, merge duplicates, and write what remains in a format (a key of ``WRITERS``).

    A record is called by the id column of its table (``ID``, ``record_id``) where every record of all files has one
    and no two share it, else by its number over all files, counted from 1.
    """
    readings = [read(data, name=name) for name, data in files]
    records = [record for reading in readings for record in reading.records]
    names = _names(records, all(reading.format in _TABLES for reading in readings))
    result = find_duplicates(records, options=Options())
    inside = {i for cluster in result.clusters for i in cluster}
    first = {cluster[0]: cluster for cluster in result.clusters}
    kept = [
        combine([records[j] for j in first[i]])[0] if i in first else record
        for i, record in enumerate(records)
        if i in first or i not in inside
    ]
    losses = [f"{name}: {loss}" for (name, _), r in zip(files, readings, strict=True) for loss in r.losses]
    losses += [
        f"{name}: record {one.position} was set aside: {one.reason}"
        for (name, _), r in zip(files, readings, strict=True)
        for one in r.rejected
    ]
    return Deduplicated(
        len(records),
        len(kept),
        len(result.unsure),
        write(kept, format),
        _table(["merged_ids"], ([";".join(names[i] for i in cluster)] for cluster in result.clusters)),
        _table(
            ["left", "right", "score", "reason"],
            ([names[p.left], names[p.right], f"{p.score:.4f}", REASONS[p.rule]] for p in result.unsure),
        ),
        tuple(losses),
    )


def _names(records: Sequence[Record], tables: bool) -> list[str]:
    own = [record.source_id for record in records]
    if tables and all(own) and len(set(own)) == len(own):
        return [name for name in own if name]
    return [str(i) for i in range(1, len(records) + 1)]


def _table(header: list[str], rows: Iterable[list[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()
