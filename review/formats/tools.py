"""The files that screening tools and Zotero import: tables over the RIS and CSV writers, with the limits of each tool.

What only our own formats can carry (flags, foreign identifiers, unknown columns) is left out: the tools would show it
as noise. To keep everything, write RIS, CSV, BibTeX or CSL-JSON.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from review.formats import ris_writer
from review.formats.cells import guarded
from review.formats.ris_tags import CARRIER
from review.record import Record
from review.text import many

_LABELS = ("included", "label_included", "included_label", "final_included", "included_final", "label", "include")
"""Names of ASReview's label column, with which labelled tables keep their labels."""


@dataclass(frozen=True, slots=True)
class Tool:
    """What one tool imports: its label, the ending, where that is documented, and how much it takes at once."""

    label: str
    ending: str
    docs: str
    tags: Mapping[str, str] = field(default_factory=dict)
    """RIS tags that the tool expects under another name; with no ``columns``, the tool gets RIS."""
    columns: Mapping[str, Callable[[Record, int], str]] = field(default_factory=dict)
    """Columns of its CSV: a function of the record and its number."""
    most_records: int | None = None
    most_bytes: int | None = None


def _part(record: Record, index: int) -> str:
    parts = (record.date or "").split("-")
    return parts[index].lstrip("0") if index < len(parts) else ""


def _label(record: Record, number: int) -> str:
    found = {name.casefold(): value for name, value in record.extra}
    return next((found[name] for name in _LABELS if found.get(name) in ("0", "1")), "")


_RAYYAN: dict[str, Callable[[Record, int], str]] = {
    "key": lambda record, number: str(number),
    "title": lambda record, number: record.title or "",
    "year": lambda record, number: _part(record, 0),
    "month": lambda record, number: _part(record, 1),
    "day": lambda record, number: _part(record, 2),
    "journal": lambda record, number: record.journal or "",
    "issn": lambda record, number: ", ".join(record.issns),
    "volume": lambda record, number: record.volume or "",
    "issue": lambda record, number: record.issue or "",
    "pages": lambda record, number: record.pages or "",
    "authors": lambda record, number: " and ".join(record.authors),
    "url": lambda record, number: record.url or "",
    "language": lambda record, number: record.language or "",
    "publisher": lambda record, number: record.publisher or "",
    "location": lambda record, number: record.place or "",
    "abstract": lambda record, number: record.abstract or "",
    "notes": lambda record, number: "; ".join(record.notes),
    "doi": lambda record, number: record.doi or "",
    "keywords": lambda record, number: "; ".join(record.keywords),
    "pubmed_id": lambda record, number: record.pmid or "",
    "pmc_id": lambda record, number: record.pmcid or "",
}
_ASREVIEW: dict[str, Callable[[Record, int], str]] = {
    "record_id": lambda record, number: str(number),
    "title": _RAYYAN["title"],
    "abstract": _RAYYAN["abstract"],
    "authors": lambda record, number: "; ".join(record.authors),
    "keywords": _RAYYAN["keywords"],
    "year": _RAYYAN["year"],
    "journal": _RAYYAN["journal"],
    "doi": _RAYYAN["doi"],
    "url": _RAYYAN["url"],
    "included": _label,
}
TOOLS: dict[str, Tool] = {
    # Columns: the CSV plugin of Rayyan's own reader, https://github.com/rayyansys; checked 2026-11-22.
    "rayyan": Tool(
        "Rayyan", ".csv",
        "https://help.rayyan.ai/hc/en-us/articles/17216953358353-How-to-Import-References-into-Rayyan",
        columns=_RAYYAN, most_bytes=100_000_000,
    ),
    # RIS as EndNote and Zotero write it; 15,000 references and 50 MB a file. Checked 2026-11-22 in library guides.
    "covidence": Tool(
        "Covidence", ".ris", "https://support.covidence.org/help/how-to-import-references",
        most_records=15_000, most_bytes=50_000_000,
    ),
    "asreview": Tool(
        "ASReview", ".csv", "https://asreview.readthedocs.io/en/stable/lab/data_format.html", columns=_ASREVIEW
    ),
    # [M] Which tags its RIS filter takes is not published where we could read it: the tags of the first RIS manual.
    "eppi": Tool(
        "EPPI-Reviewer", ".ris", "https://eppi.ioe.ac.uk/cms/Default.aspx?tabid=2933", tags={"TI": "T1", "T2": "JF"}
    ),
    "zotero": Tool("Zotero", ".ris", "https://www.zotero.org/support/kb/importing_standardized_formats"),
}  # fmt: skip
"""Name of a format that is written to the tool that imports it."""


def writer(name: str) -> Callable[[Iterable[Record]], bytes]:
    """Give the function that writes the file for a tool."""
    tool = TOOLS[name]
    return partial(_table, tool.columns) if tool.columns else partial(_ris, tool.tags)


def exceeded(name: str, records: int, size: int) -> tuple[str, ...]:
    """Say which limits of the tool a file passes; nothing for a format that is no tool's.

    >>> exceeded("covidence", 15_001, 900)
    ('Covidence takes 15,000 records in one file, this one has 15,001 records: split it',)
    """
    tool = TOOLS.get(name)
    if tool is None:
        return ()
    said = []
    if tool.most_records and records > tool.most_records:
        said.append(f"{tool.label} takes {many(tool.most_records, 'record')} in one file, this one has "
                    f"{many(records, 'record')}: split it")  # fmt: skip
    if tool.most_bytes and size > tool.most_bytes:
        said.append(f"{tool.label} takes files up to {tool.most_bytes // 1_000_000} MB, this one has "
                    f"{size / 1_000_000:.0f} MB: split it")  # fmt: skip
    return tuple(said)


def _ris(tags: Mapping[str, str], records: Iterable[Record]) -> bytes:
    bare = (replace(record, flags=(), identifiers=(), extra=()) for record in records)
    lines = ris_writer.write(bare).decode("utf-8").split("\n")
    kept = (line for line in lines if not line.startswith(f"{CARRIER}  - "))
    return "\n".join(tags.get(line[:2], line[:2]) + line[2:] for line in kept).encode("utf-8")


def _table(columns: Mapping[str, Callable[[Record, int], str]], records: Iterable[Record]) -> bytes:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(columns)
    for number, record in enumerate(records, 1):
        table.writerow(guarded(cell(record, number)) for cell in columns.values())
    return text.getvalue().encode("utf-8-sig", errors="replace")
