"""What each kind of event says: one function per kind writes its rows and names the reports that may stand elsewhere.

Only ``projection`` calls them. Given a whole log at once they write the same as given its events one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from review.store import schema
from review.store.event import Event
from review.store.evidence_kinds import EVIDENCE_HANDLERS
from review.store.grouping import Grouping
from review.store.in_force import rules_in_force
from review.store.standing import Rules
from review.store.writing import Handler, adding, drop, put, values


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
        values = {n: event.payload.get(n) for n in ("verdict", "note", "served")}
        lists = {n: event.payload.get(n, []) for n in ("reasons", "acts_on")}
        answers = {"criteria": event.payload.get("criteria", {})}
        rows.append({**key, **values, **lists, **answers, "event": event.id, "at": event.at})
    drop(connection, schema.decision, cleared)
    put(connection, schema.decision, rows)
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
    """Note what came of seeking full texts, and the files that were got.

    A vain try takes no other outcome's place, and what is held in a file was got, whatever another installation that
    did not know of the file has noted since.
    """
    seen = {event.payload["report"] for event in events}
    few, text = len(seen) < 400, schema.full_text.c
    known = connection.execute(_OUTCOMES.where(schema.retrieval.c.report.in_(seen)) if few else _OUTCOMES)
    outcomes = {row.report: row.outcome for row in known}
    holds: dict[int, set[str]] = defaultdict(set)
    for row in connection.execute(_HELD.where(text.report.in_(seen)) if few else _HELD):
        holds[row.report].add(row.sha256)
    rows: dict[int, Mapping[str, Any]] = {}
    files: dict[tuple[int, str], Mapping[str, Any] | None] = {}
    for event in events:
        said, made = event.payload, {"person": event.person, "event": event.id}
        report = said["report"]
        vain = said["outcome"] == "tried" and outcomes.get(report, "tried") != "tried"
        lost = said["outcome"] == "not_retrieved" and holds[report]
        if "withdraw" in said or not (vain or lost):
            outcomes[report] = said["outcome"]
            names = ("report", "outcome", "route", "note", "asked_on", "url")
            rows[report] = {**{n: said.get(n) for n in names}, **made, "at": event.at}
        if "withdraw" in said:
            files[report, said["withdraw"]] = None
            holds[report].discard(said["withdraw"])
        if "file" in said:
            facts = {n: said["file"].get(n) for n in ("kind", "size", "pages", "name", "licence", "version")}
            files[report, said["file"]["sha256"]] = {**facts, "url": said.get("url"), **made}
            holds[report].add(said["file"]["sha256"])
    put(connection, schema.retrieval, rows.values())
    names_of_file = ("report", "sha256")
    drop(connection, schema.full_text, [dict(zip(names_of_file, key, strict=True)) for key in files])
    held = [{**dict(zip(names_of_file, key, strict=True)), **said} for key, said in files.items() if said is not None]
    if held:
        connection.execute(adding(schema.full_text), held)
    return seen


_OUTCOMES = select(schema.retrieval.c.report, schema.retrieval.c.outcome)
_HELD = select(schema.full_text.c.report, schema.full_text.c.sha256)


def _on_notices(connection: Connection, events: Sequence[Event]) -> set[int]:
    """Put what a source says of some reports in the place of what it said before; what stays, stays read."""
    table = schema.notice
    keys = [column.name for column in table.primary_key]
    held = {tuple(row[k] for k in keys): dict(row) for row in connection.execute(select(table)).mappings()}
    before = sorted(held)
    asked: list[dict[str, Any]] = []
    for event in events:
        said = event.payload
        if event.kind == "notice_seen":
            if (key := tuple(said[k] for k in keys)) in held:
                held[key] = {**held[key], "seen": True}
            continue
        source, checked = said["source"], set(said["reports"])
        found = {(one["report"], source, one["kind"], one.get("about") or ""): one for one in said["found"]}
        held = {key: row for key, row in held.items() if key[1] != source or key[0] not in checked or key in found}
        for key, one in found.items():
            old = held.get(key, {"since": event.at, "seen": False})
            told = {"on": one.get("on"), "label": one.get("label"), "event": event.id}
            held[key] = {**dict(zip(keys, key, strict=True)), **told, "since": old["since"], "seen": old["seen"]}
        asked += [{"report": one, "source": source, "at": event.at, "event": event.id} for one in sorted(checked)]
    drop(connection, table, [dict(zip(keys, key, strict=True)) for key in before])
    if held:
        connection.execute(insert(table), [held[key] for key in sorted(held)])
    put(connection, schema.checked, asked)
    return set()


def _on_stop(connection: Connection, events: Sequence[Event]) -> set[int]:
    """Leave reports unread, or take that back."""
    touched: set[int] = set()
    for event in events:
        said = event.payload
        if "ends" in said:
            ended = select(schema.stopped.c.report).where(schema.stopped.c.event == said["ends"])
            touched |= set(connection.scalars(ended))
            connection.execute(update(schema.stop).where(schema.stop.c.event == said["ends"]).values(ended=event.id))
            connection.execute(delete(schema.stopped).where(schema.stopped.c.event == said["ends"]))
            continue
        about = {"event": event.id, "stage": said["stage"], "person": event.person, "at": event.at}
        told = {"reports": len(said["reports"]), "how": said.get("how", {}), "why": said.get("why"), "ended": None}
        connection.execute(insert(schema.stop), about | told)
        rows = [{"report": one, "stage": said["stage"], "event": event.id} for one in said["reports"]]
        put(connection, schema.stopped, rows)
        touched |= set(said["reports"])
    return touched


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
    drop(connection, schema.assignment, [dict(zip(names, key, strict=True)) for key in handed])
    fresh = [{**dict(zip(names, key, strict=True)), **said} for key, said in handed.items() if said is not None]
    if fresh:
        connection.execute(insert(schema.assignment), fresh)
    return {key[0] for key in handed}


def _on_comment(connection: Connection, events: Sequence[Event]) -> set[int]:
    names = ("report", "stage", "text", "replies_to")
    rows = [{**{n: e.payload.get(n) for n in names}, "event": e.id, "person": e.person, "at": e.at} for e in events]
    connection.execute(insert(schema.comment), rows)
    return set()


HANDLERS: Mapping[str, Handler] = {
    "protocol": _on_protocol,
    "group": _on_group,
    "pair": _on_pair,
    "value": values(schema.value),
    "decision": _on_decision,
    "resolution": _on_resolution,
    "retrieval": _on_retrieval,
    "quote": values(schema.quote),
    "notices": _on_notices,
    "stop": _on_stop,
    "assignment": _on_assignment,
    "tag": values(schema.tag),
    "comment": _on_comment,
    **EVIDENCE_HANDLERS,
}

TOGETHER = {"merge": "group", "split": "group", "notice_seen": "notices"}
"""Kinds of events whose order among each other counts: one function takes them as they happened."""

KINDS = ("protocol", *TOGETHER, *(k for k in HANDLERS if k not in ("protocol", "group")))
"""Every kind of event there is."""
