"""The search appendix: every search as it was run, with its counts, its full strategy and what was lost (PRISMA-S).

Source: Rethlefsen ML et al. 2021, PRISMA-S, doi:10.1186/s13643-020-01542-z, checked 2026-11-22. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from reports import prisma_s, prose
from reports import search_facts as facts
from reports.flow.counts import OTHER_BOXES, Flow
from reports.prose import Block, Code, Heading, Items, Paragraph
from reports.rows import SearchRow
from reports.search_facts import NOT_RECORDED, WORDS, SearchLog
from reports.search_tables import by_source, citations, counts, details, lines, places, rules
from reports.table import table
from review import __version__
from review.errors import CountError
from review.text import many

TITLE = "Search appendix"
_SECTIONS = tuple(WORDS["sections"])


def balanced(rows: Sequence[SearchRow], flow: Flow) -> None:
    """Check that the searches add up to the records that the flow identified.

    Raises
    ------
    CountError
        They do not; both sides are in the message.
    """
    notes = {"known_already": 0, "repeated": 0} | {note.key: note.n for note in flow.footnotes}
    other = [getattr(flow, box) or 0 for box in OTHER_BOXES.values()]
    sides = (
        ("databases", ("database",), flow.database_results or 0),
        ("registers", ("register",), flow.register_results or 0),
        ("other methods", tuple(OTHER_BOXES), sum(other) + notes["known_already"] + notes["repeated"]),
    )
    for name, kinds, boxes in sides:
        found = sum(row.records for row in facts.of_kind(rows, *kinds))
        if found != boxes:
            raise CountError(
                f"the search appendix does not balance: {name}: {found:,} records of searches against {boxes:,}"
                " in the flow",
                hint="run: review verify",
            )


def text(log: SearchLog) -> tuple[Block, ...]:
    """Put the appendix together, in the order of the sections that PRISMA-S's items point to."""
    makers = {
        "sources": _sources, "limits": _limits, "strategies": _strategies, "citations": _citations,
        "updates": _updates, "records": _records, "deduplication": _deduplication, "checklist": _checklist,
    }  # fmt: skip
    blocks: list[Block] = [Heading(TITLE, 1), *_opening(log)]
    for name in _SECTIONS:
        blocks += [Heading(prisma_s.section(name)), *makers[name](log)]
    return tuple(blocks)


def as_markdown(log: SearchLog) -> str:
    """Write the appendix as Markdown."""
    return prose.as_markdown(text(log))


def as_docx(log: SearchLog, *, moment: datetime) -> bytes:
    """Write the same as a Word document."""
    return prose.as_docx(text(log), title=TITLE, moment=moment, landscape=True)


def _opening(log: SearchLog) -> Iterator[Block]:
    yield Paragraph(f"Review: {log.protocol.title}")
    if log.protocol.question:
        yield Paragraph(f"Question: {log.protocol.question}")
    if log.protocol.registration:
        yield Paragraph(f"Registration: {log.protocol.registration}")
    state = f"as it stood on {log.last[:10]}" if log.last else "which is empty so far"
    yield Paragraph(
        f"Reported after PRISMA-S: {WORDS['citation']}. Every number is counted from the log of the review, {state}, by"
        f" narrative-review {__version__}. What the log does not hold is said to be {NOT_RECORDED}; what the authors"
        f" have to add stands in {prisma_s.section('checklist')}."
    )


def _sources(log: SearchLog) -> Iterator[Block]:
    yield places(log)


def _limits(log: SearchLog) -> Iterator[Block]:
    limits = facts.limits_of(log.protocol)
    yield Paragraph("As the protocol asks of every search:" if limits else "No limits were used.")
    if limits:
        yield Items(limits)
    yield Paragraph(f"Terms were looked for in: {', '.join(log.protocol.limits.fields)}.")
    apart = [row for row in log.rows if log.in_force(row) != log.protocol]
    if apart:
        yield Paragraph(f"Run under another version of the protocol, with limits of their own: {facts.named(apart)}.")
    asked = "What a source could not be asked is listed as a loss of its search."
    if any(row.facts["method"] == "file" for row in log.rows):
        asked += " Of a platform searched by hand the log knows only the strategy given at import."
    kept = (
        "Records known not to match were removed before screening."
        if log.protocol.remove_unmatched
        else "Records that do not match stayed in, marked as such; none was removed for it."
    )
    yield Paragraph(
        f"{asked} After retrieval the same query and the same limits were applied once more to what each record says"
        f" (title, abstract, keywords, date, language, kind); what is not known of a record does not exclude it. {kept}"
        f" The numbers are in {prisma_s.section('records')}."
    )


