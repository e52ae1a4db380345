"""What deduplicating plain files found, as CSV tables and counts. Bytes and values only; nothing is printed here."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from review.formats.cells import guarded
from searches.dedupe import REASONS, Link
from searches.plain_files import Deduplicated

_ROWS = 10_000
"""Rows that are written at a time."""
_PAIR = ("", "file", "record", "title", "year", "doi")


@dataclass(frozen=True, slots=True)
class Reason:
    """How many pairs one rule merged or left unsure. Those merged add up to the records removed."""

    verdict: str
    rule: str
    reason: str
    pairs: int


def reasons(done: Deduplicated) -> tuple[Reason, ...]:
    """Count the rules, those that merged first, each kind with the most frequent rule first."""
    found: list[Reason] = []
    for verdict, links in (("merged", done.result.links), ("unsure", done.result.unsure)):
        counts = Counter(link.rule for link in links)
        known = sorted(counts, key=lambda rule: (-counts[rule], rule))
        found += [Reason(verdict, rule, REASONS[rule], counts[rule]) for rule in known]
    return tuple(found)


def clusters_table(done: Deduplicated) -> Iterator[bytes]:
    """Give a table of one column, ``merged_ids``: the names of each group of two records or more, joined by ``;``."""
    names = [place.name for place in done.places]
    return _table(["merged_ids"], ([";".join(names[i] for i in cluster)] for cluster in done.result.clusters))


def unsure_table(done: Deduplicated) -> Iterator[bytes]:
    """Give the pairs that a person should look at, likeliest first: ``left, right, score, reason``."""
    names = [place.name for place in done.places]
    rows = ([names[p.left], names[p.right], f"{p.score:.4f}", REASONS[p.rule]] for p in done.result.unsure)
    return _table(["left", "right", "score", "reason"], rows)


def pairs_table(done: Deduplicated) -> Iterator[bytes]:
    """Give every pair that was merged, in the order of titles, then every pair left unsure, likeliest first.

    The merged pairs of a group connect it: a group of n records has n - 1 of them. ``record`` is the number of the
    record in its file, counted from 1.
    """
    header = ["verdict", "rule", "reason", "score"]
    header += [f"{side}_{what}" if what else side for what in _PAIR for side in ("left", "right")]
    merged = (_row(done, "merged", link) for link in done.result.links)
    unsure = (_row(done, "unsure", link) for link in done.result.unsure)
    return _table(header, (row for rows in (merged, unsure) for row in rows))


def _row(done: Deduplicated, verdict: str, link: Link) -> list[str]:
    sides = zip(_side(done, link.left), _side(done, link.right), strict=True)
    return [verdict, link.rule, REASONS[link.rule], f"{link.score:.4f}", *(text for both in sides for text in both)]


def _side(done: Deduplicated, at: int) -> tuple[str, ...]:
    record, place = done.records[at], done.places[at]
    year = str(record.year or "")
    return place.name, done.files[place.file].name, str(place.number), record.title or "", year, record.doi or ""


def _table(header: list[str], rows: Iterable[list[str]]) -> Iterator[bytes]:
    """Write a table part by part: UTF-8, LF, every cell in quotation marks and none that a program would compute."""
    rest = iter(rows)
    some = [header]
    while some:
        text = io.StringIO()
        table = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        table.writerows(map(guarded, row) for row in some)
        yield text.getvalue().encode("utf-8", errors="replace")
        some = list(islice(rest, _ROWS))
