"""Whose turn it is: the next report for a person, how far a stage has come, and what a person sees of a report.

Blind: nothing here says how anybody else voted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from review.errors import DecisionError
from review.protocol import Stage
from review.record import Record
from review.store import Store
from review.store.chosen import shown
from review.store.engine import moment
from review.store.standing import current
from screening import queue_rows, rows, tag_rows, turns

Matched = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one stage has come, in reports.

    ``mine`` is what this person has voted on, ``left`` what still needs this person's vote. The others add up to
    ``total``: nobody's vote yet (``waiting``), awaiting a further vote (``started``), left unread when a person stopped
    (``not_screened``), and the outcomes.
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
    not_screened: int = 0


@dataclass(frozen=True, slots=True)
class MyVote:
    """What a person has decided on a report so far."""

    verdict: str
    reasons: tuple[str, ...]
    note: str | None
    criteria: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A report as one person may see it: all its records as one, their sources, and the person's own vote and tags."""

    report: int
    record: Record
    sources: tuple[str, ...]
    members: tuple[int, ...]
    matched: Matched
    mine: MyVote | None
    status: str
    tags: tuple[str, ...] = ()


LEASE_MINUTES = 15


def next_report(
    connection: Connection,
    person: str,
    stage: Stage,
    now: str,
    *,
    after: int | None = None,
    before: int | None = None,
) -> int | None:
    """Give the report whose turn it is for this person at a moment (``store.clock()``), or ``None``.

    ``after`` asks for the next such one behind a report; ``before`` for the report before an id, voted on or not.
    """
    if before is not None:
        return rows.root_before(connection, stage, before)
    if after is not None:
        return turns.after(connection, person, stage, now, after)
    return next((turn.report for turn in turns.turns(connection, person, stage, now)), None)


def hand_out(
    store: Store, person: str, stage: Stage, count: int, *, holding: Collection[int] = (), minutes: int = LEASE_MINUTES
) -> list[int]:
    """Give the next ``count`` reports beside those that the person holds, and keep all of them for that person a while.

    Others are given other reports in the meantime, unless these need their votes too. How each of them came to be next
    is kept until the vote.
    """
    with store.write() as connection:
        now = store.clock()
        until = datetime.fromisoformat(now) + timedelta(minutes=minutes)
        found = turns.turns(connection, person, stage, now, skipping=holding, limit=count)
        held = rows.statuses(connection, stage, holding)
        kept = {one: None for one, status in held.items() if status in queue_rows.UNDECIDED}
        given = {**kept, **{turn.report: turn.served() for turn in found}}
        queue_rows.lease(connection, person, stage, given, until=moment(until), now=now)
    return [turn.report for turn in found]


def progress(connection: Connection, person: str, stage: Stage) -> Progress:
    """Count where the reports of a stage stand, and what is left for one person."""
    counts, free = rows.count_by_status(connection, stage)
    mine, own = queue_rows.count_own(connection, person, stage)
    return Progress(
        total=sum(n for status, n in counts.items() if status != "removed"),
        mine=mine,
        left=free["waiting"] + own,
        waiting=counts["waiting"],
        started=counts["started"],
        conflicts=counts["conflict"],
        included=counts["included"],
        excluded=counts["excluded"],
        not_retrieved=counts["not_retrieved"],
        not_screened=counts["not_screened"],
    )


def show(connection: Connection, report: int, person: str, stage: Stage) -> Shown:
    """Give a report as one person may see it; for a merged one, the report that it was merged into.

    Raises
    ------
    DecisionError
        There is no such report, or it is not at this stage.
    """
    return show_each(connection, (report,), person, stage)[0]


def show_each(connection: Connection, reports: Sequence[int], person: str, stage: Stage) -> list[Shown]:
    """Give some reports in their order, each as ``show`` does: many take hardly longer than one."""
    root_of = rows.roots(connection, reports)
    for report in reports:
        if report not in root_of:
            raise DecisionError(f"there is no report {report}", hint="see the next one with: review screen next")
    status = rows.statuses(connection, stage, root_of.values())
    for root in root_of.values():
        if root not in status:
            raise DecisionError(
                f"report {root} is not at the {stage} stage", hint="only reports included at title-abstract come to it"
            )
    found = rows.members(connection, status)
    records = shown(connection, {root: [(m.report, m.record) for m in some] for root, some in found.items()})
    cast = rows.cast_by(connection, person, stage, status)
    tagged = tag_rows.on_each(connection, person, status)
    return [
        Shown(
            report=root,
            record=records[root][0],
            sources=tuple(dict.fromkeys(m.source for m in found[root])),
            members=tuple(m.report for m in found[root]),
            matched=_matched({m.matched for m in found[root]}),
            mine=_my_vote(cast[root]),
            status=status[root],
            tags=tuple(tagged.get(root, ())),
        )
        for root in (root_of[report] for report in reports)
    ]


def _my_vote(cast: list[rows.Vote]) -> MyVote | None:
    """Say what a person decided last."""
    mine = next(reversed(current(cast)), None)
    return MyVote(mine.verdict, mine.reasons, mine.note, mine.criteria) if mine else None


def _matched(values: set[str]) -> Matched:
    """Say whether a report matches the query: one record that does is enough, and all must fail for a no."""
    return "yes" if "yes" in values else "no" if values == {"no"} else "unknown"
