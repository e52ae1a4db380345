"""Write what follows from events: what each kind says (``kinds``), then the standing of each report at each stage.

With ``kinds`` the only writer of the projection tables. It lives in the store because merges, votes, resolutions,
retrievals, stops and rules all change where a report stands, and come from rooms that must not know each other
(docs/decisions/0002-log-and-projections.md). ``verify`` runs the same functions over a whole log from nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table, and_, bindparam, delete, insert, literal, select, update

from review.store import schema
from review.store.among import Among
from review.store.event import Event
from review.store.in_force import rules_in_force
from review.store.kinds import HANDLERS, TOGETHER
from review.store.standing import Panel, Rules, Vote, current, decide
from review.store.writing import adding

_CHUNK = 400
STAGES = ("title-abstract", "full-text")


def project(connection: Connection, events: Sequence[Event]) -> None:
    """Bring every projection up to date with new events, given in the order in which they happened."""
    restand(connection, tell(connection, events))


def tell(connection: Connection, events: Sequence[Event]) -> set[int]:
    """Write what events say, and give the reports that may stand elsewhere after it: ``restand`` must follow."""
    by_kind: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_kind[TOGETHER.get(event.kind, event.kind)].append(event)
    touched: set[int] = set()
    for kind, some in by_kind.items():
        touched |= HANDLERS[kind](connection, some)
    return touched


def open_reports(connection: Connection, search: int, first: int = 1) -> None:
    """Make a report of every record of a search that has none, and let it stand in the title/abstract queue.

    ``first`` is the position from which on records are new, so that a long search is not walked again at every page.
    """
    record, report, standing = schema.record.c, schema.report, schema.standing
    new = select(record.id).where(record.search == search, record.position >= first)
    without = new.where(~select(report.c.id).where(report.c.id == record.id).exists()).order_by(record.id)
    rules = rules_in_force(connection)[STAGES[0]]
    unmatched = connection.scalars(without.where(record.matched == "no")).all() if rules.remove_unmatched else ()
    connection.execute(insert(report).from_select(["id"], without))
    queued = (
        select(report.c.id, literal(STAGES[0]), literal("waiting"), literal(0), literal(rules.votes), literal(True))
        .where(report.c.id.in_(new), report.c.merged_into.is_(None))
        .where(~select(standing.c.report).where(standing.c.report == report.c.id).exists())
    )
    connection.execute(insert(standing).from_select(["report", "stage", "status", "votes", "needed", "open"], queued))
    restand(connection, unmatched)


# -- where a report stands


def _in_time(table: Table) -> Select[Any]:
    """Read votes without what does not count here: each JSON column takes as long as all others together."""
    c = table.c
    columns = (c.report, c.stage, c.person, c.verdict, c.reasons, c.acts_on, c.at, c.event)
    return select(*columns).order_by(c.at, c.event)


_report = schema.report.c
_TOPS = Among(
    lambda has: select(_report.id, _report.merged_into).where(has(_report.id)).with_for_update(key_share=True)
)
_MEMBERS = Among(
    lambda has: (
        select(
            _report.id,
            _report.merged_into,
            schema.record.c.matched,
            schema.retrieval.c.outcome,
            schema.stopped.c.event.label("stop"),
        )
        .join(schema.record, schema.record.c.id == _report.id)
        .outerjoin(schema.retrieval, schema.retrieval.c.report == _report.id)
        .outerjoin(schema.stopped, and_(schema.stopped.c.report == _report.id, schema.stopped.c.stage == STAGES[0]))
        .where(has(_report.id) | has(_report.merged_into))
    )
)
_FORGET = Among(lambda has: delete(schema.standing).where(has(schema.standing.c.report)))
_ASSIGNED = Among(lambda has: select(schema.assignment).where(has(schema.assignment.c.report)))
_CAST = Among(lambda has: _in_time(schema.decision).where(has(schema.decision.c.report)))
_SETTLED = Among(lambda has: _in_time(schema.resolution).where(has(schema.resolution.c.report)))


def restand(connection: Connection, reports: Iterable[int]) -> None:
    """Compute anew where some reports, and the groups that they belong to, stand at each stage."""
    rules = rules_in_force(connection)
    for chunk in _chunks(sorted(set(reports))):
        tops = _TOPS(connection, chunk).all()
        _restand_roots(connection, {row.merged_into or row.id for row in tops}, set(chunk), rules)


def _restand_roots(connection: Connection, roots: set[int], named: set[int], rules: Mapping[str, Rules]) -> None:
    rows = _MEMBERS(connection, sorted(roots)).all()
    root_of = {row.id: row.merged_into or row.id for row in rows}
    matched: dict[int, set[str]] = defaultdict(set)
    retrieved: dict[int, set[str | None]] = defaultdict(set)
    read_on: set[int] = set()  # a copy that no stop left unread keeps its report in the queue
    for row in rows:
        matched[root_of[row.id]].add(row.matched)
        retrieved[root_of[row.id]].add(row.outcome)
        if row.stop is None:
            read_on.add(root_of[row.id])
    votes, voted = _votes(connection, root_of)
    settled = _resolutions(connection, root_of)
    panels = _panels(connection, root_of, voted)
    _FORGET(connection, sorted(set(root_of) | named))
    fresh = [
        {"report": root, "stage": stage, **{name: getattr(s, name) for name in _STANDING}}
        for root in sorted(roots)
        for stage, s in decide(
            votes.get(root, {}), settled.get(root, {}), rules,
            matched=matched[root], not_retrieved=_not_retrieved(retrieved[root]), stopped=root not in read_on,
            panels=panels.get(root, {}),
        )
    ]  # fmt: skip
    if fresh:
        connection.execute(adding(schema.standing), fresh)


_STANDING = ("status", "votes", "needed", "open", "reason")


def _not_retrieved(outcomes: set[str | None]) -> bool:
    """Say whether a root could not be had: a full text that was got for one member is there for all of them."""
    return outcomes - {None, "tried"} == {"not_retrieved"}


Voted = Mapping[tuple[int, str, str], str]
"""(root, stage, person) -> the moment of the person's last vote there."""


