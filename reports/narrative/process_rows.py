"""Who decided, extracted, appraised and coded what, as the log shows it: queries only, as in ``reports.rows``."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from review.store import schema

_DECIDED = ("included", "excluded")


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of screening: reports with an outcome by how many people voted on each, and what was resolved.

    ``people`` are the names of all who voted there. Of the reports that were resolved, ``by_voters`` were so by
    somebody who had voted on them, ``by_third`` by somebody who had not. ``imported`` votes came from a file: whether
    they were independent is not known here.
    """

    decided: int
    votes: Mapping[int, int]
    people: tuple[str, ...]
    by_voters: int
    by_third: int
    imported: int = 0


@dataclass(frozen=True, slots=True)
class Filled:
    """A sheet as it was filled in: per study the people whose entries stand there, and how entries were settled.

    ``methods`` counts settled fields by how they were settled, ``disputed`` the studies with one of them on which two
    differed. ``checked`` are studies that a second person checked, ``pilot`` those that the sheet was tried on. Of
    ``unfinished`` studies somebody who filled in the sheet has not said to be done.
    """

    people: Mapping[str, tuple[str, ...]]
    methods: Mapping[str, int]
    disputed: int
    checked: frozenset[str]
    versions: tuple[str, ...]
    pilot: int
    unfinished: int


def stage(connection: Connection, name: str) -> Stage:
    """Give what the log shows of one stage; votes on records that were merged count for their report."""
    decision, standing = schema.decision.c, schema.standing.c
    reached = (standing.stage == name, standing.status.in_(_DECIDED))
    own = (
        select(decision.report, func.count().label("n"))
        .join(schema.standing, (standing.report == decision.report) & (standing.stage == decision.stage))
        .where(*reached)
        .group_by(decision.report)
        .subquery()
    )
    by = Counter({row[0]: row[1] for row in connection.execute(select(own.c.n, func.count()).group_by(own.c.n))})
    decided = connection.scalar(select(func.count()).where(*reached)) or 0
    by[0] = decided - by.total()
    for before, now in _with_copies(connection, name):
        by[before] -= 1
        by[now] += 1
    names = connection.scalars(
        select(schema.person.c.name).where(
            schema.person.c.id.in_(select(decision.person).where(decision.stage == name))
        )
    )
    voters, third = _resolved(connection, name)
    votes = {n: by[n] for n in sorted(by, reverse=True) if by[n]}
    event = schema.event.c
    of_files = select(event.id).where(event.client.like("import-%"))  # few: joined, every vote's event is looked up
    files = select(func.count()).where(decision.stage == name, decision.event.in_(of_files))
    imported = connection.scalar(files) or 0
    return Stage(decided, votes, tuple(sorted(names)), voters, third, imported)


def _with_copies(connection: Connection, name: str) -> list[tuple[int, int]]:
    """Give of every decided report with votes on a merged copy: how many voted on it, and with its copies."""
    decision, report, standing = schema.decision.c, schema.report.c, schema.standing.c
    copies = connection.execute(
        select(report.merged_into, decision.person)
        .join(schema.report, report.id == decision.report)
        .join(schema.standing, standing.report == report.merged_into)
        .where(decision.stage == name, standing.stage == name, standing.status.in_(_DECIDED))
    )
    people: dict[int, set[str]] = defaultdict(set)
    for top, person in copies:
        people[top].add(person)
    own: dict[int, set[str]] = defaultdict(set)
    for start in range(0, len(people), 400):
        some = sorted(people)[start : start + 400]
        rows = connection.execute(
            select(decision.report, decision.person).where(decision.stage == name, decision.report.in_(some))
        )
        for top, person in rows:
            own[top].add(person)
    return [(len(own[top]), len(own[top] | people[top])) for top in sorted(people)]


def _resolved(connection: Connection, name: str) -> tuple[int, int]:
    """Count the decided reports resolved by one of those who voted on them, and by others; the last resolution counts.

    One of a merged copy is its report's.
    """
    resolution, decision, report, standing = schema.resolution.c, schema.decision.c, schema.report.c, schema.standing.c
    root = func.coalesce(report.merged_into, report.id)
    rows = connection.execute(
        select(root, resolution.person)
        .join(schema.report, report.id == resolution.report)
        .join(schema.standing, standing.report == root)
        .where(resolution.stage == name, standing.stage == name, standing.status.in_(_DECIDED))
        .order_by(resolution.at, resolution.event)
    )
    last = {row[0]: str(row[1]) for row in rows}
    voters: set[tuple[int, str]] = set()
    for start in range(0, len(last), 400):
        some = sorted(last)[start : start + 400]
        cast = select(root, decision.person).join(schema.report, report.id == decision.report)
        voters |= {(top, who) for top, who in connection.execute(cast.where(decision.stage == name, root.in_(some)))}
    own = sum(one in voters for one in last.items())
    return own, len(last) - own


