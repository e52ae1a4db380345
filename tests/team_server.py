"""What tests of a team's server share: a team, passwords that are hashed quickly, people who came in by a link."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import requests
from argon2 import PasswordHasher
from browser import Served, review

from review.protocol import Member
from review.record import Record
from review.stages import Workspace
from review.store import Store, accounts
from review.web import Members
from review.web.members import Visitor
from review.web.passwords import Passwords

TEAM = (
    Member("Ann", ("lead", "reviewer")),
    Member("Ben"),
    Member("<b onclick='1'>Cy</b>", ("reader",)),
    Member("Dee", ("adjudicator",)),
)
RECORDS = [Record(title=f"Report {n}") for n in range(1, 4)]
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SENTENCE = "a sentence to remember"
HERE = Visitor("192.0.2.1", "Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0")


def team_of(folder: Path, store: Store) -> Workspace:
    return review(folder, store, RECORDS, team=TEAM)


def door(workspace: Workspace, mint: Callable[[], str] = secrets.token_urlsafe) -> Members:
    return Members(workspace.store, workspace.protocol, mint, Passwords(QUICK, "nobody's"))


def link_for(store: Store, name: str) -> str:
    """Make an invitation as the command line does, and give its secret."""
    secret = secrets.token_urlsafe()
    with store.write() as connection:
        accounts.invite(store, connection, name, accounts.hashed(secret), None)
    return secret


def join(members: Members, name: str, login: str, password: str = SENTENCE) -> str:
    """Let a person in by a link; give the cookie."""
    done = members.join(link_for(members.store, name), login, password, HERE)
    assert done is not None
    assert done.cookie is not None, done.why
    return done.cookie


def browser(site: Served, login: str | None = None, password: str = SENTENCE) -> requests.Session:
    """Give a browser, signed in with ``login``."""
    client = requests.Session()
    client.trust_env = False
    if login is not None:
        reply = client.post(f"{site.url}/sign-in", data={"login": login, "password": password})
        assert reply.url == f"{site.url}/", reply.text
    return client
