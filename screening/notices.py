"""Notices on reports: what sources said of them is put into the log, shown as one line per notice, and read by people.

Several sources tell of one retraction; a report is retracted once, so they are one line. Nothing here asks a source.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from review.errors import DecisionError
from review.store import Actor, Entry, Event, Store, append_many
from screening import notice_rows, rows
from screening.notice_rows import Row

LABELS = {"retracted": "Retracted", "concern": "Expression of concern", "corrected": "Corrected"}
"""Kinds of notices, the gravest first, as they are called on a page."""
SOURCES = {"crossref": "Crossref", "pubmed": "PubMed", "openalex": "OpenAlex"}
AS_IMPORTED = "as imported"
_KINDS = {"retracted": "retracted", "expression of concern": "concern", "corrected": "corrected"}
"""Flags of records to kinds."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one source tells of a notice; ``link`` is the address of the notice, of its DOI or PMID."""

    source: str
    about: str
    on: str | None
    label: str | None
    link: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of notice on a report, over all sources.

    ``on`` is the earliest date that a source gives, ``since`` when the newest of its notices was found here (``None``:
    a record came with it), ``new`` whether nobody has read it yet. ``unread`` are the (source, about) of notices that
    nobody has read.
    """

    report: int
    kind: str
    told: tuple[Told, ...]
    on: str | None
    since: str | None
    new: bool
    unread: tuple[tuple[str, str], ...]

    @property
    def label(self) -> str:
        """What it is called."""
        return LABELS.get(self.kind, self.kind.capitalize())


@dataclass(frozen=True, slots=True)
class Checks:
    """When the reports included or still to be assessed at full text were asked about.

    ``earliest`` and ``latest`` are over each report's last check, ``sources`` those that were asked, ``never`` the
    number of reports that no source that knows them was asked about, ``without_id`` how many of these have no DOI and
    no PMID.
    """

    reports: int
    earliest: str | None
    latest: str | None
    sources: tuple[str, ...]
    never: int
    without_id: int


# -- into the log


def note(
    store: Store,
    actor: Actor,
    source: str,
    told: Mapping[int, Sequence[Mapping[str, Any]]],
    unknown: Collection[int] = (),
) -> Event:
    """Put what a source said of some reports in the place of what it said of them before.

    Parameters
    ----------
    told : mapping of report to its notices
        Each notice with ``kind``, ``about``, ``on`` and ``label``; an empty one says that there is none.
    unknown : collection of int
        Reports that the source does not know: what it said of them before stays.
    """
    with store.write() as connection:
        members = notice_rows.members_told_of(connection, told)
        everywhere = {one: notices for root, notices in told.items() for one in (root, *members.get(root, ()))}
        found = [{"report": one, **notice} for one, notices in sorted(everywhere.items()) for notice in notices]
        payload: dict[str, Any] = {"source": source, "reports": sorted(everywhere), "found": found}
        payload |= {"unknown": sorted(unknown)} if unknown else {}
        return append_many(store, connection, actor, [Entry("notices", payload)])[0]


def see(store: Store, actor: Actor, *, report: int, kind: str, which: Iterable[tuple[str, str]]) -> None:
    """Note that somebody has read notices on a report: (source, about) as they were shown.

    Raises
    ------
    DecisionError
        There is no such report.
    """
    wanted = set(which)
    with store.write() as connection:
        root = rows.roots(connection, (report,)).get(report)
        if root is None:
            raise DecisionError(f"there is no report {report}", hint="see the list of notices")
        read = [
            Entry("notice_seen", {"report": one.report, "source": one.source, "kind": kind, "about": one.about})
            for one in notice_rows.notices(connection, (root,))
            if one.kind == kind and not one.seen and (one.source, one.about) in wanted
        ]
        if read:
            append_many(store, connection, actor, read)


# -- out of it


def lines(connection: Connection, roots: Collection[int] | None = None) -> list[Line]:
    """Give the notices of every report, or of some: new ones first, then the gravest, then by report.

    Of reports at full text also those that a record came with.
    """
    groups: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for row in notice_rows.notices(connection, roots):
        groups[row.root, row.kind].append(row)
    imported = notice_rows.flagged(connection, roots if roots is not None else notice_rows.at_full_text(connection))
    came = {(root, _KINDS[flag]) for root, flags in imported.items() for flag in flags if flag in _KINDS}
    found = [_line(*key, groups.get(key, ()), key in came) for key in {**groups, **dict.fromkeys(sorted(came))}]
    order = list(LABELS)
    return sorted(found, key=lambda one: (not one.new, order.index(one.kind), one.report))


def _line(report: int, kind: str, told: Sequence[Row], came: bool) -> Line:
    """Make one line. A report is retracted once: whoever read that in one source need not in the next."""
    each = tuple(
        dict.fromkeys(Told(SOURCES.get(r.source, r.source), r.about, r.on, r.label, link(r.about)) for r in told)
    )
    read = kind == "retracted" and any(r.seen for r in told)
    unread = () if read else tuple(dict.fromkeys((r.source, r.about) for r in told if not _seen(r, told)))
    return Line(
        report=report,
        kind=kind,
        told=each + ((Told(AS_IMPORTED, "", None, None, None),) if came else ()),
        on=min((r.on for r in told if r.on), default=None),
        since=max((r.since for r in told), default=None),
        new=bool(unread),
        unread=unread,
    )


def _seen(row: Row, told: Sequence[Row]) -> bool:
    """Say whether a notice was read, on whichever of a report's records it was found."""
    return any(one.seen for one in told if (one.source, one.about) == (row.source, row.about))


