"""What the reports room reads from the store. The room writes nothing there, so these are queries only."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import Connection, func, select

from reports.flow.counts import Source, State, Terminal
from reports.flow.lateness import early_groups
from reports.stop_rows import stopped
from review.errors import CountError
from review.record import Record
from review.store import schema
from review.store.chosen import shown
from review.store.records import from_row
from review.store.tally import study_of

T = TypeVar("T")

_AT_FULL_TEXT: Mapping[str, State] = {
    "included": "included", "excluded": "excluded_full_text", "not_retrieved": "not_retrieved",
    "waiting": "open_report", "started": "open_report", "conflict": "open_report",
}  # fmt: skip
_AT_TITLE: Mapping[str, State] = {
    "removed": "removed", "excluded": "excluded_title_abstract", "not_screened": "not_screened",
    "waiting": "open_record", "started": "open_record", "conflict": "open_record",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paper:
    """A report with its combined record, its study, and the primary reason's code when it was excluded."""

    report: int
    study: str
    record: Record
    reason: str | None = None


def count_records(connection: Connection) -> int:
    """Count the records of all searches."""
    return connection.scalar(select(func.count()).select_from(schema.record)) or 0


def sources(connection: Connection) -> tuple[Source, ...]:
    """Give every search as the flow sees it, in the order in which they were begun."""
    s, rejected = schema.search.c, schema.rejected.c
    aside = select(func.count()).where(rejected.search == s.id).scalar_subquery()
    rows = connection.execute(select(s.id, s.source, s.label, s.kind, s.status, aside).order_by(s.id))
    return tuple(Source(*row) for row in rows)


def terminals(connection: Connection) -> tuple[Terminal, ...]:
    """Give the terminal state of every record, in the order of records.

    Raises
    ------
    CountError
        A record has no state: it is not a report, or its report stands nowhere.
    """
    first, second = _standings(connection, "title-abstract"), _standings(connection, "full-text")
    early, studies, stops = early_parts(connection), study_of(connection), stopped(connection, "title-abstract")
    found = connection.execute(select(schema.record.c.id, schema.record.c.search))  # read from an index alone
    records = sorted(map(tuple, found.all()))
    reports = connection.execute(select(schema.report.c.id, schema.report.c.merged_into))
    merged = {row[0]: row[1] for row in reports.all()}
    result, lost = [], []
    for number, search in records:
        into = merged.get(number)
        part = None if early is None else early.get(number, number)
        if into is not None:
            result.append(Terminal(number, search, into, "duplicate", early=part))
            continue
        state, reason = _end(first.get(number), second.get(number))
        if number not in merged or state is None:
            lost.append(number)
            continue
        stop = stops[number] if state == "not_screened" else None
        result.append(Terminal(number, search, number, state, reason, part, studies.get(number), stop))
    if lost:
        which = ", ".join(map(str, lost[:10])) + (" …" if len(lost) > 10 else "")
        raise CountError(
            f"the flow does not balance (F0): {len(records):,} records, {len(result):,} terminal states;"
            f" none: record {which}",
            hint="run: review verify",
        )
    return tuple(result)


def _standings(connection: Connection, stage: str) -> dict[int, tuple[str, Any]]:
    """Give report -> (status, reason) at a stage."""
    at = schema.standing.c
    query = select(at.report, at.status, at.reason).where(at.stage == stage)
    return {row[0]: row[1:] for row in connection.execute(query).all()}


def _end(first: tuple[str, Any] | None, second: tuple[str, Any] | None) -> tuple[State | None, str | None]:
    if first is None:
        return None, None
    if first[0] != "included":
        state = _AT_TITLE.get(first[0])
        return state, first[1] if state == "excluded_title_abstract" else None
    if second is None:
        return None, None
    state = _AT_FULL_TEXT.get(second[0])
    return state, second[1] if state == "excluded_full_text" else None


def early_parts(connection: Connection) -> dict[int, int] | None:
    """Give record -> part of its report that was merged before screening; ``None`` when no merge came after it began.

    The log is walked only when there was one.
    """
    events = schema.event.c
    first = connection.scalar(select(func.min(events.at)).where(events.kind == "decision"))
    last = connection.scalar(select(func.max(events.at)).where(events.kind == "merge"))
    if first is None or last is None or last < first:
        return None
    rows = connection.execute(
        select(events.kind, events.payload)
        .where(events.kind.in_(("decision", "merge", "split")))
        .order_by(events.at, events.log, events.seq)
    )
    return early_groups((kind, json.loads(payload)) for kind, payload in rows)


