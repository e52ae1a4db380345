"""Recall curves as SVG: what share of the relevant records is found after what share has been read.

One line per file, the mean of its runs, in a pattern of dashes and a shade of its own, so that it reads the same in
grey; the band around it goes from the worst run to the best. Dark on white paper, whatever surrounds it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reports.clean import legal
from reports.metrics import wrap
from reports.template import template
from review.errors import ReviewError

MOST = 6
"""Lines that can be told apart."""
STYLES = (
    ("#111111", ""), ("#0a5ca8", "9 4"), ("#a83200", "2 3"), ("#00664f", "12 3 2 3"), ("#7a2a8c", "5 2"),
    ("#5c5c5c", "1 3 8 3"),
)  # fmt: skip
"""Colour and dashes of each line; every colour has a contrast of at least 5 to white."""
STEPS = 400
LEFT, TOP, WIDE, HIGH, MARGIN = 64.0, 44.0, 620.0, 400.0, 16.0
LINE = 19.0
APART = 18.5
SIZE = 14.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A point worth naming: shares of the records read and of the relevant ones found, 0..1."""

    label: str
    read: float
    found: float


@dataclass(frozen=True, slots=True)
class Curve:
    """What is drawn of one file: for each run the labels in reading order, and the points named on its line."""

    label: str
    runs: tuple[Sequence[bool], ...]
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """A curve on the plane."""

    id: int
    colour: str
    dashes: str
    line: tuple[tuple[float, float], ...]
    band: tuple[tuple[float, float], ...]
    legend: tuple[str, ...]
    legend_y: float


@dataclass(frozen=True, slots=True)
class Numbered:
    """A mark on the plane, with its number and the line that says what it is; ``circle_y`` where there was room."""

    number: int
    x: float
    y: float
    circle_y: float
    label: str
    legend_y: float


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything that the template draws."""

    title: str
    description: str
    width: float
    height: float
    curves: tuple[Drawn, ...]
    marks: tuple[Numbered, ...]
    ticks: tuple[tuple[int, float, float], ...]
    chance: tuple[tuple[float, float], tuple[float, float]]
    target: float


def svg(curves: Sequence[Curve], title: str = "Relevant records found, by records read") -> str:
    """Draw recall curves; the same runs give the same text.

    Raises
    ------
    ReviewError
        There are more curves than can be told apart.
    """
    if len(curves) > MOST:
        raise ReviewError(
            f"a drawing holds {MOST} recall curves at most, these are {len(curves)}", hint="draw fewer files at a time"
        )
    return template("curve.svg").render(plot=plot(curves, title), left=LEFT, top=TOP, wide=WIDE, high=HIGH)


def plot(curves: Sequence[Curve], title: str) -> Plot:
    """Place curves, axes and the legend on the plane."""
    y = TOP + HIGH + 62.0
    drawn: list[Drawn] = []
    marks: list[Numbered] = []
    for number, curve in enumerate(curves):
        shares = [found(labels) for labels in curve.runs]
        mean = [sum(at) / len(at) for at in zip(*shares, strict=True)]
        several = len(shares) > 1
        band = [max(at) for at in zip(*shares, strict=True)], [min(at) for at in zip(*shares, strict=True)]
        text = f"{legal(curve.label)}; line: mean of {len(shares)} runs, band: from the worst to the best"
        legend = wrap(text if several else legal(curve.label), WIDE - 48, SIZE)
        colour, dashes = STYLES[number]
        outline = (*_line(band[0]), *reversed(_line(band[1]))) if several else ()
        drawn.append(Drawn(number + 1, colour, dashes, _line(mean), outline, legend, y))
        y += LINE * len(legend)
        for mark in curve.marks:
            at = _place(mark.read, mark.found)
            marks.append(Numbered(len(marks) + 1, *at, _free(at, marks), legal(mark.label), y))
            y += LINE
    return Plot(
        title, _description(curves), LEFT + WIDE + MARGIN, y, tuple(drawn), tuple(marks),
        tuple((percent, *_place(percent / 100, percent / 100)) for percent in range(0, 101, 20)),
        (_place(0, 0), _place(1, 1)), _place(0, 0.95)[1],
    )  # fmt: skip


def found(labels: Sequence[bool]) -> list[float]:
    """Give the share of the relevant records found after each of ``STEPS`` equal shares of reading, from none to all.

    >>> found([True, False])[:: STEPS // 2]
    [0.0, 1.0, 1.0]
    """
    sums = [0]
    for label in labels:
        sums.append(sums[-1] + bool(label))
    total = sums[-1] or 1
    return [sums[math.floor(step * len(labels) / STEPS + 1e-9)] / total for step in range(STEPS + 1)]


def _line(shares: Sequence[float]) -> tuple[tuple[float, float], ...]:
    return tuple(_place(step / STEPS, share) for step, share in enumerate(shares))


def _place(read: float, share: float) -> tuple[float, float]:
    return LEFT + WIDE * read, TOP + HIGH * (1 - share)


def _free(at: tuple[float, float], marks: Sequence[Numbered]) -> float:
    """Give the height at which a mark's circle covers no other: on the line, or so far below it."""
    x, y = at
    while any(math.hypot(x - mark.x, y - mark.circle_y) < APART for mark in marks):
        y += APART
    return y


def _description(curves: Sequence[Curve]) -> str:
    """Say in words what the drawing shows."""
    told = []
    for curve in curves:
        shares = [found(labels) for labels in curve.runs]
        at = {percent: sum(one[percent * STEPS // 100] for one in shares) / len(shares) for percent in (5, 10, 20, 50)}
        values = ", ".join(f"{share:.0%} after {percent}%" for percent, share in at.items())
        told.append(f"{legal(curve.label)}: found {values} of the records".replace("%", " %"))
        told += [f"{legal(mark.label)}" for mark in curve.marks]
    return ". ".join(told)
