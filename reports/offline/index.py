"""``index.html``: the review on one page that works from a folder or a mail attachment, without a server or network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from reports.flow.as_table import flow_table
from reports.flow.counts import OTHER_BOXES, Flow
from reports.offline.listing import embedded
from reports.planned import Written
from reports.render_html import asset, rendered
from reports.table import Table
from reports.words import number, wording
from review.text import many

if TYPE_CHECKING:
    from reports.material import Material


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that there are files of: its title, the files, and what the page shows of it."""

    stem: str
    title: str
    files: tuple[Written, ...]
    svg: Markup | None = None
    tables: tuple[Table, ...] = ()

    @property
    def rows(self) -> int:
        """Rows of its tables together."""
        return sum(len(table.rows) for table in self.tables)

    @property
    def size(self) -> str:
        """How long it is, in words."""
        return many(self.rows, "row")

    @property
    def open(self) -> bool:
        """Whether it is unfolded from the start: a table that fits a page; a checklist is for who looks for it."""
        return 0 < self.rows <= _FITS and not self.stem.startswith("checklists/")


@dataclass(frozen=True, slots=True)
class Key:
    """A number of the overview: its label, the number as text, and the box whose records it opens."""

    label: str
    text: str
    box: str | None


def index(m: Material, written: Sequence[Written]) -> bytes:
    """Write the page for the files that were written, in their order.

    Drawings are shown as they were written; of tables all that fits a page is open at once.
    """
    shown = {f"tables/{name}": tuple(some) for name, some in groupby(m.tables, lambda one: one.name)}
    shown |= {f"checklists/{name}": fill() for name, fill in m.checklists.items()}
    entries = tuple(_entries(written, shown))
    sorts = {sort: tuple(e for e in entries if _sort(e) == sort) for sort in ("flow", "table", "plot", "list", "text")}
    values: dict[str, Any] = {
        "title": m.protocol.title,
        "question": m.protocol.question,
        "last": m.last[:10] if m.last else None,
        "protocol": m.protocol.hash,
        "warnings": m.warnings,
        "stands": _stands(m.flow),
        "keys": tuple(_keys(m.flow)),
        "sorts": sorts,
        "flow_table": flow_table(m.flow, m.protocol.reporting),
        "written": sorted(written, key=lambda one: one.path),
        "heads": m.heads,
        "listing": embedded(m.listing, m.decisions),
        "decisions": True,
        "records": len(m.listing.titles),
    }
    return rendered("index.html", values, script=asset("records.js")).encode()


def _entries(written: Sequence[Written], tables: dict[str, tuple[Table, ...]]) -> Iterator[Entry]:
    """Put together the files of one stem, where the first of them stands."""
    stems: dict[str, list[Written]] = {}
    for one in written:
        stems.setdefault(one.path.rpartition(".")[0], []).append(one)
    for stem, some in stems.items():
        drawn = next((Markup(one.svg) for one in some if one.svg), None)
        yield Entry(stem, some[0].title, tuple(some), drawn, tables.get(stem, ()))


def _sort(entry: Entry) -> str:
    if entry.stem == "flow":
        return "flow"
    if entry.stem.startswith("checklists/"):
        return "list"
    return "table" if entry.tables else "plot" if entry.svg else "text"


def _stands(flow: Flow) -> str:
    """Say in a sentence how far the review is."""
    records, reports = flow.open_records + flow.open_other_records, flow.open_reports + flow.open_other_reports
    if not records and not reports:
        return "No record waits for screening, and no report for assessment at full text."
    waits = (many(records, "record") + " to be screened", many(reports, "report") + " to be assessed at full text")
    return "Under way: " + " and ".join(text for n, text in zip((records, reports), waits, strict=True) if n) + "."


def _keys(flow: Flow) -> Iterator[Key]:
    """Give the numbers that a reader looks for first; a second column has its own only where there is one."""
    words = wording()["boxes_updated"] if flow.updated else {}
    other = flow.by_other_methods
    maybe = ("register_results", *OTHER_BOXES.values(), "excluded_automatic", "excluded_other")
    for box in (*_FIRST, *(("other_assessed",) if other else ()), "new_studies", "new_reports"):
        n = getattr(flow, box)
        if n == 0 and box in maybe:
            continue
        label = str(words.get(box, wording()["boxes"][box]))
        where = "Other methods: " if box == "other_assessed" else ""
        said = _IDENTIFIED.format(label) if box.endswith("_results") else where + label
        yield Key(said, number(n), box if n else None)


_FITS = 12
"""Rows of a table that are shown without being asked for."""
_FIRST = (
    "database_results", "register_results", *OTHER_BOXES.values(), "duplicates", "excluded_automatic", "excluded_other",
    "records_screened", "records_excluded", "dbr_notretrieved_reports", "dbr_assessed",
)  # fmt: skip
_IDENTIFIED = "Records identified: {}"
