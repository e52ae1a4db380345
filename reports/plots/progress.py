"""Screening day by day: the votes cast so far at each stage, with the rounds and stops. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from reports.material import Material
from reports.metrics import width
from reports.plots import progress_rows
from reports.plots.axes import SIZE, SMALL, Pin, key, note, pins, rise, rule
from reports.plots.canvas import Anchor, Figure, Path, Rect, Shape, Words, figure, ticks
from reports.plots.progress_rows import Round
from reports.stop_rows import Stop, stops
from review.text import many

LEFT, WIDE, HIGH = 66.0, 400.0, 150.0
MOST_MARKS = 15
STAGES = {"title-abstract": "Title and abstract", "full-text": "Full text"}
_KINDS = {"main": "Round", "pilot": "Pilot", "quality": "Check of exclusions", "again": "Second look"}


def progress(m: Material) -> Iterator[Figure]:
    """Draw the votes that count, added up by day, one panel per stage; nothing when all were cast on one day."""
    counted = progress_rows.votes_by_day(m.connection)
    days = sorted({day for _, day, _ in counted})
    if len(days) > 1:
        yield _drawn(counted, _events(progress_rows.rounds(m.connection), stops(m.connection)))


def _events(rounds: Sequence[Round], stopped: Sequence[Stop]) -> list[tuple[str, str]]:
    """Give (day, what happened) of every round and stop, in the order of time."""
    made = [
        (r.at, f"{_KINDS.get(r.kind, r.kind)} “{r.name}” ({STAGES[r.stage].lower()}): {many(r.reports, 'report')}")
        for r in rounds
    ]
    ended = [
        (s.at, f"Stop ({STAGES[s.stage].lower()}) with {many(s.reports, 'report')} unread"
         + (f", taken back on {s.ended[:10]}" if s.ended else ""))
        for s in stopped
    ]  # fmt: skip
    return [(at[:10], text) for at, text in sorted(made + ended)]


def _drawn(counted: Sequence[tuple[str, str, int]], happened: Sequence[tuple[str, str]]) -> Figure:
    every = sorted({day for _, day, _ in counted} | {day for day, _ in happened})
    first, last = date.fromisoformat(every[0]), date.fromisoformat(every[-1])
    span = (last - first).days

    def across(day: str) -> float:
        return LEFT + WIDE * (date.fromisoformat(day) - first).days / span

    shown = [Pin(across(day), f"{day}: {text}") for day, text in happened[:MOST_MARKS]]
    shapes: list[Shape] = []
    top = rise(shown) + 14 if shown else 8.0
    y, told = top, []
    for stage, name in STAGES.items():
        days = [(day, n) for at, day, n in counted if at == stage]
        if not days:
            continue
        sums = _summed(days)
        shapes.append(Words(LEFT + 6, y + 18, name, SIZE, bold=True))
        shapes += _panel([(across(day), n) for day, n in sums], y + 30, LEFT + WIDE)
        told.append(f"{name}: {many(sums[-1][1], 'vote')} from {days[0][0]} to {days[-1][0]}, half by {_half(sums)}")
        y += 30 + HIGH + 8
    bottom = y - 8
    shapes += pins(shown, top - 10, bottom)
    shapes += _days(first, last, bottom)
    shapes.append(Words(16, top + (bottom - top) / 2, "Votes so far", SIZE, "middle", turned=-90))
    legend, end = key(shown, LEFT - 50, bottom + 48, WIDE + 50)
    more = (
        f" {many(len(happened) - MOST_MARKS, 'further round or stop')} not marked."
        if len(happened) > MOST_MARKS
        else ""
    )
    said = f"Votes that count now, on the day on which each was cast.{more}"
    below, end = note(said, LEFT - 50, end + 2, WIDE + 50)
    described = ". ".join((*told, *(mark.text for mark in shown), said))
    return figure("progress", "Votes by day", described, (LEFT + WIDE + 16, end), (*shapes, *legend, *below))


def _summed(days: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    sums, so_far = [], 0
    for day, n in days:
        so_far += n
        sums.append((day, so_far))
    return sums


def _half(sums: Sequence[tuple[str, int]]) -> str:
    return next(day for day, n in sums if 2 * n >= sums[-1][1])


def _panel(points: Sequence[tuple[float, int]], top: float, right: float) -> Iterator[Shape]:
    """Draw one stage: a line that rises on each day by that day's votes."""
    most = ticks(points[-1][1])[-1]

    def place(n: float) -> float:
        return top + HIGH * (1 - n / most)

    yield from rule(most, place, LEFT, right)
    line, before = [(points[0][0], place(0))], 0
    for x, n in points:
        line += [(x, place(before)), (x, place(n))]
        before = n
    yield Path((*line, (right, place(before))), "first", 2.2)
    text = f"{before:,}"
    start = min(line[-1][0] + 4, right - width(text, SMALL, bold=True) - 6)
    yield Rect(start - 2, place(before) - 16, width(text, SMALL, bold=True) + 4, 13)
    yield Words(start, place(before) - 5, text, SMALL, bold=True)


def _days(first: date, last: date, y: float) -> Iterator[Shape]:
    """Write the days of the axis: the first, the last and some between, none over another."""
    span = (last - first).days
    parts = min(3, span)
    for at in range(parts + 1):
        day = first + timedelta(days=round(span * at / parts))
        x = LEFT + WIDE * (day - first).days / span
        anchor: Anchor = "start" if at == 0 else "end" if at == parts else "middle"
        yield Path(((x, y), (x, y + 4)), "ink", 1.0)
        yield Words(x, y + 18, day.isoformat(), SMALL, anchor)
