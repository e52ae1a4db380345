"""The search appendix: every search as it was run, with its counts, its full strategy and what was lost (PRISMA-S).

Source: Rethlefsen ML et al. 2021, PRISMA-S, doi:10.1186/s13643-020-01542-z, checked 2026-11-22. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from reports.render_markdown import escaped, markdown
from reports.rows import SearchRow
from reports.table import Table, table
from reports.words import number
from review.protocol import Protocol

_STATUS = {"complete": "complete", "incomplete": "incomplete", "failed": "failed", "running": "not finished"}
TITLE = "Search appendix"


def searches(rows: Sequence[SearchRow]) -> Table:
    """Make the table of searches: source, platform, date, hits and what became of the records."""
    cells = [
        (
            str(r.facts["id"]), r.facts["label"], r.facts["platform"] or _own(r.facts), r.facts["kind"], _date(r.facts),
            _n(r.facts["hits"]), _n(r.records), _n(r.rejected), _n(r.matched), _n(r.duplicates),
            _STATUS[r.facts["status"]],
        )
        for r in rows
    ]  # fmt: skip
    columns = (
        "Search", "Source", "Platform", "Kind", "Searched on", "Hits", "Records", "Unreadable parts",
        "Match the query here", "Duplicates", "Status",
    )  # fmt: skip
    note = (
        "Hits: what the source counted. Records: what was kept of them. Unreadable parts: what could not be read as a "
        "record, kept aside and counted nowhere else. Match the query here: records whose title, "
        "abstract or keywords satisfy the query when it is evaluated again after retrieval. Duplicates: records merged "
        "into one that was found before."
    )
    return table("searches", "Searches", columns, cells, note=note)


def full(rows: Sequence[SearchRow], protocol: Protocol) -> Table:
    """Make the table of everything that is known of each search, for a spreadsheet."""
    columns = (
        "Search", "Source", "Platform", "Kind", "Method", "Strategy", "Query as sent", "Searched on", "Hits",
        "Retrieved", "Records", "Unreadable parts", "Match the query here", "Do not match", "Cannot be told",
        "Duplicates", "Status", "Losses", "Limits", "File", "SHA-256 of the file",
    )  # fmt: skip
    limits = "; ".join(limits_of(protocol)) or "none"
    cells = [
        (
            str(r.facts["id"]), r.facts["label"], r.facts["platform"] or _own(r.facts), r.facts["kind"],
            r.facts["method"], r.facts["strategy"], r.facts["query"], _date(r.facts), _n(r.facts["hits"]),
            _n(r.records + r.rejected), _n(r.records), _n(r.rejected), _n(r.matched), _n(r.unmatched),
            _n(r.records - r.matched - r.unmatched), _n(r.duplicates), _STATUS[r.facts["status"]],
            "; ".join(losses_of(r.facts)) or "none", limits, r.facts["file_name"] or "none",
            r.facts["file_sha256"] or "none",
        )
        for r in rows
    ]  # fmt: skip
    return table("search_appendix", TITLE, columns, cells)


def limits_of(protocol: Protocol) -> tuple[str, ...]:
    """Say what the protocol limits every search to."""
    limits = protocol.limits
    span = " to ".join(part or "…" for part in (limits.start, limits.end)) if limits.start or limits.end else None
    said = (
        ("published", span),
        ("languages", ", ".join(limits.languages)),
        ("kinds", ", ".join(limits.kinds)),
        ("fields", ", ".join(limits.fields)),
    )
    return tuple(f"{name}: {value}" for name, value in said if value)


def losses_of(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what a search lost: what could not be asked, what a file lacked, why it ended."""
    said = [f"{loss['what']}" + _effect(loss["effect"]) for loss in facts["losses"]]
    return (*said, *([facts["error"]] if facts["error"] else []))


def as_markdown(rows: Sequence[SearchRow], protocol: Protocol) -> str:
    """Write the appendix: the table, the limits, and every strategy in full."""
    parts = [f"# {TITLE}", "", markdown(searches(rows))]
    parts += ["## Limits", "", *(f"- {escaped(limit)}" for limit in limits_of(protocol) or ("none",)), ""]
    parts += ["## Strategies in full", ""]
    for r in rows:
        parts += [f"### {r.facts['id']}\\. {escaped(r.facts['label'])}", "", *_fenced(_query(r.facts)), ""]
        parts += [f"- {escaped(loss)}" for loss in losses_of(r.facts)] + [""]
    return "\n".join(parts).rstrip() + "\n"


def as_docx(rows: Sequence[SearchRow], protocol: Protocol, *, moment: datetime) -> bytes:
    """Write the same as a Word document."""
    from reports.clean import legal
    from reports.render_docx import add_table, new_document, saved

    doc = new_document(TITLE, landscape=True)
    doc.add_heading(TITLE, 1)
    add_table(doc, searches(rows), 2)
    doc.add_heading("Limits", 2)
    for limit in limits_of(protocol) or ("none",):
        doc.add_paragraph(legal(limit), style="List Bullet")
    doc.add_heading("Strategies in full", 2)
    for r in rows:
        doc.add_heading(legal(f"{r.facts['id']}. {r.facts['label']}"), 3)
        doc.add_paragraph(legal(_query(r.facts)))
        for loss in losses_of(r.facts):
            doc.add_paragraph(legal(loss), style="List Bullet")
    return saved(doc, moment)


def _fenced(text: str) -> list[str]:
    fence = "```"
    while fence in text:
        fence += "`"
    return [fence, text, fence]


def _query(facts: Mapping[str, Any]) -> str:
    return facts["query"] or number(None)


def _effect(effect: str) -> str:
    return "" if effect == "none" else f" ({effect})"


def _own(facts: Mapping[str, Any]) -> str | None:
    return "its own interface" if facts["method"] in ("api", "snowball") else None


def _date(facts: Mapping[str, Any]) -> str | None:
    if facts["searched_on"]:
        return str(facts["searched_on"])
    return str(facts["started_at"])[:10] if facts["method"] != "file" else None


def _n(n: int | None) -> str | None:
    return None if n is None else number(n)
