"""What comes next for a person: rounds first, then the ranking (most likely first, some at random), else plain order.

A ranking orders; it hides nothing. Who may be handed a report is the queue's to say (``screening.queue_rows``), and
what the order does not hold comes in between, at a place that chance gives it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal, TypeAlias

from sqlalchemy import Connection

from screening import order_rows, queue_rows
from screening.order_rows import Ranking
from screening.preference_rows import preference
from screening.ranking.order import RANDOM_EVERY, Order, place_of, unpacked

By: TypeAlias = Literal["model", "random", "plain", "round"]

PREFERENCE, PLAIN = "order", "plain"
"""A person's own choice, and the value that switches the ranking off for that person."""
FIRST, LARGEST = 64, 512
"""Reports that the database is asked about at once: after that the ranking has most likely been made anew."""
NEWCOMERS = 500
"""So many reports that came in since the ranking was made are looked at; the others follow when these are read."""

AFTER = (FIRST, 10_000_000)
"""Reports among which one is looked for to give the next: most likely it is one of the first; then all."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A report, and how it comes to be next; ``position`` is its place in the ranking, from 1."""

    report: int
    by: By
    model: str | None = None
    position: int | None = None

    def served(self) -> queue_rows.Served:
        """Give what a lease and the vote keep of it."""
        return {"by": self.by, "model": self.model, "position": self.position}


def ranking_of(connection: Connection, person: str, stage: str) -> Ranking | None:
    """Give the ranking that a person reads by; ``None`` while there is none, or when the person chose plain order."""
    if preference(connection, person, PREFERENCE) == PLAIN:
        return None
    return order_rows.ranking(connection, person, stage)


def turns(
    connection: Connection, person: str, stage: str, now: str, *, skipping: Collection[int] = (), limit: int = 1
) -> list[Turn]:
    """Give what comes next for a person, the next one first; ``skipping`` are left out."""
    rounds = queue_rows.of_rounds(connection, person, stage, skipping=skipping, limit=limit)
    found = [Turn(report, "round") for report in rounds]
    known = {*skipping, *rounds}
    if len(found) < limit and (ranking := ranking_of(connection, person, stage)):
        ranked = _ranked(connection, person, stage, now, ranking)
        found += islice((turn for turn in ranked if turn.report not in known), limit - len(found))
        known.update(turn.report for turn in found)
    if len(found) < limit:
        rest = queue_rows.by_ids(connection, person, stage, now, skipping=known, limit=limit - len(found))
        found += [Turn(report, "plain") for report in rest]
    return found


def after(connection: Connection, person: str, stage: str, now: str, report: int) -> int | None:
    """Give the report that comes behind one, as the person reads: as ``turns`` gives them, without a ranking by id.

    Whoever goes on from one to the next, and at the end (``None``) begins anew, comes by everything that waits.
    """
    if ranking_of(connection, person, stage) is None:
        return queue_rows.after(connection, person, stage, now, report)
    for limit in AFTER:
        found = [turn.report for turn in turns(connection, person, stage, now, limit=limit)]
        if report in found[:-1]:
            return found[found.index(report) + 1]
    return None


def _ranked(connection: Connection, person: str, stage: str, now: str, ranking: Ranking) -> Iterator[Turn]:
    """Go through a ranking, and give what waits for the person."""
    order = unpacked(ranking.places, ranking.bits)
    taken = queue_rows.on_other_screens(connection, person, stage, now)
    new = _newcomers(connection, person, stage, now, order)
    for first, reports in order.pieces(FIRST, LARGEST):
        free = queue_rows.waiting_among(connection, person, stage, reports, taken, alone=ranking.of_all)
        place = {report: first + n for n, report in enumerate(reports)}
        behind = first + len(reports) if first + len(reports) < len(order.places) else len(order.places) + 1
        between = [(at, 0, report) for at, report in new if first <= at < behind]
        for at, known, report in sorted([*between, *((place[one], 1, one) for one in free)]):
            if not known:
                yield Turn(report, "plain")
            elif order.drawn(at):
                yield Turn(report, "random", ranking.model, at + 1)
            else:
                yield Turn(report, "model", ranking.model, at + 1)


def _newcomers(connection: Connection, person: str, stage: str, now: str, order: Order) -> list[tuple[int, int]]:
    found = queue_rows.by_ids(connection, person, stage, now, limit=NEWCOMERS, beyond=order.newest)
    return [(place_of(report, stage, len(order.places)), report) for report in found]


def said(ranking: Ranking | None) -> str:
    """Say which order is on, in a line."""
    if ranking is None:
        return "In the order of import"
    learnt = f"learnt from {ranking.trained:,} {'vote' if ranking.trained == 1 else 'votes'}"
    basis = learnt if ranking.trained else "from the review question, until there are votes"
    return f"Most likely first · {basis} · 1 in {RANDOM_EVERY} at random"
