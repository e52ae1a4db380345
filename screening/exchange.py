"""Decisions as a CSV file, out and in. Every row is checked as a vote on the page would be; what is refused is said.

Columns: ``stage, verdict, reasons, note, person`` and what names the report: ``report`` (its number here), or ``file``
and ``position`` (an imported file and which record of it, from 1), or ``doi``, or ``pmid``. Several reasons are
separated by ``;``. ``title`` and ``at`` are for people and are not read.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Any

from sqlalchemy import Connection

from review.errors import DecisionError
from review.formats.decode import decode, lines
from review.formats.delimited import separator
from review.formats.losses import Losses
from review.protocol import STAGES, Protocol, Stage
from review.store import Actor, Entry, Store, append_many
from review.store.events import enrol
from screening import rows
from screening.checks import check, check_open, payload, same
from screening.locating import WAYS, Line, locator

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


@dataclass(frozen=True, slots=True)
class Row:
    """One current vote, as a row of the file."""

    report: int
    stage: Stage
    person: str
    verdict: str
    reasons: str
    note: str | None
    at: str
    title: str | None
    doi: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken; ``row`` is its number in a spreadsheet, where the header is row 1."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: ``read = kept + unchanged + len(rejected)``; ``losses`` is about the file as a whole."""

    read: int
    kept: int
    unchanged: int
    rejected: tuple[Refused, ...]
    losses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Ballot:
    """A row that was understood: whose vote on what. ``client`` is the same whenever one person reads the same file."""

    row: int
    person: str
    payload: Mapping[str, Any]
    client: str


# -- out


def export_decisions(connection: Connection, stage: Stage | None = None) -> list[Row]:
    """Give every current vote (of one stage, or of all), by stage, report and person's name."""
    found: list[Row] = []
    for one in STAGES if stage is None else (stage,):
        votes = rows.all_votes(connection, one)
        known = rows.names(connection, votes)
        for root, cast in votes.items():
            for v in sorted(cast, key=lambda vote: vote.name):
                found.append(Row(root, one, v.name, v.verdict, ";".join(v.reasons), v.note, v.at, *known[root]))
    return found


def write_csv(decisions: Iterable[Row]) -> bytes:
    """Write rows as CSV: UTF-8 with a byte order mark (for spreadsheets), CR LF.

    A cell that a spreadsheet would run as a formula gets an apostrophe in front, which reading takes away again
    (https://owasp.org/www-community/attacks/CSV_Injection, checked 2026-11-22).
    """
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow([field.name for field in fields(Row)])
    for row in decisions:
        table.writerow([_guarded("" if value is None else str(value)) for value in astuple(row)])
    return text.getvalue().encode("utf-8-sig")


