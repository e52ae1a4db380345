"""How many relevant reports were found by the time so many were read, at title and abstract.

Relevant is what stands included there once disagreements were resolved. How many there are among what nobody read is
not known: the figure says so, and shows what a stop estimated. Pure.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

from reports.material import Material
from reports.plots import progress_rows
from reports.plots.axes import SIZE, SMALL, Pin, key, note, pins, rise, rule
from reports.plots.canvas import Figure, Path, Rect, Shape, Words, figure, ticks
from reports.plots.progress_rows import TITLE_ABSTRACT, Read
from reports.stop_rows import Stop, stops
from reports.words import NBSP
from review.text import many

LEFT, WIDE, HIGH = 62.0, 404.0, 270.0
STEPS = 400


def recall(m: Material) -> Iterator[Figure]:
    """Draw the curve when something relevant was found, and the log says of any vote in what order it came."""
    read = progress_rows.read(m.connection)
    if read.relevant and read.unordered < read.votes:
        yield _drawn(read, [stop for stop in stops(m.connection) if stop.stage == TITLE_ABSTRACT])


def found(relevant: Sequence[int], read: int) -> int:
    """Count the relevant among the first so many that were read.

    >>> found((1, 3, 8), 3)
    2
    """
    return bisect_right(relevant, read)


def _drawn(r: Read, stopped: Sequence[Stop]) -> Figure:
    n, total = len(r.moments), len(r.relevant)
    estimate = _estimate(r, stopped)
    most = ticks(max(total, estimate[1] if estimate else 0))[-1]
    shown = [Pin(LEFT + WIDE * r.read_at(stop.at) / r.total, _stopped(stop, r)) for stop in stopped]
    top = rise(shown) + 14 if shown else 10.0
    bottom = top + HIGH

    def place(read: float, relevant: float) -> tuple[float, float]:
        return LEFT + WIDE * read / r.total, bottom - HIGH * relevant / most

    shapes: list[Shape] = []
    if n < r.total:
        x = place(n, 0)[0]
        shapes.append(Rect(x, top, LEFT + WIDE - x, HIGH, "band"))
    shapes += rule(most, lambda at: place(0, at)[1], LEFT, LEFT + WIDE)
    shapes += _across(r.total, bottom)
    shapes.append(Path((place(0, 0), place(n, total)), "quiet", 1.4, "2 4"))
    steps = sorted({round(n * step / STEPS) for step in range(STEPS + 1)})
    shapes.append(Path(tuple(place(step, found(r.relevant, step)) for step in steps), "first", 2.4))
    if estimate:
        shapes += _interval(place(r.total, 0)[0] - 10, *(place(0, at)[1] for at in estimate))
    shapes += pins(shown, top - 10, bottom)
    shapes.append(Words(LEFT + WIDE / 2, bottom + 38, "Reports read", SIZE, "middle"))
    shapes.append(Words(14, top + HIGH / 2, "Relevant reports found", SIZE, "middle", turned=-90))
    legend, y = _legend(n < r.total, estimate is not None, bottom + 64)
    keys, y = key(shown, LEFT - 48, y + 3, WIDE + 48)
    said = _said(r)
    below, end = note(said, LEFT - 48, y + 2, WIDE + 48)
    described = " ".join((_told(r), *(f"{mark.text}." for mark in shown), said))
    title = "Relevant reports found, by reports read at title and abstract"
    return figure("recall", title, described, (LEFT + WIDE + 14, end), (*shapes, *legend, *keys, *below))


def _estimate(r: Read, stopped: Sequence[Stop]) -> tuple[float, float] | None:
    """Give how many relevant reports the last stop in force estimated in all: the ends of its 95 % interval.

    ``None`` without an estimate from everybody's votes, where reports came since, of which it says nothing, and where
    its upper end is beyond twice what was found then: no scale would show both.
    """
    known = [
        stop.how
        for stop in stopped
        if stop.ended is None and stop.how.get("recall") and stop.how.get("whose") == "everybody"
    ]
    if not known or known[-1].get("total") != r.total or known[-1]["recall"][0] < 0.5:
        return None
    low, _, high = known[-1]["recall"]
    return known[-1]["relevant"] / high, known[-1]["relevant"] / low


def _stopped(stop: Stop, r: Read) -> str:
    parts = [f"{stop.at[:10]}: stop after {many(r.read_at(stop.at), 'report')}, {stop.reports:,} unread"]
    if stop.how.get("recall"):
        low, point, high = stop.how["recall"]
        best = f"{_percent(point)}, " if point is not None else ""
        parts.append(f"recall estimated then {best}95{NBSP}% interval {_percent(low)} to {_percent(high)}")
    if stop.ended is not None:
        parts.append(f"taken back on {stop.ended[:10]}")
    return "; ".join(parts)


def _percent(part: float) -> str:
    return f"{100 * part:.1f}".removesuffix(".0") + f"{NBSP}%"


def _across(total: int, y: float) -> Iterator[Shape]:
    for at in ticks(total):
        if at <= total:
            x = LEFT + WIDE * at / total
            yield Path(((x, y), (x, y + 4)), "ink", 1.0)
            yield Words(x, y + 18, f"{at:,}", SMALL, "middle" if x < LEFT + WIDE - 16 else "end")
    yield Path(((LEFT, y), (LEFT + WIDE, y)), "ink")


def _interval(x: float, low: float, high: float) -> Iterator[Shape]:
    yield Path(((x, low), (x, high)), "second", 2.0)
    yield from (Path(((x - 5, y), (x + 5, y)), "second", 2.0) for y in (low, high))


def _legend(unread: bool, estimated: bool, y: float) -> tuple[list[Shape], float]:
    """Say what the lines are, one below the other; give the baseline after them."""
    x = LEFT - 48
    rows: list[tuple[Callable[[float], Shape], str]] = [
        (lambda at: Path(((x, at), (x + 24, at)), "first", 2.4), "found in the order of reading"),
        (lambda at: Path(((x, at), (x + 24, at)), "quiet", 1.4, "2 4"), "expected in random order"),
    ]
    if unread:
        rows.append((lambda at: Rect(x, at - 6, 24, 12, "band", "line"), "not read: not known what is relevant there"))
    if estimated:
        rows.append((lambda at: Path(((x + 12, at - 7), (x + 12, at + 7)), "second", 2.0),
                     "relevant in all, as estimated at the last stop (95 % interval)"))  # fmt: skip
    shapes: list[Shape] = []
    for shape, text in rows:
        shapes += (shape(y - 4), Words(x + 32, y, text, SMALL))
        y += 19
    return shapes, y


def _said(r: Read) -> str:
    n, total = len(r.moments), len(r.relevant)
    parts = [f"{n:,} of {many(r.total, 'report')} read, {total:,} of them relevant (included at title and abstract)."]
    if r.undecided:
        parts.append(f"{r.undecided:,} of those read are not decided and count as not relevant here.")
    if n < r.total:
        parts.append(f"Recall among all {r.total:,} is not known: {r.total - n:,} were not read.")
    if r.unordered:
        parts.append(f"The log does not say in what order reports came of {many(r.unordered, 'vote')}.")
    return " ".join(parts)


def _told(r: Read) -> str:
    n, total = len(r.moments), len(r.relevant)
    shares = ", ".join(f"{found(r.relevant, n * p // 100):,} after {n * p // 100:,}" for p in (10, 25, 50, 75, 100))
    near = r.relevant[-(-95 * total // 100) - 1]
    return f"Relevant reports found: {shares} read. 95 % of those found were found after {near:,} read."
