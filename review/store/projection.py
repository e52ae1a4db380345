"""Write what follows from events: one function per kind of event, and the standing of each report at each stage.

The only writer of the projection tables. It lives in the store because merges, votes, resolutions, retrievals and
rules all change where a report stands, and come from rooms that must not know each other
(docs/decisions/0002-log-and-projections.md). ``rebuild`` runs the same functions over a whole log from nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Select, Table, bindparam, delete, insert, literal, select, update

from review.store import schema
from review.store.among import Among
from review.store.event import Event
from review.store.grouping import Grouping
from review.store.standing import Panel, Rules, Vote, current, decide

_CHUNK = 400
STAGES = ("title-abstract", "full-text")


def project(connection: Connection, events: Sequence[Event]) -> None:
    """Bring every projection up to date with new events, given in the order in which they happened."""
    by_kind: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_kind["group" if event.kind in ("merge", "split") else event.kind].append(event)
    touched: set[int] = set()
    for kind, some in by_kind.items():
        touched |= _HANDLERS[kind](connection, some)
    restand(connection, touched)


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


# -- one function per kind of event: write its rows, give the reports whose standing may have changed


def _put(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Replace rows by primary key; of several with one key the last wins."""
    keys = [c.name for c in table.primary_key.columns]
    last = {tuple(row[k] for k in keys): row for row in rows}
    if not last:
        return
    _drop(connection, table, [{k: row[k] for k in keys} for row in last.values()])
    connection.execute(_adding(table), [dict(row) for row in last.values()])


def _drop(connection: Connection, table: Table, keys: Sequence[Mapping[str, Any]]) -> None:
    """Take rows away by columns of the same names in every key."""
    if keys:
        connection.execute(_dropping(table, tuple(keys[0])), [{f"key_{n}": v for n, v in key.items()} for key in keys])


@cache
def _adding(table: Table) -> Insert:
    return insert(table)


@cache
def _dropping(table: Table, names: tuple[str, ...]) -> Delete:
    return delete(table).where(*(table.c[name] == bindparam(f"key_{name}") for name in names))


def _on_protocol(connection: Connection, events: Sequence[Event]) -> set[int]:
    log = schema.event
    before = connection.scalars(
        select(log.c.payload)
        .where(log.c.kind == "protocol", log.c.id.not_in([e.id for e in events]))
        .order_by(log.c.at.desc(), log.c.log.desc(), log.c.seq.desc())
        .limit(1)
    ).first()
    if before and Rules.of(before) == rules_in_force(connection):
        return set()
    return set(connection.execute(select(schema.report.c.id).where(schema.report.c.merged_into.is_(None))).scalars())


def _on_group(connection: Connection, events: Sequence[Event]) -> set[int]:
    # Two people who merge overlapping groups at once take turns, or they would build a chain (PostgreSQL).
    connection.execute(select(schema.meta.c.key).with_for_update())
    report = schema.report
    rows = connection.execute(select(report.c.id, report.c.merged_into).where(report.c.merged_into.is_not(None)))
    groups = Grouping({row.id: row.merged_into for row in rows})
    for event in events:
        (groups.merge if event.kind == "merge" else groups.split)(event.payload["reports"])
    if groups.touched:
        to = update(report).where(report.c.id == bindparam("one")).values(merged_into=bindparam("top"))
        connection.execute(to, [{"one": one, "top": groups.root.get(one)} for one in sorted(groups.touched)])
    return groups.touched


def _on_pair(connection: Connection, events: Sequence[Event]) -> set[int]:
    pair = schema.pair
    for event in events:
        left, right = sorted(event.payload["reports"])
        verdict = event.payload["verdict"]
        values = {"verdict": None if verdict == "cleared" else verdict, "event": event.id}
        where = (pair.c.left == left, pair.c.right == right)
        if not connection.execute(update(pair).where(*where).values(**values)).rowcount:
            connection.execute(insert(pair).values(left=left, right=right, score=None, reason=None, **values))
    return set()