def _guarded(cell: str) -> str:
    return "'" + cell if _FORMULA.match(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


# -- in


def import_decisions(store: Store, protocol: Protocol, actor: Actor, data: bytes) -> Imported:
    """Take the votes of a file into the log, in one transaction.

    A row without ``person`` is the actor's vote, any other one goes into the log of the person whom it names. A row
    about a merged report is a vote on the whole. A vote that stands already is left alone, and importing the very
    same file again changes nothing, even where a vote was changed here since.

    Raises
    ------
    DecisionError
        The file lacks the columns that are needed or is not CSV; nothing was taken.
    ReviewError
        The file is empty.
    """
    losses = Losses()
    table = read_csv(data, losses)
    origin = hashlib.sha256(data).hexdigest()[:32]
    with store.write() as connection:
        find = locator(connection, table.values())
        people = {"": actor.person, **_team(store, connection, protocol, {line["person"] for line in table.values()})}
        ballots: list[_Ballot] = []
        refused: list[Refused] = []
        for number, line in table.items():
            try:
                person, vote = _understand(line, protocol, find, people)
                ballots.append(_Ballot(number, person, vote, client=f"import-{origin}-{number}-{person}"))
            except DecisionError as error:
                refused.append(Refused(number, error.message))
        kept = 0
        for stage in STAGES:  # votes at title/abstract open the full-text stage for the rows after them
            fresh, bad = _sift(connection, stage, [b for b in ballots if b.payload["stage"] == stage])
            _append(store, connection, actor, fresh)
            kept += len(fresh)
            refused += bad
    refused.sort(key=lambda r: r.row)
    return Imported(len(table), kept, len(table) - kept - len(refused), tuple(refused), losses.sentences())


def read_csv(data: bytes, losses: Losses) -> dict[int, Line]:
    """Give the rows that are not blank, by their number in a spreadsheet.

    Raises
    ------
    DecisionError
        A column is missing, or a quotation mark is never closed and would swallow the rows after it.
    """
    text = decode(data, losses)
    reader = csv.reader(lines(text), delimiter=separator(text), strict=True)
    try:
        table = [(n, row) for n, cells in enumerate(reader, start=1) if any(row := [c.strip() for c in cells])]
    except csv.Error as error:
        raise DecisionError(
            f"line {reader.line_num} of the file cannot be read as CSV ({error}); nothing was taken",
            hint="look for a quotation mark that is never closed, or save the table again as CSV",
        ) from error
    header = [cell.casefold() for cell in table[0][1]] if table else []
    _check_header(header)
    return {n: defaultdict(str, zip(header, map(_unguarded, row), strict=False)) for n, row in table[1:]}


def _check_header(columns: Collection[str]) -> None:
    missing = sorted({"stage", "verdict"} - set(columns))
    if missing:
        raise DecisionError(
            f"the file has no column {' and no column '.join(missing)}; nothing was taken",
            hint="its first row must name the columns: report, stage, verdict, reasons, note",
        )
    if not any(set(way) <= set(columns) for way in WAYS):
        raise DecisionError(
            "no column says which report a decision is about; nothing was taken",
            hint="add a column report, or doi, or pmid, or the two columns file and position",
        )


def _team(store: Store, connection: Connection, protocol: Protocol, names: Collection[str]) -> dict[str, str]:
    """Give the opaque ids of those named persons who may vote: all of them when the protocol lists no team."""
    team = {member.name for member in protocol.team}
    return {name: enrol(store, connection, name) for name in sorted(names) if name and (not team or name in team)}


def _understand(
    line: Line, protocol: Protocol, find: Callable[[Line], int], people: Mapping[str, str]
) -> tuple[str, Mapping[str, Any]]:
    """Check what can be checked of a row by itself; give the person's id and the payload of the vote."""
    stage = next((s for s in STAGES if s == line["stage"]), None)
    if stage is None:
        raise DecisionError(f"'{line['stage']}' is no stage: say {' or '.join(STAGES)}")
    if line["person"] not in people:
        raise DecisionError(f"{line['person']} is not in the protocol's team")
    given = [code.strip() for code in line["reasons"].split(";") if code.strip()]
    reasons = check(protocol.rules(stage), line["verdict"].casefold(), given)
    return people[line["person"]], payload(find(line), stage, line["verdict"].casefold(), reasons, line["note"])


def _sift(connection: Connection, stage: Stage, ballots: Sequence[_Ballot]) -> tuple[list[_Ballot], list[Refused]]:
    """Compare with what the store holds: give the votes that say something new, and those that cannot be."""
    roots = {b.payload["report"] for b in ballots}
    status = rows.statuses(connection, stage, roots)
    votes = {(root, v.person): v for root, cast in rows.votes(connection, stage, roots).items() for v in cast}
    known = rows.known_clients(connection, [b.client for b in ballots])
    said: dict[tuple[int, str], _Ballot] = {}
    fresh: list[_Ballot] = []
    refused: list[Refused] = []
    for b in ballots:
        key = (b.payload["report"], b.person)
        first, vote = said.setdefault(key, b), votes.get(key)
        if first.payload != b.payload:
            refused.append(Refused(b.row, f"row {first.row} says otherwise about the same report ({key[0]})"))
        elif first is b and b.client not in known and not (vote and same(vote, b.payload)):
            try:
                check_open(key[0], stage, status.get(key[0]))
                fresh.append(b)
            except DecisionError as error:
                refused.append(Refused(b.row, error.message))
    return fresh, refused


def _append(store: Store, connection: Connection, actor: Actor, ballots: Iterable[_Ballot]) -> None:
    by_person: dict[str, list[Entry]] = defaultdict(list)
    for b in ballots:
        by_person[b.person].append(Entry("decision", b.payload, b.client))
    for person, entries in sorted(by_person.items()):  # sorted: two imports at once lock people in the same order
        append_many(store, connection, Actor(person, actor.protocol), entries)