def _strategies(log: SearchLog) -> Iterator[Block]:
    concepts = log.protocol.concepts
    if concepts:
        yield Paragraph("The question as concepts (P population, I intervention or exposure, C comparator, O outcome):")
        cells = [(c.role, c.label, "; ".join(c.terms)) for c in concepts]
        yield table("concepts", "Concepts", ("Role", "Concept", "Terms"), cells)
    for strategy in log.protocol.strategies:
        yield Heading(f"Strategy “{strategy.id}”: {strategy.label}", 3)
        yield Paragraph("Before translation, as the protocol has it:")
        yield Code(strategy.text)
    for row in log.rows:
        yield from _search(row, log)


def _search(row: SearchRow, log: SearchLog) -> Iterator[Block]:
    yield Heading(f"Search {row.facts['id']}: {row.facts['label']}", 3)
    yield details(row, log)
    query = row.facts["query"]
    if not query:
        yield Paragraph(f"Strategy as it was run: {NOT_RECORDED}.")
    else:
        spelled, numbered = facts.spelled(query)
        how = "as given at import" if row.facts["method"] == "file" else "as it was sent"
        yield Paragraph(f"Strategy {how}" + (" (line numbers added here):" if numbered else ":"))
        yield Code(spelled)
    parts = facts.parts(row)
    if parts:
        yield Paragraph(f"Asked in {many(len(parts), 'part')}, whose hits together are those of the whole:")
        yield from map(Code, parts)
    counted = log.lines_of(row)
    if counted:
        yield Paragraph("Hits of each line by itself, as the source counted them:")
        yield lines(counted)
    if row.facts["losses"]:
        yield Paragraph("What could not be asked or read:")
        yield Items(facts.losses_of(row.facts))
    if row.facts["notes"]:
        yield Paragraph("Remarks of the source and of the comparison with its count:")
        yield Items(tuple(row.facts["notes"]))


def _citations(log: SearchLog) -> Iterator[Block]:
    rows = facts.of_kind(log.rows, "citation")
    if not rows:
        yield Paragraph("The log holds no citation search.")
        return
    yield citations(rows, log.known)


def _updates(log: SearchLog) -> Iterator[Block]:
    by_id = {row.facts["id"]: row for row in log.rows}
    said = [
        f"Search {row.facts['id']} ({row.facts['label']}, {facts.dates(row)}) updates search {before}"
        f" ({facts.dates(by_id[before]) if before in by_id else NOT_RECORDED})."
        for row in log.rows
        if (before := facts.update_of(row))
    ]
    yield Items(tuple(said)) if said else Paragraph("No search in the log is an update of an earlier one.")


def _records(log: SearchLog) -> Iterator[Block]:
    yield Paragraph("By search:")
    yield counts(log.rows)
    yield Paragraph("By source:")
    yield by_source(log.rows)


def _deduplication(log: SearchLog) -> Iterator[Block]:
    merging = log.merging
    reports = sum(row.records - row.duplicates for row in log.rows)
    records = sum(row.records for row in log.rows)
    yield Paragraph(
        f"{many(records, 'record')} became {many(reports, 'report')}; {many(records - reports, 'duplicate record')}"
        f" merged. Software: narrative-review {__version__} (the version that wrote this appendix)."
        " Nothing was deleted: a merge joins records into one report, and each stays in the log."
    )
    if merging.rules:
        yield rules(merging, log.known)
    said = [f"{n:,} judged to be {WORDS['verdicts'].get(verdict, verdict)}" for verdict, n in merging.verdicts]
    if said:
        yield Paragraph(f"Possible duplicates that people looked at: {'; '.join(said)}.")
    if merging.splits:
        yield Paragraph(f"Merges taken back: {merging.splits:,}.")


def _checklist(log: SearchLog) -> Iterator[Block]:
    yield prisma_s.checklist(log)