def link(about: str) -> str | None:
    """Give the address of a notice, made here of its DOI or PMID.

    >>> link("10.5555/a<b"), link("20137807"), link("Lancet 2010")
    ('https://doi.org/10.5555/a<b', 'https://pubmed.ncbi.nlm.nih.gov/20137807/', None)
    """
    if about.startswith("10."):
        return f"https://doi.org/{about}"
    return f"https://pubmed.ncbi.nlm.nih.gov/{about}/" if about.isdecimal() else None


def newly_told(before: Iterable[Line], now: Iterable[Line]) -> frozenset[tuple[int, str]]:
    """Give (report, kind) of the lines that say more than before; a retraction that was known is no news."""
    known = {
        (one.report, one.kind): {(t.source, t.about) for t in one.told if t.source != AS_IMPORTED} for one in before
    }
    told = {(one.report, one.kind): {(t.source, t.about) for t in one.told if t.source != AS_IMPORTED} for one in now}
    return frozenset(
        key
        for key, some in told.items()
        if some - known.get(key, set()) and not (key[1] == "retracted" and known.get(key))
    )


def unread(connection: Connection) -> list[Line]:
    """Give the new notices on reports included or still to be assessed at full text."""
    open_roots = set(notice_rows.at_full_text(connection))
    rows_of = {row.root for row in notice_rows.notices(connection) if not row.seen}
    return [one for one in lines(connection, rows_of & open_roots) if one.new]


def chips(connection: Connection, reports: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Give what a screener must beware of: the kinds of notices on each report, as they are called."""
    found = notice_rows.kinds(connection, reports)
    return {report: tuple(LABELS.get(kind, kind) for kind in LABELS if kind in some) for report, some in found.items()}


def checks(connection: Connection) -> Checks:
    """Say when the reports included or still to be assessed at full text were last asked about."""
    roots = notice_rows.at_full_text(connection)
    asked = notice_rows.last_checks(connection, roots)
    last = [max(at.values()) for at in asked.values()]
    never = [root for root in roots if root not in asked]
    without = sum(not known for known in notice_rows.keys(connection, never).values())
    sources = sorted({SOURCES.get(source, source) for at in asked.values() for source in at})
    return Checks(len(roots), min(last, default=None), max(last, default=None), tuple(sources), len(never), without)
