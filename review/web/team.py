"""The pages about people on a team's server: /team for those who manage it, /you for everybody. No SQL, no hashing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from review.errors import ReviewError
from review.store import Store, accounts, sessions
from review.store.accounts import Account, Invitation
from review.store.sessions import OpenSession
from review.web.kit import Form, action, here, require, session_of, show
from review.web.members import Members, Outcome
from review.web.passwords import LONGEST, SHORTEST
from review.web.sign_in import LARGEST_FORM, enter, hashing, members_of, refused, visitor

BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("Chrome", "Chrome"), ("CriOS", "Chrome"), ("FxiOS", "Firefox"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
"""What browsers write about themselves, in the order in which the first that is found is right, and how we call it."""


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the page /team: a member of the protocol's team, or somebody who was one."""

    name: str
    roles: tuple[str, ...]
    """Empty: no longer in the team."""
    account: Account | None
    link: Invitation | None
    open: tuple[OpenSession, ...]


def called(agent: str) -> str:
    """Name a browser and its system as people do.

    >>> called("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36")
    'Chrome on Linux'
    >>> called("curl/8.5")
    'another program'
    """
    browser = next((name for sign, name in BROWSERS if sign in agent), None)
    system = next((name for sign, name in SYSTEMS if sign in agent), None)
    return f"{browser} on {system}" if browser and system else browser or "another program"


def people(store: Store, team: Mapping[str, tuple[str, ...]]) -> list[Person]:
    """Give everybody in the team, in its order, then those with an account who were in it."""
    with store.read() as connection:
        known = {account.name: account for account in accounts.accounts(connection)}
        links = {link.name: link for link in accounts.open_invitations(store, connection)}
        open_ = sessions.listed(store, connection)
    names = [*team, *(name for name in known if name not in team)]
    return [
        Person(name, team.get(name, ()), known.get(name), links.get(name), tuple(s for s in open_ if s.name == name))
        for name in names
    ]


# -- the team


def show_team(request: Request) -> Response:
    """Show who is in the team, who was invited, and which browsers are signed in."""
    members = members_of(request)
    require(request, "people")
    said, name = DONE.get(request.query_params.get("done", "")), request.query_params.get("name", "")
    known = any(person.name == name for person in people(members.store, _team(request)))
    return _page(request, said=said.format(name=name) if said and known else None)


def change_team(request: Request, form: Form) -> Response:
    """Do what a button of the page says; a new link is shown once, on the page that answers."""
    members, at = members_of(request), here(request)
    name, what = str(form.get("name", "")), str(form.get("do", ""))
    team = _team(request)
    if what == "link":
        if name not in team:
            raise ReviewError(f"{name or 'nobody'} is not in the team", hint="add the person under [[team]] first")
        secret = members.invite(name, at.name)
        return _page(request, link=f"{str(request.base_url).rstrip('/')}/join/{secret}", invited=name)
    if what not in CHANGES:
        raise ReviewError("it was not said what to do", hint="go back to the page and press a button of it")
    if what == "close" and name == at.name:
        raise ReviewError("your own account cannot be closed here", hint="ask somebody else who manages the team")
    with members.store.write() as connection:
        CHANGES[what](members.store, connection, str(form.get("session", "")) if what == "session" else name)
    return RedirectResponse("/team" + _query(what, name), status_code=303)


def _end_one(store: Store, connection: Connection, cookie: str) -> None:
    sessions.end(connection, cookie)


def _end(store: Store, connection: Connection, name: str) -> None:
    accounts.end(store, connection, name)


def _withdraw(store: Store, connection: Connection, name: str) -> None:
    accounts.withdraw(store, connection, name)


def _close(store: Store, connection: Connection, name: str) -> None:
    accounts.disable(store, connection, name)


CHANGES: Mapping[str, Callable[[Store, Connection, str], None]] = {
    "session": _end_one,
    "end": _end,
    "withdraw": _withdraw,
    "close": _close,
}
DONE = {
    "session": "The session is ended.",
    "end": "{name} is signed out everywhere, and links made for {name} no longer work.",
    "withdraw": "The link for {name} no longer works.",
    "close": "The account of {name} is closed. Votes, notes and the name stay; a new link opens it again.",
}


def _query(what: str, name: str) -> str:
    return "?" + urlencode({"done": what, "name": name})


def _team(request: Request) -> dict[str, tuple[str, ...]]:
    return {member.name: tuple(member.roles) for member in here(request).protocol.team}


def _page(request: Request, **values: Any) -> Response:
    listed = people(members_of(request).store, _team(request))
    session = session_of(request)
    shown = {
        "said": None,
        "link": None,
        "invited": None,
        "people": listed,
        "called": called,
        "this": session and session.key,
    }
    return show(request, "web/team.html", **(shown | values | {"days": accounts.DAYS_TO_JOIN}))


# -- oneself


def show_you(request: Request) -> Response:
    """Show one's own account: where one is signed in, and the form for another password."""
    said = YOURS.get(request.query_params.get("done", ""))
    return show(request, "web/you.html", **_you(request), said=said, outcome=None, wait=None)


def change_password(request: Request, members: Members, form: Form) -> Response:
    """Choose another password."""
    session = session_of(request)
    new = str(form.get("password", ""))
    if session is None:
        raise ReviewError("you are signed out", hint="sign in again")
    if new != str(form.get("again", "")):
        outcome = Outcome(None, "the two new passwords are not the same")
    else:
        outcome = members.change_password(session, str(form.get("current", "")), new, visitor(request))
    if outcome.cookie is not None:
        return enter(request, outcome.cookie, "/you?done=password")
    return refused(request, "web/you.html", outcome, **_you(request), said=None)


def end_sessions(request: Request, form: Form) -> Response:
    """End one other session of one's own, or all but this."""
    members, session, at = members_of(request), session_of(request), here(request)
    one = form.get("session")
    with members.store.write() as connection:
        if one is not None:
            sessions.end(connection, str(one), at.actor.person)
        else:
            sessions.end_all(connection, at.actor.person, but=session.key if session else None)
    return RedirectResponse("/you?done=session" if one is not None else "/you?done=sessions", status_code=303)


YOURS = {
    "password": "Your password is changed. Everywhere else you are signed out.",
    "session": "That session is ended.",
    "sessions": "Everywhere else you are signed out.",
}


def _you(request: Request) -> dict[str, Any]:
    members, session, at = members_of(request), session_of(request), here(request)
    with members.store.read() as connection:
        account = accounts.by_name(connection, at.name)
        open_ = sessions.listed(members.store, connection, at.name)
    return {
        "account": account, "open": open_, "this": session and session.key, "called": called,
        "roles": _team(request).get(at.name, ()), "shortest": SHORTEST, "longest": LONGEST,
    }  # fmt: skip


ROUTES = (
    Route("/team", show_team),
    Route("/team", action(change_team, "people"), methods=["POST"]),
    Route("/you", show_you),
    Route("/you/password", hashing(change_password), methods=["POST"], max_body_size=LARGEST_FORM),
    Route("/you/sessions", action(end_sessions, None), methods=["POST"]),
)
