"""What a finding rests on, as the page shows it where the finding is appraised."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from extraction.synthesis import coding_rows
from extraction.synthesis.synthesis_kit import framework_of, place_of, seen
from review.forms import FINDING
from review.web import Here


def behind(connection: Connection, at: Here, key: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Give the codings that support a finding, and those that contradict it, as far as the person may see them.

    Each has the address of its passage in a full text under ``link``, ``None`` without one.
    """
    finding = next(row for row in coding_rows.findings(connection) if FINDING + row["key"] == key)
    known = {(row["key"], row["person"]): row for row in seen(connection, at, framework_of(at))}
    sides = (("Supporting", finding["supporting"]), ("Contradicting", finding["contradicting"]))
    return [
        (title, [{**known[ref], "link": place_of(known[ref])} for ref in map(tuple, refs) if ref in known])
        for title, refs in sides
    ]
