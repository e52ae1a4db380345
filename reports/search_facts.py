"""What is known of one search, in words: where, when, with which limits, how far, and what was lost. Pure.

What the log does not hold is ``None`` or *not recorded*, never 0. Tables and texts are made in ``appendix``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reports.rows import Merging, SearchRow
from reports.words import number, wording
from review.formats.languages import CODES
from review.protocol import Protocol
from review.text import many

WORDS: Mapping[str, Any] = wording("prisma_s")
NOT_RECORDED = str(WORDS["not_recorded"])
UNKNOWN_PLATFORM = "other"
"""What a protocol calls a platform that has no name here."""

_REFERS = re.compile(
    r"[\s()]*(?:(?:or|and)/[\d,-]+|[#SL]?\d+(?:[\s()]+(?:and|or|not)[\s()]+[#SL]?\d+)+)[\s()]*", re.IGNORECASE
)
"""A line that holds nothing but references to other lines: it bears no number of its own."""


@dataclass(frozen=True, slots=True)
class Interface:
    """A source's or a platform's interface: what it is called, its documents, and when they were last compared."""

    label: str
    docs: str
    checked: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the searches room knows and the log does not hold; ``review.stages`` hands it over.

    ``interfaces`` goes by (method of the search, name of the source or platform), ``rules`` gives the sentence of each
    rule of deduplication, and ``losses`` goes by (source or platform, strategy): what it cannot be asked, with effect.
    """

    interfaces: Mapping[tuple[str, str], Interface] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    losses: Mapping[tuple[str, str], Sequence[Mapping[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchLog:
    """Everything that the appendix is made of. ``protocols`` holds the versions that searches cite, by hash."""

    protocol: Protocol
    rows: tuple[SearchRow, ...]
    protocols: Mapping[str, Protocol | None]
    merging: Merging
    known: Known
    last: str | None
    lines: tuple[Mapping[str, Any], ...] = ()
    """Hits of the lines of strategies, as ``review count`` noted them."""

    def lines_of(self, row: SearchRow) -> tuple[Mapping[str, Any], ...]:
        """Give the counted lines of a search's strategy; an update asks the same lines."""
        asked = row.facts["source"], row.facts["strategy"]
        own = row.facts["method"] == "api" and update_of(row) is None
        return tuple(line for line in self.lines if own and (line["source"], line["strategy"]) == asked)

    def in_force(self, row: SearchRow) -> Protocol | None:
        """Give the protocol under which a search was run; ``None`` when that version cannot be read any more."""
        cited = row.facts["protocol"]
        return self.protocol if cited in (None, self.protocol.hash) else self.protocols.get(cited)


def of_kind(rows: Iterable[SearchRow], *kinds: str) -> tuple[SearchRow, ...]:
    """Give the searches of some kinds."""
    return tuple(row for row in rows if row.facts["kind"] in kinds)


def named(rows: Sequence[SearchRow]) -> str:
    """Name searches in a sentence."""
    numbers = [f"{row.facts['id']} ({row.facts['label']})" for row in rows]
    return ("search " if len(rows) == 1 else "searches ") + ", ".join(numbers)


def platform(row: SearchRow, known: Known) -> str | None:
    """Say on which platform, or over whose interface, a search was run."""
    name = platform_name(row, known)
    return name if row.facts["method"] == "file" else f"API of {name}"


def platform_name(row: SearchRow, known: Known) -> str | None:
    """Give the name of the platform, or of the source that was asked over its own interface."""
    by_hand = row.facts["method"] == "file"
    name = row.facts["platform"] if by_hand else row.facts["source"]
    if not name or (by_hand and name == UNKNOWN_PLATFORM):
        return None
    found = known.interfaces.get(("file" if by_hand else "api", name))
    return found.label.partition(" (")[0] if found else str(name)  # some labels list databases in brackets


def interface(row: SearchRow, known: Known) -> str | None:
    """Say which interface was used: the addresses asked, and the documents that queries for it are written after."""
    facts = row.facts
    by_hand = facts["method"] == "file"
    found = known.interfaces.get(("file", facts["platform"]) if by_hand else ("api", facts["source"]))
    said = [f"asked at {', '.join(row.addresses)}"] if row.addresses else []
    said += [f"version on the day of the search {NOT_RECORDED}"] if by_hand and found else []
    if found:
        checked = f"as of {found.checked}" if found.checked else "not compared with them yet"
        said.append(f"queries are written after {found.docs}, {checked}")
    return "; ".join(said) or None


def searched_on(row: SearchRow) -> str | None:
    """Give the day of a search; that of an import is no day of a search."""
    facts = row.facts
    if facts["searched_on"]:
        return str(facts["searched_on"])
    return str(facts["started_at"])[:10] if facts["method"] != "file" else None


def dates(row: SearchRow) -> str:
    """Say when a search was run and, where that was another day, when it ended or its file was imported."""
    day, facts = searched_on(row), row.facts
    ended = str(facts["finished_at"] or "")[:10]
    said = day or NOT_RECORDED
    if facts["method"] == "file":
        return f"{said}; file imported on {str(facts['started_at'])[:10]}"
    return f"{said}, ended on {ended}" if ended and ended != day else said


def coverage(row: SearchRow) -> str:
    """Say which years the database covers, as far as its records show."""
    years = [date[:4] for date in (row.earliest, row.latest) if date and date[:4].isdigit()]
    if not years:
        return NOT_RECORDED
    return f"{NOT_RECORDED}; the records retrieved are dated {years[0]} to {years[-1]}"


def limits_of(protocol: Protocol) -> tuple[str, ...]:
    """Say what a protocol limits every search to."""
    limits = protocol.limits
    ends = (f"from {limits.start}" if limits.start else "", f"to {limits.end}" if limits.end else "")
    said = (
        ("date of publication", " ".join(end for end in ends if end)),
        ("language", ", ".join(map(_language, limits.languages))),
        ("kind of document", ", ".join(limits.kinds)),
    )
    return tuple(f"{name}: {value}" for name, value in said if value)


def _language(code: str) -> str:
    name = next((name for name, value in CODES.items() if value == code and len(name) > 3), None)
    return f"{name.title()} ({code})" if name else code


def losses_of(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what a search lost and what that does to its hits."""
    return tuple(f"{loss['what']} ({WORDS['effects'].get(loss['effect'], loss['effect'])})" for loss in facts["losses"])


def came(row: SearchRow, n: int) -> int | None:
    """Give a count of what a search gave; a search that did not come to its end and gave nothing counts nothing."""
    return None if row.facts["status"] != "complete" and not row.records + row.rejected else n


def unknown(row: SearchRow) -> int:
    """Count the records of which the local evaluation could not tell."""
    return row.records - row.matched - row.unmatched


def completeness(row: SearchRow) -> str:
    """Say in a sentence whether everything came that the source said it has."""
    hits, kept = row.facts["hits"], row.records + row.rejected
    why = f": {row.facts['error']}" if row.facts["error"] else ""
    match row.facts["status"]:
        case "complete" if hits is None:
            return f"Complete as far as known: {many(kept, 'record')} came, the source's own count is {NOT_RECORDED}."
        case "complete" if hits == kept:
            return f"Complete: all {many(hits, 'hit')} came."
        case "complete":
            return f"Complete: the source counted {many(hits, 'hit')}, {kept:,} are kept; its remarks say why."
        case "failed":
            return f"Failed{why}. {_so_far(kept, hits)}"
        case "incomplete":
            return f"Not complete{why}. {_so_far(kept, hits)}"
        case _:
            return f"Not finished. {_so_far(kept, hits)}"


def _so_far(kept: int, hits: int | None) -> str:
    if hits is None:
        return f"Kept: {many(kept, 'record')}." if kept else "Nothing came."
    return f"Kept: {kept:,} of {many(hits, 'hit')}."


def update_of(row: SearchRow) -> int | None:
    """Give the search that this one updates."""
    before = row.facts.get("updates")
    return int(before) if before else None


def parts(row: SearchRow) -> tuple[str, ...]:
    """Give the queries that a query too long for its source was split into."""
    return tuple(row.facts.get("parts") or ())


def collections(row: SearchRow, protocol: Protocol | None) -> tuple[str, ...]:
    """Give the parts of a source that the protocol names for it."""
    choices = protocol.sources if protocol and row.facts["method"] == "api" else ()
    return next((choice.collections for choice in choices if choice.name == row.facts["source"]), ())


def evaluated(row: SearchRow) -> bool:
    """Say whether records of a search were compared with the query at all: citation searches ask nothing by words."""
    return str(row.facts["method"]) != "snowball"


def count(n: int | None) -> str:
    """Write a count; an unknown one is not recorded."""
    return NOT_RECORDED if n is None else number(n)


def spelled(query: str) -> tuple[str, bool]:
    """Give a query to print, and whether line numbers were put before its lines.

    Lines of a history that refer to one another by number get numbers where they bear none; any other text is left as
    it is.

    >>> spelled("ment*\\ndoctor*\\n1 AND 2")
    ('1  ment*\\n2  doctor*\\n3  1 AND 2', True)
    >>> spelled("1. ment*\\n2. doctor*\\n3. 1 AND 2")[1], spelled("(ment* OR\\ncoach*)")[1]
    (False, False)
    """
    lines = [line for line in query.splitlines() if line.strip()]
    if not any(map(_REFERS.fullmatch, lines[1:])):
        return query, False
    width = len(str(len(lines)))
    return "\n".join(f"{at:>{width}}  {line}" for at, line in enumerate(lines, start=1)), True
