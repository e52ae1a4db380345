"""The numbers of a flow as a table, for those who cannot see the diagram and for copying into a text. Pure."""

from __future__ import annotations

from reports.flow.boxes import footnote, isolated
from reports.flow.counts import BOXES, Flow
from reports.table import Table, table
from reports.words import number, wording

_OTHER = ("website_results", "organisation_results", "citations_results")
_UPDATES_ONLY = ("previous_studies", "previous_reports", "total_studies", "total_reports")


def flow_table(flow: Flow) -> Table:
    """Give the boxes of a flow as a table: the same numbers for those who cannot see the diagram."""
    words = wording()
    labels = {**words["boxes"], **(words["boxes_updated"] if flow.updated else {})}
    cells: list[tuple[str, str]] = []
    for key in BOXES:
        if key in _UPDATES_ONLY and not flow.updated:
            continue
        cells.append((f"{labels[key]} ({_column(key)})", number(getattr(flow, key))))
        inside = {"database_results": flow.databases, "register_results": flow.registers,
                  "dbr_excluded": flow.dbr_reasons, "other_excluded": flow.other_reasons}.get(key, ())  # fmt: skip
        cells += [(f"– {isolated(count.label)}", number(count.n)) for count in inside]
    notes = [footnote(note) for note in flow.footnotes]
    return table("flow", "The numbers of the diagram", ("Box", "n"), cells, note="\n".join(notes) or None)


def _column(key: str) -> str:
    if key.startswith("other_") or key in _OTHER:
        return "other methods"
    return "the review" if key.partition("_")[0] in ("previous", "new", "total") else "databases and registers"
