"""Count the boxes of the flow from the terminal states of all records: pure arithmetic, no SQL, no drawing.

Which records a box counts is said by ``members``; what that is, and why, is in docs/flow.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from reports.flow.counts import MAIN_KINDS, NOTED, OTHER_BOXES, Count, Flow, Footnote, Source, Terminal
from reports.flow.members import IDENTIFIED, MAIN_BOXES, members
from reports.words import wording
from review.errors import CountError
from review.protocol.model import Previous


@dataclass(frozen=True, slots=True)
class Said:
    """What the flow needs beside the records: texts of reasons and stops, and the version of the review before.

    ``reasons`` (full text) and ``early_reasons`` (title and abstract) map code -> text in the protocol's order;
    ``stops`` maps the event of a stop -> how screening was stopped. ``appraised`` are the studies with a judgement,
    ``in_synthesis`` those with a coding, included or not any more; ``None`` when nobody asks for the box.
    """

    reasons: Mapping[str, str] = field(default_factory=dict)
    early_reasons: Mapping[str, str] = field(default_factory=dict)
    stops: Mapping[str, str] = field(default_factory=dict)
    previous: Previous | None = None
    appraised: Collection[str] | None = None
    in_synthesis: Collection[str] | None = None


def count_flow(
    terminals: Sequence[Terminal],
    sources: Iterable[Source],
    *,
    records: int,
    said: Said | None = None,
    listed: Mapping[str, Sequence[int]] | None = None,
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
    said : Said, optional
        What the protocol and the log say in words, and the earlier version of the review.
    listed : mapping, optional
        What ``members`` lists of these, when that is known already.

    Raises
    ------
    CountError
        A record has no terminal state or several (F0): both sides and the records are in the message.
    """
    _each_once(terminals, records)
    said, by_search = said or Said(), {s.id: s for s in sources}
    also = said.previous.also if said.previous else ()
    listed = members(terminals, by_search.values(), also=also) if listed is None else listed
    n = Counter({key: len(ids) for key, ids in listed.items()})
    studies = {t.study or f"report {t.root}" for t in terminals if t.state == "included"}
    silent = _silent(terminals, by_search)
    identified = {box: None if (kind, None) in silent else n[box] for kind, box in IDENTIFIED.items()}
    second = "other_identified" if any(identified[box] != 0 for box in OTHER_BOXES.values()) else "identified"
    lines = {box: tuple(_lines(by_search, silent, listed, kind)) for kind, box in IDENTIFIED.items()}
    notes = chain(_notes(n, by_search, second, said.stops), _of_update(n, also))
    values: dict[str, Any] = {
        **identified,
        **{box: n[box] for box in _COUNTED},
        **_totals(len(studies.difference(also)), n["new_reports"], said.previous),
        "appraised": None if said.appraised is None else len(studies.intersection(said.appraised)),
        "in_synthesis": None if said.in_synthesis is None else len(studies.intersection(said.in_synthesis)),
    }
    return Flow(
        **values,
        databases=lines["database_results"],
        registers=lines["register_results"],
        other_sources=tuple((box, line) for box in OTHER_BOXES.values() if len(lines[box]) > 1 for line in lines[box]),
        dbr_reasons=_per_reason(n, "dbr_excluded", said.reasons),
        other_reasons=_per_reason(n, "other_excluded", said.reasons),
        title_abstract_reasons=_per_reason(n, "records_excluded", said.early_reasons),
        other_title_abstract_reasons=_per_reason(n, "other_screened_out", said.early_reasons),
        of_update=said.previous is not None,
        footnotes=_kept(notes),
    )


_COUNTED = (
    "duplicates", "excluded_automatic", "excluded_other", "records_screened", "records_excluded", "excluded_by_people",
    "excluded_by_automation", "dbr_sought_reports", "dbr_notretrieved_reports", "dbr_assessed", "dbr_excluded",
    "other_sought_reports", "other_notretrieved_reports", "other_assessed", "other_excluded", "new_reports",
    "open_records", "open_reports", "open_other_records", "open_other_reports",
)  # fmt: skip
"""Fields that are the number of their members, whatever is known."""


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


