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
from review.store.events import append_new, take_turn
from review.store.standing import current
from screening import conflict_rows, queue_rows, rows
from screening.checks import acting_on, check, check_answers, check_open, payload, same
from screening.conflicts import check_may_resolve


@dataclass(frozen=True, slots=True)
class MyDecision:
    """One line of a person's own decisions; ``reasons`` in the protocol's order, ``at`` in UTC."""

    report: int
    title: str | None
    verdict: str
    reasons: tuple[str, ...]
    note: str | None
    at: str


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
        take_turn(connection, actor)
        served = queue_rows.release(connection, actor.person, stage, (report,)).get(report)
        if client and (known := rows.event_of_client(connection, client)):
            vote |= {name: known.payload[name] for name in ("acts_on", "served") if name in known.payload}
            return _checked(known, actor, Entry("decision", vote, client))
        check_open(report, stage, _open_root(connection, report, stage))
        cast = rows.cast_by(connection, actor.person, stage, (report,))[report]
        standing = current(cast)
        said_already = len(standing) == 1 and same(standing[0], vote)
        if said_already and not queue_rows.again(connection, actor.person, stage, report):
            return rows.event(connection, standing[0].event)
        if served and not cast:
            vote["served"] = served
        vote |= acting_on({one.report: one.event for one in cast}, report)
        return append_new(store, connection, actor, Entry("decision", vote, client))


def undo(store: Store, protocol: Protocol, actor: Actor, stage: Stage) -> int | None:
    """Take back the actor's newest vote at a stage; give its report, or ``None`` when there is none left."""
    with store.write() as connection:
        newest = rows.own_votes(connection, actor.person, stage, limit=1, offset=0)
        if not newest:
            return None
        root = newest[0][0]
        _clear(store, connection, actor, report=root, stage=stage)
        return root


def clear(
    store: Store, protocol: Protocol, actor: Actor, *, report: int, stage: Stage, client: str | None = None
) -> Event:
    """Take back the actor's vote on a report, on all of its merged records.

    ``client`` is the sender's own id of this: sent twice, it counts once, and leaves a newer vote alone.

    Raises
    ------
    DecisionError
        There is no such report, or the actor has not voted on it.
    """
    with store.write() as connection:
        known = rows.event_of_client(connection, client) if client else None
        if known is not None and known.payload.get("verdict") == "cleared":
            return known
        fresh = client if known is None else None  # a plain form sends the id that its page's vote had
        return _clear(store, connection, actor, report=_root(connection, report), stage=stage, client=fresh)


def _clear(
    store: Store, connection: Connection, actor: Actor, *, report: int, stage: Stage, client: str | None = None
) -> Event:
    cast = rows.cast_on_members(connection, stage, (report,)).get((report, actor.person))
    if not cast:
        raise DecisionError(
            f"you have no vote on report {report} at {stage}", hint="see your own with: review screen mine"
        )
    said = [payload(member, stage, "cleared", (), None) for member in cast]
    entries = [*(Entry("decision", one) for one in said[:-1]), Entry("decision", said[-1], client)]
    return append_many(store, connection, actor, entries)[-1]


def mine(connection: Connection, person: str, stage: Stage, *, limit: int = 50, offset: int = 0) -> list[MyDecision]:
    """Give a person's own current decisions at a stage, newest first."""
    found = rows.own_votes(connection, person, stage, limit=limit, offset=offset)
    known = rows.names(connection, [root for root, _ in found])
    return [MyDecision(root, known[root][0], v.verdict, v.reasons, v.note, v.at) for root, v in found]


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

    The resolution names the votes that it acts on; when one of them changes later, the report is open again. While
    they stand, it can be said again otherwise: the newer counts.

    Raises
    ------
    DecisionError
        The report is not in conflict, the verdict is no include or exclude, the reasons do not fit the protocol, or
        the rules of the stage leave it to somebody else.
    """
    if verdict == "maybe":
        raise DecisionError("a resolution cannot be a maybe", hint="say include or exclude")
    given = check(protocol.rules(stage), verdict, reasons)
    outcome = payload(report, stage, verdict, given, note)
    with store.write() as connection:
        known = rows.event_of_client(connection, client) if client else None
        if known is not None:
            return _append_one(
                store, connection, actor,
                Entry("resolution", {**outcome, "acts_on": known.payload.get("acts_on")}, client),
            )  # fmt: skip
        status = _open_root(connection, report, stage)
        acts_on = sorted(v.event for v in rows.votes(connection, stage, (report,))[report])
        last = next(reversed(conflict_rows.resolutions(connection, stage, report)), None)
        if status != "conflict" and (last is None or last.acts_on != frozenset(acts_on)):
            raise DecisionError(
                f"report {report} is not in conflict at {stage}", hint="list them with: review screen conflicts"
            )
        check_may_resolve(connection, protocol, stage, actor.person, report)
        return _append_one(store, connection, actor, Entry("resolution", {**outcome, "acts_on": acts_on}, client))


def _root(connection: Connection, report: int) -> int:
    return _place(connection, report, None)[0]


def _place(connection: Connection, report: int, stage: Stage | None) -> tuple[int, str | None]:
    found = rows.place(connection, stage, report)
    if found is None:
        raise DecisionError(f"there is no report {report}", hint="see the next one with: review screen next")
    return found


def _open_root(connection: Connection, report: int, stage: Stage) -> str | None:
    root, status = _place(connection, report, stage)
    if root != report:
        raise DecisionError(f"report {report} was merged into report {root}", hint=f"decide on report {root}")
    return status


def _append_one(store: Store, connection: Connection, actor: Actor, entry: Entry) -> Event:
    return _checked(append_many(store, connection, actor, (entry,))[0], actor, entry)


def _checked(made: Event, actor: Actor, entry: Entry) -> Event:
    if (made.person, made.kind, dict(made.payload)) != (actor.person, entry.kind, dict(entry.payload)):
        raise DecisionError("this id of a vote was already used for another one", hint="send it again with a new id")
    return made