def _on_decision(connection: Connection, events: Sequence[Event]) -> set[int]:
    rows, cleared = [], []
    last: dict[tuple[int, str, str], Event] = {}
    for event in events:
        last[event.payload["report"], event.payload["stage"], event.person] = event
    for (report, stage, who), event in last.items():
        key = {"report": report, "stage": stage, "person": who}
        if event.payload["verdict"] == "cleared":
            cleared.append(key)
            continue
        values = {n: event.payload.get(n) for n in ("verdict", "note")}
        lists = {n: event.payload.get(n, []) for n in ("reasons", "acts_on")}
        answers = {"criteria": event.payload.get("criteria", {})}
        rows.append({**key, **values, **lists, **answers, "event": event.id, "at": event.at})
    _drop(connection, schema.decision, cleared)
    _put(connection, schema.decision, rows)
    return {report for report, _, _ in last}


def _on_resolution(connection: Connection, events: Sequence[Event]) -> set[int]:
    rows = [
        {
            "event": e.id,
            "report": e.payload["report"],
            "stage": e.payload["stage"],
            "verdict": e.payload["verdict"],
            "reasons": e.payload.get("reasons", []),
            "note": e.payload.get("note"),
            "person": e.person,
            "acts_on": sorted(e.payload["acts_on"]),
            "at": e.at,
        }
        for e in events
    ]
    connection.execute(insert(schema.resolution), rows)
    return {row["report"] for row in rows}


def _on_retrieval(connection: Connection, events: Sequence[Event]) -> set[int]:
    names = ("report", "outcome", "route", "note")
    _put(connection, schema.retrieval, [{**{n: e.payload.get(n) for n in names}, "event": e.id} for e in events])
    return {e.payload["report"] for e in events}


def _on_assignment(connection: Connection, events: Sequence[Event]) -> set[int]:
    """Hand reports out to people, and take them back; a round is what its first event says."""
    rounds: dict[tuple[str, str], dict[str, Any]] = {}
    handed: dict[tuple[int, str, str, str], dict[str, Any] | None] = {}
    known = schema.round_.c
    kinds = {(r.stage, r.name): r.kind for r in connection.execute(select(known.stage, known.name, known.kind))}
    for event in events:
        stage, about = event.payload["stage"], event.payload["round"]
        name = about["name"]
        if (stage, name) not in kinds:
            kinds[stage, name] = about["kind"]
            told = {n: about.get(n) for n in ("name", "kind", "seed")} | {"how": about.get("how", {})}
            made = {"stage": stage, "person": event.person, "event": event.id, "at": event.at}
            rounds[stage, name] = told | made
        kind = kinds[stage, name]
        said = {"kind": kind, "since": event.at if kind == "again" else "", "done": False, "event": event.id}
        for person, reports in event.payload.get("remove", {}).items():
            handed |= dict.fromkeys(((one, stage, person, name) for one in reports), None)
        for person, reports in event.payload.get("add", {}).items():
            handed |= {(one, stage, person, name): said for one in reports}
    if rounds:
        connection.execute(insert(schema.round_), list(rounds.values()))
    names = ("report", "stage", "person", "round")
    _drop(connection, schema.assignment, [dict(zip(names, key, strict=True)) for key in handed])
    fresh = [{**dict(zip(names, key, strict=True)), **said} for key, said in handed.items() if said is not None]
    if fresh:
        connection.execute(insert(schema.assignment), fresh)
    return {key[0] for key in handed}


def _on_comment(connection: Connection, events: Sequence[Event]) -> set[int]:
    names = ("report", "stage", "text", "replies_to")
    rows = [{**{n: e.payload.get(n) for n in names}, "event": e.id, "person": e.person, "at": e.at} for e in events]
    connection.execute(insert(schema.comment), rows)
    return set()


def _on_study(connection: Connection, events: Sequence[Event]) -> set[int]:
    rows = [{"report": r, "study": e.payload["study"], "event": e.id} for e in events for r in e.payload["reports"]]
    _put(connection, schema.study, rows)
    return set()


