"""A record on which the screeners do not agree: every vote, why it is a conflict, how it ended before, who may end it.

Reads only; ``screening.decisions.resolve`` ends a conflict, ``screening.comments`` keeps what is said about it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from review.errors import DecisionError, RoleError
from review.protocol import Protocol, Stage, StageRules
from review.protocol.rights import allowed, require
from review.store.standing import primary
from screening import blinding, conflict_rows, rows
from screening.comments import Comment, threads


@dataclass(frozen=True, slots=True)
class CastVote:
    """One person's vote on a report; ``was`` is what it said when the conflict was last resolved, if it changed.

    Where names are hidden, so is when it was cast: it would tell who was at work then.
    """

    person_name: str
    verdict: str
    reasons: tuple[str, ...]
    note: str | None
    criteria: tuple[tuple[str, str], ...] = ()
    at: str | None = None
    yours: bool = False
    was: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a conflict ended, by whom and why; ``stands`` while the votes are the ones that it ended."""

    verdict: str
    reasons: tuple[str, ...]
    note: str | None
    person_name: str
    at: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """A report with every vote on it; ``outcomes`` are its resolutions, newest first, ``why`` says what is at odds.

    ``reopened``: it was resolved, and a vote changed since.
    """

    report: int
    title: str | None
    status: str
    why: str
    votes: tuple[CastVote, ...]
    outcomes: tuple[Outcome, ...] = ()
    reopened: bool = False
    comments: tuple[Comment, ...] = ()


def conflicts(
    connection: Connection, protocol: Protocol, stage: Stage, person: str | None, *, voted: bool = False
) -> list[Conflict]:
    """Give the reports in conflict that a person may see, in the order of ids; ``voted``: that the person voted on."""
    found = blinding.conflicts_of(connection, protocol, stage, person, voted=voted)
    return _told(connection, protocol, stage, person, found)


def to_end(connection: Connection, protocol: Protocol, stage: Stage, person: str) -> list[int]:
    """Give the conflicts that a person can help to end: by resolving them, or in a discussion by changing a vote."""
    name, mode = rows.people(connection)[person], protocol.rules(stage).conflicts
    found = blinding.conflicts_of(connection, protocol, stage, person)
    if mode == "discuss":
        able = allowed(protocol, name, "resolve") or allowed(protocol, name, "vote")
    else:
        able = obstacle(protocol, stage, name, ()) is None
    if mode == "third":
        own = conflict_rows.voted_on(connection, stage, person, found)
        found = [one for one in found if one not in own]
    return found if able else []


def one(connection: Connection, protocol: Protocol, stage: Stage, person: str | None, report: int) -> Conflict:
    """Give one report with its votes, in conflict or not any more.

    Raises
    ------
    DecisionError
        There is no such report, or the person may not see its votes yet.
    """
    root = rows.roots(connection, (report,)).get(report)
    if root is None:
        raise DecisionError(f"there is no report {report}", hint="list them with: review screen conflicts")
    blinding.check_sees(connection, protocol, stage, person, root)
    return _told(connection, protocol, stage, person, (root,))[0]


def obstacle(protocol: Protocol, stage: Stage, name: str, voters: Collection[str]) -> tuple[str, str | None] | None:
    """Say why a person may not end a conflict, and who may; ``None`` when the person may. People by their names.

    >>> from review.protocol import Member, StageRules
    >>> team = (Member("Ann"), Member("Ben"), Member("Cy"))
    >>> third = Protocol("t", "q", "h", "", team=team, title_abstract=StageRules(2, conflicts="third"))
    >>> obstacle(third, "title-abstract", "Ann", {"Ann", "Ben"})
    ('Ann has voted on it: a third person ends it', 'ask Cy')
    >>> obstacle(third, "title-abstract", "Cy", {"Ann", "Ben"}) is None
    True
    """
    try:
        require(protocol, name, "resolve")
    except RoleError as error:
        return error.message, error.hint
    rules = protocol.rules(stage)
    able = [m.name for m in protocol.team if allowed(protocol, m.name, "resolve")]
    if rules.conflicts == "lead" and not allowed(protocol, name, "rules"):
        leads = [one for one in able if allowed(protocol, one, "rules")]
        return "a lead ends the conflicts of this stage", f"ask {' or '.join(leads)}" if leads else None
    if rules.conflicts == "third" and name in voters:
        others = [one for one in able if one not in voters]
        if rules.names_hidden and others:
            hint = "ask somebody who may resolve conflicts and has not voted on it"
        elif others:
            hint = f"ask {' or '.join(others)}"
        else:
            hint = "nobody else may: agree by changing a vote, or add somebody under [[team]] in protocol.toml"
        return f"{name} has voted on it: a third person ends it", hint
    return None


