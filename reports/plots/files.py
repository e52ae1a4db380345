"""Which figures there are, and their files. No IO."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from reports.material import Material
from reports.planned import Planned
from reports.plots.appraisal import appraisal
from reports.plots.appraisal_bars import appraisal_bars
from reports.plots.canvas import Figure, svg
from reports.plots.countries import countries
from reports.plots.harvest import harvest
from reports.plots.heat import theme_map, theme_parts
from reports.plots.network import network
from reports.plots.overlap import overlap
from reports.plots.progress import progress
from reports.plots.recall import recall
from reports.plots.years import years

FIGURES: tuple[Callable[[Material], Iterator[Figure]], ...] = (
    appraisal, appraisal_bars, theme_map, theme_parts, harvest, years, countries, overlap, progress, recall, network,
)  # fmt: skip
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
            make = partial(drawn, text, ending, title=one.title, moment=m.moment, ppi=m.ppi)
            yield Planned(f"plots/{one.name}.{ending}", ("plots", one.name), one.title, make, beside=True)
