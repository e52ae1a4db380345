"""The door of a team's own server: accounts with passwords, sessions in the database. No request, no page, no SQL.

Of the secrets that browsers and links hold, the store gets the SHA-256 only: they are 256 random bits, which nobody can
guess from a fast hash. Passwords are people's own: see ``passwords``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from anyio import CapacityLimiter
from sqlalchemy import Connection

from review.protocol import Protocol
from review.store import Actor, Store, accounts, attempts, sessions
from review.store.accounts import Account, Invitation, hashed
from review.store.attempts import Throttle
from review.store.sessions import OpenSession
from review.web.passwords import LONGEST_LOGIN, Passwords, fault, spelled
from review.web.sessions import Session

TRIES, TRIES_OF_A_NETWORK = 5, 30
"""Failures before a login, or a network (a ward behind one address), has to wait."""
AT_ONCE = 2
"""Passwords hashed at once: each takes 64 MB for a moment."""
LONGEST_AGENT = 200

WRONG = "this login and password do not belong together"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a request comes from: its address, what its browser calls itself, the session cookie that it holds."""

    address: str
    agent: str
    cookie: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt to come in: the cookie of a new session, or why not and how many seconds to wait."""

    cookie: str | None
    why: str | None = None
    wait: int = 0


class Members:
    """Who may come in to a team's server.

    Parameters
    ----------
    mint : function
        Gives a new unguessable text (``secrets.token_urlsafe``).
    """

    def __init__(self, store: Store, protocol: Protocol, mint: Callable[[], str], passwords: Passwords) -> None:
        self.store, self._protocol, self._mint, self._passwords = store, protocol, mint, passwords
        self._team = frozenset(member.name for member in protocol.team)
        self.hashing = CapacityLimiter(AT_ONCE)

    def find(self, cookie: str | None) -> Session | None:
        """Give the session of a cookie; ``None`` when it has ended or the person is no longer in the team."""
        return self._session(sessions.find(self.store, hashed(cookie)) if cookie else None)

    def glance(self, cookie: str | None) -> Session | None:
        """Give the session of a cookie where a look into a file of this machine is enough; else ask ``find``."""
        if self.store.line is None or not cookie:
            return None
        return self._session(sessions.glance(self.store, hashed(cookie)))

    def _session(self, found: OpenSession | None) -> Session | None:
        if found is None or found.name not in self._team:
            return None
        return Session(found.name, Actor(found.person, self._protocol.hash), found.cookie)

    def sign_in(self, login: str, password: str, visitor: Visitor) -> Outcome:
        """Open a session for a login and its password, or say why not: the same for a login that nobody has."""
        account = self._check(login, password, visitor, wrong=WRONG)
        if isinstance(account, Outcome):
            return account
        if account.disabled_at is not None:
            return Outcome(None, f"the account of {account.name} is closed")
        if account.name not in self._team:
            return Outcome(None, f"{account.name} is no longer in the team of this review")
        kept = account.password
        if self._passwords.outdated(kept):
            kept = self._passwords.hash(password)
        with self.store.write() as connection:
            if kept != account.password:
                accounts.replace_password(connection, account.person, account.password, kept)
            cookie = self._open(connection, account.person, kept, visitor)
        return Outcome(cookie, None if cookie else WRONG)

    def invitation(self, secret: str) -> tuple[Invitation, Account | None] | None:
        """Give what a link was made for, and the account that the person has already; ``None`` when it is useless."""
        with self.store.read() as connection:
            link = accounts.find_invitation(self.store, connection, hashed(secret))
            if link is None or link.name not in self._team:
                return None
            return link, accounts.by_name(connection, link.name)

    def join(self, secret: str, login: str, password: str, visitor: Visitor) -> Outcome | None:
        """Make an account with a link, or choose a new password with it, and come in; ``None`` for a useless link."""
        asked = self.invitation(secret)
        if asked is None:
            return None
        link, known = asked
        normal = known.login if known else spelled(login)
        if normal is None:
            return Outcome(None, f"a login has 2 to {LONGEST_LOGIN} characters and no spaces")
        if (why := fault(password, login=normal, name=link.name)) is not None:
            return Outcome(None, why)
        kept = self._passwords.hash(password)
        with self.store.write() as connection:
            try:
                account = accounts.accept(self.store, connection, link.token, normal, kept)
            except LookupError:  # used in another window while this one was filled in
                return None
            if account is None:
                return Outcome(None, "somebody else has this login: choose another")
            attempts.forget(connection, _login_key(normal))
            return Outcome(self._open(connection, account.person, kept, visitor))

    def change_password(self, session: Session, current: str, new: str, visitor: Visitor) -> Outcome:
        """Replace a person's own password; every session of theirs ends, and this browser gets a new one."""
        with self.store.read() as connection:
            account = accounts.by_name(connection, session.name or "")
        if account is None:
            return Outcome(None, WRONG)
        if (why := fault(new, login=account.login, name=account.name)) is not None:
            return Outcome(None, why)
        checked = self._check(account.login, current, visitor, wrong="the current password is another one")
        if isinstance(checked, Outcome):
            return checked
        kept = self._passwords.hash(new)
        with self.store.write() as connection:
            at = self.store.clock()
            if not accounts.replace_password(connection, account.person, checked.password, kept, at):
                return Outcome(None, "the password was changed elsewhere at the same time")
            sessions.end_all(connection, account.person)
            return Outcome(self._open(connection, account.person, kept, visitor))

    def invite(self, name: str, made_by: str) -> str:
        """Give the secret of a new link for a member of the team."""
        secret = self._mint()
        with self.store.write() as connection:
            accounts.invite(self.store, connection, name, hashed(secret), made_by)
        return secret

    def _check(self, login: str, password: str, visitor: Visitor, *, wrong: str) -> Account | Outcome:
        """Give the account that a login and a password belong to; every attempt is counted before it is made."""
        normal = spelled(login)
        by_login, by_network = _login_key(normal or login), _key("network", _network(visitor.address))
        with self.store.write() as connection:
            throttles = (Throttle(by_login, TRIES), Throttle(by_network, TRIES_OF_A_NETWORK))
            wait = attempts.try_now(self.store, connection, throttles)
            if wait:
                return Outcome(None, "there were too many wrong passwords", wait)
            account = accounts.by_login(connection, normal) if normal else None
        if not self._passwords.fits(account.password if account else None, password) or account is None:
            return Outcome(None, wrong)
        with self.store.write() as connection:
            attempts.forget(connection, by_login)
            attempts.take_back(connection, by_network)
        return account

    def _open(self, connection: Connection, person: str, kept: str, visitor: Visitor) -> str | None:
        """Open a session under a new cookie, never under one that the browser brought; that one's session ends."""
        cookie = self._mint()
        if visitor.cookie:
            sessions.end(connection, hashed(visitor.cookie))
        opened = sessions.begin(self.store, connection, person, kept, hashed(cookie), _printable(visitor.agent))
        return cookie if opened else None


def _login_key(login: str) -> str:
    return _key("login", login)


def _key(kind: str, value: str) -> str:
    return hashed(f"{kind} {value}")  # hashed: people type passwords into the field of the login


def _network(address: str) -> str:
    """Give what one visitor cannot change at will: an IPv4 address, the first half of an IPv6 one.

    >>> _network("192.0.2.7"), _network("2001:db8:1:2:3:4:5:6"), _network("made up")
    ('192.0.2.7', '2001:db8:1:2::/64', 'unknown')
    """
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    return str(found) if found.version == 4 else str(ip_network(f"{address.partition('%')[0]}/64", strict=False))


def _printable(agent: str) -> str:
    return "".join(letter for letter in agent if letter.isprintable())[:LONGEST_AGENT]
