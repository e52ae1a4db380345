"""Studies: which included reports belong to one investigation, and the key that it carries through everything.

Every included report is a study of its own until a person joins it to another; keys, once given, never change by
themselves, because answers are kept under them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import combinations
from string import ascii_lowercase

from sqlalchemy import Connection

from extraction import rows, study_rows
from extraction.rows import Included
from extraction.study_rows import Apart
from extraction.tabular.exchange import read
from extraction.values import text_of
from review.errors import DecisionError
from review.record import Record
from review.store import Actor, Entry, Store, append_many
from review.text import many, words

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,60}")
PAGES = frozenset((
    "agreement", "cell", "cmo", "codebook", "compare", "findings", "matrix.csv", "preview", "table", "themes",
))  # fmt: skip
"""What stands in addresses where the key of a study may: a study of that key would have no page."""


@dataclass(frozen=True, slots=True)
class Study:
    """One study: its key, the ids of its included reports, and the record that shows it (of the oldest report)."""

    key: str
    reports: tuple[int, ...]
    record: Record


def studies(connection: Connection) -> tuple[Study, ...]:
    """Give the studies of all reports included at full text, by key; a report without a key gets its default one."""
    return grouped(rows.included(connection), rows.study_keys(connection))


def keys(connection: Connection) -> frozenset[str]:
    """Give the keys of all studies: without reading a record where each has been named already."""
    reports = rows.members(connection)
    noted = _noted(reports, rows.study_keys(connection))
    return frozenset(noted.values() if len(noted) == len(reports) else (one.key for one in studies(connection)))


def grouped(reports: Sequence[Included], noted: Mapping[int, str]) -> tuple[Study, ...]:
    """Put reports together under the keys that were noted for them; one without a key gets its default one."""
    keys = _assigned(reports, noted)
    groups: dict[str, list[Included]] = defaultdict(list)
    for report in reports:
        groups[keys[report.report]].append(report)
    return tuple(Study(key, tuple(r.report for r in groups[key]), groups[key][0].record) for key in sorted(groups))


def name_new(store: Store, actor: Actor) -> int:
    """Note the default key of every included report that has none, so that it stays; give how many there were."""
    with store.write() as connection:
        entries = _naming(connection)
        append_many(store, connection, actor, entries)
    return len(entries)


def join(
    store: Store, actor: Actor, groups: Mapping[str, Sequence[int]], seen: Mapping[str, Sequence[int]] | None = None
) -> tuple[str, ...]:
    """Put reports under study keys: several under one key are one study, a new key splits a report off.

    Parameters
    ----------
    groups : mapping of study key to report ids
        Reports that were noted to be of different studies are so no longer when they are joined.
    seen : mapping of study key to report ids, optional
        Studies as the person saw them: when they are others by now, nothing is changed.

    Returns
    -------
    tuple of str
        What was written under a report's former key stays there: a sentence for each such key that is no study now.

    Raises
    ------
    DecisionError
        A key is no key, or a report is not included at full text, or the studies have changed: nothing is done.
    """
    with store.write() as connection:
        _unchanged(connection, seen)
        included = rows.included(connection)
        open_to = {member: r.report for r in included for member in r.members}
        for key, reports in groups.items():
            if not _KEY.fullmatch(key):
                raise DecisionError(f"'{key}' is no study key", hint="use letters, digits, '-', '_' and '.'")
            if key in PAGES:
                raise DecisionError(f"'{key}' is the address of a page, and no study key", hint="add the year")
            for report in reports:
                if report not in open_to:
                    raise DecisionError(
                        f"report {report} is not included at full text, so it cannot be part of study {key}",
                        hint="take its row out, or include it first: review screen --stage full-text; "
                        "what is included: review extract studies",
                    )
        before = {study.key: study.reports for study in studies(connection)}
        joined = {key: sorted({open_to[report] for report in reports}) for key, reports in groups.items()}
        together = {(a, b) for reports in joined.values() for a, b in combinations(reports, 2)}
        entries = [Entry("study", {"study": key, "reports": reports}) for key, reports in joined.items()]
        entries += [_again(one) for one in study_rows.apart(connection) if one.roots in together]
        append_many(store, connection, actor, [*_naming(connection), *entries])
        gone = set(before) - {study.key for study in studies(connection)}
        return _stays(
            connection, {old: new for new, some in joined.items() for old in gone if set(some) & {*before[old]}}
        )


def split(
    store: Store, actor: Actor, key: str, reports: Sequence[int], seen: Mapping[str, Sequence[int]] | None = None
) -> str:
    """Make one study of its own of some reports of a study, and note that the two are different; give its key.

    It is the key that the first of them had before it was joined, so that what was written under it counts again.

    Raises
    ------
    DecisionError
        There is no such study, it has none of the reports or no others, or the studies have changed.
    """
    with store.write() as connection:
        _unchanged(connection, seen)
        known = {study.key: study for study in studies(connection)}
        study = _study(known, key)
        going = sorted(set(reports))
        if not going or not set(going) < set(study.reports):
            raise DecisionError(
                f"study {key} has the reports {', '.join(map(str, study.reports))}: name some of them, but not all",
                hint="review extract studies lists the reports of each study",
            )
        first = next(one for one in rows.included(connection) if one.report == going[0])
        taken = {*known, *rows.study_keys(connection).values()}
        former = study_rows.former_keys(connection)
        had = [old for member in first.members for old in former.get(member, ()) if old not in taken]
        new = had[-1] if had else next(one for one in _free(default_key(first.record), going[0]) if one not in taken)
        staying = [one for one in study.reports if one not in going]
        entries = [Entry("study", {"study": new, "reports": going}), *_different(going, staying, None)]
        append_many(store, connection, actor, [*_naming(connection), *entries])
        return new


def rename(store: Store, actor: Actor, key: str, new: str) -> None:
    """Give a study another key, as long as nothing is written under the present one.

    Raises
    ------
    DecisionError
        There is no such study, something is written under its key, or the new key is no key or taken.
    """
    with store.read() as connection:
        known = {study.key: study for study in studies(connection)}
        study = _study(known, key)
        if said := study_rows.written(connection).get(key):
            raise DecisionError(
                f"something is written under {key} already ({counted(said)}), and would stay there",
                hint="keep the key: reports name studies by author and year, not by it",
            )
        if new in known:
            raise DecisionError(f"there is a study {new} already", hint="to make one study of the two, join them")
    join(store, actor, {new: study.reports}, {key: study.reports})


def apart(
    store: Store, actor: Actor, keys: Sequence[str], note: str | None = None,
    seen: Mapping[str, Sequence[int]] | None = None,
) -> None:  # fmt: skip
    """Note that two studies are different ones: nobody is asked again whether their reports belong together.

    Raises
    ------
    DecisionError
        They are not two studies, or the studies have changed.
    """
    with store.write() as connection:
        _unchanged(connection, seen)
        known = {study.key: study for study in studies(connection)}
        if len(set(keys)) != 2:
            raise DecisionError("name two studies", hint="review extract studies lists them")
        left, right = (_study(known, key).reports for key in keys)
        append_many(store, connection, actor, _different(left, right, note))


def ask_again(store: Store, actor: Actor, keys: Sequence[str]) -> int:
    """Take back that two studies are different ones; give how many pairs of reports were noted so."""
    with store.write() as connection:
        known = {study.key: study for study in studies(connection)}
        of = {report: key for key in keys for report in _study(known, key).reports}
        wanted = [one for one in study_rows.apart(connection) if {of.get(root) for root in one.roots} == set(keys)]
        append_many(store, connection, actor, [_again(one) for one in wanted])
    return len(wanted)


def counted(written: Mapping[str, int]) -> str:
    """Say what is written under a key.

    >>> counted({"answer": 12, "coding": 1})
    '12 answers and 1 coding'
    """
    return " and ".join(many(number, what) for what, number in written.items())


def at_positions(connection: Connection, places: Iterable[tuple[str, int, str]]) -> dict[str, list[int]]:
    """Turn (file, position, study) into study key -> reports.

    Raises
    ------
    DecisionError
        A file was not imported, or has no such record.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for name, position, key in places:
        report = rows.report_at(connection, name, position)
        if report is None:
            raise DecisionError(
                f"there is no record {position} of a file {name} in this review", hint="import it first"
            )
        groups[key].append(report)
    return dict(groups)


