"""Which records each box of the flow counts: the one classification that the counts and the listings share. Pure.

Keys are the fields of ``Flow``, ``<field>:<code>`` for one source, reason or stop of a box, and what footnotes count:
``known_already``, ``repeated``, ``found_late``, ``of_earlier_studies``, ``other_removed``, ``other_not_screened``,
``other_screened_out``. What each box counts, and why, is in docs/flow.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import attrgetter

from reports.flow.counts import MAIN_KINDS, OTHER_BOXES, Source, State, Terminal

MAIN_BOXES = {"database": "database_results", "register": "register_results"}
"""Kind of search -> the box of the first column that its records are counted in."""
IDENTIFIED = {**MAIN_BOXES, **OTHER_BOXES}

_SOUGHT = ("records_screened", "dbr_sought_reports")
_OF_MAIN: Mapping[State, tuple[str, ...]] = {
    "duplicate": (),
    "removed": ("excluded_other",),
    "not_screened": ("excluded_automatic",),  # nothing excludes by itself: a model orders, a person stops
    "open_record": ("open_records",),
    "excluded_title_abstract": ("records_screened", "records_excluded", "excluded_by_people"),
    "not_retrieved": (*_SOUGHT, "dbr_notretrieved_reports"),
    "open_report": (*_SOUGHT, "open_reports"),
    "excluded_full_text": (*_SOUGHT, "dbr_assessed", "dbr_excluded"),
    "included": (*_SOUGHT, "dbr_assessed", "new_reports"),
}
_OF_OTHER: Mapping[State, tuple[str, ...]] = {
    "duplicate": (),
    "removed": ("other_removed",),
    "not_screened": ("other_not_screened",),
    "open_record": ("open_other_records",),
    "excluded_title_abstract": ("other_screened_out",),
    "not_retrieved": ("other_sought_reports", "other_notretrieved_reports"),
    "open_report": ("other_sought_reports", "open_other_reports"),
    "excluded_full_text": ("other_sought_reports", "other_assessed", "other_excluded"),
    "included": ("other_sought_reports", "other_assessed", "new_reports"),
}
"""State of a report -> what counts it, in each column."""

_SPLIT = frozenset({
    "records_excluded", "dbr_excluded", "other_excluded", "other_screened_out", "excluded_automatic",
    "other_not_screened",
})  # fmt: skip
"""Boxes whose parts are told apart, by the reason given or the stop made."""

_ALWAYS = (
    *IDENTIFIED.values(), "duplicates", "excluded_by_automation", "known_already", "repeated", "found_late",
    "new_studies", "of_earlier_studies",
    *(key for boxes in (_OF_MAIN, _OF_OTHER) for some in boxes.values() for key in some),
)  # fmt: skip


def members(
    terminals: Iterable[Terminal], sources: Iterable[Source], *, also: Collection[str] = ()
) -> Mapping[str, tuple[int, ...]]:
    """List the records that each box counts.

    Parameters
    ----------
    terminals : iterable of Terminal
        One per record.
    sources : iterable of Source
        Every search that the terminals name.
    also : collection of str
        Studies that an earlier version of this review included: their reports are in ``of_earlier_studies`` instead
        of ``new_studies``.

    Returns
    -------
    dict
        Key -> record ids, ascending; a box of reports lists the first record of each. A box that counts nothing is
        there and empty; a source, reason or stop that counts nothing is not. ``new_studies`` alone counts otherwise
        than it lists: studies, of which it lists the included reports.
    """
    by_search = {s.id: s for s in sources}
    ordered = sorted(terminals, key=attrgetter("record"))
    main_searches = {s.id for s in by_search.values() if s.kind in MAIN_KINDS}
    main_roots = {t.root for t in ordered if t.search in main_searches}
    listed: dict[str, list[int]] = defaultdict(list, {key: [] for key in _ALWAYS})
    _identified(ordered, by_search, main_roots, listed)
    for t in ordered:
        for key in (_OF_MAIN if t.root in main_roots else _OF_OTHER)[t.state]:
            listed[key].append(t.record)
            if key in _SPLIT:
                listed[f"{key}:{part_of(t)}"].append(t.record)
        if t.state == "included":
            listed["of_earlier_studies" if t.study in also else "new_studies"].append(t.record)
    return {key: tuple(records) for key, records in listed.items()}


def part_of(terminal: Terminal) -> str:
    """Give the code by which a box is split: the reason of an exclusion, or the stop; empty when there is none."""
    return (terminal.stop if terminal.state == "not_screened" else terminal.reason) or ""


def _identified(
    ordered: Sequence[Terminal],
    by_search: Mapping[int, Source],
    main_roots: Collection[int],
    listed: Mapping[str, list[int]],
) -> None:
    """Add what was identified, in which column and at which source, and the duplicates of each column."""
    boxes = {s.id: (IDENTIFIED[s.kind], s.source, s.kind in MAIN_KINDS) for s in by_search.values()}
    first, parts = set[int](), set[tuple[int, int]]()
    for t in ordered:
        box, source, is_main = boxes[t.search]
        if is_main:
            part = t.root, t.root if t.early is None else t.early
            if t.root in first:
                listed["duplicates"].append(t.record)
                if part not in parts:
                    listed["found_late"].append(t.record)
            first.add(t.root)
            parts.add(part)
        elif t.root in main_roots:
            listed["known_already"].append(t.record)
            continue
        elif t.state == "duplicate":
            listed["repeated"].append(t.record)
            continue
        listed[box].append(t.record)
        listed[f"{box}:{source}"].append(t.record)
