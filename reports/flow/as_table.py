"""The numbers of a flow as a table, for those who cannot see the diagram and for copying into a text. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.flow.counts import BOXES, EXTRA, Count, Flow
from reports.flow.notes import named, notes
from reports.table import Table, table
from reports.words import number, wording
from review.protocol.model import Reporting

_OTHER = ("website_results", "organisation_results", "citations_results")
_UPDATES_ONLY = ("previous_studies", "previous_reports", "total_studies", "total_reports")


def flow_table(flow: Flow, reporting: Reporting | None = None) -> Table:
    """Give the boxes of a flow as a table: the same numbers for those who cannot see the diagram."""
    reporting = reporting or Reporting()
    words = wording(reporting.language)
    labels = {**words["boxes"], **(words["boxes_updated"] if flow.updated else {})}
    cells: list[tuple[str, str]] = []
    for key in (*BOXES, *EXTRA):
        if not _shown(key, flow, reporting):
            continue
        where = words["table"][_column(key)]
        cells.append((f"{labels[key]} ({where})", number(getattr(flow, key), reporting.language)))
        cells += _split(key, flow, reporting)
    said = "\n".join(note.text for note in notes(flow, reporting))
    heads = words["table"]["box"], words["table"]["n"]
    return table("flow", words["table"]["title"], heads, cells, note=said or None)


def _shown(key: str, flow: Flow, reporting: Reporting) -> bool:
    if key in _UPDATES_ONLY:
        return flow.updated
    if key == "appraised":
        return "appraisal" in reporting.boxes
    if key == "in_synthesis":
        return "synthesis" in reporting.boxes
    if key in ("excluded_by_people", "excluded_by_automation"):
        return False  # they stand under what they split
    return key not in EXTRA or getattr(flow, key) is not None


def _split(key: str, flow: Flow, reporting: Reporting) -> Iterator[tuple[str, str]]:
    """Give what a number consists of."""
    language, after = reporting.language, reporting.after_duplicates
    if key == "records_excluded" and flow.excluded_by_automation:
        labels = wording(language)["boxes"]
        for part in ("excluded_by_people", "excluded_by_automation"):
            yield f"– {labels[part]}", number(getattr(flow, part), language)
    inside: dict[str, Sequence[Count]] = {
        "database_results": flow.databases,
        "register_results": flow.registers,
        "records_excluded": flow.title_abstract_reasons if reporting.title_abstract_reasons else (),
        "dbr_excluded": flow.dbr_reasons,
        "other_excluded": flow.other_reasons,
    }
    sources = [count for box, count in flow.other_sources if box == key]
    for count in (*inside.get(key, ()), *sources):
        yield _row(count, language, after=after)


def _row(count: Count, language: str, *, after: bool) -> tuple[str, str]:
    left = wording(language)["after"].format(n=number(count.after, language)) if count.after is not None else None
    n = number(count.n, language)
    return f"– {named(count, language)}", f"{n}; {left}" if after and left else n


def _column(key: str) -> str:
    if key.startswith("other_") or key in _OTHER:
        return "other"
    main = key in BOXES and key.partition("_")[0] not in ("previous", "new", "total")
    return "main" if main else "review"
