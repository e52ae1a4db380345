"""``review team``: who may sign in to a team's own server. Parse, call the store, print; no password passes here."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Any

import click

from review.cli.kit import Call, common
from review.cli.serve import PORT
from review.errors import ReviewError, StageError
from review.text import many

if TYPE_CHECKING:
    from review.stages import Workspace

_url = click.option(
    "--url", help="Where the pages are reached [default: https:// and the first of $REVIEW_ALLOWED_HOSTS]."
)


@click.group()
def team() -> None:
    """Let people in to a team's own server: invite, list, revoke, disable, reset.

    Who is in the team, and with which roles, stands under [[team]] in protocol.toml.
    """


@team.command("list")
@common
def list_(call: Call) -> None:
    """List who is in the team, who has an account, and who is signed in where."""
    from review.store import accounts, sessions

    workspace = call.workspace()
    store = workspace.store
    with store.read() as connection:
        known = {account.name: account for account in accounts.accounts(connection)}
        links = {link.name: link for link in accounts.open_invitations(store, connection)}
        open_ = sessions.listed(store, connection)
    roles = {member.name: list(member.roles) for member in workspace.protocol.team}
    rows: list[dict[str, Any]] = []
    for name in [*roles, *(name for name in known if name not in roles)]:
        account, link = known.get(name), links.get(name)
        rows.append(
            {
                "name": name,
                "roles": roles.get(name, []),
                "login": account and account.login,
                "state": _state(name in roles, account is not None, bool(account and account.disabled_at), bool(link)),
                "last_seen": account and account.seen_at,
                "sessions": sum(one.name == name for one in open_),
                "link_until": link and link.expires_at,
            }
        )
    call.give({"people": rows})
    call.say(*(_line(row) for row in rows) if rows else ["The protocol names no team: add people under [[team]]."])


def _state(in_team: bool, has_account: bool, closed: bool, invited: bool) -> str:
    if not in_team:
        return "left"
    if closed:
        return "closed"
    if has_account:
        return "open"
    return "invited" if invited else "none"


def _line(row: dict[str, Any]) -> str:
    says = {
        "left": "no longer in the team: may not sign in",
        "closed": "account closed",
        "open": f"signs in as {row['login']}, {many(row['sessions'], 'session')} open",
        "invited": "invited",
        "none": "no account",
    }[row["state"]]
    until = f"; link open until {row['link_until'][:16].replace('T', ' ')} UTC" if row["link_until"] else ""
    return f"{row['name']} ({', '.join(row['roles'])}): {says}{until}" if row["roles"] else f"{row['name']}: {says}"


@team.command()
@click.argument("name")
@_url
@common
def invite(call: Call, name: str, url: str | None) -> None:
    """Make a link with which NAME, a member of the team, chooses a login and a password.

    It works once, for 7 days; an older link for NAME stops working. It opens a closed account again.
    """
    workspace = call.workspace()
    account = _account(workspace, name)
    if account is not None and account.disabled_at is None:
        raise StageError(f"{name} has an account", hint=f"for a new password run: review team reset '{name}'")
    _link(call, workspace, name, url)


@team.command()
@click.argument("name")
@_url
@common
def reset(call: Call, name: str, url: str | None) -> None:
    """Make a link with which NAME, who has an account, chooses a new password."""
    workspace = call.workspace()
    if _account(workspace, name) is None:
        raise StageError(f"{name} has no account yet", hint=f"run: review team invite '{name}'")
    _link(call, workspace, name, url)


def _account(workspace: Workspace, name: str) -> Any:
    from review.store import accounts

    if name not in (members := [member.name for member in workspace.protocol.team]):
        raise StageError(
            f"{name} is not in the team ({', '.join(members) or 'nobody is'})",
            hint="add the person under [[team]] in protocol.toml",
        )
    with workspace.store.read() as connection:
        return accounts.by_name(connection, name)


def _link(call: Call, workspace: Workspace, name: str, url: str | None) -> None:
    from review.store import accounts

    hosts = os.environ.get("REVIEW_ALLOWED_HOSTS", "").replace(",", " ").split()
    base = url or (f"https://{hosts[0]}" if hosts else f"http://127.0.0.1:{PORT}")
    if not base.startswith(("https://", "http://")):
        raise ReviewError(f"{base} is no address of a page", hint="write --url https://review.example.org")
    secret = secrets.token_urlsafe()
    with workspace.store.write() as connection:
        first = not accounts.begun(connection)
        made = accounts.invite(workspace.store, connection, name, accounts.hashed(secret), None)
    link = f"{base.rstrip('/')}/join/{secret}"
    call.give({"name": name, "link": link, "expires_at": made.expires_at})
    until = made.expires_at[:16].replace("T", " ")
    call.say(f"Send this link to {name} and to nobody else. It works once, until {until} UTC:", link)
    if first:
        call.say("From now on the pages ask for an account: if review serve is running, stop it and start it again.")


@team.command()
@click.argument("name")
@common
def revoke(call: Call, name: str) -> None:
    """Sign NAME out everywhere, and make links for NAME useless."""
    from review.store import accounts

    store = call.workspace().store
    with store.write() as connection:
        _known(accounts.by_name(connection, name) or accounts.invited(store, connection, name), name)
        sessions, links = accounts.end(store, connection, name)
    call.give({"name": name, "sessions": sessions, "links": links})
    call.say(f"{name}: {many(sessions, 'session')} ended, {many(links, 'link')} withdrawn.")


@team.command()
@click.argument("name")
@common
def disable(call: Call, name: str) -> None:
    """Close the account of NAME at once, with all sessions; votes and name stay. review team invite opens it again."""
    from review.store import accounts

    store = call.workspace().store
    with store.write() as connection:
        _known(accounts.by_name(connection, name), name)
        closed = accounts.disable(store, connection, name)
    call.give({"name": name, "closed": closed})
    call.say(f"The account of {name} {'is' if closed else 'was already'} closed.")


def _known(found: object, name: str) -> None:
    if not found:
        raise StageError(f"{name} has no account", hint="see who has one with: review team list")
