"""A grid of signs, studies by columns, on as many A4 pages as it takes; legend and key stand on each. Pure.

Few studies are drawn large; many are drawn in blocks side by side, with letters of 7 points at the least.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from reports.metrics import width, wrap
from reports.plots.canvas import Figure, Path, Rect, Shape, Words, figure
from reports.plots.foot import foot
from reports.plots.marks import Mark, drawn, radius

PAGE = (680.0, 970.0)
"""What an A4 page holds with margins of 15 and 20 mm (96 units to the inch)."""
SMALL = 9.4
"""7 points: no letter of a figure is smaller."""
_EDGE, _GAP = 6.0, 18.0
_CUT = "-\0 "
"""A hyphen of a name, where a line may be broken."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what stands above it; it is as wide as that, a sign and ``wide`` need."""

    head: str
    wide: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """A study: its label, a sign per column, and what a click on it shows the records of."""

    label: str
    marks: tuple[Mark, ...]
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """Everything that a figure of signs shows.

    ``key`` says what the columns are; ``totals`` are rows of text below the last study.
    """

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    legend: tuple[tuple[Mark, str], ...]
    key: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    totals: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class _Scale:
    letter: float
    row: float
    column: float
    radius: float
    label: float


_ROOMY, _DENSE = _Scale(12, 26, 26, 10, 190), _Scale(SMALL, 20, 19, 8.3, 132)


def figures(grid: Grid) -> Iterator[Figure]:
    """Draw a grid: one figure, or several with ``_1``, ``_2`` … behind the name when one page does not hold it."""
    layout = _layout(grid, _ROOMY)
    pages = layout.pages()
    if len(pages) > 1 or len(pages[0]) > 1 or layout.block > PAGE[0]:
        layout = _layout(grid, _DENSE)
        pages = layout.pages()
    for number, blocks in enumerate(pages, start=1):
        if len(pages) == 1:
            yield layout.drawn(grid, blocks, last=True)
            continue
        part = f"Part {number} of {len(pages)}: {blocks[0][0].label} to {blocks[-1][-1].label}."
        one = replace(
            grid, name=f"{grid.name}_{number}", title=f"{grid.title} (part {number} of {len(pages)})",
            description=f"{part} {grid.description}", notes=(part, *grid.notes),
        )  # fmt: skip
        yield layout.drawn(one, blocks, last=number == len(pages))


