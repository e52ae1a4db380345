"""Which figures there are, and their files. No IO."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from reports.material import Material
from reports.planned import Planned
from reports.plots.canvas import Figure, svg

FIGURES: tuple[Callable[[Material], Iterator[Figure]], ...] = ()
"""Each gives its figures, none when there is nothing to show."""


def figures(m: Material) -> Iterator[Figure]:
    """Give every figure that the log has something for, in the order in which they are shown."""
    for make in FIGURES:
        yield from make(m)


def plot_files(m: Material) -> Iterator[Planned]:
    """Plan every figure as SVG, PDF and PNG."""
    from reports.drawing import drawn

    for one in figures(m):
        text = svg(one)
        yield Planned(f"plots/{one.name}.svg", ("plots", one.name), one.title, text.encode)
        for ending in ("pdf", "png"):
            make = partial(drawn, text, ending, title=one.title, moment=m.moment)
            yield Planned(f"plots/{one.name}.{ending}", ("plots", one.name), one.title, make)