def read_places(data: bytes) -> list[tuple[str, int, str]]:
    """Read a table of studies: columns ``file`` and ``position`` (of a record in it, from 1) and ``study``.

    Raises
    ------
    ReviewError
        The table cannot be read, or a position is no number.
    """
    columns = ("file", "position", "study")
    places = []
    for row in read(data, "studies", columns, columns).rows:
        file, position, key = (text_of(row.cells[name]) or "" for name in columns)
        if not (file and key and position.isdecimal()):
            raise DecisionError(f"row {row.line} needs a file, a position counted from 1, and a study key")
        places.append((file, int(position), key))
    return places


def default_key(record: Record) -> str:
    """Make a key from the first author and the year.

    >>> default_key(Record(authors=("Cruz–Correa, M",), date="2014")), default_key(Record(title="An overview of X"))
    ('cruzcorrea2014', 'anoverviewnd')
    """
    surname = words(record.authors[0].partition(",")[0]) if record.authors else words(record.title)[:2]
    name = "".join(surname).encode("ascii", "ignore").decode()[:30] or "study"
    return f"{name}{record.year or 'nd'}"


def _study(known: Mapping[str, Study], key: str) -> Study:
    if key not in known:
        near = get_close_matches(key, known, n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise DecisionError(f"there is no study {key}{meant}", hint="review extract studies lists them")
    return known[key]


def _unchanged(connection: Connection, seen: Mapping[str, Sequence[int]] | None) -> None:
    now = {study.key: study.reports for study in studies(connection)} if seen else {}
    if changed := [key for key, reports in (seen or {}).items() if now.get(key) != tuple(reports)]:
        raise DecisionError(
            f"study {' and study '.join(changed)} has been changed since this page was opened",
            hint="look at the studies as they are now, then decide",
        )


def _different(left: Sequence[int], right: Sequence[int], note: str | None) -> list[Entry]:
    pairs = sorted((min(a, b), max(a, b)) for a in left for b in right)
    return [Entry("apart", {"left": a, "right": b, "note": note}) for a, b in pairs]


def _again(one: Apart) -> Entry:
    return Entry("apart", {"left": one.left, "right": one.right, "note": None, "cleared": True})


def _stays(connection: Connection, gone: Mapping[str, str]) -> tuple[str, ...]:
    """Say what is left behind under keys that are no study any more; ``gone``: former key -> present one."""
    written = study_rows.written(connection)
    return tuple(
        f"what is written under {old} ({counted(written[old])}) stays there and counts no more: "
        f"the study goes on as {new}"
        for old, new in sorted(gone.items())
        if old in written
    )


def _naming(connection: Connection) -> list[Entry]:
    """Give what notes the default key of every included report that has none."""
    reports, known = rows.included(connection), rows.study_keys(connection)
    keys, noted = _assigned(reports, known), _noted(_members(reports), known)
    fresh = [one.report for one in reports if one.report not in noted]
    return [Entry("study", {"study": keys[report], "reports": [report]}) for report in fresh]


def _noted(reports: Mapping[int, Collection[int]], known: Mapping[int, str]) -> dict[int, str]:
    """Give the key noted last for each report, or for one that was merged into it; ``known`` is older ones first."""
    order = {member: at for at, member in enumerate(known)}
    last = {
        report: max((one for one in members if one in order), key=order.__getitem__, default=None)
        for report, members in reports.items()
    }
    return {report: known[member] for report, member in last.items() if member is not None}


def _members(reports: Sequence[Included]) -> dict[int, tuple[int, ...]]:
    return {one.report: one.members for one in reports}


def _assigned(reports: Sequence[Included], known: Mapping[int, str]) -> dict[int, str]:
    keys = _noted(_members(reports), known)
    taken = set(known.values())
    bare = {r.report: default_key(r.record) for r in reports if r.report not in keys}
    often = Counter(bare.values())
    for report, key in bare.items():
        free = _free(key, report)[0 if often[key] == 1 else 1 :]
        keys[report] = next(one for one in free if one not in taken)
        taken.add(keys[report])
    return keys


def _free(key: str, report: int) -> list[str]:
    """Give the keys that a report may have, in the order in which they are tried."""
    return [key, *(key + letter for letter in (*ascii_lowercase, *(f"-{report}{x}" for x in ascii_lowercase)))]
