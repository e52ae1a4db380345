"""What stands beside a decision at full text: the files of the report, what became of seeking them, the own quotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from review.text import many
from screening import page_rows, quotes
from screening.page_rows import File, Sought
from screening.quotes import Kept

VERSIONS = {
    "published": "published version",
    "publishedVersion": "published version",
    "accepted": "accepted manuscript",
    "acceptedVersion": "accepted manuscript",
    "submitted": "submitted manuscript",
    "submittedVersion": "submitted manuscript",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """The files of a report, the person's quotes, and a sentence about the full text where there is none."""

    files: tuple[File, ...]
    quotes: tuple[Kept, ...]
    sought: str


def of_each(connection: Connection, person: str, roots: Sequence[int]) -> dict[int, Reading]:
    """Give what stands beside the decision of a person on each root."""
    files = page_rows.files(connection, roots)
    kept = quotes.of_each(connection, person, roots)
    noted = page_rows.sought(connection, [root for root in roots if root not in files])
    return {root: Reading(tuple(files.get(root, ())), kept.get(root, ()), state(noted.get(root))) for root in roots}


def state(sought: Sought | None) -> str:
    """Say what became of seeking a full text of which no file is here.

    >>> state(None)
    'Nobody has looked for the full text yet.'
    >>> state(Sought("asked", "library loan", None, "2026-11-20", "Ann", "2026-11-20T10:00:00Z"))
    'Asked for by Ann on 2026-11-20: library loan.'
    """
    if sought is None:
        return "Nobody has looked for the full text yet."
    when, how = sought.asked_on or sought.at[:10], "; ".join(part for part in (sought.route, sought.note) if part)
    said = {
        "asked": f"Asked for by {sought.person} on {when}",
        "tried": f"Tried without success on {when}",
        "retrieved": f"{sought.person} has it, since {when}; no file is kept here",
        "not_retrieved": f"{sought.person} could not get it, noted on {when}",
    }[sought.outcome]
    return f"{said}: {how}." if how else f"{said}."


def about(file: File) -> str:
    """Say what a file is, in a line.

    >>> about(File(1, "ab", "pdf", 1_300_000, 12, None, "cc-by", "acceptedVersion"))
    'PDF · 12 pages · accepted manuscript · cc-by · 1.3 MB'
    """
    parts = [
        "PDF" if file.kind == "pdf" else "Text of the article",
        many(file.pages, "page") if file.pages and file.kind == "pdf" else None,
        VERSIONS.get(file.version or "", file.version),
        file.licence,
        f"{file.size / 1e6:.1f} MB" if file.kind == "pdf" and file.size >= 100_000 else None,
    ]
    return " · ".join(part for part in parts if part)
