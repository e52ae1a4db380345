"""What a figure is made of: lines, boxes, discs and words on a plane, in tones for paper and for the dark.

Sizes are SVG units (1/96 inch). Text is measured with the fonts of the room (``reports.metrics``), so what is made to
fit, fits. An SVG carries its colours as attributes, for paper; a page in the dark overrides them by class.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from reports.clean import legal
from reports.template import template

Anchor = Literal["start", "middle", "end"]

# tone -> (on paper, in the dark). Okabe and Ito's palette for the colour-blind (https://jfly.uni-koeln.de/color/,
# checked 2026-11-22), darkened where text or thin lines need a contrast of 4.5 or 3 to white.
TONES = {
    "paper": ("#ffffff", "#14191f"), "ink": ("#111111", "#e7ecf1"), "quiet": ("#5c6670", "#a9b4bf"),
    "line": ("#b9c4cf", "#445160"), "band": ("#eef2f6", "#1d252e"), "head": ("#d9e2ec", "#2b3846"),
    "good": ("#2473b0", "#5aa9e6"), "unsure": ("#f0c24b", "#f0c24b"), "bad": ("#943606", "#ef8a4c"),
    "none": ("#c3cad1", "#8e99a5"), "first": ("#0a5ca8", "#8ec2ff"), "second": ("#a83200", "#ffab85"),
    "third": ("#00664f", "#5fd0b2"), "fourth": ("#7a2a8c", "#d9a2e6"), "on": ("#ffffff", "#0d1116"),
    "dark": ("#111111", "#0d1116"),
    "title": ("#f6dfa4", "#574615"), "phase": ("#c5d9ee", "#26456a"),
}  # fmt: skip
"""``on`` is for words on a dark tone (good, bad, first to fourth), ``dark`` for words on ``unsure`` and ``none``."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A box; ``tone`` fills it, ``edge`` goes round it; ``key`` is what a click on it shows the records of."""

    x: float
    y: float
    w: float
    h: float
    tone: str = "paper"
    edge: str | None = None
    round: float = 0.0
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Disc:
    """A disc around its centre."""

    x: float
    y: float
    r: float
    tone: str = "ink"
    edge: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """A line through points, in a tone; ``dashes`` as SVG has them; ``closed`` with ``fill`` is an area."""

    points: tuple[tuple[float, float], ...]
    tone: str = "ink"
    thick: float = 1.2
    dashes: str = ""
    fill: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text at its baseline; ``turned`` is degrees, clockwise, around that point."""

    x: float
    y: float
    text: str
    size: float = 12.0
    anchor: Anchor = "start"
    bold: bool = False
    tone: str = "ink"
    turned: float = 0.0


Shape = Rect | Disc | Path | Words


@dataclass(frozen=True, slots=True)
class Figure:
    """A whole figure: its name (of the file), title, description for those who do not see it, size and shapes."""

    name: str
    title: str
    description: str
    width: float
    height: float
    shapes: tuple[Shape, ...]


def figure(name: str, title: str, description: str, size: tuple[float, float], shapes: Iterable[Shape]) -> Figure:
    """Make a figure; what no XML may hold is taken out of its texts."""
    return Figure(name, legal(title), legal(description), *size, tuple(map(_safe, shapes)))


def _safe(shape: Shape) -> Shape:
    if isinstance(shape, Words):
        return shape if legal(shape.text) == shape.text else replace(shape, text=legal(shape.text))
    if isinstance(shape, Path) or not shape.key or legal(shape.key) == shape.key:
        return shape
    return replace(shape, key=legal(shape.key))


def svg(one: Figure) -> str:
    """Draw a figure as SVG text; the same figure gives the same text."""
    return template("plot.svg").render(figure=one, paper={tone: colours[0] for tone, colours in TONES.items()})


def dark_rules() -> str:
    """Give the style rules with which a page in the dark shows the same figures."""
    rules = (f".f-{tone}{{fill:{dark}}}.s-{tone}{{stroke:{dark}}}" for tone, (_, dark) in TONES.items())
    return f"@media (prefers-color-scheme:dark){{{''.join(rules)}}}"


def ticks(most: float, about: int = 5) -> Sequence[float]:
    """Give round numbers from 0 to at least ``most``: steps of 1, 2 or 5 times a power of ten.

    >>> list(ticks(4669)), list(ticks(3))
    ([0, 1000, 2000, 3000, 4000, 5000], [0, 1, 2, 3])
    """
    if most <= 0:
        return (0, 1)
    step = next(
        step for power in range(13) for step in (10**power, 2 * 10**power, 5 * 10**power) if most / step <= about
    )
    return tuple(step * i for i in range(int(-(-most // step)) + 1))
