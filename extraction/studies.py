"""Studies: which included reports belong to one investigation, and the key that it carries through everything.

Every included report is a study of its own until a person joins it to another; keys, once given, never change by
themselves, because answers are kept under them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from sqlalchemy import Connection

from extraction import rows
from extraction.exchange import read
from extraction.rows import Included
from extraction.values import text_of
from review.errors import DecisionError
from review.record import Record
from review.store import Actor, Entry, Store, append_many
from review.text import words

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,60}")


@dataclass(frozen=True, slots=True)
class Study:
    """One study: its key, the ids of its included reports, and the record that shows it (of the oldest report)."""

    key: str
    reports: tuple[int, ...]
    record: Record


def studies(connection: Connection) -> tuple[Study, ...]:
    """Give the studies of all reports included at full text, by key; a report without a key gets its default one."""
    reports = rows.included(connection)
    keys = _assigned(reports, rows.study_keys(connection))
    groups: dict[str, list[Included]] = defaultdict(list)
    for report in reports:
        groups[keys[report.report]].append(report)
    return tuple(Study(key, tuple(r.report for r in groups[key]), groups[key][0].record) for key in sorted(groups))


def name_new(store: Store, actor: Actor) -> int:
    """Note the default key of every included report that has none, so that it stays; give how many there were."""
    with store.write() as connection:
        reports = rows.included(connection)
        known = rows.study_keys(connection)
        keys = _assigned(reports, known)
        fresh = [r.report for r in reports if _known(r, known) is None]
        entries = [Entry("study", {"study": keys[report], "reports": [report]}) for report in fresh]
        append_many(store, connection, actor, entries)
    return len(fresh)


def join(store: Store, actor: Actor, groups: Mapping[str, Sequence[int]]) -> None:
    """Put reports under study keys: several under one key are one study, a new key splits a report off.

    Parameters
    ----------
    groups : mapping of study key to report ids
        What was answered under a report's former key stays there.

    Raises
    ------
    DecisionError
        A key is no key, or a report is not included at full text: nothing is changed.
    """
    with store.write() as connection:
        open_to = {member: r.report for r in rows.included(connection) for member in r.members}
        for key, reports in groups.items():
            if not _KEY.fullmatch(key):
                raise DecisionError(f"'{key}' is no study key", hint="use letters, digits, '-', '_' and '.'")
            for report in reports:
                if report not in open_to:
                    raise DecisionError(
                        f"report {report} is not included at full text, so it cannot be part of study {key}",
                        hint="take its row out, or include it first: review screen --stage full-text; "
                        "what is included: review extract studies",
                    )
        entries = [
            Entry("study", {"study": key, "reports": sorted({open_to[report] for report in reports})})
            for key, reports in groups.items()
        ]
        append_many(store, connection, actor, entries)


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


def _known(report: Included, known: Mapping[int, str]) -> str | None:
    """Give the key noted last for the report or for one that was merged into it."""
    noted = [member for member in known if member in report.members]
    return known[noted[-1]] if noted else None


def _assigned(reports: Sequence[Included], known: Mapping[int, str]) -> dict[int, str]:
    keys = {r.report: key for r in reports if (key := _known(r, known)) is not None}
    taken = set(known.values())
    bare = {r.report: default_key(r.record) for r in reports if r.report not in keys}
    often = Counter(bare.values())
    for report, key in bare.items():
        free = [key + letter for letter in (*ascii_lowercase, *(f"-{report}{x}" for x in ascii_lowercase))]
        if often[key] == 1:
            free.insert(0, key)
        keys[report] = next(one for one in free if one not in taken)
        taken.add(keys[report])
    return keys
