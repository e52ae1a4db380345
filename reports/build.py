"""Write ``out/``: every report of a review, from one reading of the store, the same bytes each time.

The room's only module that touches the disk. Which files there are is one table (``_plan``); their names are the
stable ones of the design, because authors link to them.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection

from reports import appendix, boxes, diagram, mermaid, press, prisma_csv, prisma_s, search_tables, searchrxiv, selection
from reports.flow_table import flow_table
from reports.material import Material, gather
from reports.render_csv import comma_separated
from reports.render_markdown import markdown
from reports.search_facts import Known
from reports.table import Table
from review.errors import ReviewError
from review.forms import Extracted, Form, Framework, Instrument
from review.protocol import Protocol
from review.protocol.faults import meant

FORMATS = ("svg", "pdf", "png", "html", "csv", "mmd", "md", "docx", "xlsx", "ris", "json")
TABLES = (
    "characteristics_research", "characteristics_other", "excluded_full_text", "appraisal", "appraisal_items",
    "appraisal_reasons", "theme_matrix", "themes", "findings", "cmo", "cerqual", "searches",
)  # fmt: skip
PARTS = ("flow", "methods", "tables", "search_appendix", "checklists", "included", *TABLES)


_NAMES = {
    "tables": "All tables in one file", "flow": "Flow diagram",
    "methods": "Methods: selection of records", "search_appendix": "Search appendix",
    "checklists/prisma_s": "PRISMA-S checklist", "checklists/press": "PRESS form",
    "included": "Included reports, as references",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Built:
    """The files written (path below ``out``, SHA-256), sorted, and what an author should look at first."""

    files: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """One file to be: its path, the parts that ``only`` may name it by, and how it is made."""

    path: str
    parts: tuple[str, ...]
    make: Callable[[], bytes]


def build(
    connection: Connection,
    protocol: Protocol,
    form: Form | None,
    framework: Framework | None,
    instruments: tuple[Instrument, ...],
    out: Path,
    *,
    extracted: Extracted | None = None,
    formats: Collection[str] | None = None,
    only: Collection[str] | None = None,
    known: Known | None = None,
    today: str | None = None,
) -> Built:
    """Count, draw and write the reports.

    Parameters
    ----------
    form, framework, instruments
        What the protocol names, read by the extraction room.
    extracted : Extracted, optional
        What it gives of the studies, as it counts now.
    out : Path
        The folder; it is made when it is not there. Files in it that this does not write stay as they are.
    formats, only : collection of str, optional
        File endings (FORMATS) and parts (PARTS) to write; without either everything, with index and manifest.
    known : Known, optional
        What the searches room knows of interfaces and rules, for the search appendix.
    today : str, optional
        ISO day, for warnings of what was checked long ago; no file depends on it.

    Raises
    ------
    ReviewError
        A format or part that does not exist.
    CountError
        The flow does not balance.
    """
    _known("format", formats, FORMATS)
    _known("part", only, PARTS)
    material = gather(connection, protocol, form, framework, instruments, extracted, known=known)
    files = {}
    for planned in _plan(material):
        suffix = planned.path.rpartition(".")[2]
        if (formats is None or suffix in formats) and (only is None or not set(only).isdisjoint(planned.parts)):
            files[planned.path] = _write(out / planned.path, planned.make())
    if formats is None and only is None:
        files["index.html"] = _write(out / "index.html", _index(material, sorted(files)))
        files["manifest.json"] = _write(out / "manifest.json", _manifest(material, files))
    return Built(tuple(sorted(files.items())), _all_warnings(material, today, out, files))


def _all_warnings(m: Material, today: str | None, out: Path, files: Collection[str]) -> tuple[str, ...]:
    return (*m.warnings, *(m.overdue(today) if today else ()), *_older(out, files))


def _older(out: Path, files: Collection[str]) -> Iterator[str]:
    """Say which of the files about the whole report were not written now but stand there from an earlier time."""
    left = [name for name in ("index.html", "manifest.json") if name not in files and (out / name).is_file()]
    if left:
        yield f"only a part was written: {' and '.join(left)} still describe the last whole report (review report)"


def _plan(m: Material) -> Iterator[Planned]:
    yield from _flow_files(m)
    yield Planned("methods.md", ("methods",), lambda: selection.as_markdown(m.selection).encode())
    yield Planned("methods.docx", ("methods",), lambda: selection.as_docx(m.selection, moment=m.moment))
    yield from _appendix_files(m)
    yield from _table_files(m)
    yield Planned("included.ris", ("included",), lambda: _references(m))


def _flow_files(m: Material) -> Iterator[Planned]:
    from reports.drawing import drawn
    from reports.render_html import flow_page

    chart = boxes.chart(m.flow, m.protocol.title)
    svg, title = diagram.svg(chart), chart.title
    makers: dict[str, Callable[[], bytes]] = {
        "svg": lambda: svg.encode(),
        "png": lambda: drawn(svg, "png", title=title, moment=m.moment),
        "pdf": lambda: drawn(svg, "pdf", title=title, moment=m.moment),
        "html": lambda: flow_page(svg, flow_table(m.flow), title=title).encode(),
        "csv": lambda: prisma_csv.to_csv(m.flow),
        "mmd": lambda: mermaid.mermaid(chart).encode(),
    }
    for suffix, make in makers.items():
        yield Planned(f"flow.{suffix}", ("flow",), make)


def _appendix_files(m: Material) -> Iterator[Planned]:
    from reports.render_docx import document

    log = m.searches
    makers: dict[str, Callable[[], bytes]] = {
        "search_appendix.md": lambda: appendix.as_markdown(log).encode(),
        "search_appendix.docx": lambda: appendix.as_docx(log, moment=m.moment),
        "search_appendix.csv": lambda: comma_separated(search_tables.full(log)),
    }
    for path, make in makers.items():
        yield Planned(path, ("search_appendix",), make)
    for row in log.rows:
        yield Planned(searchrxiv.path(row), ("search_appendix",), partial(searchrxiv.as_json, row, log))
    items = prisma_s.checklist(log)
    yield Planned("checklists/prisma_s.csv", ("checklists", "search_appendix"), lambda: comma_separated(items))
    yield Planned(
        "checklists/prisma_s.docx", ("checklists", "search_appendix"),
        lambda: document((items,), title=items.title, moment=m.moment),
    )  # fmt: skip
    forms: dict[str, Callable[[], bytes]] = {
        "checklists/press.md": lambda: press.as_markdown(log).encode(),
        "checklists/press.docx": lambda: press.as_docx(log, moment=m.moment),
        "checklists/press.csv": lambda: comma_separated(*press.as_tables(log)),
    }
    for path, make in forms.items():
        yield Planned(path, ("checklists",), make)


def _table_files(m: Material) -> Iterator[Planned]:
    from reports.render_docx import document
    from reports.render_html import page
    from reports.render_xlsx import workbook

    makers: dict[str, Callable[[tuple[Table, ...]], bytes]] = {
        "md": lambda blocks: markdown(*blocks).encode(),
        "html": lambda blocks: page(blocks, title=blocks[0].title).encode(),
        "docx": lambda blocks: document(blocks, title=blocks[0].title, moment=m.moment),
        "csv": lambda blocks: comma_separated(*blocks),
    }
    for name, blocks in groupby(m.tables, key=lambda one: one.name):
        some = tuple(blocks)
        for suffix, make in makers.items():
            yield Planned(f"tables/{name}.{suffix}", ("tables", name), partial(make, some))
    title = m.protocol.title
    yield Planned("tables.docx", ("tables",), lambda: document(m.tables, title=title, moment=m.moment))
    yield Planned("tables.xlsx", ("tables",), lambda: workbook(m.tables, title=title, moment=m.moment))


def _references(m: Material) -> bytes:
    from review.formats import write

    return write(m.included, "ris")


def _index(m: Material, paths: Sequence[str]) -> bytes:
    from reports.render_html import index_page

    strategies = {
        searchrxiv.path(row).removesuffix(".json"): f"Search {row.facts['id']} ({row.facts['label']}), for searchRxiv"
        for row in m.searches.rows
    }
    named = {f"tables/{one.name}": one.title for one in m.tables} | _NAMES | strategies
    by_stem: dict[str, list[str]] = {}
    for path in paths:
        by_stem.setdefault(path.rpartition(".")[0], []).append(path)
    order = {stem: at for at, stem in enumerate(named)}
    groups = (("Files", [(named[stem], by_stem[stem]) for stem in sorted(by_stem, key=lambda stem: order[stem])]),)
    facts = {
        "title": m.protocol.title,
        "question": m.protocol.question,
        "last": m.last[:10] if m.last else None,
        "warnings": m.warnings,
    }
    return index_page(diagram.svg(boxes.chart(m.flow, m.protocol.title)), groups, facts).encode()


def _manifest(m: Material, files: dict[str, str]) -> bytes:
    content = {
        "title": m.protocol.title,
        "protocol": m.protocol.hash,
        "last_event": m.last,
        "heads": [list(head) for head in m.heads],
        "files": [{"path": path, "sha256": files[path]} for path in sorted(files)],
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _write(path: Path, data: bytes) -> str:
    """Write a file whole or not at all; give its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return hashlib.sha256(data).hexdigest()


def _known(what: str, given: Collection[str] | None, known: Sequence[str]) -> None:
    for one in sorted(set(given or ()) - set(known)):
        hint = meant(one, known) or f"there are: {', '.join(known)}"
        raise ReviewError(f"there is no {what} '{one}' to report", hint=hint)
