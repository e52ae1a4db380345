"""The tables of searches: where and when, what each gave, what is known of one, and all of it for a spreadsheet. Pure.

Every number is counted from the log; what it does not hold is *not recorded*.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reports import search_facts as facts
from reports.rows import Merging, SearchRow
from reports.search_facts import NOT_RECORDED, WORDS, Known, SearchLog, count
from reports.table import Table, table

_STATUS = {"complete": "complete", "incomplete": "incomplete", "failed": "failed", "running": "not finished"}
_DIRECTIONS = {"backward": "backward", "forward": "forward", "both": "backward and forward"}

_COUNTS: Mapping[str, Callable[[SearchRow], int | None]] = {
    "Hits": lambda r: r.facts["hits"],
    "Retrieved": lambda r: facts.came(r, r.records + r.rejected),
    "Unreadable parts": lambda r: facts.came(r, r.rejected),
    "Records": lambda r: facts.came(r, r.records),
    "Match the query here": lambda r: facts.came(r, r.matched),
    "Do not match": lambda r: facts.came(r, r.unmatched),
    "Cannot be told": lambda r: facts.came(r, facts.unknown(r)),
    "Duplicates": lambda r: facts.came(r, r.duplicates),
    "Found here first": lambda r: facts.came(r, r.records - r.duplicates),
    "Found here only": lambda r: facts.came(r, r.alone),
}
_EVALUATED = frozenset({"Match the query here", "Do not match", "Cannot be told"})
"""Counts of the local evaluation, which citation searches have none of: they ask nothing by words."""

_COUNTS_NOTE = """\
Hits: what the source counted. Unreadable parts: what could not be read as a record. Match the query \
here, do not match, cannot be told: the records when query and limits are applied again after retrieval; citation \
searches ask nothing by words. Duplicates: records merged into one that was found \
before. Found here first: reports that this search brought in; they add up to all reports. Found here only: reports \
that no other search found."""


def searches(rows: Sequence[SearchRow], known: Known) -> Table:
    """Make the table of searches: source, platform, date, hits and what became of the records."""
    wanted = ("Hits", "Records", "Unreadable parts", "Match the query here", "Duplicates")
    cells = [
        (
            str(r.facts["id"]), r.facts["label"], facts.platform(r, known) or NOT_RECORDED,
            r.facts["kind"], facts.searched_on(r) or NOT_RECORDED,
            *(_counted(name, r) for name in wanted), _STATUS[r.facts["status"]],
        )
        for r in rows
    ]  # fmt: skip
    columns = ("Search", "Source", "Platform", "Kind", "Searched on", *wanted, "Status")
    note = (
        "Hits: what the source counted. Records: what was kept of them. Unreadable parts: what could not be read as a "
        "record, kept aside and counted nowhere else. Match the query here: records whose title, "
        "abstract or keywords satisfy the query when it is evaluated again after retrieval. Duplicates: records merged "
        "into one that was found before."
    )
    return table("searches", "Searches", columns, cells, note=note)


def places(log: SearchLog) -> Table:
    """Make the table of sources: what was searched, where, and when."""
    cells = [
        (
            str(r.facts["id"]), r.facts["label"], WORDS["kinds"][r.facts["kind"]],
            facts.platform(r, log.known) or NOT_RECORDED, facts.dates(r), _STATUS[r.facts["status"]],
        )
        for r in log.rows
    ]  # fmt: skip
    columns = ("Search", "Source", "Kind", "Platform", "Searched on", "Status")
    return table("places", "Sources", columns, cells, note="API: the interface of a source for programs.")


def details(row: SearchRow, log: SearchLog) -> Table:
    """Make the table of what is known of one search."""
    protocol = log.in_force(row)
    before = facts.update_of(row)
    limits = "; ".join(facts.limits_of(protocol)) or "none" if protocol else NOT_RECORDED
    cells = [
        ("Kind", WORDS["kinds"][row.facts["kind"]]),
        ("Platform", facts.platform(row, log.known) or NOT_RECORDED),
        *([("Parts of the source", ", ".join(parts))] if (parts := facts.collections(row, protocol)) else []),
        ("Interface", facts.interface(row, log.known) or NOT_RECORDED),
        ("Years covered", facts.coverage(row)),
        ("Searched on", facts.dates(row)),
        ("Strategy of the protocol", row.facts["strategy"] or "none named"),
        ("Limits of the protocol", limits),
        ("Counts", "; ".join(f"{name.lower()}: {_counted(name, row)}" for name in _COUNTS)),
        ("Also found by", shared(row)),
        ("Completeness", facts.completeness(row)),
        *([("Update of", f"search {before}")] if before else []),
        *(
            [("File", f"{row.facts['file_name']}, SHA-256 {row.facts['file_sha256']}")]
            if row.facts["file_name"]
            else []
        ),
        ("Protocol in force", row.facts["protocol"] or NOT_RECORDED),
    ]
    return table("details", "Details", ("Of this search", "The log says"), cells)


def _file(row: SearchRow) -> str:
    return f"{row.facts['file_name']}, SHA-256 {row.facts['file_sha256'] or NOT_RECORDED}"


def shared(row: SearchRow) -> str:
    """Say how many reports of a search which other searches found too."""
    return "; ".join(f"search {other}: {n:,}" for other, n in row.shared) or "none"


def counts(rows: Sequence[SearchRow]) -> Table:
    """Make the table of counts per search, with their sums."""
    names = [name for name in _COUNTS if name != "Retrieved"]
    cells = [(str(r.facts["id"]), r.facts["label"], *(_counted(name, r) for name in names)) for r in rows]
    if rows:
        cells.append(("All", "", *(_summed(name, rows) for name in names)))
    return table("counts", "Counts", ("Search", "Source", *names), cells, note=_COUNTS_NOTE)


def _counted(name: str, row: SearchRow) -> str:
    return "not evaluated" if name in _EVALUATED and not facts.evaluated(row) else count(_COUNTS[name](row))


def _summed(name: str, rows: Sequence[SearchRow]) -> str:
    return total([_COUNTS[name](row) for row in rows if name not in _EVALUATED or facts.evaluated(row)])


def total(parts: Sequence[int | None]) -> str:
    """Add up; with a part that is not known the sum is only the least that it can be.

    >>> total([1200, 0]), total([1, None]), total([None])
    ('1,200', 'at least 1', 'not recorded')
    """
    known = [part for part in parts if part is not None]
    if parts and not known:
        return NOT_RECORDED
    return count(sum(known)) if len(known) == len(parts) else f"at least {sum(known):,}"


def lines(counted: Sequence[Mapping[str, Any]]) -> Table:
    """Make the table of what each line of a strategy finds by itself."""
    cells = [
        (
            str(at), line["line"], line["part"],
            line["query"] or NOT_RECORDED, count(line["hits"]) + (f": {line['error']}" if line["error"] else ""),
            str(line["at"])[:10],
        )
        for at, line in enumerate(counted, start=1)
    ]  # fmt: skip
    return table("lines", "Lines", ("No.", "Line", "Part", "As it was sent", "Hits", "Counted on"), cells)


def by_source(rows: Sequence[SearchRow]) -> Table:
    """Make the table of records per source, however often it was searched, with the sum over all."""
    groups: dict[tuple[str, str], list[SearchRow]] = {}
    for row in rows:
        groups.setdefault((row.facts["kind"], row.facts["source"]), []).append(row)
    kinds = list(WORDS["kinds"])
    ordered = sorted(groups.items(), key=lambda one: kinds.index(one[0][0]))
    heard = [_heard(some) for _, some in ordered]
    cells = [
        (some[0].facts["label"], WORDS["kinds"][kind], count(len(some)), *_sums(told), *_of_source(told))
        for ((kind, _), some), told in zip(ordered, heard, strict=True)
    ]
    if rows:
        every = [row for told in heard for row in told]
        only = total([facts.came(told[0], told[0].of_source_alone) for told in heard])
        cells.append(("All", "", count(len(rows)), *_sums(every), _summed("Found here first", every), only))
    columns = (
        "Source", "Kind", "Searches", "Records identified", "Duplicates", "Found here first", "Reports",
        "Found here only",
    )  # fmt: skip
    return table("by_source", "Records by source", columns, cells, note=_BY_SOURCE_NOTE)


_BY_SOURCE_NOTE = """\
Records identified: before deduplication. Duplicates: records merged into one that was found before, here or \
elsewhere. Found here first: reports that the source brought in; with the duplicates they are all its records, and \
over all sources they are all reports. Reports: after deduplication, those of which the source holds a record; one \
that several sources hold counts for each of them, and once in the last line. Found here only: reports that no other \
source holds."""


def _of_source(told: Sequence[SearchRow]) -> tuple[str, str]:
    first = told[0]
    return count(facts.came(first, first.of_source)), count(facts.came(first, first.of_source_alone))


def _heard(rows: Sequence[SearchRow]) -> Sequence[SearchRow]:
    """Leave out searches that gave nothing beside others of the same source that did: they are no gap."""
    return [row for row in rows if facts.came(row, 0) is not None] or rows


def _sums(rows: Sequence[SearchRow]) -> tuple[str, ...]:
    return tuple(_summed(name, rows) for name in ("Records", "Duplicates", "Found here first"))


def citations(rows: Sequence[SearchRow], known: Known) -> Table:
    """Make the table of citation searches: with what, in which direction, from how many reports, what came."""
    cells = [
        (
            str(r.facts["id"]), facts.platform(r, known) or NOT_RECORDED, facts.dates(r),
            direction(r) or NOT_RECORDED, count(seeds(r)),
            "; ".join(f"{way}: {n:,}" for way, n in r.ways) or NOT_RECORDED, count(r.records), count(r.duplicates),
            count(r.records - r.duplicates),
        )
        for r in rows
    ]  # fmt: skip
    columns = (
        "Search", "With", "Searched on", "Direction", "Starting reports", "Ways to the records", "Records",
        "Known already", "New",
    )  # fmt: skip
    note = (
        "Backward: what the starting reports cite. Forward: what cites them. The starting reports are named in the"
        " strategy of each search. A record that several ways led to is counted under each of them."
    )
    return table("citations", "Citation searching", columns, cells, note=note)


def direction(row: SearchRow) -> str | None:
    """Say in which direction citations were followed."""
    if row.facts["method"] != "snowball":
        return None
    return _DIRECTIONS.get((row.facts["query"] or "").partition(":")[0])


def seeds(row: SearchRow) -> int | None:
    """Count the reports that a citation search started from."""
    named = (row.facts["query"] or "").partition(": ")[2]
    return len(named.split(", ")) if direction(row) and named else None


def rules(merging: Merging, known: Known) -> Table:
    """Make the table of the rules that merged, with what each says."""
    cells = [(name, known.rules.get(name, BY_HAND.get(name, NOT_RECORDED)), count(n)) for name, n in merging.rules]
    note = "A merge of several records by several rules counts for each of these rules."
    return table("rules", "Rules", ("Rule", "Records are one document when", "Merges"), cells, note=note)


BY_HAND = {
    "judged": "a person judged that they are the same",
    "restored": "a later judgement was taken back: records that it had parted are one document again",
}


def full(log: SearchLog) -> Table:
    """Make the table of everything that is known of each search, for a spreadsheet."""
    names = (
        "Search", "Source", "Platform", "Interface", "Kind", "Method", "Strategy", "Query as sent",
        "Searched on", "Started", "Finished", *_COUNTS, "Reports", "Also found by", "Status",
        "Completeness", "Losses", "Remarks", "Limits", "Years covered", "Update of", "Replies kept", "File",
        "SHA-256 of the file", "Protocol",
    )  # fmt: skip
    return table("search_appendix", "Search appendix", names, [_everything(row, log) for row in log.rows])


def _everything(r: SearchRow, log: SearchLog) -> tuple[str, ...]:
    protocol, before = log.in_force(r), facts.update_of(r)
    limits = "; ".join(facts.limits_of(protocol)) or "none" if protocol else None
    said = (
        str(r.facts["id"]), r.facts["label"], facts.platform(r, log.known), facts.interface(r, log.known),
        r.facts["kind"], r.facts["method"], r.facts["strategy"], r.facts["query"],
        facts.searched_on(r), r.facts["started_at"], r.facts["finished_at"],
        *(_counted(name, r) for name in _COUNTS), count(facts.came(r, r.reports)), shared(r),
        _STATUS[r.facts["status"]],
        facts.completeness(r), "; ".join(facts.losses_of(r.facts)) or "none", "; ".join(r.facts["notes"]) or "none",
        limits, facts.coverage(r), f"search {before}" if before else "none", count(r.replies),
        r.facts["file_name"] or "none", r.facts["file_sha256"] or "none", r.facts["protocol"],
    )  # fmt: skip
    return tuple(cell or NOT_RECORDED for cell in said)