def _values(table: Table) -> Callable[[Connection, Sequence[Event]], set[int]]:
    """Make the function of an event whose payload names the table's columns; ``"cleared": true`` takes a row away."""
    own = [c.name for c in table.columns if c.name not in ("person", "event")]

    def write(connection: Connection, events: Sequence[Event]) -> set[int]:
        keys = [c.name for c in table.primary_key.columns]
        last: dict[tuple[Any, ...], Event] = {}
        for event in events:
            last[tuple(event.payload.get(k, event.person) for k in keys)] = event
        gone = [dict(zip(keys, key, strict=True)) for key, e in last.items() if e.payload.get("cleared")]
        _drop(connection, table, gone)
        rows = [
            {**{n: e.payload.get(n) for n in own}, "person": e.person, "event": e.id}
            for e in last.values()
            if not e.payload.get("cleared")
        ]
        _put(connection, table, rows)
        return set()

    return write


_HANDLERS: Mapping[str, Callable[[Connection, Sequence[Event]], set[int]]] = {
    "protocol": _on_protocol,
    "group": _on_group,
    "pair": _on_pair,
    "value": _values(schema.value),
    "decision": _on_decision,
    "resolution": _on_resolution,
    "retrieval": _on_retrieval,
    "assignment": _on_assignment,
    "tag": _values(schema.tag),
    "comment": _on_comment,
    "study": _on_study,
    "answer": _values(schema.answer),
    "judgement": _values(schema.judgement),
    "coding": _values(schema.coding),
}

KINDS = ("protocol", "merge", "split", *(k for k in _HANDLERS if k not in ("protocol", "group")))
"""Every kind of event there is."""


# -- where a report stands


def _in_time(table: Table) -> Select[Any]:
    return select(table).order_by(table.c.at, table.c.event)


_report, _event = schema.report.c, schema.event.c
_IN_FORCE = (
    select(_event.payload)
    .where(_event.kind == "protocol")
    .order_by(_event.at.desc(), _event.log.desc(), _event.seq.desc())
    .limit(1)
)
_TOPS = Among(
    lambda has: select(_report.id, _report.merged_into).where(has(_report.id)).with_for_update(key_share=True)
)
_MEMBERS = Among(
    lambda has: (
        select(_report.id, _report.merged_into, schema.record.c.matched, schema.retrieval.c.outcome)
        .join(schema.record, schema.record.c.id == _report.id)
        .outerjoin(schema.retrieval, schema.retrieval.c.report == _report.id)
        .where(has(_report.id) | has(_report.merged_into))
    )
)
_FORGET = Among(lambda has: delete(schema.standing).where(has(schema.standing.c.report)))
_ASSIGNED = Among(lambda has: select(schema.assignment).where(has(schema.assignment.c.report)))
_CAST = Among(lambda has: _in_time(schema.decision).where(has(schema.decision.c.report)))
_SETTLED = Among(lambda has: _in_time(schema.resolution).where(has(schema.resolution.c.report)))


def rules_in_force(connection: Connection) -> Mapping[str, Rules]:
    """Give the screening rules of the last protocol event, per stage; one vote when there is none."""
    return _rules(connection.scalar(_IN_FORCE))


@lru_cache(maxsize=4)
def _rules(payload: str | None) -> Mapping[str, Rules]:
    return MappingProxyType(Rules.of(payload))


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
    for row in rows:
        matched[root_of[row.id]].add(row.matched)
        retrieved[root_of[row.id]].add(row.outcome)
    votes, voted = _votes(connection, root_of)
    settled = _resolutions(connection, root_of)
    panels = _panels(connection, root_of, voted)
    _FORGET(connection, sorted(set(root_of) | named))
    fresh = [
        {"report": root, "stage": stage, **{name: getattr(s, name) for name in _STANDING}}
        for root in sorted(roots)
        for stage, s in decide(
            votes.get(root, {}), settled.get(root, {}), rules,
            matched=matched[root], not_retrieved=_not_retrieved(retrieved[root]), panels=panels.get(root, {}),
        )
    ]  # fmt: skip
    if fresh:
        connection.execute(_adding(schema.standing), fresh)


_STANDING = ("status", "votes", "needed", "open", "reason")


def _not_retrieved(outcomes: set[str | None]) -> bool:
    """Say whether a root could not be had: a full text that was got for one member is there for all of them."""
    return outcomes - {None} == {"not_retrieved"}


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
