"""Accounts and invitations of a team's own server: every statement about them. No password and no secret in clear.

The tables are no part of the review's log: they say who may open the pages, never who decided what. A person is the
same one on the pages and on the command line.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, delete, exists, insert, select, update

from review.store import aside, schema
from review.store.engine import Store
from review.store.events import enrol

DAYS_TO_JOIN = 7
"""How long an invitation can be used."""
MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True, slots=True)
class Account:
    """A person's way in; ``password`` is the argon2id hash, ``password_by`` who made the link that it came with."""

    person: str
    name: str
    login: str
    password: str
    made_at: str
    password_at: str
    password_by: str | None
    seen_at: str
    disabled_at: str | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link for one person; ``token`` is the SHA-256 of its secret."""

    token: str
    name: str
    made_by: str | None
    made_at: str
    expires_at: str
    used_at: str | None


def moved(at: str, **by: float) -> str:
    """Give the moment that lies some ``days``, ``minutes`` or ``seconds`` after another.

    >>> moved("2026-11-22T23:59:59.000000Z", seconds=2)
    '2026-11-23T00:00:01.000000Z'
    """
    return (datetime.strptime(at, MOMENT) + timedelta(**by)).strftime(MOMENT)


def hashed(secret: str) -> str:
    """Give what is kept of the secret in a link or a cookie; random as it is, no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def begun(connection: Connection) -> bool:
    """Say whether somebody was ever invited: from then on the pages ask for an account."""
    return bool(connection.scalar(select(exists().select_from(aside.invitation))))


def alone(connection: Connection) -> None:
    """Let one writer of accounts go after the other, whatever the database, to the end of the transaction."""
    connection.execute(select(schema.meta.c.value).where(schema.meta.c.key == "installation").with_for_update())


# -- accounts


_ACCOUNT = select(aside.account, schema.person.c.name).join(schema.person)


def accounts(connection: Connection) -> tuple[Account, ...]:
    """Give all accounts, sorted by name."""
    rows = connection.execute(_ACCOUNT.order_by(schema.person.c.name)).mappings()
    return tuple(Account(**row) for row in rows)


def by_login(connection: Connection, login: str) -> Account | None:
    """Give the account of a normalised login."""
    row = connection.execute(_ACCOUNT.where(aside.account.c.login == login)).mappings().first()
    return Account(**row) if row else None


def by_name(connection: Connection, name: str) -> Account | None:
    """Give the account of a member of the team."""
    row = connection.execute(_ACCOUNT.where(schema.person.c.name == name)).mappings().first()
    return Account(**row) if row else None


def replace_password(connection: Connection, person: str, old: str, new: str, at: str | None = None) -> bool:
    """Put one hash in another's place, unless the password was changed meanwhile; ``at`` when it is a new password."""
    account = aside.account
    values: dict[str, str | None] = {"password": new}
    if at is not None:
        values |= {"password_at": at, "password_by": None}
    done = connection.execute(
        update(account).where(account.c.person == person, account.c.password == old).values(**values)
    )
    return done.rowcount == 1


def disable(store: Store, connection: Connection, name: str) -> bool:
    """Close an account with its sessions and open links; ``False`` when the person has none that is open."""
    alone(connection)
    end(store, connection, name)
    account = aside.account.c
    closed = connection.execute(
        update(aside.account)
        .where(account.person.in_(_person(name)), account.disabled_at.is_(None))
        .values(disabled_at=store.clock())
    )
    return closed.rowcount == 1


def end(store: Store, connection: Connection, name: str) -> tuple[int, int]:
    """Sign a person out everywhere and withdraw their open links; give how many sessions and links that were."""
    sessions = connection.execute(delete(aside.session).where(aside.session.c.person.in_(_person(name)))).rowcount
    return sessions, withdraw(store, connection, name)


def _person(name: str) -> Select[str]:
    return select(schema.person.c.id).where(schema.person.c.name == name)


# -- invitations


def invite(store: Store, connection: Connection, name: str, token: str, made_by: str | None) -> Invitation:
    """Note a link for a person; links made for them before stop working."""
    alone(connection)
    withdraw(store, connection, name)
    at = store.clock()
    made = Invitation(token, name, made_by, at, moved(at, days=DAYS_TO_JOIN), None)
    connection.execute(
        insert(aside.invitation).values(
            token=token, name=name, made_by=made_by, made_at=at, expires_at=made.expires_at, used_at=None
        )
    )
    return made


def withdraw(store: Store, connection: Connection, name: str) -> int:
    """Make a person's open links useless: they expire now. Give how many there were."""
    at = store.clock()
    open_ = (aside.invitation.c.used_at.is_(None), aside.invitation.c.expires_at > at)
    return connection.execute(
        update(aside.invitation).where(aside.invitation.c.name == name, *open_).values(expires_at=at)
    ).rowcount


def open_invitations(store: Store, connection: Connection) -> tuple[Invitation, ...]:
    """Give the links that can still be used, sorted by name."""
    link = aside.invitation
    rows = connection.execute(
        select(link).where(link.c.used_at.is_(None), link.c.expires_at > store.clock()).order_by(link.c.name)
    ).mappings()
    return tuple(Invitation(**row) for row in rows)


def invited(store: Store, connection: Connection, name: str) -> bool:
    """Say whether a link for a person can still be used."""
    return any(link.name == name for link in open_invitations(store, connection))


def find_invitation(store: Store, connection: Connection, token: str) -> Invitation | None:
    """Give the link whose secret has this hash, if it can be used."""
    return next((one for one in open_invitations(store, connection) if one.token == token), None)


def accept(store: Store, connection: Connection, token: str, login: str, password: str) -> Account | None:
    """Use a link up: make the person's account, or give the one they have a new password and open it again.

    An account keeps its login; sessions opened with an older password end.

    Returns
    -------
    Account or None
        ``None`` when the login is another person's; the link then still works.

    Raises
    ------
    LookupError
        The link was used, withdrawn or is too old.
    """
    alone(connection)
    link = find_invitation(store, connection, token)
    if link is None:
        raise LookupError(token)
    at, account = store.clock(), aside.account
    known = by_name(connection, link.name)
    values = {"password": password, "password_at": at, "password_by": link.made_by, "disabled_at": None}
    if known is not None:
        connection.execute(delete(aside.session).where(aside.session.c.person == known.person))
        connection.execute(update(account).where(account.c.person == known.person).values(**values))
    elif by_login(connection, login) is not None:
        return None
    else:
        person = enrol(store, connection, link.name)
        connection.execute(insert(account).values(person=person, login=login, made_at=at, seen_at=at, **values))
    connection.execute(update(aside.invitation).where(aside.invitation.c.token == token).values(used_at=at))
    return by_name(connection, link.name)
