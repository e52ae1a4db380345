"""Votes and how conflicts end: check a decision against the protocol, then append it to the log.

Nothing is ever overwritten: a changed mind is a further event, an undo is an event ``cleared``, and a resolution
stands beside the votes that it names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from review.errors import DecisionError
from review.protocol import Protocol, Stage
from review.store import Actor, Entry, Event, Store, append_many
from screening import queue_rows, rows
from screening.checks import acting_on, check, check_answers, check_open, payload, same


@dataclass(frozen=True, slots=True)
class MyDecision:
    """One line of a person's own decisions; ``reasons`` in the protocol's order, ``at`` in UTC."""

    report: int
    title: str | None
    verdict: str
    reasons: tuple[str, ...]
    note: str | None
    at: str


@dataclass(frozen=True, slots=True)
class CastVote:
    """One person's vote on a report in conflict."""

    person_name: str
    verdict: str
    reasons: tuple[str, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A report that its screeners do not agree on, with every vote."""

    report: int
    title: str | None
    votes: tuple[CastVote, ...]


def decide(
    store: Store,
    protocol: Protocol,
    actor: Actor,
    *,
    report: int,
    stage: Stage,
    verdict: str,
    reasons: Sequence[str] = (),
    note: str | None = None,
    criteria: Mapping[str, str] | None = None,
    client: str | None = None,
) -> Event:
    """Cast, or change, the actor's vote on a report at a stage.

    Parameters
    ----------
    reasons : sequence of str
        Codes of the protocol's exclusion reasons; kept once each, in the protocol's order.
    criteria : mapping, optional
        Criterion -> yes, no or unclear, of every criterion; verdict and reasons must be those that follow from them.
    client : str, optional
        The sender's own id of this vote: sent twice, it counts once.

    Returns
    -------
    Event
        The new event; or the standing one, when it says the same already.

    Raises
    ------
    DecisionError
        There is no such report, it was merged into another, the stage is not open for it, or verdict and reasons
        do not fit the protocol.
    """
    given = check(protocol.rules(stage), verdict, reasons)
    vote = payload(report, stage, verdict, given, note)
    if criteria:
        vote["criteria"] = check_answers(protocol, stage, verdict, given, criteria)
    with store.write() as connection:
        known = rows.event_of_client(connection, client) if client else None
        queue_rows.release(connection, actor.person, stage, (report,))
        if known is not None:
            vote |= {name: known.payload[name] for name in ("acts_on",) if name in known.payload}
        else:
            check_open(report, stage, _open_root(connection, report, stage))
            standing = [v for v in rows.votes(connection, stage, (report,))[report] if v.person == actor.person]
            confirmed = queue_rows.again(connection, actor.person, stage, report)
            if len(standing) == 1 and same(standing[0], vote) and not confirmed:
                return rows.event(connection, standing[0].event)
            copies = rows.cast_on_members(connection, stage, (report,)).get((report, actor.person), {})
            vote |= acting_on(copies, report)
        return _append_one(store, connection, actor, Entry("decision", vote, client))


def undo(store: Store, protocol: Protocol, actor: Actor, stage: Stage) -> int | None:
    """Take back the actor's newest vote at a stage; give its report, or ``None`` when there is none left."""
    with store.write() as connection:
        newest = rows.own_votes(connection, actor.person, stage, limit=1, offset=0)
        if not newest:
            return None
        root = newest[0][0]
        _clear(store, connection, actor, report=root, stage=stage)
        return root


def clear(store: Store, protocol: Protocol, actor: Actor, *, report: int, stage: Stage) -> Event:
    """Take back the actor's vote on a report, on all of its merged records.

    Raises
    ------
    DecisionError
        There is no such report, or the actor has not voted on it.
    """
    with store.write() as connection:
        return _clear(store, connection, actor, report=_root(connection, report), stage=stage)


def _clear(store: Store, connection: Connection, actor: Actor, *, report: int, stage: Stage) -> Event:
    cast = rows.cast_on_members(connection, stage, (report,)).get((report, actor.person))
    if not cast:
        raise DecisionError(
            f"you have no vote on report {report} at {stage}", hint="see your own with: review screen mine"
        )
    entries = [Entry("decision", payload(member, stage, "cleared", (), None)) for member in cast]
    return append_many(store, connection, actor, entries)[-1]


def mine(connection: Connection, person: str, stage: Stage, *, limit: int = 50, offset: int = 0) -> list[MyDecision]:
    """Give a person's own current decisions at a stage, newest first."""
    found = rows.own_votes(connection, person, stage, limit=limit, offset=offset)
    known = rows.names(connection, [root for root, _ in found])
    return [MyDecision(root, known[root][0], v.verdict, v.reasons, v.note, v.at) for root, v in found]


def conflicts(connection: Connection, stage: Stage) -> list[Conflict]:
    """Give every report in conflict at a stage with its votes, in the order of ids."""
    open_ones = rows.with_status(connection, stage, "conflict")
    known = rows.names(connection, open_ones)
    cast = rows.votes(connection, stage, open_ones)
    return [
        Conflict(root, known[root][0], tuple(CastVote(v.name, v.verdict, v.reasons, v.note) for v in cast[root]))
        for root in open_ones
    ]


def resolve(
    store: Store,
    protocol: Protocol,
    actor: Actor,
    *,
    report: int,
    stage: Stage,
    verdict: str,
    reasons: Sequence[str] = (),
    note: str | None = None,
    client: str | None = None,
) -> Event:
    """End a conflict: note the outcome beside the votes, which stay as they are.

    The resolution names the votes that it acts on; when one of them changes later, the report is open again.

    Raises
    ------
    DecisionError
        The report is not in conflict, the verdict is no include or exclude, or the reasons do not fit the protocol.
    """
    if verdict == "maybe":
        raise DecisionError("a resolution cannot be a maybe", hint="say include or exclude")
    given = check(protocol.rules(stage), verdict, reasons)
    with store.write() as connection:
        known = rows.event_of_client(connection, client) if client else None
        if known is None and _open_root(connection, report, stage) != "conflict":
            raise DecisionError(
                f"report {report} is not in conflict at {stage}", hint="list them with: review screen conflicts"
            )
        if known is not None:
            acts_on = known.payload.get("acts_on")
        else:
            acts_on = sorted(v.event for v in rows.votes(connection, stage, (report,))[report])
        outcome = {**payload(report, stage, verdict, given, note), "acts_on": acts_on}
        return _append_one(store, connection, actor, Entry("resolution", outcome, client))


def _root(connection: Connection, report: int) -> int:
    root = rows.roots(connection, (report,)).get(report)
    if root is None:
        raise DecisionError(f"there is no report {report}", hint="see the next one with: review screen next")
    return root


def _open_root(connection: Connection, report: int, stage: Stage) -> str | None:
    root = _root(connection, report)
    if root != report:
        raise DecisionError(f"report {report} was merged into report {root}", hint=f"decide on report {root}")
    return rows.statuses(connection, stage, (report,)).get(report)


def _append_one(store: Store, connection: Connection, actor: Actor, entry: Entry) -> Event:
    made = append_many(store, connection, actor, (entry,))[0]
    if (made.person, made.kind, dict(made.payload)) != (actor.person, entry.kind, dict(entry.payload)):
        raise DecisionError("this id of a vote was already used for another one", hint="send it again with a new id")
    return made
