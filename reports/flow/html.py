"""``flow.html``: the diagram, the records behind each of its boxes, the same numbers as a table. One page, one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from reports.flow.as_table import flow_table
from reports.offline.listing import embedded
from reports.render_html import asset, rendered
from reports.words import wording

if TYPE_CHECKING:
    from reports.material import Material


def flow_page(m: Material, svg: str) -> str:
    """Write the page; without JavaScript it shows diagram and numbers, with it a box lists its records."""
    values = {
        "title": m.chart.title,
        "svg": Markup(svg),
        "table": flow_table(m.flow, m.protocol.reporting),
        "language": m.chart.language,
        "words": wording(m.chart.language)["page"],
        "listing": embedded(m.listing),
        "records": len(m.listing.titles),
        "decisions": False,  # index.html has them: this page is to be quick and small
    }
    return rendered("flow.html", values, script=asset("records.js"))
