"""The board of full texts: every report sought with where it stands and its ledger; the ledger of all as a table."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from review.formats.cells import cell, guarded
from review.record import Record
from screening import exchange_rows, page_rows, retrieval_rows
from screening.page_rows import File
from screening.retrieval import STATES, Said, ledgers, state_of

_COLUMNS = (
    "report", "title", "authors", "year", "doi", "state", "at", "person", "outcome", "route", "asked_on", "note", "url",
    "file", "sha256", "withdrawn",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A report on the board: the record, where it stands, its ledger (oldest first), the files that are held."""

    report: int
    record: Record
    state: str
    ledger: tuple[Said, ...]
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Reports by state (the counts add up to all reports sought), and some of them; ``more`` come after the last."""

    counts: Mapping[str, int]
    lines: tuple[Line, ...]
    found: int
    more: bool


def board(
    connection: Connection, *, state: str = "", among: Collection[int] | None = None, after: int = 0, limit: int
) -> Board:
    """Give the board: counts of all reports sought, and those in a state (any without), in the order of ids.

    ``among``: only these are listed; ``after``: only those behind this one.
    """
    states = {one.root: state_of(one) for one in retrieval_rows.sought(connection)}
    counted = Counter(states.values())
    fitting = [
        root for root, own in states.items() if state in ("", own) and (among is None or root in among)
    ]  # fmt: skip
    shown = [root for root in fitting if root > after][: limit + 1]
    lines = lines_of(connection, {root: states[root] for root in shown[:limit]})
    return Board({one: counted[one] for one in STATES}, lines, len(fitting), len(shown) > limit)


def lines_of(connection: Connection, states: Mapping[int, str]) -> tuple[Line, ...]:
    """Give some reports, whose states are known, as lines of the board."""
    roots = sorted(states)
    records = exchange_rows.whole(connection, roots)
    said = ledgers(connection, roots)
    files = page_rows.files(connection, roots)
    return tuple(
        Line(root, records[root], states[root], said.get(root, ()), tuple(files.get(root, ()))) for root in roots
    )


def line_of(connection: Connection, report: int) -> Line | None:
    """Give one root as a line of the board; ``None`` when its full text is not sought."""
    states = {one.root: state_of(one) for one in retrieval_rows.sought(connection) if one.root == report}
    return next(iter(lines_of(connection, states)), None)


def write_csv(connection: Connection, without: Collection[str] = ()) -> bytes:
    """Write the ledgers of all reports sought, a row per entry, one without an entry where nothing was noted.

    UTF-8 with a byte order mark (for spreadsheets), CR LF; no cell is a formula. ``without``: columns to leave out.
    """
    text = io.StringIO(newline="")
    columns = [column for column in _COLUMNS if column not in without]
    table = csv.DictWriter(text, columns, extrasaction="ignore")
    table.writeheader()
    for line in lines_of(connection, {one.root: state_of(one) for one in retrieval_rows.sought(connection)}):
        for said in line.ledger or (None,):
            row = {**_of_report(line), **_of_entry(said)}
            table.writerow({name: guarded("" if value is None else str(value)) for name, value in row.items()})
    return text.getvalue().encode("utf-8-sig")


def _of_report(line: Line) -> dict[str, object]:
    record = line.record
    return {
        "report": line.report, "title": record.title, "authors": cell(record.authors), "year": record.year,
        "doi": record.doi, "state": line.state,
    }  # fmt: skip


def _of_entry(said: Said | None) -> dict[str, object]:
    if said is None:
        return {}
    file = said.file or {}
    return {
        "at": said.at, "person": said.person, "outcome": said.outcome, "route": said.route, "asked_on": said.asked_on,
        "note": said.note, "url": said.url, "file": file.get("name"), "sha256": file.get("sha256"),
        "withdrawn": said.withdrawn,
    }  # fmt: skip
