"""Who sees how others voted, and when: of a record once all have voted, of a stage once one has finished oneself.

One place for it: pages and commands ask here (docs/guide.md says it to people). A person is an opaque id; ``None`` is
who runs a command on the machine with the database without saying who it is: nobody's vote is influenced.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection

from review.errors import DecisionError
from review.protocol import STAGES, Protocol, Stage
from review.protocol.rights import allowed
from screening import conflict_rows, rows, worklist

UNSETTLED = (None, "waiting", "started", "not_screened", "removed")
"""Where a report stands (``None``: not at the stage) whose votes nobody but their owners may see."""
NOT_A_VOTER = "Somebody who did not vote"


def sees_split(protocol: Protocol, name: str, left: int) -> bool:
    """Say whether a person may know how many were included, excluded and are in conflict at a stage.

    Whoever votes in a team does once no record of the stage is ``left`` for the person; who votes alone, or does not
    vote, always does.

    >>> from review.protocol import Member
    >>> team = Protocol("t", "q", "h", "", team=(Member("Ann", ("lead",)), Member("Ben"), Member("Cy")))
    >>> [sees_split(team, name, 3) for name in ("Ann", "Ben")], sees_split(team, "Ben", 0)
    ([True, False], True)
    """
    voters = [member.name for member in protocol.team if allowed(protocol, member.name, "vote")]
    return left == 0 or len(voters) < 2 or name not in voters


def hidden(protocol: Protocol, name: str, left: Mapping[Stage, int]) -> tuple[Stage, ...]:
    """Give the stages whose split a person may not know yet, from how many records are left for the person at each.

    With title/abstract goes full text: what came there is what was included.
    """
    first = next((n for n, stage in enumerate(STAGES) if not sees_split(protocol, name, left[stage])), len(STAGES))
    return STAGES[first:]


def stages_hidden(connection: Connection, protocol: Protocol, name: str | None) -> tuple[Stage, ...]:
    """Give ``hidden`` for a person by name; ``None`` is nobody in particular."""
    if name is None or sees_split(protocol, name, 1):
        return ()
    person = {known: one for one, known in rows.people(connection).items()}.get(name, "")
    return hidden(protocol, name, {stage: worklist.progress(connection, person, stage).left for stage in STAGES})


def conflicts_of(
    connection: Connection, protocol: Protocol, stage: Stage, person: str | None, *, voted: bool = False
) -> list[int]:
    """Give the roots in conflict that a person may see, in the order of ids; ``voted``: only with the person's vote.

    A screener sees those that the screener voted on; who may resolve, or never votes, sees all. Nobody sees one that
    waits for the person's own vote.
    """
    only = voted or not _sees_every(connection, protocol, person)
    return conflict_rows.in_conflict(connection, stage, person, voted=only)


def sees_votes(
    connection: Connection, protocol: Protocol, stage: Stage, person: str | None, wanted: Collection[int]
) -> set[int]:
    """Give those of some roots whose votes, notes and comments a person may see: all have voted, the person too."""
    status = rows.statuses(connection, stage, wanted)
    settled = {one for one in wanted if status.get(one) not in UNSETTLED}
    settled -= conflict_rows.waiting_for(connection, stage, person, settled)
    if _sees_every(connection, protocol, person):
        return settled
    return conflict_rows.voted_on(connection, stage, person, settled)


def check_sees(connection: Connection, protocol: Protocol, stage: Stage, person: str | None, root: int) -> None:
    """Let nobody see the votes on a root who is to vote on it without knowing them.

    Raises
    ------
    DecisionError
        Not all have voted, or the person has not.
    """
    if root in sees_votes(connection, protocol, stage, person, (root,)):
        return
    waits = conflict_rows.waiting_for(connection, stage, person, (root,))
    raise DecisionError(
        f"the votes on report {root} are not shown to you yet",
        hint="vote on it first" if waits else "they are shown to those who voted, once everybody has",
    )


def labels(stage: Stage, report: int, people: Iterable[str]) -> dict[str, str]:
    """Give the letters under which the voters on a report appear where names are hidden.

    The same whenever one looks; on the next report other ones, so that nobody is known by the letter.
    """

    def drawn(person: str) -> str:
        return hashlib.sha256(f"{stage} {report} {person}".encode()).hexdigest()

    ordered = sorted(set(people), key=drawn)
    return {person: f"Reviewer {chr(ord('A') + n)}" for n, person in enumerate(ordered)}


def _sees_every(connection: Connection, protocol: Protocol, person: str | None) -> bool:
    if person is None:
        return True
    name = rows.people(connection)[person]
    return allowed(protocol, name, "resolve") or not allowed(protocol, name, "vote")
