"""When people voted, in what order reports were first read, and which rounds there were: queries only."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import Connection, func, literal_column, select

from reports.rows import batches
from review.store import schema

TITLE_ABSTRACT = "title-abstract"


@dataclass(frozen=True, slots=True)
class Round:
    """A round: its name, stage, kind (main, pilot, quality, again), day, and how many reports it handed out."""

    name: str
    stage: str
    kind: str
    at: str
    reports: int


@dataclass(frozen=True, slots=True)
class Read:
    """The reports of the review at title and abstract, in the order in which somebody first voted on each.

    ``moments`` of the first votes, sorted; ``relevant`` are the places (from 1) of the reports that stand included;
    ``total`` is how many there are to screen, ``undecided`` how many of those read stand neither in nor out, and
    ``unordered`` counts those of the ``votes`` of which the log does not say how their reports came to be read.
    """

    moments: tuple[str, ...]
    relevant: tuple[int, ...]
    total: int
    undecided: int
    votes: int
    unordered: int

    def read_at(self, moment: str) -> int:
        """Count the reports that were read up to a moment."""
        return bisect_right(self.moments, moment)


def votes_by_day(connection: Connection) -> tuple[tuple[str, str, int], ...]:
    """Count the votes that count now: (stage, day, votes), by day."""
    decision = schema.decision.c
    day = func.substr(decision.at, literal_column("1"), literal_column("10"))  # PostgreSQL groups by no parameter
    query = select(decision.stage, day, func.count()).group_by(decision.stage, day).order_by(day, decision.stage)
    return tuple((stage, at, n) for stage, at, n in connection.execute(query))


def rounds(connection: Connection) -> tuple[Round, ...]:
    """Give every round, in the order in which they were made."""
    made, given = schema.round_.c, schema.assignment.c
    query = (
        select(made.name, made.stage, made.kind, made.at, func.count(given.report.distinct()))
        .outerjoin(schema.assignment, (given.stage == made.stage) & (given.round == made.name))
        .group_by(made.name, made.stage, made.kind, made.at)
        .order_by(made.at, made.stage, made.name)
    )
    return tuple(Round(*row) for row in connection.execute(query))


def read(connection: Connection) -> Read:
    """Give the order of reading at title and abstract, and what of it is relevant."""
    decision, report, standing = schema.decision.c, schema.report.c, schema.standing.c
    to_screen = select(standing.report, standing.status).where(
        standing.stage == TITLE_ABSTRACT, standing.status != "removed"
    )
    status = dict(connection.execute(to_screen).all())
    into = select(report.id, report.merged_into).where(report.merged_into.is_not(None))
    roots = dict(connection.execute(into).all())
    cast = select(decision.report, decision.at, decision.event, decision.served.is_(None))
    votes = connection.execute(cast.where(decision.stage == TITLE_ABSTRACT)).all()
    first: dict[int, str] = {}
    for number, at in chain(
        ((n, at) for n, at, _, _ in votes), _earlier(connection, {event for _, _, event, _ in votes})
    ):
        root = roots.get(number, number)
        first[root] = min(at, first.get(root, at))
    ordered = sorted((at, root) for root, at in first.items() if root in status)
    said = [status[root] for _, root in ordered]
    return Read(
        tuple(at for at, _ in ordered),
        tuple(place for place, one in enumerate(said, start=1) if one == "included"),
        len(status),
        sum(one not in ("included", "excluded") for one in said),
        len(votes),
        sum(unknown for *_, unknown in votes),
    )


def _earlier(connection: Connection, standing: set[str]) -> Iterator[tuple[int, str]]:
    """Give report and moment of every vote that a later one replaced: a change of mind is no later reading.

    ``standing`` are the events of the votes that were not; leaving them out is left to Python, since SQLite takes
    three times as long.
    """
    event = schema.event.c
    cast = select(event.id).where(event.kind == "decision")
    changed = [one for one in connection.scalars(cast) if one not in standing]
    for some in batches(changed):
        for at, payload in connection.execute(select(event.at, event.payload).where(event.id.in_(some))):
            said = json.loads(payload)
            if said["stage"] == TITLE_ABSTRACT and said["verdict"] != "cleared":
                yield said["report"], at
