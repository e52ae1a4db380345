"""Count the boxes of the flow from the terminal states of all records: pure arithmetic, no SQL, no drawing.

What each box counts, and why, is in docs/flow.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reports.flow.counts import MAIN_KINDS, OTHER_BOXES, Count, Flow, Footnote, Source, State, Terminal
from reports.words import wording
from review.errors import CountError


def count_flow(
    terminals: Sequence[Terminal],
    sources: Iterable[Source],
    *,
    records: int,
    reasons: Mapping[str, str] | None = None,
    stops: Mapping[str, str] | None = None,
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
    stops : mapping, optional
        Event of a stop that terminals name -> how screening was stopped, for its footnote.

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
    silent = _silent(terminals, by_search)
    second = _other_column(other, by_search, silent, reasons or {})
    box = "other_identified" if any(second[name] != 0 for name in OTHER_BOXES.values()) else "identified"
    notes = (
        *_main_notes(terminals, main, by_search),
        *_stopped(main, "excluded_automatic", "not_screened", stops or {}),
        *_other_notes(terminals, other, by_search, main_roots, box),
        *_stopped(other, box, "other_not_screened", stops or {}),
    )
    return Flow(
        **_main_column(terminals, main, by_search, silent, reasons or {}),
        **second,
        new_studies=studies,
        new_reports=len(included),
        footnotes=_said(notes),
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


def _silent(terminals: Sequence[Terminal], by_search: Mapping[int, Source]) -> frozenset[tuple[str, str | None]]:
    """Give (kind, source) of which no search came to its end and nothing is known: not reported, which is not 0.

    A whole kind of search has ``None`` for its source.
    """
    spoke = {t.search for t in terminals} | {s.id for s in by_search.values() if s.status == "complete"}
    every, heard = set[tuple[str, str | None]](), set[tuple[str, str | None]]()
    for s in by_search.values():
        every |= {(s.kind, s.source), (s.kind, None)}
        heard |= {(s.kind, s.source), (s.kind, None)} if s.id in spoke else set()
    return frozenset(every - heard)


def _main_column(
    terminals: Sequence[Terminal],
    main: Sequence[Terminal],
    by_search: Mapping[int, Source],
    silent: frozenset[tuple[str, str | None]],
    reasons: Mapping[str, str],
) -> dict[str, Any]:
    n = Counter(t.state for t in main)
    found = [by_search[t.search] for t in terminals if by_search[t.search].kind in MAIN_KINDS]
    kinds = Counter(source.kind for source in found)
    return {
        "database_results": None if ("database", None) in silent else kinds["database"],
        "register_results": None if ("register", None) in silent else kinds["register"],
        "duplicates": len(found) - len(main),
        "excluded_automatic": n["not_screened"],  # nothing excludes by itself: a model orders, a person stops
        "excluded_other": n["removed"],
        "records_screened": len(main) - n["not_screened"] - n["removed"] - n["open_record"],
        "records_excluded": n["excluded_title_abstract"],
        "open_records": n["open_record"],
        "open_reports": n["open_report"],
        **_assessment("dbr", n),
        "databases": _per_source(found, by_search, silent, "database"),
        "registers": _per_source(found, by_search, silent, "register"),
        "dbr_reasons": _per_reason(main, reasons),
    }


def _other_column(
    other: Sequence[Terminal],
    by_search: Mapping[int, Source],
    silent: frozenset[tuple[str, str | None]],
    reasons: Mapping[str, str],
) -> dict[str, Any]:
    n = Counter(t.state for t in other)
    kinds = Counter(by_search[t.search].kind for t in other)
    return {
        **{box: None if (kind, None) in silent else kinds[kind] for kind, box in OTHER_BOXES.items()},
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


def _per_source(
    found: Sequence[Source], by_search: Mapping[int, Source], silent: frozenset[tuple[str, str | None]], kind: str
) -> tuple[Count, ...]:
    n = Counter(s.source for s in found if s.kind == kind)
    labels: dict[str, str] = {}
    for s in by_search.values():
        if s.kind == kind:
            labels.setdefault(s.source, s.label)
    return tuple(Count(label, None if (kind, source) in silent else n[source]) for source, label in labels.items())


def _per_reason(tops: Sequence[Terminal], reasons: Mapping[str, str]) -> tuple[Count, ...]:
    n = Counter(t.reason for t in tops if t.state == "excluded_full_text")
    unknown = sorted(code for code in n if code is not None and code not in reasons)
    order: list[str | None] = [*reasons, *unknown, None]
    none = str(wording()["reasons"]["none"])
    return tuple(Count(none if c is None else reasons.get(c, c), n[c]) for c in order if n[c])


def _main_notes(
    terminals: Sequence[Terminal], main: Sequence[Terminal], by_search: Mapping[int, Source]
) -> Iterator[Footnote]:
    found = [t for t in terminals if by_search[t.search].kind in MAIN_KINDS]
    parts = {(t.root, t.root if t.early is None else t.early) for t in found}
    n = Counter(t.state for t in main)
    yield from _of_searches("identified", [s for s in by_search.values() if s.kind in MAIN_KINDS])
    yield Footnote("duplicates", "found_late", len(parts) - len(main))
    yield Footnote("records_screened", "open_records", n["open_record"])
    yield Footnote("dbr_assessed", "open_reports", n["open_report"])


def _other_notes(
    terminals: Sequence[Terminal],
    other: Sequence[Terminal],
    by_search: Mapping[int, Source],
    main_roots: set[int],
    box: str,
) -> Iterator[Footnote]:
    """Give the notes of the second column; ``box`` is where they hang, since a column without numbers is not drawn."""
    found = [t for t in terminals if by_search[t.search].kind not in MAIN_KINDS]
    known = sum(t.root in main_roots for t in found)
    n = Counter(t.state for t in other)
    yield from _of_searches(box, [s for s in by_search.values() if s.kind not in MAIN_KINDS])
    yield Footnote(box, "known_already", known)
    yield Footnote(box, "repeated", len(found) - known - len(other))
    yield Footnote(box, "other_removed", n["removed"])
    yield Footnote(box, "other_screened_out", n["excluded_title_abstract"])
    yield Footnote(box, "other_open_records", n["open_record"])
    yield Footnote("other_assessed", "open_reports", n["open_report"])


def _stopped(tops: Sequence[Terminal], box: str, key: str, stops: Mapping[str, str]) -> Iterator[Footnote]:
    """Say of each stop how many records it left unscreened, in the order of stops."""
    n = Counter(t.stop for t in tops if t.state == "not_screened")
    yield from (Footnote(box, key, n[stop], stops.get(stop or "", "")) for stop in dict.fromkeys([*stops, *n]))


def _of_searches(box: str, some: Sequence[Source]) -> Iterator[Footnote]:
    yield Footnote(box, "unfinished", sum(s.status != "complete" for s in some))
    yield Footnote(box, "set_aside", sum(s.rejected for s in some))


def _said(notes: Iterable[Footnote]) -> tuple[Footnote, ...]:
    """Keep the notes of what is not 0, in the order of boxes; what is said twice of one box is said once, added up."""
    total = Counter[tuple[str, str, str]]()
    for note in notes:
        total[note.box, note.key, note.how] += note.n
    said = [Footnote(box, key, n, how) for (box, key, how), n in total.items() if n]
    return tuple(sorted(said, key=lambda note: _NOTED.index(note.box)))


_NOTED = (
    "identified", "duplicates", "excluded_automatic", "records_screened", "dbr_assessed", "other_identified",
    "other_assessed",
)  # fmt: skip
"""The boxes that footnotes hang on, as they are read."""
