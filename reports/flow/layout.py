"""The flow diagram as SVG: where each box and arrow goes, and the template that draws them.

Text stays text, wrapped by measured width, so that no label leaves its box. Shape and words carry the meaning: it
reads the same in grey. Sizes are in SVG units (1/96 inch): letters of 14 units are 10.5 points at natural size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from reports.flow.boxes import Box, Chart, Column
from reports.metrics import missing, width, wrap
from reports.plots.canvas import TONES
from reports.template import template
from reports.words import NBSP

SIZE, LINE = 14.0, 17.0
SMALL, SMALL_LINE = 12.0, 15.0
PAD, INDENT = 8.0, 10.0
GAP_X, GAP_Y, MARGIN = 20.0, 24.0, 4.0
BAR, BAR_GAP = 24.0, 10.0
HEAD_GAP = 14.0
BETWEEN = 5.0
"""What sets apart two counts of one box that stand side by side, such as studies and their reports."""
WIDTHS: Mapping[Column, float] = {
    "previous": 134.0, "main": 170.0, "main_side": 186.0, "other": 170.0, "other_side": 178.0,
}  # fmt: skip
_BEFORE_NUMBER = re.compile(r"(?<=:) (?=\d)")
SIDE: Mapping[Column, Column] = {"main": "main_side", "other": "other_side"}


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text: its baseline's start (or middle)."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Spot:
    """Lines of a box that count one thing, and the field around them; a click there shows the records of ``key``."""

    key: str | None
    x: float
    y: float
    w: float
    h: float
    lines: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A rectangle with its spots; ``kind`` is box, head or phase."""

    id: str
    kind: str
    x: float
    y: float
    w: float
    h: float
    spots: tuple[Spot, ...]

    @property
    def lines(self) -> tuple[Text, ...]:
        """All lines of text in it."""
        return tuple(line for spot in self.spots for line in spot.lines)


@dataclass(frozen=True, slots=True)
class Figure:
    """Everything that the template draws."""

    title: str
    language: str
    description: str
    width: float
    height: float
    shapes: tuple[Shape, ...]
    arrows: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]
    notes: tuple[Text, ...]


def svg(chart: Chart) -> str:
    """Draw a chart as SVG text; the same chart gives the same text."""
    paper = {tone: colours[0] for tone, colours in TONES.items()}
    return template("flow.svg").render(figure=figure(chart), paper=paper)


def unprintable(chart: Chart) -> Iterator[str]:
    """Say which texts of the diagram PNG and PDF cannot show, because the fonts lack their letters."""
    texts = (*(item.text for box in chart.boxes for item in box.items), *chart.footnotes)
    for text in texts:
        if lacking := missing(text):
            yield (
                f"flow.png, flow.pdf and flow.docx show empty squares for {lacking[:20]} in '{text}':"
                " use flow.svg, or write the label in other letters"
            )


def figure(chart: Chart) -> Figure:
    """Place a chart's boxes, arrows and footnotes on the plane."""
    left = _columns(chart)
    total = max(left[c] + WIDTHS[c] for c in left) + MARGIN
    heads, top = _heads(chart, left)
    lines = {box.id: _lines(box) for box in chart.boxes}
    tops, heights = _rows(chart, lines, top)
    boxes = {box.id: _place(box, lines[box.id], left[box.column], tops, heights) for box in chart.boxes}
    bottom = max(shape.y + shape.h for shape in boxes.values())
    phases = tuple(
        _titled(f"phase-{i}", "phase", (MARGIN, tops[first], BAR, tops[last] + heights[last] - tops[first]), (label,))
        for i, (label, first, last) in enumerate(chart.phases)
    )
    notes = _notes(chart.footnotes, total, bottom)
    return Figure(
        title=chart.title,
        language=chart.language,
        description=_description(chart),
        width=total,
        height=(notes[-1].y + 4 if notes else bottom) + MARGIN,
        shapes=(*heads, *phases, *boxes.values()),
        arrows=tuple((f"arrow-{a}-{b}", _arrow(boxes[a], boxes[b])) for a, b in chart.arrows),
        notes=notes,
    )


def _columns(chart: Chart) -> dict[Column, float]:
    used = {box.column for box in chart.boxes}
    left, x = {}, MARGIN + BAR + BAR_GAP
    for column, own in WIDTHS.items():
        if column in used:
            left[column] = x
            x += own + GAP_X
    return left


def _heads(chart: Chart, left: Mapping[Column, float]) -> tuple[tuple[Shape, ...], float]:
    placed = []
    for column, label in chart.heads:
        side = SIDE.get(column)
        last = side if side and side in left else column
        w = left[last] + WIDTHS[last] - left[column]
        placed.append((column, w, _balanced(label, w - 2 * PAD)))
    h = 2 * PAD + LINE * max(len(lines) for _, _, lines in placed)
    shapes = (_titled(f"head-{column}", "head", (left[column], MARGIN, w, h), lines) for column, w, lines in placed)
    return tuple(shapes), MARGIN + h + HEAD_GAP


