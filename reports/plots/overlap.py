"""Which sources found the same reports, as an UpSet plot: one column per combination of sources, the largest first.

Design: Lex A et al. 2014, UpSet: visualization of intersecting sets, doi:10.1109/TVCG.2014.2346248, checked 2026-11-22.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reports.flow.counts import MAIN_KINDS
from reports.material import Material
from reports.plots import overlap_rows
from reports.plots.axes import LINE, SIZE, SMALL, lines, note
from reports.plots.canvas import Disc, Figure, Path, Rect, Shape, Words, figure
from reports.plots.overlap_rows import Found, Shared
from review.text import many

COLUMNS = 20
"""Combinations that are shown; the reports of all smaller ones are summed in the note."""
ROWS = 20
"""Sources that have a row; with more, the smaller ones share the last."""
_NAMES, _BARS, _ROW, _TOP, _HIGH = 168.0, 84.0, 26.0, 44.0, 190.0
_LEFT = _NAMES + 8


_KINDS = {"citation": "citation searching", "other": "other methods"}


@dataclass(frozen=True, slots=True)
class Row:
    """A source as it is shown: its label, records, reports, and searches."""

    label: str
    records: int
    searches: tuple[int, ...]


def overlap(m: Material) -> Iterator[Figure]:
    """Draw how many reports each combination of sources found, of all reports of the review."""
    rows = _rows(overlap_rows.sources(m.connection))
    if len(rows) > 1:
        yield _drawn(rows, overlap_rows.shared(m.connection, [row.searches for row in rows]))


def _rows(found: Sequence[Found]) -> tuple[Row, ...]:
    """Name the sources so that no two are the same; those that have no row of their own share the last one."""
    same = Counter(one.label for one in found)
    rows = [
        Row(
            f"{one.label} ({_KINDS.get(one.kind, one.kind)})" if _said(one, same) else one.label,
            one.records,
            one.searches,
        )
        for one in found
    ]
    if len(rows) <= ROWS:
        return tuple(rows)
    rest = rows[ROWS - 1 :]
    pooled = tuple(number for row in rest for number in row.searches)
    return (*rows[: ROWS - 1], Row(f"{len(rest)} smaller sources", sum(row.records for row in rest), pooled))


def _said(one: Found, same: Mapping[str, int]) -> bool:
    return same[one.label] > 1 or one.kind not in MAIN_KINDS


def _drawn(rows: Sequence[Row], counted: Sequence[Shared]) -> Figure:
    ranked = sorted(counted, key=lambda one: (-one.reports, one.mask.bit_count(), one.mask))
    shown, rest = ranked[:COLUMNS], ranked[COLUMNS:]
    reports: defaultdict[int, int] = defaultdict(int)
    for one in counted:
        for at in range(len(rows)):
            reports[at] += one.reports if one.mask >> at & 1 else 0
    start = _LEFT + _BARS + 56
    slot = min(34.0, max(26.0, 400 / len(shown)))
    shapes = list(_columns(shown, start, slot))
    y = _TOP + _HIGH + 50
    shapes += _heads(y - 12)
    places = []
    for at, row in enumerate(rows):
        broken = lines(row.label, _NAMES, SMALL, 2)
        high = max(_ROW, LINE * len(broken) + 4)
        if at % 2 == 0:
            shapes.append(Rect(0, y, start + slot * len(shown), high, "band"))
        shapes += _source(row, reports[at], max(row.records for row in rows), y + high / 2, broken)
        places.append(y + high / 2)
        y += high
    for column, one in enumerate(shown):
        shapes += _dots(one.mask, start + slot * (column + 0.5), places)
    told = _note(ranked, rest)
    below, end = note(told, 0, y + 20, max(start + slot * len(shown), 520))
    size = max(start + slot * len(shown), 520) + 4, end
    described = f"{told} {_told(rows, reports, shown)}"
    return figure("overlap", "Reports by the sources that found them", described, size, shapes + below)


def _told(rows: Sequence[Row], reports: Mapping[int, int], shown: Sequence[Shared]) -> str:
    """Say every number of the drawing."""
    sizes = (
        f"{row.label}: {many(row.records, 'record')}, {many(reports[at], 'report')}" for at, row in enumerate(rows)
    )
    found = (
        f"{' and '.join(row.label for at, row in enumerate(rows) if one.mask >> at & 1)}:"
        f" {one.reports:,} (included {one.included:,})"
        for one in shown
    )
    return f"Sources: {'; '.join(sizes)}. Found by exactly: {'; '.join(found)}."


def _note(ranked: Sequence[Shared], rest: Sequence[Shared]) -> str:
    total, included = sum(one.reports for one in ranked), sum(one.included for one in ranked)
    summed = (
        f" Not shown: {many(len(rest), 'smaller combination')} with {many(sum(one.reports for one in rest), 'report')},"
        f" {sum(one.included for one in rest):,} of them included."
        if rest
        else ""
    )
    return (
        f"{many(total, 'report')}, each in one column: found by the sources with a large dot and by no other;"
        f" {included:,} of them included (foot of a bar, lower number).{summed}"
        " On the left: the records that a source gave (outline), and the reports that these are of (filled)."
    )


def _columns(shown: Sequence[Shared], start: float, slot: float) -> Iterator[Shape]:
    """Draw the bars with their numbers: all reports above, the included ones at the foot."""
    top = max(one.reports for one in shown)
    bottom = _TOP + _HIGH

    def place(n: float) -> float:
        return bottom - _HIGH * n / top

    yield Words(start - 10, _TOP + _HIGH / 2, "Reports found", SIZE, "middle", turned=-90)
    yield Words(start - 8, bottom + 17, "included", SMALL, "end", tone="first")
    for column, one in enumerate(shown):
        middle = start + slot * (column + 0.5)
        yield Rect(middle - 9, place(one.reports), 18, bottom - place(one.reports), "none", "quiet")
        if one.included:
            high = max(bottom - place(one.included), 2)
            yield Rect(middle - 9, bottom - high, 18, high, "first")
            yield Words(middle, bottom + 17, f"{one.included:,}", SMALL, "middle", bold=True, tone="first")
        yield from _above(middle, place(one.reports), f"{one.reports:,}", slot)
    yield Path(((start, bottom), (start + slot * len(shown), bottom)), "ink")


def _above(middle: float, y: float, text: str, slot: float) -> Iterator[Shape]:
    """Write the number above a bar: upright where it is wider than the bar's place."""
    if len(text) * 6.7 <= slot - 2:
        yield Words(middle, y - 5, text, SMALL, "middle")
    else:
        yield Words(middle + 4, y - 5, text, SMALL, turned=-90)


