"""Which files show the flow, the selection, the searches and the tables: paths, parts, and who makes each. No IO."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import groupby
from threading import Lock

from reports import appendix, search_tables, searchrxiv
from reports.flow import layout, mermaid, prisma_csv
from reports.flow.as_table import flow_table
from reports.material import Material
from reports.planned import Planned
from reports.render_csv import comma_separated
from reports.render_markdown import markdown
from reports.table import Table


def flow_files(m: Material) -> Iterator[Planned]:
    """Plan ``flow.*``."""
    from reports.drawing import drawn
    from reports.flow.docx import flow_document
    from reports.flow.html import flow_page

    chart, svg, moment = m.chart, layout.svg(m.chart), m.moment
    png = _once(lambda: drawn(svg, "png", title=chart.title, moment=moment, ppi=m.ppi))
    numbers = flow_table(m.flow, m.protocol.reporting)
    makers: dict[str, Callable[[], bytes]] = {
        "svg": lambda: svg.encode(),
        "png": png,
        "pdf": lambda: drawn(svg, "pdf", title=chart.title, moment=moment),
        "html": lambda: flow_page(m, svg).encode(),
        "docx": lambda: flow_document(chart, png(), numbers, moment),
        "csv": lambda: prisma_csv.to_csv(m.flow),
        "mmd": lambda: mermaid.mermaid(chart).encode(),
    }
    for suffix, make in makers.items():
        yield Planned(f"flow.{suffix}", ("flow",), "Flow diagram", make, beside=suffix in ("png", "pdf", "docx"))


def _once(make: Callable[[], bytes]) -> Callable[[], bytes]:
    """Make something once, and have whoever asks for it meanwhile wait."""
    lock, kept = Lock(), cache(make)

    def once() -> bytes:
        with lock:
            return kept()

    return once


def search_files(m: Material) -> Iterator[Planned]:
    """Plan the search appendix and the searches for searchRxiv."""
    log = m.searches
    makers: dict[str, Callable[[], bytes]] = {
        "md": lambda: appendix.as_markdown(log).encode(),
        "docx": lambda: appendix.as_docx(log, moment=m.moment),
        "csv": lambda: comma_separated(search_tables.full(log)),
    }
    for suffix, make in makers.items():
        yield Planned(f"search_appendix.{suffix}", ("search_appendix",), "Search appendix", make)
    for row in log.rows:
        title = f"Search {row.facts['id']} ({row.facts['label']}), for searchRxiv"
        yield Planned(searchrxiv.path(row), ("search_appendix",), title, partial(searchrxiv.as_json, row, log))


def table_files(m: Material) -> Iterator[Planned]:
    """Plan every table in every format, and all of them in one workbook and one document of Word and of LaTeX."""
    from reports.render_docx import document
    from reports.render_html import page
    from reports.render_latex import fragment, whole
    from reports.render_xlsx import workbook

    title, what = m.protocol.title, "All tables in one file"
    yield Planned("tables.docx", ("tables",), what, lambda: document(m.tables, title=title, moment=m.moment))
    yield Planned("tables.xlsx", ("tables",), what, lambda: workbook(m.tables, title=title, moment=m.moment))
    makers: dict[str, Callable[[tuple[Table, ...]], bytes]] = {
        "md": lambda blocks: markdown(*blocks).encode(),
        "html": lambda blocks: page(blocks, title=blocks[0].title).encode(),
        "docx": lambda blocks: document(blocks, title=blocks[0].title, moment=m.moment),
        "csv": lambda blocks: comma_separated(*blocks),
        "tex": lambda blocks: fragment(*blocks).encode(),
    }
    names = tuple(dict.fromkeys(one.name for one in m.tables))
    yield Planned("tables.tex", ("tables",), what, lambda: whole([f"tables/{name}.tex" for name in names]).encode())
    for name, some in groupby(m.tables, key=lambda one: one.name):
        blocks = tuple(some)
        for suffix, make in makers.items():
            yield Planned(f"tables/{name}.{suffix}", ("tables", name), blocks[0].title, partial(make, blocks))
