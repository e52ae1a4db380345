"""Open sessions of people with an account: a row each, so that ending one ends it in every server process at once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from review.store import aside, schema
from review.store.accounts import moved
from review.store.engine import Store

IDLE_DAYS = 14
"""A session that was not used for so long has ended."""
LONGEST_DAYS = 60
"""However much it is used, a session ends then."""
SEEN_EVERY_MINUTES = 10
"""How exactly the last use is known; noting every request would make each one a write."""


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One browser of one person: the SHA-256 of the cookie that it holds, and what it calls itself."""

    cookie: str
    person: str
    name: str
    made_at: str
    seen_at: str
    expires_at: str
    agent: str


_OPEN = (
    select(aside.session, schema.person.c.name)
    .join(aside.account, aside.account.c.person == aside.session.c.person)
    .join(schema.person, schema.person.c.id == aside.account.c.person)
    .where(
        aside.account.c.disabled_at.is_(None),
        aside.session.c.expires_at > bindparam("now"),
        aside.session.c.seen_at > bindparam("idle"),
    )
)
_ONE = _OPEN.where(aside.session.c.cookie == bindparam("hash"))
"""Built once: every request asks it."""


def _at(now: str) -> dict[str, str]:
    return {"now": now, "idle": moved(now, days=-IDLE_DAYS)}


def begin(store: Store, connection: Connection, person: str, password: str, cookie: str, agent: str) -> bool:
    """Open a session, unless the account was closed or got another password since ``password`` was checked."""
    account, at = aside.account.c, store.clock()
    same = (account.person == person, account.password == password, account.disabled_at.is_(None))
    if connection.execute(update(aside.account).where(*same).values(seen_at=at)).rowcount == 0:
        return False
    _forget_ended(connection, at)
    connection.execute(
        insert(aside.session).values(
            cookie=cookie, person=person, made_at=at, seen_at=at, expires_at=moved(at, days=LONGEST_DAYS), agent=agent
        )
    )
    return True


def find(store: Store, cookie: str) -> OpenSession | None:
    """Give the session of a cookie's hash if it has not ended, and note now and then that it is used."""
    at = store.clock()
    found = _look_up(store, cookie, at)
    if found is not None and _to_note(found, at):
        with store.write() as connection:
            one, account = aside.session, aside.account
            connection.execute(update(one).where(one.c.cookie == cookie).values(seen_at=at))
            connection.execute(update(account).where(account.c.person == found.person).values(seen_at=at))
    return found


def glance(store: Store, cookie: str) -> OpenSession | None:
    """Give the session of a cookie's hash as ``find`` does, unless its use would have to be noted: nothing waits."""
    at = store.clock()
    found = _look_up(store, cookie, at)
    return None if found is None or _to_note(found, at) else found


def _look_up(store: Store, cookie: str, at: str) -> OpenSession | None:
    with store.look() as connection:
        row = connection.execute(_ONE, {**_at(at), "hash": cookie}).mappings().first()
    return OpenSession(**row) if row else None


def _to_note(found: OpenSession, at: str) -> bool:
    return found.seen_at < moved(at, minutes=-SEEN_EVERY_MINUTES)


def listed(store: Store, connection: Connection, name: str | None = None) -> tuple[OpenSession, ...]:
    """Give the sessions that have not ended, one person's or all, by name, the newest use first."""
    query = _OPEN.order_by(schema.person.c.name, aside.session.c.seen_at.desc())
    if name is not None:
        query = query.where(schema.person.c.name == name)
    return tuple(OpenSession(**row) for row in connection.execute(query, _at(store.clock())).mappings())


def end(connection: Connection, cookie: str, person: str | None = None) -> bool:
    """End one session, with ``person`` only if it is theirs."""
    one = aside.session.c
    mine = () if person is None else (one.person == person,)
    return connection.execute(delete(aside.session).where(one.cookie == cookie, *mine)).rowcount == 1


def end_all(connection: Connection, person: str, but: str | None = None) -> int:
    """End all sessions of a person, except one; give how many that were."""
    one = aside.session.c
    others = () if but is None else (one.cookie != but,)
    return connection.execute(delete(aside.session).where(one.person == person, *others)).rowcount


def _forget_ended(connection: Connection, at: str) -> None:
    one = aside.session.c
    connection.execute(
        delete(aside.session).where((one.expires_at <= at) | (one.seen_at <= moved(at, days=-IDLE_DAYS)))
    )