def papers(connection: Connection, status: str) -> tuple[Paper, ...]:
    """Give the reports that stand so at full text (``included``, ``excluded``), in the order of reports."""
    standing = schema.standing.c
    rows = connection.execute(
        select(standing.report, standing.reason)
        .where(standing.stage == "full-text", standing.status == status)
        .order_by(standing.report)
    ).all()
    studies, combined = study_of(connection), combined_records(connection, [row.report for row in rows])
    return tuple(
        Paper(r.report, studies.get(r.report, f"report {r.report}"), combined[r.report], r.reason) for r in rows
    )


def combined_records(connection: Connection, reports: Sequence[int]) -> dict[int, Record]:
    """Give report -> the combined record of it and all that was merged into it."""
    record, report = schema.record, schema.report.c
    members: dict[int, list[tuple[int, Record]]] = defaultdict(list)
    for batch in batches(reports):
        found = connection.execute(
            select(record, report.merged_into)
            .join(schema.report, report.id == record.c.id)
            .where(report.id.in_(batch) | report.merged_into.in_(batch))
            .order_by(record.c.id)
        ).mappings()
        for row in found:
            members[row["merged_into"] or row["id"]].append((row["id"], from_row(dict(row))))
    return {number: one for number, (one, _) in shown(connection, members).items()}


@dataclass(frozen=True, slots=True)
class SearchRow:
    """One search with what became of it; counts are of its records, ``rejected`` of parts that could not be read.

    ``reports`` are the reports that its records belong to, ``alone`` those of them that no other search found, and
    ``shared`` gives for other searches how many they have in common. ``of_source`` and ``of_source_alone`` are the
    same two counts for all searches of the search's source together. ``earliest`` and ``latest`` are publication dates
    of its records. ``addresses`` are those that were asked, without what was asked there, and ``replies`` how many were
    kept. ``ways`` counts hits of a citation search as each was noted on a record.
    """

    facts: Mapping[str, Any]
    records: int
    rejected: int
    matched: int
    unmatched: int
    duplicates: int
    reports: int = 0
    alone: int = 0
    shared: tuple[tuple[int, int], ...] = ()
    of_source: int = 0
    of_source_alone: int = 0
    earliest: str | None = None
    latest: str | None = None
    replies: int = 0
    addresses: tuple[str, ...] = ()
    ways: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Merging:
    """How duplicates were found: merges per rule as noted in the log, splits, and people's verdicts on pairs."""

    rules: tuple[tuple[str, int], ...] = ()
    splits: int = 0
    verdicts: tuple[tuple[str, int], ...] = ()


def search_rows(connection: Connection) -> tuple[SearchRow, ...]:
    """Give every search with its counts, in the order in which they were begun."""
    record, report, rejected = schema.record.c, schema.report.c, schema.rejected.c
    per: dict[int, SearchRow] = {
        row["id"]: SearchRow(dict(row), 0, 0, 0, 0, 0)
        for row in connection.execute(select(schema.search).order_by(schema.search.c.id)).mappings()
    }
    counts = connection.execute(
        select(record.search, record.matched, func.count(), func.count(report.merged_into))
        .join(schema.report, report.id == record.id)
        .group_by(record.search, record.matched)
    )
    for number, matched, n, merged in counts:
        row = per[number]
        per[number] = replace(
            row,
            records=row.records + n,
            matched=row.matched + (n if matched == "yes" else 0),
            unmatched=row.unmatched + (n if matched == "no" else 0),
            duplicates=row.duplicates + merged,
        )
    for number, n in connection.execute(select(rejected.search, func.count()).group_by(rejected.search)):
        per[number] = replace(per[number], rejected=n)
    dated = select(record.search, func.min(record.date), func.max(record.date)).group_by(record.search)
    for number, earliest, latest in connection.execute(dated):
        per[number] = replace(per[number], earliest=earliest, latest=latest)
    groups = _groups(connection)
    of_source, alone = _by_source(groups, {number: (r.facts["kind"], r.facts["source"]) for number, r in per.items()})
    for number, row in per.items():
        key = (row.facts["kind"], row.facts["source"])
        per[number] = replace(row, of_source=of_source[key], of_source_alone=alone[key])
    for read in (_overlaps(groups), _replies(connection), _ways(connection)):
        for number, found in read.items():
            per[number] = replace(per[number], **found)
    return tuple(per.values())


def _groups(connection: Connection) -> Counter[tuple[int, ...]]:
    """Count the reports by the searches that found them."""
    record, report = schema.record.c, schema.report.c
    root = func.coalesce(report.merged_into, report.id)
    found: dict[int, list[int]] = defaultdict(list)
    query = select(root, record.search).join(schema.report, report.id == record.id).distinct().order_by(record.search)
    for top, number in connection.execute(query):
        found[top].append(number)
    return Counter(map(tuple, found.values()))