def _votes(
    connection: Connection, root_of: Mapping[int, int]
) -> tuple[dict[int, dict[str, list[Vote]]], dict[tuple[int, str, str], str]]:
    """Give the current votes per root and stage, in the order in which they were cast; and when each person voted last.

    They stay with the report that they were cast on, so one person can have several on copies that were merged.
    """
    result: dict[int, dict[str, list[Vote]]] = defaultdict(lambda: defaultdict(list))
    voted: dict[tuple[int, str, str], str] = {}
    for row in _CAST(connection, list(root_of)):
        vote = Vote(row.event, row.person, row.verdict, tuple(row.reasons), frozenset(row.acts_on))
        result[root_of[row.report]][row.stage].append(vote)
        voted[root_of[row.report], row.stage, row.person] = row.at
    return {root: {stage: current(cast) for stage, cast in stages.items()} for root, stages in result.items()}, voted


def _panels(connection: Connection, root_of: Mapping[int, int], voted: Voted) -> dict[int, dict[str, Panel]]:
    """Give who is to vote on each root at each stage, and note which assignments are fulfilled."""
    table = schema.assignment
    shares: dict[tuple[int, str], dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    pilots: dict[tuple[int, str], set[str]] = defaultdict(set)
    changed = []
    for row in _ASSIGNED(connection, list(root_of)):
        root = root_of[row.report]
        done = voted.get((root, row.stage, row.person), "") > row.since
        if done != row.done:
            changed.append({f"key_{c.name}": row._mapping[c.name] for c in table.primary_key} | {"now": done})
        if row.kind == "main":
            shares[root, row.stage][row.report].add(row.person)
        elif row.kind == "pilot":
            pilots[root, row.stage].add(row.person)
    if changed:
        same = (column == bindparam(f"key_{column.name}") for column in table.primary_key)
        connection.execute(update(table).where(*same).values(done=bindparam("now")), changed)
    panels: dict[int, dict[str, Panel]] = defaultdict(dict)
    for root, stage in shares.keys() | pilots.keys():
        # copies that were shared out one by one before they were merged need no more votes together than each alone
        most = max(map(len, shares[root, stage].values()), default=0)
        panels[root][stage] = Panel(most, frozenset(pilots[root, stage]))
    return panels


def _resolutions(connection: Connection, root_of: Mapping[int, int]) -> dict[int, dict[str, list[Vote]]]:
    result: dict[int, dict[str, list[Vote]]] = defaultdict(lambda: defaultdict(list))
    for row in _SETTLED(connection, list(root_of)):
        outcome = Vote(row.event, row.person, row.verdict, tuple(row.reasons), frozenset(row.acts_on))
        result[root_of[row.report]][row.stage].append(outcome)
    return result


def _chunks(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
