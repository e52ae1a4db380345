"""Tables, the flow and the index as HTML pages that need nothing else: no script, no other file, no other host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from reports.table import Table
from reports.template import template


def page(tables: Sequence[Table], *, title: str) -> str:
    """Write tables as one page."""
    return _rendered("tables.html", {"title": title, "tables": tables})


def flow_page(svg: str, table: Table, *, title: str) -> str:
    """Write the diagram with the same numbers as a table below it."""
    return _rendered("flow.html", {"title": title, "svg": Markup(svg), "table": table})


def index_page(
    svg: str, groups: Sequence[tuple[str, Sequence[tuple[str, Sequence[str]]]]], facts: Mapping[str, Any]
) -> str:
    """Write the page that links to everything else.

    ``groups`` are headings with (name, paths) below each; ``facts``: title, question, last (date), warnings.
    """
    return _rendered("index.html", {**facts, "svg": Markup(svg), "groups": groups})


def _rendered(name: str, values: Mapping[str, Any]) -> str:
    return template(name).render(**values)
