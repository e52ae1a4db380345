"""What stands below a figure: its legend, what its columns are, and notes, wrapped to its width. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from reports.metrics import width, wrap
from reports.plots.canvas import Shape, Words
from reports.plots.marks import Mark, drawn

Placed = tuple[list[Shape], float]
"""Shapes, and how far down they reach."""


def foot(
    legend: Sequence[tuple[Mark, str]], key: Sequence[tuple[str, str]], notes: Sequence[str],
    at: tuple[float, float], room: float, size: float, across: int | None = None,
) -> Placed:  # fmt: skip
    """Place legend, key (short and long, in as many columns as have room) and notes below one another from ``at``."""
    x, y = at
    shapes, y = _legend(legend, (x, y), room, size)
    more, y = _key(key, (x, y), room, size, across or (2 if room >= 600 and len(key) > 1 else 1))
    shapes += more
    for text in notes:
        more, y = paragraph(text, (x, y), room, size, tone="quiet")
        shapes += more
    return shapes, y


def paragraph(
    text: str, at: tuple[float, float], room: float, size: float, *, bold: bool = False, tone: str = "ink"
) -> Placed:
    """Place a text in lines no wider than ``room``, below ``at``."""
    x, y = at
    step = 1.25 * size
    lines = wrap(text, room, size, bold=bold)
    words: list[Shape] = [
        Words(x, y + size + step * i, line, size, bold=bold, tone=tone) for i, line in enumerate(lines)
    ]
    return words, y + step * len(lines)


def _key(
    key: Sequence[tuple[str, str]], at: tuple[float, float], room: float, size: float, across: int
) -> Placed:  # fmt: skip
    x, low = at
    shapes = list[Shape]()
    each, part = (room - 14 * (across - 1)) / across, -(-len(key) // across)
    indent = max((width(short, size, bold=True) for short, _ in key), default=0) + 6
    for column in range(across):
        left, y = x + column * (each + 14), at[1]
        for short, text in key[column * part : (column + 1) * part]:
            shapes.append(Words(left, y + size, short, size, bold=True))
            more, y = paragraph(text, (left + indent, y), each - indent, size)
            shapes += more
        low = max(low, y)
    return shapes, low + (4 if key else 0)


def _legend(legend: Sequence[tuple[Mark, str]], at: tuple[float, float], room: float, size: float) -> Placed:
    """Place signs with what they mean, one after the other, broken between them."""
    left, y = at
    r = max([0.72 * size, *(width(mark.letter, size, bold=True) / 2 + 2.2 for mark, _ in legend)])
    x, step, shapes = left, 2 * r + 5, list[Shape]()
    for mark, text in legend:
        wide = min(width(text, size), room - 2 * r - 5)
        if x > left and x + 2 * r + 5 + wide > left + room:
            x, y = left, y + step
        shapes += drawn(mark, x + r, y + step / 2, r, size, (2 * r, 2 * r))
        more, low = paragraph(text, (x + 2 * r + 5, y + step / 2 - 0.64 * size), wide + 1, size)
        shapes += more
        x, y = x + 2 * r + wide + 19, max(y, low - step)
    return shapes, y + (step + 4 if legend else 0)