def rounds(connection: Connection, name: str) -> tuple[tuple[str, int, int], ...]:
    """Give the rounds of a stage by kind: (kind, rounds, reports handed out)."""
    round_, assignment = schema.round_.c, schema.assignment.c
    counts = connection.execute(
        select(round_.kind, func.count()).where(round_.stage == name).group_by(round_.kind).order_by(round_.kind)
    ).all()
    reports = select(assignment.kind, func.count(assignment.report.distinct())).where(assignment.stage == name)
    given = {row[0]: row[1] for row in connection.execute(reports.group_by(assignment.kind))}
    return tuple((kind, n, given.get(kind, 0)) for kind, n in counts)


def disputed_reports(connection: Connection, name: str) -> frozenset[int]:
    """Give the reports of which those who voted did not say the same."""
    decision = schema.decision.c
    rows = connection.scalars(
        select(decision.report)
        .where(decision.stage == name)
        .group_by(decision.report)
        .having(func.count(decision.verdict.distinct()) > 1)
    )
    return frozenset(rows)


def filled(connection: Connection, kind: str, name: str, studies: Iterable[str], *, double: bool = False) -> Filled:
    """Give how a ``form``, an ``instrument`` or the ``framework`` was filled in for some studies.

    Who gave up the work does not count. With ``double`` nobody counts who is not done: until then nothing is shown.
    """
    table, column = {
        "form": ("answer", "form"),
        "instrument": ("judgement", "instrument"),
        "framework": ("coding", ""),
    }[kind]
    found, wanted = schema.metadata.tables[table].c, frozenset(studies)
    where = [found[column] == name] if column else []
    people: dict[str, set[str]] = defaultdict(set)
    unfinished: set[str] = set()
    rows = connection.execute(
        select(found.study, found.person, schema.person.c.name)
        .join(schema.person, schema.person.c.id == found.person)
        .where(*where)
        .distinct()
    )
    sheet = f"{kind}:{name}"
    states = _states(connection, sheet)
    for study, person, said in rows:
        state = states.get((study, person), "open")
        if study in wanted and state != "left" and (state == "done" or not double):
            people[study].add(said)
            unfinished |= {study} if state != "done" else set()
    settled = schema.settled.c
    done = connection.execute(select(settled.study, settled.method).where(settled.sheet == sheet)).all()
    done = [row for row in done if row.study in wanted]
    filling = schema.filling.c
    checkers = connection.scalars(
        select(filling.study).where(filling.sheet == sheet, filling.role == "checker", filling.state == "done")
    )
    versions = connection.execute(
        select(schema.sheet.c.version, schema.sheet.c.pilot).where(schema.sheet.c.sheet == sheet)
    ).all()
    return Filled(
        {study: tuple(sorted(people[study])) for study in sorted(people)},
        dict(sorted(Counter(row.method for row in done).items())),
        len({row.study for row in done if row.method in ("discussion", "third")}),
        frozenset(checkers) & wanted,
        tuple(sorted({row.version for row in versions})),
        len({study for row in versions for study in row.pilot}),
        len(unfinished),
    )


def _states(connection: Connection, sheet: str) -> dict[tuple[str, str], str]:
    """Give (study, person) -> how far those are who fill in a sheet."""
    filling = schema.filling.c
    rows = connection.execute(
        select(filling.study, filling.person, filling.state).where(filling.sheet == sheet, filling.role == "extractor")
    )
    return {(row.study, row.person): row.state for row in rows}


def merged_themes(connection: Connection) -> int:
    """Count the themes that emerged and were merged into another."""
    return connection.scalar(select(func.count()).where(schema.theme.c.merged_into.is_not(None))) or 0


def retrieval(connection: Connection, reports: Sequence[int]) -> tuple[tuple[str, int], ...]:
    """Count the reports got by the route by which they came, the most used first; ``""`` is a route not noted.

    What was got of a merged copy was got of its report.
    """
    table, report, wanted = schema.retrieval.c, schema.report.c, frozenset(reports)
    root = func.coalesce(report.merged_into, report.id)
    rows = connection.execute(
        select(root, table.route)
        .join(schema.report, report.id == table.report)
        .where(table.outcome == "retrieved")
        .order_by(table.report)
    )
    got: dict[int, str] = {}
    for top, route in rows:
        got[top] = got.get(top) or route or ""
    routes = Counter(route for top, route in got.items() if top in wanted)
    return tuple(sorted(routes.items(), key=lambda one: (-one[1], one[0])))


def at_full_text(connection: Connection) -> list[int]:
    """Give the reports that came to full text."""
    standing = schema.standing.c
    return list(
        connection.scalars(select(standing.report).where(standing.stage == "full-text").order_by(standing.report))
    )


def first_search(connection: Connection) -> str | None:
    """Give when the first search was begun, ISO 8601."""
    found: str | None = connection.scalar(select(func.min(schema.search.c.started_at)))
    return found


def protocols(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Give every time that a protocol was put in force: (moment, hash), in the order of time."""
    event = schema.event.c
    rows: Iterable[Any] = connection.execute(
        select(event.at, event.payload).where(event.kind == "protocol").order_by(event.at, event.log, event.seq)
    )
    return tuple((row.at, json.loads(row.payload)["hash"]) for row in rows)
