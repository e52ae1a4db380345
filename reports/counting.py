"""Count the boxes of the flow from the terminal states of all records: pure arithmetic, no SQL, no drawing.

What each box counts, and why, is in docs/flow.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reports.flow import MAIN_KINDS, OTHER_BOXES, Count, Flow, Footnote, Source, State, Terminal
from reports.words import wording
from review.errors import CountError


def count_flow(
    terminals: Sequence[Terminal],
    sources: Iterable[Source],
    *,
    records: int,
    reasons: Mapping[str, str] | None = None,
) -> Flow:
    """Count the boxes from the terminal states of all records.

    Parameters
    ----------
    terminals : sequence of Terminal
        One per record.
    sources : iterable of Source
        Every search that the terminals name, in the order in which sources are listed.
    records : int
        How many records the store holds.
    reasons : mapping, optional
        Code -> text of the full-text exclusion reasons, in the protocol's order.

    Raises
    ------
    CountError
        A record has no terminal state or several (F0): both sides and the records are in the message.
    """
    _each_once(terminals, records)
    by_search = {s.id: s for s in sources}
    main_roots = {t.root for t in terminals if by_search[t.search].kind in MAIN_KINDS}
    tops = [t for t in terminals if t.state != "duplicate"]
    main = [t for t in tops if t.root in main_roots]
    other = [t for t in tops if t.root not in main_roots]
    included = [t for t in tops if t.state == "included"]
    studies = len({t.study or f"report {t.root}" for t in included})
    return Flow(
        **_main_column(terminals, main, by_search, reasons or {}),
        **_other_column(other, by_search, reasons or {}),
        new_studies=studies,
        new_reports=len(included),
        footnotes=(*_main_notes(terminals, main, by_search), *_other_notes(terminals, other, by_search, main_roots)),
    )


def _each_once(terminals: Sequence[Terminal], records: int) -> None:
    times = Counter(t.record for t in terminals)
    twice = sorted(r for r, n in times.items() if n > 1)
    if twice or len(times) != records:
        which = f"; more than one: record {', '.join(map(str, twice[:10]))}" if twice else ""
        raise CountError(
            f"the flow does not balance (F0): {records:,} records, {len(terminals):,} terminal states{which}",
            hint="run: review verify",
        )


def _main_column(
    terminals: Sequence[Terminal], main: Sequence[Terminal], by_search: Mapping[int, Source], reasons: Mapping[str, str]
) -> dict[str, Any]:
    n = Counter(t.state for t in main)
    found = [by_search[t.search] for t in terminals if by_search[t.search].kind in MAIN_KINDS]
    kinds = Counter(source.kind for source in found)
    return {
        "database_results": kinds["database"],
        "register_results": kinds["register"],
        "duplicates": len(found) - len(main),
        "excluded_automatic": 0,  # nothing here excludes by itself: ranking orders, a person decides
        "excluded_other": n["removed"],
        "records_screened": len(main) - n["removed"] - n["open_record"],
        "records_excluded": n["excluded_title_abstract"],
        "open_records": n["open_record"],
        "open_reports": n["open_report"],
        **_assessment("dbr", n),
        "databases": _per_source(found, by_search, "database"),
        "registers": _per_source(found, by_search, "register"),
        "dbr_reasons": _per_reason(main, reasons),
    }


def _other_column(
    other: Sequence[Terminal], by_search: Mapping[int, Source], reasons: Mapping[str, str]
) -> dict[str, Any]:
    n = Counter(t.state for t in other)
    kinds = Counter(by_search[t.search].kind for t in other)
    return {
        **{box: kinds[kind] for kind, box in OTHER_BOXES.items()},
        "open_other_records": n["open_record"],
        "open_other_reports": n["open_report"],
        **_assessment("other", n),
        "other_reasons": _per_reason(other, reasons),
    }


def _assessment(column: str, n: Counter[State]) -> dict[str, int]:
    assessed = n["excluded_full_text"] + n["included"]
    return {
        f"{column}_sought_reports": assessed + n["open_report"] + n["not_retrieved"],
        f"{column}_notretrieved_reports": n["not_retrieved"],
        f"{column}_assessed": assessed,
        f"{column}_excluded": n["excluded_full_text"],
    }


def _per_source(found: Sequence[Source], by_search: Mapping[int, Source], kind: str) -> tuple[Count, ...]:
    n = Counter(s.source for s in found if s.kind == kind)
    labels: dict[str, str] = {}
    for s in by_search.values():
        if s.kind == kind:
            labels.setdefault(s.source, s.label)
    return tuple(Count(label, n[source]) for source, label in labels.items())


def _per_reason(tops: Sequence[Terminal], reasons: Mapping[str, str]) -> tuple[Count, ...]:
    n = Counter(t.reason for t in tops if t.state == "excluded_full_text")
    unknown = sorted(code for code in n if code is not None and code not in reasons)
    order: list[str | None] = [*reasons, *unknown, None]
    none = str(wording()["reasons"]["none"])
    return tuple(Count(none if c is None else reasons.get(c, c), n[c]) for c in order if n[c])


def _main_notes(
    terminals: Sequence[Terminal], main: Sequence[Terminal], by_search: Mapping[int, Source]
) -> tuple[Footnote, ...]:
    keeper: dict[int, int] = {}
    found = [t for t in terminals if by_search[t.search].kind in MAIN_KINDS]
    for t in found:
        keeper[t.root] = min(t.record, keeper.get(t.root, t.record))
    late = sum(t.late for t in found if t.record != keeper[t.root])
    n = Counter(t.state for t in main)
    return _said(
        ("duplicates", "found_late", late),
        ("records_screened", "open_records", n["open_record"]),
        ("dbr_assessed", "open_reports", n["open_report"]),
    )


def _other_notes(
    terminals: Sequence[Terminal], other: Sequence[Terminal], by_search: Mapping[int, Source], main_roots: set[int]
) -> tuple[Footnote, ...]:
    found = [t for t in terminals if by_search[t.search].kind not in MAIN_KINDS]
    known = sum(t.root in main_roots for t in found)
    n = Counter(t.state for t in other)
    return _said(
        ("other_identified", "known_already", known),
        ("other_identified", "repeated", len(found) - known - len(other)),
        ("other_identified", "other_removed", n["removed"]),
        ("other_identified", "other_screened_out", n["excluded_title_abstract"]),
        ("other_identified", "other_open_records", n["open_record"]),
        ("other_assessed", "open_reports", n["open_report"]),
    )


def _said(*notes: tuple[str, str, int]) -> tuple[Footnote, ...]:
    return tuple(Footnote(*note) for note in notes if note[2])
