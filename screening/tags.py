"""Tags: words that a person puts on records for later. They decide nothing, and each person sees only the own ones."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from review.errors import DecisionError
from review.store import Actor, Entry, Store, append_many
from review.text import tidy
from screening import rows, tag_rows

BACKGROUND = "background"
"""The tag of reports that are not eligible and still useful background."""
NAMES = {BACKGROUND: "Useful background"}
LONGEST = 60
MOST_OFFERED = 40


def name(tag: str) -> str:
    """Say how a tag is shown."""
    return NAMES.get(tag, tag)


def on(connection: Connection, person: str, root: int) -> tuple[str, ...]:
    """Give a person's own tags on a report."""
    return tuple(tag_rows.on_members(connection, person, root))


def offered(connection: Connection, person: str) -> list[str]:
    """Give the tags to choose from: useful background, then those that the person uses, the most frequent first."""
    return list(dict.fromkeys([BACKGROUND, *tag_rows.used(connection, person, MOST_OFFERED)]))


def put(store: Store, actor: Actor, *, report: int, tags: Iterable[str], client: str | None = None) -> tuple[str, ...]:
    """Make these the actor's tags on a report: add what is missing, take away what is not among them.

    A tag that differs from a known one of the actor only in its capitals is that one. Sent twice with one ``client``,
    it counts once.

    Returns
    -------
    tuple of str
        The tags that the actor has on the report now.

    Raises
    ------
    DecisionError
        There is no such report, a tag is too long, or the id was used for something else.
    """
    with store.write() as connection:
        root = rows.roots(connection, (report,)).get(report)
        if root is None:
            raise DecisionError(f"there is no report {report}", hint="go back to the record and tag it again")
        known_event = rows.event_of_client(connection, client) if client else None
        if known_event is not None and (known_event.person, known_event.kind) != (actor.person, "tag"):
            raise DecisionError("this id was already used for something else", hint="send it again with a new id")
        if known_event is None:
            known = {name(tag).casefold(): tag for tag in offered(connection, actor.person)}
            wanted = dict.fromkeys(_read(known, tag) for tag in tags if tidy(tag))
            now = tag_rows.on_members(connection, actor.person, root)
            changes = [{"report": root, "tag": tag} for tag in wanted if tag not in now]
            gone = [(tag, members) for tag, members in now.items() if tag not in wanted]
            changes += [{"report": one, "tag": tag, "cleared": True} for tag, members in gone for one in members]
            ids = [client if n == 0 or client is None else f"{client}:{n}" for n in range(len(changes))]
            append_many(store, connection, actor, [Entry("tag", c, i) for c, i in zip(changes, ids, strict=True)])
        return on(connection, actor.person, root)


def _read(known: dict[str, str], written: str) -> str:
    text = tidy(written) or ""
    if len(text) > LONGEST:
        raise DecisionError(f"a tag has at most {LONGEST} characters", hint="write what is longer as a note")
    return known.get(text.casefold(), known.get(name(text).casefold(), text))
