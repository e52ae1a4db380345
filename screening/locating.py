"""Which report a row of a file means: by its number, by file and position, by DOI or by PubMed id. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from sqlalchemy import Connection

from review import identifiers
from review.errors import DecisionError
from screening import rows

Line = Mapping[str, str]
"""One row of a file: column -> cell, without white space around; an empty or missing cell is ``""``."""

WAYS = (("report",), ("file", "position"), ("doi",), ("pmid",))
"""The columns that name a report, in the order in which they are tried."""


def locator(connection: Connection, lines: Collection[Line]) -> Callable[[Line], int]:
    """Load what the rows refer to, and give a function from a row to the root of the report that it means.

    The function raises ``DecisionError`` when the row names no report, an unknown one or several; or a report by
    number with a DOI that it does not have, as happens when a file comes from another review.
    """
    used = {column for line in lines for column, cell in line.items() if cell}
    numbered = rows.roots(connection, [int(n) for line in lines if (n := line.get("report", "")).isdecimal()])
    placed = rows.by_position(connection) if {"file", "position"} <= used else {}
    by_doi = rows.by_identifier(connection, "doi") if "doi" in used else {}
    by_pmid = rows.by_identifier(connection, "pmid") if "pmid" in used else {}

    def find(line: Line) -> int:
        number, file, position = line.get("report", ""), line.get("file", ""), line.get("position", "")
        doi, pmid = identifiers.doi(line.get("doi")), identifiers.pmid(line.get("pmid"))
        if number:
            root = _one({numbered[int(number)]} if _known(number, numbered) else (), f"number {number}")
            if doi and root not in by_doi.get(doi, ()):
                raise DecisionError(f"report {number} does not have the DOI {doi}: is the file of another review?")
            return root
        if file and position:
            key = (file, int(position) if position.isdecimal() else 0)
            return _one(placed.get(key, ()), f"record {position} of the file {file}")
        if doi:
            return _one(by_doi.get(doi, ()), f"the DOI {doi}")
        if pmid:
            return _one(by_pmid.get(pmid, ()), f"the PubMed id {pmid}")
        raise DecisionError("the row does not say which report it is about")

    return find


def _known(number: str, numbered: Collection[int]) -> bool:
    return number.isdecimal() and int(number) in numbered


def _one(found: Collection[int], what: str) -> int:
    if not found:
        raise DecisionError(f"there is no report with {what}")
    if len(found) > 1:
        raise DecisionError(f"{what} belongs to the reports {', '.join(map(str, sorted(found)))}: name one by number")
    return next(iter(found))
