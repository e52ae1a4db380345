"""Which report a row of a file means: by number, file and position, DOI, PubMed id, or title and year. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from review import identifiers
from review.errors import DecisionError
from review.text import fold
from screening import exchange_rows, rows

Line = Mapping[str, str]
"""One row of a file: column -> cell, without white space around; an empty or missing cell is ``""``."""

WAYS = (("report",), ("file", "position"), ("doi",), ("pmid",), ("title",))
"""The columns that name a report, in the order in which they are tried."""
_SHOWN = 60
_DIGITS = 18
"""More make a number larger than a database holds."""


def locator(connection: Connection, lines: Collection[Line]) -> Callable[[Line], int]:
    """Load what the rows refer to, and give a function from a row to the root of the report that it means.

    A number, or a file and position, is final. Of DOI, PubMed id and title the first that the review knows counts; a
    title must be equal but for case, accents and punctuation, and so must the year where both sides have one. The
    function raises ``DecisionError`` when the row names no report, an unknown one or several; or a report by number
    that has another DOI or title, as happens when a file comes from another review; or one by title that has another
    DOI.
    """
    used = {column for line in lines for column, cell in line.items() if cell}
    numbered = rows.roots(connection, [_number(line["report"]) for line in lines if line.get("report")])
    titled = {fold(line.get("title", "")) for line in lines} - {""} if "title" in used else set()
    known = _Known(
        numbered,
        exchange_rows.titles(connection, set(numbered.values())) if numbered and titled else {},
        rows.by_position(connection) if {"file", "position"} <= used else {},
        rows.by_identifier(connection, "doi") if "doi" in used else {},
        rows.by_identifier(connection, "pmid") if "pmid" in used else {},
        exchange_rows.by_title(connection, titled) if titled else {},
    )

    def find(line: Line) -> int:
        file, position = line.get("file", ""), line.get("position", "")
        if line.get("report", ""):
            return _by_number(line, known)
        if file and position:
            return _one(known.placed.get((file, _number(position)), ()), f"record {position} of the file {file}")
        return _by_content(line, known)

    return find


@dataclass(frozen=True, slots=True)
class _Known:
    """What the review knows of what the rows name: everything as roots."""

    numbered: Mapping[int, int]
    titles: Mapping[int, Collection[str]]
    placed: Mapping[tuple[str, int], Collection[int]]
    by_doi: Mapping[str, Collection[int]]
    by_pmid: Mapping[str, Collection[int]]
    by_title: Mapping[str, Collection[exchange_rows.Titled]]


def _by_number(line: Line, known: _Known) -> int:
    number, doi, title = line["report"], identifiers.doi(line.get("doi")), fold(line.get("title"))
    there = known.numbered.get(_number(number))
    root = _one(() if there is None else {there}, f"number {number[:_SHOWN]}")
    if doi and root not in known.by_doi.get(doi, ()):
        raise DecisionError(f"report {number} does not have the DOI {doi}: is the file of another review?")
    if not doi and title and known.titles.get(root) and title not in known.titles[root]:
        raise DecisionError(f"report {number} has another title: is the file of another review?")
    return root


def _by_content(line: Line, known: _Known) -> int:
    doi, pmid = identifiers.doi(line.get("doi")), identifiers.pmid(line.get("pmid"))
    title, year = fold(line.get("title")), _year(line.get("year", ""))
    if doi and known.by_doi.get(doi):
        return _one(known.by_doi[doi], f"the DOI {doi}")
    if pmid and known.by_pmid.get(pmid):
        return _one(known.by_pmid[pmid], f"the PubMed id {pmid}")
    shown = line.get("title", "")[:_SHOWN] + ("…" if len(line.get("title", "")) > _SHOWN else "")
    named = f"the title “{shown}”" + (f" of {year}" if year else "")
    if title:
        same = known.by_title.get(title, ())
        fitting = [one for one in same if year is None or one.year in (None, year)]
        others = {one.root for one in fitting if doi and one.doi}  # the row's own DOI is not known: it is another one
        if fitting and others >= {one.root for one in fitting}:
            raise DecisionError(f"the report with {named} has another DOI than {doi}")
        if fitting:
            return _one({one.root for one in fitting} - others, named)
        if same:
            raise DecisionError(f"the report with {named} is of another year here: {_years(same)}")
    tried = [f"the DOI {doi}" if doi else "", f"the PubMed id {pmid}" if pmid else "", named if title else ""]
    if not any(tried):
        raise DecisionError("the row does not say which report it is about")
    raise DecisionError(f"there is no report with {' or '.join(filter(None, tried))}")


def _number(cell: str) -> int:
    """Read a number of a report or position; 0, which none has, for what is none."""
    return int(cell) if cell.isdecimal() and len(cell) <= _DIGITS else 0


def _year(cell: str) -> int | None:
    return int(cell[:4]) if cell[:4].isdecimal() and len(cell) >= 4 else None


def _years(found: Collection[exchange_rows.Titled]) -> str:
    return ", ".join(sorted({str(one.year) for one in found}))


def _one(found: Collection[int], what: str) -> int:
    if not found:
        raise DecisionError(f"there is no report with {what}")
    if len(found) > 1:
        raise DecisionError(f"{what} belongs to the reports {', '.join(map(str, sorted(found)))}: name one by number")
    return next(iter(found))
