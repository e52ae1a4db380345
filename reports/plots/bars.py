"""Bars of parts that make a whole: appraisal items by response, sub-elements by direction. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reports.metrics import width, wrap
from reports.plots.canvas import Figure, Path, Rect, Shape, Words, figure
from reports.plots.foot import foot, paragraph
from reports.plots.grid import PAGE, SMALL
from reports.plots.marks import Mark, on

_EDGE, _HEIGHT = 6.0, 18.0
_FEW = 14
"""As many bars at most are drawn narrow, so that their text is large in a column of a journal."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its label, and how many stand in each part, in the order of the legend."""

    label: str
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """Everything that a figure of bars shows; ``groups`` are headings with their bars."""

    name: str
    title: str
    description: str
    legend: tuple[tuple[Mark, str], ...]
    groups: tuple[tuple[str, tuple[Bar, ...]], ...]
    notes: tuple[str, ...] = ()
    most: int | None = None


@dataclass(frozen=True, slots=True)
class _Scale:
    """How wide labels, bars and the number behind them are, and the size of text."""

    label: float
    bar: float
    behind: float
    size: float

    @property
    def wide(self) -> float:
        return self.label + self.bar + self.behind


_NARROW, _BROAD = _Scale(200, 220, 50, 11), _Scale(270, 340, 50, 10.5)


def figures(bars: Bars) -> Iterator[Figure]:
    """Draw bars on as many pages as they take: each as long as the others (shares), or ``most`` as long as can be.

    How many stand in a part is written into it where it fits, with its letter where that fits too; a narrow
    white part has the letter alone. The whole is behind.
    """
    scale = _NARROW if sum(len(some) for _, some in bars.groups) <= _FEW else _BROAD
    pages = _pages(bars, scale)
    for number, groups in enumerate(pages, start=1):
        if len(pages) == 1:
            yield _drawn(bars, groups, scale)
        else:
            part = f"part {number} of {len(pages)}"
            named = replace(bars, name=f"{bars.name}_{number}", title=f"{bars.title} ({part})")
            yield _drawn(named, groups, scale)


Group = tuple[str, tuple[Bar, ...]]


def _pages(bars: Bars, scale: _Scale) -> list[list[Group]]:
    room = PAGE[1] - 2 * _EDGE - 30 - foot(bars.legend, (), bars.notes, (0, 0), scale.wide, scale.size)[1]
    pages: list[list[Group]] = [[]]
    left = room
    for heading, some in bars.groups:
        for number, bar in enumerate(some):
            need = _high(bar, scale) + (_above(heading, scale) if number == 0 else 0)
            if need > left and pages[-1]:
                pages.append([])
                left = room
                need = _high(bar, scale) + _above(heading, scale)
            if not pages[-1] or pages[-1][-1][0] != heading:
                pages[-1].append((heading, ()))
            pages[-1][-1] = (heading, (*pages[-1][-1][1], bar))
            left -= need
    return pages


def _lines(bar: Bar, scale: _Scale) -> tuple[str, ...]:
    return wrap(bar.label, scale.label - 12, scale.size)


def _above(heading: str, scale: _Scale) -> float:
    """Say how high a heading is."""
    return paragraph(heading, (0, 0), scale.label - 12, scale.size, bold=True)[1] + 10 if heading else 0


def _high(bar: Bar, scale: _Scale) -> float:
    return max(_HEIGHT, 1.2 * scale.size * len(_lines(bar, scale))) + 6


def _drawn(bars: Bars, groups: Sequence[Group], scale: _Scale) -> Figure:
    shapes: list[Shape] = []
    y, start = _EDGE, _EDGE + scale.label
    for heading, some in groups:
        if heading:
            shapes += paragraph(heading, (_EDGE, y + 5), scale.label - 12, scale.size, bold=True)[0]
            y += _above(heading, scale)
        for bar in some:
            high = _high(bar, scale)
            lines = _lines(bar, scale)
            top = y + high / 2 - 0.6 * scale.size * len(lines) + 0.95 * scale.size
            shapes += (Words(_EDGE, top + 1.2 * scale.size * i, line, scale.size) for i, line in enumerate(lines))
            shapes += _bar(bars, bar, scale, start, y + (high - _HEIGHT) / 2)
            y += high
    shapes.append(Path(((start, _EDGE), (start, y)), thick=1))
    if bars.most is None:
        shapes += _shares(start, y, scale.bar)
        y += 16
    more, low = foot(bars.legend, (), bars.notes, (_EDGE, y + 8), scale.wide, scale.size)
    size = 2 * _EDGE + scale.wide, low + _EDGE + 2
    return figure(bars.name, bars.title, bars.description, size, (*shapes, *more))


def _shares(x: float, y: float, wide: float) -> Iterator[Shape]:
    """Draw the scale below bars that are shares of a whole."""
    for percent in (0, 25, 50, 75, 100):
        at = x + wide * percent / 100
        yield Path(((at, y), (at, y + 4)), thick=1)
        yield Words(at, y + 15, f"{percent}%", SMALL, "middle", tone="quiet")
    yield Path(((x, y), (x + wide, y)), thick=1)


def _bar(bars: Bars, bar: Bar, scale: _Scale, x: float, y: float) -> Iterator[Shape]:
    whole = sum(bar.parts)
    each = scale.bar / max(bars.most or whole, 1)
    for n, (mark, _) in zip(bar.parts, bars.legend, strict=True):
        wide = n * each
        if not n:
            continue
        edge = "quiet" if mark.tone == "paper" else "paper"
        yield Rect(x, y, wide, _HEIGHT, mark.tone, edge)
        texts = (
            f"{mark.letter}{': ' if mark.form == 'cell' else ' '}{n}",
            mark.letter if mark.tone == "paper" else str(n),
        )
        text = next((one for one in texts if width(one, SMALL, bold=True) <= wide - 4), "")
        if text:
            tone = "ink" if mark.tone == "paper" else on(mark.tone)
            yield Words(x + wide / 2, y + _HEIGHT / 2 + 0.36 * SMALL, text, SMALL, "middle", bold=True, tone=tone)
        x += wide
    yield Words(x + 6, y + _HEIGHT / 2 + 0.36 * scale.size, f"n = {whole}", scale.size)