def _heads(y: float) -> Iterator[Shape]:
    yield Words(_NAMES, y, "Source", SMALL, "end", bold=True)
    yield Words(_LEFT, y, "Records,", SMALL, bold=True, tone="quiet")
    yield Words(_LEFT + 54, y, "reports", SMALL, bold=True)


def _source(row: Row, reports: int, most: int, middle: float, broken: Sequence[str]) -> Iterator[Shape]:
    """Draw a source's name and its size: the records that it gave (outline), and the reports that they are of."""
    first = middle + 4.3 - LINE * (len(broken) - 1) / 2
    for at, text in enumerate(broken):
        yield Words(_NAMES, first + LINE * at, text, SMALL, "end")
    yield Rect(_LEFT, middle - 10, max(_BARS * row.records / most, 1), 6, "paper", "quiet")
    yield Rect(_LEFT, middle + 3, max(_BARS * reports / most, 1), 6, "quiet")
    yield Words(_LEFT + _BARS * row.records / most + 4, middle - 3.5, f"{row.records:,}", 10.5, tone="quiet")
    yield Words(_LEFT + _BARS * reports / most + 4, middle + 9.5, f"{reports:,}", 10.5)


def _dots(mask: int, x: float, places: Sequence[float]) -> Iterator[Shape]:
    """Draw one column of the matrix: a large dot for each source that found the reports, joined by a line."""
    on = [y for at, y in enumerate(places) if mask >> at & 1]
    yield from (Disc(x, y, 3, "line") for at, y in enumerate(places) if not mask >> at & 1)
    if len(on) > 1:
        yield Path(((x, on[0]), (x, on[-1])), "ink", 2.4)
    yield from (Disc(x, y, 6, "ink") for y in on)