def label_lines(label: str, room: float, size: float) -> tuple[str, ...]:
    """Break a label into three lines at most; of a longer one the beginning and the last word (its year) stand.

    >>> label_lines("Fernández-Llamazares et al. 2014", 80, 10)
    ('Fernández-', 'Llamazares et al.', '2014')
    """
    if width(label, size) <= room:
        return (label,)
    lines = tuple(line.replace(_CUT, "-").rstrip("\0") for line in wrap(label.replace("-", _CUT), room, size))
    return lines if len(lines) <= 3 else (*lines[:2], f"… {wrap(label.split()[-1], room - 12, size)[-1]}")


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things stand at one scale: widths of labels and columns, radius of signs, lines of the heads."""

    scale: _Scale
    grid: Grid
    radius: float
    label: float
    columns: tuple[float, ...]
    heads: tuple[tuple[str, ...], ...]

    @property
    def block(self) -> float:
        """How wide labels and columns are together."""
        return self.label + sum(self.columns)

    @property
    def head(self) -> float:
        """How high the heads are."""
        return 1.2 * self.scale.letter * max(len(head) for head in self.heads) + 6

    @property
    def across(self) -> int:
        """How many blocks stand side by side on a page; large ones do not."""
        if self.scale is _ROOMY or len(self.grid.rows) == 1:
            return 1
        return max(1, int((PAGE[0] - 2 * _EDGE + _GAP) // (self.block + _GAP)))

    def high(self, row: Row) -> float:
        """Say how high a row is."""
        lines = len(label_lines(row.label, self.label - 8, self.scale.letter))
        return max(self.scale.row, 2 * self.radius + 3, 1.2 * self.scale.letter * lines + 5)

    def pages(self) -> list[tuple[tuple[Row, ...], ...]]:
        """Share the rows out among pages of blocks, as evenly as they go."""
        heights = [self.high(row) for row in self.grid.rows]
        below = foot(self.grid.legend, self.grid.key, ("Part", *self.grid.notes), (0, 0), self.room, 10.5)[1]
        room = PAGE[1] - 2 * _EDGE - self.head - below - 10 - self.scale.row * len(self.grid.totals)
        wanted = -(-len(_filled(heights, room)) // self.across) * self.across
        ends = _filled(heights, min(room, sum(heights) / wanted + max(heights)) if wanted > 1 else room)
        blocks = [self.grid.rows[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        return [tuple(blocks[at : at + self.across]) for at in range(0, len(blocks), self.across)]

    @property
    def room(self) -> float:
        """How wide what stands below the rows may be."""
        return max(self.across * (self.block + _GAP) - _GAP, 400)

    def drawn(self, grid: Grid, blocks: Sequence[Sequence[Row]], *, last: bool) -> Figure:
        """Draw one page."""
        shapes: list[Shape] = []
        low = 0.0
        for at, rows in enumerate(blocks):
            left = _EDGE + at * (self.block + _GAP)
            more, y = self._block(rows, left)
            shapes += more
            if last and at == len(blocks) - 1:
                more, y = self._totals(left, y)
                shapes += more
            low = max(low, y)
        size = min(self.scale.letter, 10.5)
        more, low = foot(grid.legend, grid.key, grid.notes, (_EDGE, low + 10), self.room, size)
        around = self.room + 2 * _EDGE, low + _EDGE + 2
        return figure(grid.name, grid.title, grid.description, around, (*shapes, *more))

    def _block(self, rows: Sequence[Row], left: float) -> tuple[list[Shape], float]:
        size, y = self.scale.letter, _EDGE + self.head
        shapes: list[Shape] = []
        for middle, head in zip(self._middles(left), self.heads, strict=True):
            for i, line in enumerate(reversed(head)):
                shapes.append(Words(middle, y - 5 - 1.2 * size * i, line, size, "middle", bold=True))
        for number, row in enumerate(rows):
            high = self.high(row)
            shapes.append(Rect(left, y, self.block, high, "band" if number % 2 == 0 else "paper", key=row.key))
            lines = label_lines(row.label, self.label - 8, size)
            top = y + high / 2 - 0.6 * size * len(lines) + 0.95 * size
            shapes += (Words(left + 3, top + 1.2 * size * i, line, size) for i, line in enumerate(lines))
            cells = zip(self._middles(left), self.columns, row.marks, strict=True)
            for middle, wide, mark in cells:
                shapes += drawn(mark, middle, y + high / 2, self.radius, size, (wide, self.scale.row))
            y += high
        rule = ((left, _EDGE + self.head), (left + self.block, _EDGE + self.head))
        return [*shapes, Path(rule, thick=1), Path(((left, y), (left + self.block, y)), thick=1)], y

    def _totals(self, left: float, y: float) -> tuple[list[Shape], float]:
        size, shapes = self.scale.letter, list[Shape]()
        for label, *texts in self.grid.totals:
            base = y + self.scale.row / 2 + 0.36 * size
            shapes.append(Words(left + 3, base, label, size, bold=True))
            shapes += (
                Words(x, base, text, size, "middle", bold=True)
                for x, text in zip(self._middles(left), texts, strict=True)
            )
            y += self.scale.row
        return shapes, y

    def _middles(self, left: float) -> list[float]:
        ends = accumulate(self.columns, initial=left + self.label)
        return [start + wide / 2 for start, wide in zip(ends, self.columns, strict=False)]


def _layout(grid: Grid, scale: _Scale) -> _Layout:
    marks = [mark for row in grid.rows for mark in row.marks] + [mark for mark, _ in grid.legend]
    r = radius(marks, scale.radius, scale.letter)
    words = [max(width(word, scale.letter, bold=True) for word in column.head.split(" ")) for column in grid.columns]
    columns = tuple(
        max(scale.column, 2 * r + 2, column.wide, word + 6) for column, word in zip(grid.columns, words, strict=True)
    )
    heads = tuple(
        wrap(column.head, wide - 4, scale.letter, bold=True) for column, wide in zip(grid.columns, columns, strict=True)
    )
    longest = max(width(row.label, scale.letter) for row in grid.rows)
    word = max(width(word, scale.letter) for row in grid.rows for word in row.label.replace("-", "- ").split(" "))
    least = max([72.0, min(word, scale.label), *(width(label, scale.letter, bold=True) for label, *_ in grid.totals)])
    label = max(least, min(longest, scale.label, _label_room(scale, sum(columns), least))) + 12
    return _Layout(scale, grid, r, label, columns, heads)


def _label_room(scale: _Scale, columns: float, least: float) -> float:
    """Say how wide labels may be: so that as many blocks stand side by side as can."""
    rooms = [(PAGE[0] - 2 * _EDGE - _GAP * (n - 1)) / n - columns - 12 for n in (4, 3, 2)]
    whole = PAGE[0] - 2 * _EDGE - columns - 12
    return next((one for one in rooms if one >= least), whole) if scale is _DENSE else whole


def _filled(heights: Sequence[float], room: float) -> list[int]:
    """Give where each block ends when rows are put into blocks no higher than ``room``."""
    ends, high = list[int](), 0.0
    for at, one in enumerate(heights):
        if high and high + one > room:
            ends.append(at)
            high = 0.0
        high += one
    return [*ends, len(heights)]
