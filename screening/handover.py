"""Replace a screener: what somebody has not voted on goes to others or is opened to all; votes stay as they are.

Nothing is left waiting for somebody who does not screen any more. In a pilot everybody votes on the same records, so
nobody takes another's part: it is complete without.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, cast

from sqlalchemy import Connection

from review.errors import DecisionError
from review.protocol import Protocol, Stage
from review.protocol.rights import allowed
from review.store import Actor, Entry, Store, append_many
from review.store.events import enrol
from screening import round_rows, rows
from screening.allocation import Terms, Work, deal
from screening.own_papers import own_papers
from screening.round_plans import screeners
from screening.round_rows import Held

ENDED: Mapping[str, str] = {
    "open": "opened to everybody",
    "fewer": "left to those who have them besides: one vote fewer than they were shared out for",
    "pilot": "of a pilot, which is complete without",
    "quality": "of a quality check: not checked",
    "again": "of a second look: not looked at again",
    "settled": "settled already",
}
"""What becomes of reports that nobody takes over, behind a number of them."""


@dataclass(frozen=True, slots=True)
class Handover:
    """What becomes of all that one person was to vote on.

    ``given`` is name -> number of reports that the person takes over, ``ended`` what happens to the others (``ENDED``);
    together they are ``total``.
    """

    name: str
    total: int
    given: Mapping[str, int]
    ended: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Move:
    """An assignment that is taken away: who gets it instead, or what becomes of it."""

    held: Held
    to: str | None
    ended: str


def plan(connection: Connection, protocol: Protocol, name: str, to: Sequence[str] = (), *, seed: int) -> Handover:
    """Say what would become of somebody's open assignments; nothing is changed.

    Raises
    ------
    DecisionError
        Nobody has that name, one of the others may not vote, or there is nothing to hand over.
    """
    return _told(name, _worked_out(connection, protocol, name, to, Random(seed)))


def hand_over(
    store: Store, protocol: Protocol, actor: Actor, name: str, to: Sequence[str] = (), *, seed: int
) -> Handover:
    """Take all from a person that is not voted on, and deal it out to others or open it to all; raises as ``plan``.

    Nobody gets a report twice, one that the person judged, or an own paper; where core screeners were asked for, one
    stays among those who have a report.
    """
    with store.write() as connection:
        moves = _worked_out(connection, protocol, name, to, Random(seed))
        _move(store, connection, actor, name, moves, seed)
    return _told(name, moves)


def release_departed(store: Store, connection: Connection, protocol: Protocol, actor: Actor) -> None:
    """Open to all what waits for people who are not in the team any more, or may not vote any more."""
    people = rows.people(connection)
    for who, held in sorted(round_rows.held(connection).items()):
        if not allowed(protocol, people[who], "vote"):
            _move(store, connection, actor, people[who], [_Move(one, None, "") for one in held], None)


def _worked_out(connection: Connection, protocol: Protocol, name: str, to: Sequence[str], rng: Random) -> list[_Move]:
    who = next((one for one, called in rows.people(connection).items() if called == name), None)
    if who is None:
        raise DecisionError(f"nobody is called '{name}' here", hint="see who has what: review screen rounds")
    if name in to:
        raise DecisionError(f"{name} cannot take over from {name}", hint="name others, or nobody to open it to all")
    if to:
        screeners(protocol, to)
    by_round: dict[tuple[str, str], list[Held]] = defaultdict(list)
    for one in round_rows.held(connection, who).get(who, ()):
        by_round[one.stage, one.round].append(one)
    if not by_round:
        raise DecisionError(f"{name} has nothing left to hand over", hint="see who has what: review screen rounds")
    moves = []
    for (stage, _), held in sorted(by_round.items()):
        taken = _dealt(connection, protocol, who, held, to, rng)
        shares = round_rows.holders(connection, stage, "main")
        needed = protocol.rules(cast(Stage, stage)).votes
        first = {one.root: one for one in reversed(held)}  # of copies that were merged since one is taken over
        for one in held:
            ended = _ended(one, stays=len(shares.get(one.root, ())) > needed)
            moves.append(_Move(one, taken.get(one.report), ended if first[one.root] == one else "settled"))
    return moves


def _ended(one: Held, *, stays: bool) -> str:
    """Say what becomes of an assignment that nobody takes over; ``stays``: enough others have the report besides."""
    if one.kind == "pilot":
        return "pilot"
    if not one.due:
        return "settled"
    return one.kind if one.kind != "main" else "fewer" if stays else "open"


def _dealt(
    connection: Connection, protocol: Protocol, who: str, held: Sequence[Held], to: Sequence[str], rng: Random
) -> dict[int, str]:
    """Deal out what somebody is to vote on in one round; give report -> who takes it over."""
    stage, kind = held[0].stage, held[0].kind
    due = {one.root: one.report for one in reversed(held) if one.due}
    if kind == "pilot" or not to or not due:
        return {}
    names = rows.people(connection)
    papers_as = {member.name: member.papers_as for member in protocol.team if member.name in to}
    own = own_papers(papers_as, round_rows.authors(connection, stage)) if any(papers_as.values()) else {}
    sources = [round_rows.voters(connection, stage), round_rows.holders(connection, stage)]
    sources += [round_rows.resolvers(connection, stage)] if kind != "main" else []
    core = next(made.how.get("core", []) for made in round_rows.rounds(connection, stage) if made.name == held[0].round)
    work = []
    for root in due:
        has = frozenset(names[one] for some in sources for one in some.get(root, ()) if one != who)
        work.append(Work(root, len(has) + 1, has, own.get(root, frozenset())))
    dealt = deal(work, Terms(tuple(to), core=frozenset(names[one] for one in core)), rng)
    return {due[root]: person for person, roots in dealt.given.items() for root in roots}


def _told(name: str, moves: Sequence[_Move]) -> Handover:
    given = Counter(one.to for one in moves if one.to is not None)
    ended = Counter(one.ended for one in moves if one.to is None)
    return Handover(name, len(moves), dict(sorted(given.items())), {why: ended[why] for why in ENDED if ended[why]})


def _move(
    store: Store, connection: Connection, actor: Actor, name: str, moves: Sequence[_Move], seed: int | None
) -> None:
    """Log one event per round, and let go of what the person has on the screen."""
    ids = {one: enrol(store, connection, one) for one in sorted({name, *(m.to for m in moves if m.to is not None)})}
    entries: dict[tuple[str, str], dict[str, Any]] = {}
    for move in moves:
        one = move.held
        about = {"name": one.round, "kind": one.kind, "seed": seed, "how": {"handed_over": ids[name]}}
        blank: dict[str, Any] = {"stage": one.stage, "round": about, "remove": {ids[name]: []}, "add": {}}
        payload = entries.setdefault((one.stage, one.round), blank)
        payload["remove"][ids[name]].append(one.report)
        if move.to is not None:
            payload["add"].setdefault(ids[move.to], []).append(one.report)
    append_many(store, connection, actor, [Entry("assignment", payload) for payload in entries.values()])
    round_rows.release_leases(connection, ids[name])