def check_may_resolve(connection: Connection, protocol: Protocol, stage: Stage, person: str, root: int) -> None:
    """Let nobody end a conflict whom the rules of the stage do not let.

    Raises
    ------
    DecisionError
        The person voted and a third one is to resolve, is no lead where leads do, or may not see the votes.
    """
    blinding.check_sees(connection, protocol, stage, person, root)
    voters = {vote.name for vote in rows.votes(connection, stage, (root,))[root]}
    if found := obstacle(protocol, stage, rows.people(connection)[person], voters):
        raise DecisionError(found[0], hint=found[1])


# -- how it is told


def _told(
    connection: Connection, protocol: Protocol, stage: Stage, person: str | None, roots: Sequence[int]
) -> list[Conflict]:
    rules, people = protocol.rules(stage), rows.people(connection)
    known, status = rows.names(connection, roots), rows.statuses(connection, stage, roots)
    found = []
    for root, cast in rows.votes(connection, stage, roots).items():
        label = _label(rules, stage, root, cast, people)
        ended = conflict_rows.resolutions(connection, stage, root)[::-1]
        current = {vote.event for vote in cast}
        before = conflict_rows.replaced(connection, ended[0].acts_on - current) if ended else {}
        votes = [
            CastVote(
                label(vote.person), vote.verdict, vote.reasons, vote.note, vote.criteria,
                None if rules.names_hidden else vote.at, vote.person == person,
                before.get(vote.person) if ended and vote.event not in ended[0].acts_on else None,
            )
            for vote in sorted(cast, key=lambda v: (label(v.person), v.at))
        ]  # fmt: skip
        outcomes = [
            Outcome(e.verdict, e.reasons, e.note, label(e.person), e.at, bool(e.acts_on) and e.acts_on <= current)
            for e in ended
        ]
        in_conflict = status[root] == "conflict"
        found.append(
            Conflict(
                root, known[root][0], status[root], _why(cast, rules) if in_conflict else "", tuple(votes),
                tuple(outcomes), in_conflict and bool(outcomes) and not outcomes[0].stands,
                threads(connection, stage, root, person, label),
            )
        )  # fmt: skip
    return found


def _label(
    rules: StageRules, stage: Stage, root: int, cast: Sequence[rows.Vote], people: Mapping[str, str]
) -> Callable[[str], str]:
    """Give the function that names a person: by the name, or where names are hidden by a letter."""
    if not rules.names_hidden:
        return lambda person: people[person]
    letters = blinding.labels(stage, root, (vote.person for vote in cast))
    return lambda person: letters.get(person, blinding.NOT_A_VOTER)


def _why(cast: Sequence[rows.Vote], rules: StageRules) -> str:
    """Say what is at odds: verdicts, a maybe, reasons, copies, or resolutions of copies."""
    counted = [(v.person, "include" if v.verdict == "maybe" and rules.maybe == "include" else v.verdict) for v in cast]
    verdicts = {verdict for _, verdict in counted}
    if len(set(counted)) > len({person for person, _ in counted}):
        return "Somebody said different things of two copies that were merged since, and has to vote again."
    if verdicts == {"maybe"}:
        return "Nobody is sure."
    if "maybe" in verdicts:
        return "Somebody is not sure."
    if len(verdicts) > 1:
        return "Some include, some exclude."
    codes = [reason.code for reason in rules.reasons]
    if verdicts == {"exclude"} and len({primary(v.reasons, codes) for v in cast if v.reasons}) > 1:
        return "All agree to exclude, for different reasons."
    return "It was resolved otherwise before."
