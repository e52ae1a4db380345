"""Included studies by year of publication: one bar per year, years without a study kept. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from reports.material import Material
from reports.plots.axes import SIZE, SMALL, note, rule
from reports.plots.canvas import Figure, Path, Rect, Shape, Words, figure, ticks
from review.text import many

MOST = 60
"""Bars side by side; a longer span is shown in periods of several years."""
LEFT, TOP, WIDE, HIGH = 46.0, 24.0, 424.0, 240.0


def years(m: Material) -> Iterator[Figure]:
    """Draw the years in which the included studies were published, each by the earliest of its reports."""
    counted = Counter(study.papers[0].record.year for study in m.studies)
    unknown = counted.pop(None, 0)
    known = {year: n for year, n in counted.items() if year is not None}
    if known:
        yield _drawn(known, unknown)


def periods(known: Mapping[int, int]) -> tuple[tuple[int, int, int], ...]:
    """Give (first year, last year, studies) of every period of the span, empty ones included.

    >>> periods({2012: 1, 2014: 3})
    ((2012, 2012, 1), (2013, 2013, 0), (2014, 2014, 3))
    """
    first, last = min(known), max(known)
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 500) if last // step - first // step < MOST)
    starts = range(first // step * step, last + 1, step)
    return tuple(
        (start, start + step - 1, sum(known.get(y, 0) for y in range(start, start + step))) for start in starts
    )


def _drawn(known: Mapping[int, int], unknown: int) -> Figure:
    bars = periods(known)
    total = sum(known.values()) + unknown
    top, slot = ticks(max(n for *_, n in bars))[-1], WIDE / len(bars)
    bottom = TOP + HIGH

    def place(n: float) -> float:
        return bottom - HIGH * n / top

    shapes: list[Shape] = list(rule(top, place, LEFT, LEFT + WIDE))
    wide = min(slot * 0.8, 48)
    every = -(-len(bars) * 40 // int(WIDE))
    for at, (start, _, n) in enumerate(bars):
        middle = LEFT + slot * (at + 0.5)
        if n:
            shapes.append(Rect(middle - wide / 2, place(n), wide, bottom - place(n), "first"))
            if slot >= 15 or len(str(n)) * 7 < slot:
                shapes.append(Words(middle, place(n) - 5, f"{n:,}", SMALL, "middle"))
        if at % every == 0:
            shapes.append(Path(((middle, bottom), (middle, bottom + 4)), "ink", 1.0))
            shapes.append(Words(middle, bottom + 18, str(start), SMALL, "middle"))
    shapes.append(Path(((LEFT, bottom), (LEFT + WIDE, bottom)), "ink"))
    shapes.append(Words(14, TOP + HIGH / 2, "Included studies", SIZE, "middle", turned=-90))
    step = bars[0][1] - bars[0][0] + 1
    axis = "Year of publication" if step == 1 else f"Year of publication, in periods of {step} years from the one named"
    shapes.append(Words(LEFT + WIDE / 2, bottom + 40, axis, SIZE, "middle"))
    said = f"Year not reported: {many(unknown, 'study')}." if unknown else ""
    below, end = note(said, LEFT, bottom + 62, WIDE) if said else ([], bottom + 50)
    told = ", ".join(f"{start if step == 1 else f'{start} to {stop}'}: {n:,}" for start, stop, n in bars if n)
    described = f"{many(total, 'included study')} by year of publication. {told}; no study in the other years. {said}"
    title = "Included studies by year of publication"
    return figure("years", title, described.strip(), (LEFT + WIDE + 10, end), (*shapes, *below))
