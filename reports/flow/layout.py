"""The flow diagram as SVG: where each box and arrow goes, and the template that draws them.

Text stays text, wrapped by measured width, so that no label leaves its box. Shape and words carry the meaning: it
reads the same in grey. Sizes are in SVG units (1/96 inch): letters of 14 units are 10.5 points at natural size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.flow.boxes import Box, Chart, Column
from reports.metrics import wrap
from reports.template import template

SIZE, LINE = 14.0, 17.5
SMALL, SMALL_LINE = 12.0, 15.5
PAD, INDENT = 9.0, 11.0
GAP_X, GAP_Y, MARGIN = 28.0, 26.0, 8.0
BAR = 28.0
HEAD_GAP = 14.0
WIDTHS: Mapping[Column, float] = {
    "previous": 176.0, "main": 196.0, "main_side": 226.0, "other": 196.0, "other_side": 206.0,
}  # fmt: skip
_SIDE: Mapping[Column, Column] = {"main": "main_side", "other": "other_side"}


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text: its baseline's start (or middle)."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A rectangle with its lines of text; ``kind`` is box, head or phase."""

    id: str
    kind: str
    x: float
    y: float
    w: float
    h: float
    lines: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """Everything that the template draws."""

    title: str
    description: str
    width: float
    height: float
    shapes: tuple[Shape, ...]
    arrows: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]
    notes: tuple[Text, ...]


def svg(chart: Chart) -> str:
    """Draw a chart as SVG text; the same chart gives the same text."""
    return template("flow.svg").render(figure=figure(chart))


def figure(chart: Chart) -> Figure:
    """Place a chart's boxes, arrows and footnotes on the plane."""
    left = _columns(chart)
    total = max(left[c] + WIDTHS[c] for c in left) + MARGIN
    heads, top = _heads(chart, left)
    lines = {box.id: _lines(box) for box in chart.boxes}
    tops, heights = _rows(chart.boxes, lines, top)
    boxes = {box.id: _place(box, lines[box.id], left[box.column], tops, heights) for box in chart.boxes}
    bottom = max(shape.y + shape.h for shape in boxes.values())
    phases = tuple(
        Shape(
            f"phase-{i}", "phase", MARGIN, tops[first], BAR, tops[last] + heights[last] - tops[first],
            (Text(MARGIN + BAR / 2, (tops[first] + tops[last] + heights[last]) / 2, label),),
        )
        for i, (label, first, last) in enumerate(chart.phases)
    )  # fmt: skip
    notes = _notes(chart.footnotes, total, bottom)
    return Figure(
        title=chart.title,
        description=_description(chart),
        width=total,
        height=(notes[-1].y + 4 if notes else bottom) + MARGIN,
        shapes=(*heads, *phases, *boxes.values()),
        arrows=tuple((f"arrow-{a}-{b}", _arrow(boxes[a], boxes[b])) for a, b in chart.arrows),
        notes=notes,
    )


def _columns(chart: Chart) -> dict[Column, float]:
    used = {box.column for box in chart.boxes}
    left, x = {}, MARGIN + BAR + 14.0
    for column, own in WIDTHS.items():
        if column in used:
            left[column] = x
            x += own + GAP_X
    return left


def _heads(chart: Chart, left: Mapping[Column, float]) -> tuple[tuple[Shape, ...], float]:
    placed = []
    for column, label in chart.heads:
        side = _SIDE.get(column)
        w = left[side] + WIDTHS[side] - left[column] if side else WIDTHS[column]
        placed.append((column, w, wrap(label, w - 2 * PAD, SIZE, bold=True)))
    h = 2 * PAD + LINE * max(len(lines) for _, _, lines in placed)
    shapes = []
    for column, w, lines in placed:
        first = MARGIN + h / 2 - LINE * (len(lines) - 1) / 2 + 0.35 * SIZE
        texts = tuple(Text(left[column] + w / 2, first + LINE * i, line) for i, line in enumerate(lines))
        shapes.append(Shape(f"head-{column}", "head", left[column], MARGIN, w, h, texts))
    return tuple(shapes), MARGIN + h + HEAD_GAP


def _lines(box: Box) -> tuple[tuple[float, str], ...]:
    """Wrap a box's paragraphs; each line with its indent. What runs over hangs a little deeper."""
    result = []
    for item in box.items:
        indent = item.indent * INDENT
        room = WIDTHS[box.column] - 2 * PAD - indent - (INDENT / 2 if item.indent else 0)
        for i, line in enumerate(wrap(item.text, room, SIZE)):
            result.append((indent + (INDENT / 2 if i and item.indent else 0), line))
    return tuple(result)


def _rows(
    boxes: Sequence[Box], lines: Mapping[str, Sequence[tuple[float, str]]], top: float
) -> tuple[list[float], list[float]]:
    tops, heights = [], []
    for row in range(1 + max(box.row for box in boxes)):
        heights.append(2 * PAD + LINE * max(len(lines[box.id]) for box in boxes if box.row == row))
        tops.append(top)
        top += heights[-1] + GAP_Y
    return tops, heights


def _place(
    box: Box, lines: Sequence[tuple[float, str]], x: float, tops: Sequence[float], heights: Sequence[float]
) -> Shape:
    h = 2 * PAD + LINE * len(lines)
    y = tops[box.row] + (heights[box.row] - h) / 2
    texts = tuple(
        Text(x + PAD + indent, y + PAD + LINE * i + 0.94 * SIZE, line) for i, (indent, line) in enumerate(lines)
    )
    return Shape(f"box-{box.id}", "box", x, y, WIDTHS[box.column], h, texts)


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
    lines = [line for note in footnotes for line in wrap(note, total - 2 * MARGIN, SMALL)]
    return tuple(Text(MARGIN, bottom + 22 + SMALL_LINE * i, line) for i, line in enumerate(lines))


def _description(chart: Chart) -> str:
    texts = [" ".join(item.text for item in box.items) for box in chart.boxes]
    return ". ".join((*texts, *chart.footnotes)).replace("\u00a0", " ")
