"""Full texts sought: which were got, by which route, and which could not be had (PRISMA: reports not retrieved)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from review.errors import DecisionError
from review.store import Actor, Entry, Event, Store, append_many
from screening import rows

OUTCOMES = ("retrieved", "not_retrieved")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report whose full text is to be read; ``outcome`` is ``None`` until somebody noted one."""

    report: int
    title: str | None
    doi: str | None
    outcome: str | None


def note(
    store: Store, actor: Actor, *, report: int, outcome: str, route: str | None = None, note: str | None = None
) -> Event:
    """Note whether the full text of a report was got, and how.

    Parameters
    ----------
    outcome : str
        ``retrieved`` or ``not_retrieved``; the last one noted counts.
    route : str, optional
        Where it came from, in the reviewer's words: open access, library, author, ...

    Raises
    ------
    DecisionError
        There is no such report, it was merged, it is not at full text, or the outcome is another word.
    """
    if outcome not in OUTCOMES:
        raise DecisionError(f"'{outcome}' is no outcome of a retrieval", hint="say retrieved or not_retrieved")
    with store.write() as connection:
        root = rows.roots(connection, (report,)).get(report)
        if root is None:
            raise DecisionError(f"there is no report {report}", hint="list those to get with: review fulltext")
        if root != report:
            raise DecisionError(f"report {report} was merged into report {root}", hint=f"note it for report {root}")
        if report not in rows.statuses(connection, "full-text", (report,)):
            raise DecisionError(
                f"report {report} is not included at title-abstract", hint="list those to get with: review fulltext"
            )
        members = sorted({report, *rows.with_retrieval(connection, report)})
        payloads = [
            {"report": member, "outcome": outcome, "route": route or None, "note": note or None} for member in members
        ]
        return append_many(store, connection, actor, [Entry("retrieval", p) for p in payloads])[-1]


def pending(connection: Connection) -> list[Wanted]:
    """Give the reports included at title and abstract that have no full-text decision yet, in the order of ids."""
    found = rows.pending_retrieval(connection)
    known = rows.names(connection, [root for root, _ in found])
    return [Wanted(root, *known[root], outcome) for root, outcome in found]
