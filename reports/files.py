"""Which files show the flow, the selection, the searches and the tables: paths, parts, and who makes each. No IO."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby

from reports import appendix, press, prisma_s, search_tables, searchrxiv, selection
from reports.flow import boxes, layout, mermaid, prisma_csv
from reports.flow.as_table import flow_table
from reports.material import Material
from reports.planned import Planned
from reports.render_csv import comma_separated
from reports.render_markdown import markdown
from reports.table import Table
from review.formats import write


def flow_files(m: Material) -> Iterator[Planned]:
    """Plan ``flow.*``."""
    from reports.drawing import drawn
    from reports.render_html import flow_page

    chart = boxes.chart(m.flow, m.protocol.title)
    svg, title = layout.svg(chart), chart.title
    makers: dict[str, Callable[[], bytes]] = {
        "svg": lambda: svg.encode(),
        "png": lambda: drawn(svg, "png", title=title, moment=m.moment),
        "pdf": lambda: drawn(svg, "pdf", title=title, moment=m.moment),
        "html": lambda: flow_page(svg, flow_table(m.flow), title=title).encode(),
        "csv": lambda: prisma_csv.to_csv(m.flow),
        "mmd": lambda: mermaid.mermaid(chart).encode(),
    }
    for suffix, make in makers.items():
        yield Planned(f"flow.{suffix}", ("flow",), "Flow diagram", make)


def selection_files(m: Material) -> Iterator[Planned]:
    """Plan ``methods.*``."""
    parts, title = ("methods",), "Methods: selection of records"
    yield Planned("methods.md", parts, title, lambda: selection.as_markdown(m.selection).encode())
    yield Planned("methods.docx", parts, title, lambda: selection.as_docx(m.selection, moment=m.moment))


def search_files(m: Material) -> Iterator[Planned]:
    """Plan the search appendix, the searches for searchRxiv, the PRISMA-S checklist and the PRESS form."""
    from reports.render_docx import document

    log = m.searches
    makers: dict[str, Callable[[], bytes]] = {
        "md": lambda: appendix.as_markdown(log).encode(),
        "docx": lambda: appendix.as_docx(log, moment=m.moment),
        "csv": lambda: comma_separated(search_tables.full(log)),
    }
    for suffix, make in makers.items():
        yield Planned(f"search_appendix.{suffix}", ("search_appendix",), "Search appendix", make)
    items, parts = prisma_s.checklist(log), ("checklists", "search_appendix")
    yield Planned("checklists/prisma_s.csv", parts, "PRISMA-S checklist", lambda: comma_separated(items))
    yield Planned(
        "checklists/prisma_s.docx", parts, "PRISMA-S checklist",
        lambda: document((items,), title=items.title, moment=m.moment),
    )  # fmt: skip
    forms: dict[str, Callable[[], bytes]] = {
        "md": lambda: press.as_markdown(log).encode(),
        "docx": lambda: press.as_docx(log, moment=m.moment),
        "csv": lambda: comma_separated(*press.as_tables(log)),
    }
    for suffix, make in forms.items():
        yield Planned(f"checklists/press.{suffix}", ("checklists",), "PRESS form", make)
    for row in log.rows:
        title = f"Search {row.facts['id']} ({row.facts['label']}), for searchRxiv"
        yield Planned(searchrxiv.path(row), ("search_appendix",), title, partial(searchrxiv.as_json, row, log))


def reference_files(m: Material) -> Iterator[Planned]:
    """Plan the included reports as references."""
    yield Planned("included.ris", ("included",), "Included reports, as references", lambda: write(m.included, "ris"))


def table_files(m: Material) -> Iterator[Planned]:
    """Plan every table in every format, and all of them in one workbook and one document."""
    from reports.render_docx import document
    from reports.render_html import page
    from reports.render_xlsx import workbook

    title, what = m.protocol.title, "All tables in one file"
    yield Planned("tables.docx", ("tables",), what, lambda: document(m.tables, title=title, moment=m.moment))
    yield Planned("tables.xlsx", ("tables",), what, lambda: workbook(m.tables, title=title, moment=m.moment))
    makers: dict[str, Callable[[tuple[Table, ...]], bytes]] = {
        "md": lambda blocks: markdown(*blocks).encode(),
        "html": lambda blocks: page(blocks, title=blocks[0].title).encode(),
        "docx": lambda blocks: document(blocks, title=blocks[0].title, moment=m.moment),
        "csv": lambda blocks: comma_separated(*blocks),
    }
    for name, some in groupby(m.tables, key=lambda one: one.name):
        blocks = tuple(some)
        for suffix, make in makers.items():
            yield Planned(f"tables/{name}.{suffix}", ("tables", name), blocks[0].title, partial(make, blocks))
