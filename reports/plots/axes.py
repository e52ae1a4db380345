"""What several figures share: lines of notes below, numbered pins with their key, scales, shortened words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from reports.clean import legal
from reports.metrics import width, wrap
from reports.plots.canvas import Disc, Path, Shape, Words, ticks

SIZE = 13.0
"""Of ordinary words: in a figure 480 wide, printed 80 mm wide, 6.4 points."""
SMALL = 12.0
LINE = 16.0
_DISC = 8.5
_APART = 2 * _DISC + 1


@dataclass(frozen=True, slots=True)
class Pin:
    """A moment on an axis, and what the key below says of it."""

    x: float
    text: str


def lines(text: str, room: float, size: float = SMALL, most: int = 3) -> tuple[str, ...]:
    """Break a text into at most so many lines; what does not fit is cut, with an ellipsis.

    >>> lines("one two three four", 50, 12, 2)
    ('one two', 'three f…')
    """
    broken = wrap(legal(text), room, size)
    if len(broken) <= most:
        return broken
    last = " ".join(broken[most - 1 :])
    while last and width(last + "…", size) > room:
        last = last[:-1]
    return (*broken[: most - 1], last.rstrip() + "…")


def note(text: str, x: float, y: float, room: float) -> tuple[list[Shape], float]:
    """Write a quiet paragraph whose first baseline is ``y``; give it and the baseline after it."""
    broken = wrap(legal(text), room, SMALL)
    shapes: list[Shape] = [Words(x, y + LINE * n, one, SMALL, tone="quiet") for n, one in enumerate(broken)]
    return shapes, y + LINE * len(broken)


def rule(most: float, place: Callable[[float], float], left: float, right: float) -> Iterator[Shape]:
    """Draw the lines and numbers of an upright axis of counts; ``place`` gives the height of a number."""
    for at in ticks(most):
        yield Path(((left, place(at)), (right, place(at))), "line", 1.0)
        yield Words(left - 7, place(at) + 4.5, f"{at:,}", SMALL, "end")


def pins(some: Sequence[Pin], y: float, bottom: float) -> Iterator[Shape]:
    """Draw numbered discs at ``y``, each with a line down to ``bottom``; those too near to another go higher."""
    placed: list[tuple[float, float]] = []
    for number, one in enumerate(some, start=1):
        high = y
        while any(abs(one.x - x) < _APART and abs(high - at) < _APART for x, at in placed):
            high -= _APART
        placed.append((one.x, high))
        yield Path(((one.x, high), (one.x, bottom)), "quiet", 1.0, "2 3")
        yield from _numbered(number, one.x, high)


def rise(some: Sequence[Pin]) -> float:
    """Give how much room the discs of ``pins`` need above their ``y``."""
    return max((-shape.y for shape in pins(some, 0, 0) if isinstance(shape, Disc)), default=0) + _DISC


def key(some: Iterable[Pin], x: float, y: float, room: float) -> tuple[list[Shape], float]:
    """Write what each mark is; ``y`` is the first baseline. Give the shapes and the baseline after them."""
    shapes: list[Shape] = []
    for number, one in enumerate(some, start=1):
        shapes += _numbered(number, x + _DISC, y - 4.2)
        broken = lines(one.text, room - 26, SMALL, 4)
        shapes += (Words(x + 26, y + LINE * n, text, SMALL) for n, text in enumerate(broken))
        y += max(LINE * len(broken), 20) + 2
    return shapes, y


def _numbered(number: int, x: float, y: float) -> tuple[Shape, Shape]:
    return Disc(x, y, _DISC, "paper", "ink"), Words(x, y + 4, str(number), 11, "middle", bold=True)