def _by_source(
    groups: Mapping[tuple[int, ...], int], source_of: Mapping[int, tuple[str, str]]
) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """Count the reports that each source found, and those that it alone found, however often it was searched."""
    reports, alone = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for group, n in groups.items():
        sources = {source_of[number] for number in group}
        reports.update(dict.fromkeys(sources, n))
        alone.update(dict.fromkeys(sources, n) if len(sources) == 1 else {})
    return reports, alone


def _overlaps(groups: Mapping[tuple[int, ...], int]) -> dict[int, dict[str, Any]]:
    """Give the reports of every search, those that it alone found, and how many it shares with which other."""
    reports, alone, shared = Counter[int](), Counter[int](), defaultdict[int, Counter[int]](Counter)
    for group, n in groups.items():
        for number in group:
            reports[number] += n
            alone[number] += n if len(group) == 1 else 0
            shared[number].update({other: n for other in group if other != number})
    return {
        number: {"reports": reports[number], "alone": alone[number], "shared": tuple(sorted(shared[number].items()))}
        for number in reports
    }


def _replies(connection: Connection) -> dict[int, dict[str, Any]]:
    """Give how many replies of every search are kept, and the addresses that were asked (an import file has none)."""
    page, search = schema.page.c, schema.search.c
    query = select(page.search, page.url, search.method).join(schema.search, search.id == page.search)
    counts, asked = Counter[int](), defaultdict[int, dict[str, None]](dict)
    for number, url, method in connection.execute(query.order_by(page.search, page.number)):
        counts[number] += 1
        if method != "file":
            asked[number][url.partition("?")[0]] = None
    return {number: {"replies": n, "addresses": tuple(asked[number])} for number, n in counts.items()}


def _ways(connection: Connection) -> dict[int, dict[str, Any]]:
    """Count the ways that led to the hits of citation searches: how often each note stands, its seed left out."""
    record, search = schema.record.c, schema.search.c
    query = select(record.search, record.more).join(schema.search, search.id == record.search)
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for number, more in connection.execute(query.where(search.method == "snowball").order_by(record.id)):
        noted = (text for tag, text in more.get("extra", ()) if tag == "snowball")
        counts[number].update({text.partition(", from")[0] for text in noted})
    return {number: {"ways": tuple(sorted(n.items()))} for number, n in counts.items()}


def merging(connection: Connection) -> Merging:
    """Count what the log says of duplicates; a merge by several rules counts for each of them."""
    event, pair = schema.event.c, schema.pair.c
    rules: Counter[str] = Counter()
    payloads = connection.scalars(select(event.payload).where(event.kind == "merge").order_by(event.id))
    for payload in payloads:
        rules.update((json.loads(payload).get("rule") or "").split(", "))
    del rules[""]
    splits = connection.scalar(select(func.count()).where(event.kind == "split")) or 0
    judged = select(pair.verdict, func.count()).where(pair.verdict.is_not(None)).group_by(pair.verdict)
    verdicts = tuple(sorted((verdict, n) for verdict, n in connection.execute(judged)))
    return Merging(tuple(sorted(rules.items(), key=lambda one: (-one[1], one[0]))), splits, verdicts)


def line_counts(connection: Connection) -> tuple[Mapping[str, Any], ...]:
    """Give what each line of a strategy was last counted to find at each source, in the order of counting."""
    rows = connection.execute(select(schema.hit_count).order_by(schema.hit_count.c.id)).mappings()
    newest = {(row["source"], row["strategy"], row["part"], row["line"]): dict(row) for row in rows}
    return tuple(sorted(newest.values(), key=lambda row: int(row["id"])))


def protocol_texts(connection: Connection, hashes: Iterable[str]) -> dict[str, str]:
    """Give the text of some versions of the protocol, by hash."""
    version = schema.protocol_version.c
    rows = connection.execute(select(version.hash, version.text).where(version.hash.in_(sorted(hashes))))
    return {row.hash: row.text for row in rows}


def last_moment(connection: Connection) -> str | None:
    """Give the time of the newest event, ISO 8601: the date that every report bears; ``None`` in an empty review."""
    last: str | None = connection.scalar(select(func.max(schema.event.c.at)))
    return last


def batches(items: Sequence[T]) -> Iterable[Sequence[T]]:
    """Part what a query names into pieces that every database takes."""
    for start in range(0, len(items), 400):
        yield items[start : start + 400]