def _lines(
    by_search: Mapping[int, Source],
    silent: Collection[tuple[str, str | None]],
    listed: Mapping[str, Sequence[int]],
    kind: str,
) -> Iterator[Count]:
    """Count each source of a kind, and of the first column how many of its records were no duplicates."""
    labels: dict[str, str] = {}
    for s in by_search.values():
        if s.kind == kind:
            labels.setdefault(s.source, s.label)
    duplicates = set(listed["duplicates"])
    for source, label in labels.items():
        found = listed.get(f"{IDENTIFIED[kind]}:{source}", ())
        if (kind, source) in silent:
            yield Count(label, None, code=source)
        else:
            kept = sum(record not in duplicates for record in found) if kind in MAIN_BOXES else None
            yield Count(label, len(found), kept, code=source)


def _per_reason(n: Mapping[str, int], box: str, reasons: Mapping[str, str]) -> tuple[Count, ...]:
    """Count each reason of a box in the protocol's order, then those that it does not know, then what has none."""
    given = {key.removeprefix(f"{box}:"): number for key, number in n.items() if key.startswith(f"{box}:")}
    unknown = sorted(code for code in given if code and code not in reasons)
    texts = {**reasons, **{code: code for code in unknown}, "": str(wording()["reasons"]["none"])}
    return tuple(Count(text, given[code], code=code) for code, text in texts.items() if code in given)


def _totals(studies: int, reports: int, previous: Previous | None) -> dict[str, int | None]:
    """Add what is new to the version before; unknown is not 0."""
    if previous is None:
        return {"new_studies": studies}
    return {
        "new_studies": studies,
        "previous_studies": previous.studies,
        "previous_reports": previous.reports,
        "total_studies": None if previous.studies is None else previous.studies + studies,
        "total_reports": None if previous.reports is None else previous.reports + reports,
    }


def _notes(
    n: Mapping[str, int], by_search: Mapping[int, Source], second: str, stops: Mapping[str, str]
) -> Iterator[Footnote]:
    """Give what boxes have no place for; ``second`` is where the notes of the second column hang, if it is drawn."""
    yield from _of_searches("identified", [s for s in by_search.values() if s.kind in MAIN_KINDS])
    yield Footnote("duplicates", "found_late", n["found_late"])
    yield Footnote("records_screened", "open_records", n["open_records"])
    yield Footnote("dbr_assessed", "open_reports", n["open_reports"])
    yield from _stopped(n, "excluded_automatic", "excluded_automatic", "not_screened", stops)
    yield from _of_searches(second, [s for s in by_search.values() if s.kind not in MAIN_KINDS])
    yield Footnote(second, "known_already", n["known_already"])
    yield Footnote(second, "repeated", n["repeated"])
    yield Footnote(second, "other_removed", n["other_removed"])
    yield Footnote(second, "other_screened_out", n["other_screened_out"])
    yield Footnote(second, "other_open_records", n["open_other_records"])
    yield Footnote("other_assessed", "open_reports", n["open_other_reports"])
    yield from _stopped(n, "other_not_screened", second, "other_not_screened", stops)


def _stopped(n: Mapping[str, int], counted: str, box: str, key: str, stops: Mapping[str, str]) -> Iterator[Footnote]:
    """Say of each stop how many records it left unscreened, in the order of stops."""
    parts = [name.removeprefix(f"{counted}:") for name in n if name.startswith(f"{counted}:")]
    for stop in dict.fromkeys([*stops, *parts]):
        yield Footnote(box, key, n[f"{counted}:{stop}"], stops.get(stop, ""))


def _of_searches(box: str, some: Sequence[Source]) -> Iterator[Footnote]:
    yield Footnote(box, "unfinished", sum(s.status != "complete" for s in some))
    yield Footnote(box, "set_aside", sum(s.rejected for s in some))


def _of_update(n: Mapping[str, int], also: Collection[str]) -> Iterator[Footnote]:
    yield Footnote("new_reports", "of_earlier_studies", n["of_earlier_studies"] if also else 0)


def _kept(notes: Iterable[Footnote]) -> tuple[Footnote, ...]:
    """Keep the notes of what is not 0, in the order of boxes; what is said twice of one box is said once, added up."""
    total = Counter[tuple[str, str, str]]()
    for note in notes:
        total[note.box, note.key, note.how] += note.n
    return in_order(Footnote(box, key, n, how) for (box, key, how), n in total.items() if n)


def in_order(notes: Iterable[Footnote]) -> tuple[Footnote, ...]:
    """Sort footnotes as their boxes are read."""
    return tuple(sorted(notes, key=lambda note: NOTED.index(note.box)))