def _balanced(text: str, room: float) -> tuple[str, ...]:
    """Break a title into as few lines as it needs, of about the same width."""
    lines = wrap(text, room, SIZE, bold=True)
    for narrower in range(int(room), 0, -8):
        tried = wrap(text, narrower, SIZE, bold=True)
        if len(tried) > len(lines):
            break
        lines = tried
    return lines


def _titled(id: str, kind: str, place: tuple[float, float, float, float], lines: Sequence[str]) -> Shape:
    """Give a rectangle with lines around its middle; a phase is one line, turned."""
    x, y, w, h = place
    first = y + h / 2 - LINE * (len(lines) - 1) / 2 + (0 if kind == "phase" else 0.35 * SIZE)
    texts = tuple(Text(x + w / 2, first + LINE * i, line) for i, line in enumerate(lines))
    return Shape(id, kind, x, y, w, h, (Spot(None, x, y, w, h, texts),))


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a box before it has a place: the paragraph it belongs to, what that counts, its indent, its height."""

    item: int
    key: str | None
    indent: float
    text: str
    high: float


def _lines(box: Box) -> tuple[_Line, ...]:
    """Wrap a box's paragraphs. What runs over hangs a little deeper."""
    result = []
    for number, item in enumerate(box.items):
        indent, hang = item.indent * INDENT, INDENT / 2 if item.indent else 0
        room = WIDTHS[box.column] - 2 * PAD - indent - hang
        for i, text in enumerate(wrap(item.text, room, SIZE)):
            apart = BETWEEN if number and not item.indent and not i else 0.0
            result.append(_Line(number, item.key, indent + (hang if i else 0), text, LINE + apart))
    return tuple(result)


def _rows(chart: Chart, lines: Mapping[str, Sequence[_Line]], top: float) -> tuple[list[float], list[float]]:
    """Give top and height of every row; a phase's rows are together as high as its name is long."""
    rows = range(1 + max(box.row for box in chart.boxes))
    heights = [max(_height(lines[box.id]) for box in chart.boxes if box.row == row) for row in rows]
    for label, first, last in chart.phases:
        long = width(label, SIZE, bold=True) + 2 * PAD
        heights[last] += max(0.0, long - sum(heights[first : last + 1]) - GAP_Y * (last - first))
    return [top + sum(heights[:row]) + GAP_Y * row for row in rows], heights


def _height(lines: Sequence[_Line]) -> float:
    return 2 * PAD + sum(line.high for line in lines)


def _place(box: Box, lines: Sequence[_Line], x: float, tops: Sequence[float], heights: Sequence[float]) -> Shape:
    w, h = WIDTHS[box.column], _height(lines)
    y = tops[box.row] + (heights[box.row] - h) / 2
    spots, bottom = [], y + PAD
    for _, some in groupby(lines, key=lambda line: line.item):
        inside, top, texts = tuple(some), bottom, []
        for line in inside:
            bottom += line.high
            texts.append(Text(x + PAD + line.indent, bottom - LINE + 0.93 * SIZE, line.text))
        spots.append(Spot(inside[0].key, x + 2, top, w - 4, bottom - top, tuple(texts)))
    if len(spots) == 1:
        spots = [Spot(spots[0].key, x + 2, y + 2, w - 4, h - 4, spots[0].lines)]
    return Shape(f"box-{box.id}", "box", x, y, w, h, tuple(spots))


def _arrow(a: Shape, b: Shape) -> tuple[tuple[float, float], ...]:
    """Run an arrow: sideways in a row, straight down in a column, else down and then sideways into the box."""
    if a.x == b.x:
        return (a.x + a.w / 2, a.y + a.h), (b.x + b.w / 2, b.y)
    middle = b.y + b.h / 2
    if a.y < middle and abs(a.y + a.h / 2 - middle) < 1:
        return (a.x + a.w, middle), (b.x, middle)
    side = b.x + b.w if b.x < a.x else b.x
    return (a.x + a.w / 2, a.y + a.h), (a.x + a.w / 2, middle), (side, middle)


def _notes(footnotes: Sequence[str], total: float, bottom: float) -> tuple[Text, ...]:
    held = (_BEFORE_NUMBER.sub(NBSP, note) for note in footnotes)
    lines = [line for note in held for line in wrap(note, total - 2 * MARGIN, SMALL)]
    return tuple(Text(MARGIN, bottom + 22 + SMALL_LINE * i, line) for i, line in enumerate(lines))


def _description(chart: Chart) -> str:
    texts = [" ".join(item.text for item in box.items) for box in chart.boxes]
    return ". ".join((*texts, *chart.footnotes)).replace("\u00a0", " ")
