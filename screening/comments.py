"""What the team says to each other about a record: comments and answers to them, seen by who sees its votes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from review.errors import DecisionError
from review.protocol import Protocol, Stage
from review.protocol.rights import allowed, require
from review.store import Actor, Entry, Event, Store, append_many
from screening import blinding, comment_rows, rows
from screening.checks import noted
from screening.comment_rows import Said


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment with the answers to it; ``id`` is its event's, ``at`` in UTC."""

    id: str
    person_name: str
    yours: bool
    text: str
    at: str
    answers: tuple[Comment, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """One comment as a row of a file; ``replies_to`` is the id of the one that it answers."""

    report: int
    stage: Stage
    person: str
    at: str
    text: str
    id: str
    replies_to: str | None


def remarks(connection: Connection, stage: Stage) -> list[Remark]:
    """Give every comment of a stage, by report, oldest first."""
    found = comment_rows.all_comments(connection, stage)
    return [Remark(root, stage, c.name, c.at, c.text, c.event, c.replies_to) for root, c in found]


def comment(
    store: Store,
    protocol: Protocol,
    actor: Actor,
    *,
    report: int,
    stage: Stage,
    text: str,
    replies_to: str | None = None,
    client: str | None = None,
) -> Event:
    """Say something about a report, or in answer to a comment on it: ``replies_to`` is its id, or how that begins.

    Raises
    ------
    RoleError
        Neither may the person vote nor resolve conflicts.
    DecisionError
        There is no such report, its votes are not shown to the person yet, nothing was said, or the comment that is
        answered is not about it.
    """
    said = noted(text)
    if said is None:
        raise DecisionError("the comment says nothing", hint="write what you think")
    with store.write() as connection:
        name = rows.people(connection)[actor.person]
        if not allowed(protocol, name, "resolve"):
            require(protocol, name, "vote")
        root = rows.roots(connection, (report,)).get(report)
        if root is None:
            raise DecisionError(f"there is no report {report}", hint="list them with: review screen conflicts")
        blinding.check_sees(connection, protocol, stage, actor.person, root)
        about = [one.event for one in comment_rows.comments(connection, stage, root)]
        meant = [one for one in about if replies_to and one.startswith(replies_to)]
        if replies_to is not None and len(meant) != 1:
            raise DecisionError(
                f"there is no comment {replies_to} on report {root}",
                hint="see them with: review screen conflicts",
            )
        payload = {"report": root, "stage": stage, "text": said, "replies_to": meant[0] if meant else None}
        return append_many(store, connection, actor, (Entry("comment", payload, client),))[0]


def threads(
    connection: Connection, stage: Stage, root: int, person: str | None, label: Callable[[str], str]
) -> tuple[Comment, ...]:
    """Give the comments on a root as ``person`` reads them: those that answer nothing, oldest first, with the answers.

    ``label`` names a person by the id.
    """
    answers: dict[str | None, list[Said]] = defaultdict(list)
    everything = comment_rows.comments(connection, stage, root)
    there = {one.event for one in everything}
    for one in everything:  # what was answered may stand elsewhere: the records were merged, or split, since
        answers[one.replies_to if one.replies_to in there else None].append(one)

    def told(some: Sequence[Said]) -> tuple[Comment, ...]:
        return tuple(
            Comment(one.event, label(one.person), one.person == person, one.text, one.at, told(answers[one.event]))
            for one in some
        )

    return told(answers[None])
