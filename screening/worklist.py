"""Whose turn it is: the next report for a person, how far a stage has come, and what a person sees of a report.

Read only, and blind: nothing here says how anybody else voted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from review.errors import DecisionError
from review.protocol import Stage
from review.record import Record
from review.store.chosen import shown
from screening import rows

Matched = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one stage has come, in reports.

    ``mine`` is what this person has voted on, ``left`` what still needs this person's vote. The others add up to
    ``total``: nobody's vote yet (``waiting``), awaiting a further vote (``started``), and the outcomes.
    """

    total: int
    mine: int
    left: int
    waiting: int
    started: int
    conflicts: int
    included: int
    excluded: int
    not_retrieved: int


@dataclass(frozen=True, slots=True)
class MyVote:
    """What a person has decided on a report so far."""

    verdict: str
    reasons: tuple[str, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A report as one person may see it: all its records as one, where they came from, and the person's own vote."""

    report: int
    record: Record
    sources: tuple[str, ...]
    members: tuple[int, ...]
    matched: Matched
    mine: MyVote | None
    status: str


def next_report(
    connection: Connection, person: str, stage: Stage, *, after: int | None = None, before: int | None = None
) -> int | None:
    """Give the smallest report that still needs this person's vote, or ``None``.

    ``after`` asks for the next such one beyond an id; ``before`` for the report before an id, voted on or not.
    """
    if before is not None:
        return rows.root_before(connection, stage, before)
    return next(iter(rows.queue(connection, person, stage, after=after or 0)), None)


def upcoming(connection: Connection, person: str, stage: Stage, count: int) -> list[int]:
    """Give the next ``count`` reports that need this person's vote, in the order in which they will come."""
    return rows.queue(connection, person, stage, limit=count)


def progress(connection: Connection, person: str, stage: Stage) -> Progress:
    """Count where the reports of a stage stand, and what is left for one person."""
    counts = rows.count_by_status(connection, stage)
    mine, awaiting_mine = rows.count_own(connection, person, stage)
    waiting, started = counts.get("waiting", 0), counts.get("started", 0)
    return Progress(
        total=sum(n for status, n in counts.items() if status != "removed"),
        mine=mine,
        left=waiting + awaiting_mine,
        waiting=waiting,
        started=started,
        conflicts=counts.get("conflict", 0),
        included=counts.get("included", 0),
        excluded=counts.get("excluded", 0),
        not_retrieved=counts.get("not_retrieved", 0),
    )


def show(connection: Connection, report: int, person: str, stage: Stage) -> Shown:
    """Give a report as one person may see it; for a merged one, the report that it was merged into.

    Raises
    ------
    DecisionError
        There is no such report, or it is not at this stage.
    """
    root = rows.roots(connection, (report,)).get(report)
    if root is None:
        raise DecisionError(f"there is no report {report}", hint="see the next one with: review screen next")
    status = rows.statuses(connection, stage, (root,)).get(root)
    if status is None:
        raise DecisionError(
            f"report {root} is not at the {stage} stage", hint="only reports included at title-abstract come to it"
        )
    found = rows.members(connection, root)
    mine = next((v for v in reversed(rows.votes(connection, stage, (root,))[root]) if v.person == person), None)
    return Shown(
        report=root,
        record=shown(connection, {root: [(m.report, m.record) for m in found]})[root][0],
        sources=tuple(dict.fromkeys(m.source for m in found)),
        members=tuple(m.report for m in found),
        matched=_matched({m.matched for m in found}),
        mine=MyVote(mine.verdict, mine.reasons, mine.note) if mine else None,
        status=status,
    )


def _matched(values: set[str]) -> Matched:
    """Say whether a report matches the query: one record that does is enough, and all must fail for a no."""
    return "yes" if "yes" in values else "no" if values == {"no"} else "unknown"
