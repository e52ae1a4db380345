"""The way in to a team's server: sign in, sign out, and the page behind a link of invitation. No SQL, no hashing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from anyio.to_thread import run_sync
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from review.store import sessions
from review.text import many
from review.web.guards import LOOPBACK
from review.web.kit import Form, action, local_path, problem, session_of, show, site_of
from review.web.members import Members, Outcome, Visitor
from review.web.passwords import LONGEST, SHORTEST

LARGEST_FORM = 20_000
"""Bytes of a form with a password, far more than it needs."""

_OPEN = (
    "open the address that begins with https://. For whoever runs the server: the proxy must send X-Forwarded-Proto, "
    "and REVIEW_TRUSTED_PROXIES must name it"
)


def members_of(request: Request) -> Members:
    """Give the accounts of a team's server; on a laptop there is no such page."""
    members = site_of(request).members
    if members is None:
        raise HTTPException(404)
    return members


def visitor(request: Request) -> Visitor:
    """Say where a request comes from; behind a trusted proxy uvicorn has put the visitor's own address in its place."""
    address = request.client.host if request.client else ""
    cookie = request.cookies.get(site_of(request).cookie)
    return Visitor(address, request.headers.get("user-agent", ""), cookie)


def hashing(handler: Callable[[Request, Members, Form], Response]) -> Callable[[Request], Awaitable[Response]]:
    """Make an endpoint of a function that hashes a password: few run at once, and those that wait hold no thread."""

    async def endpoint(request: Request) -> Response:
        members = members_of(request)
        if not _private(request):
            return problem(request, 403, "this connection is not encrypted, so that no password can be taken", _OPEN)
        form = await request.form(max_files=0, max_fields=10)
        return await run_sync(handler, request, members, form, limiter=members.hashing)

    return endpoint


def _private(request: Request) -> bool:
    """Say whether nobody on the way can read a request: it came by https, or never left this machine."""
    return request.url.scheme == "https" or f"{request.url.hostname}" in (*LOOPBACK, "::1")


def ask(request: Request) -> Response:
    """Ask for login and password."""
    members_of(request)
    following = local_path(request.query_params.get("next"))
    if session_of(request) is not None:
        return RedirectResponse(following, status_code=303)
    return show(request, "web/sign_in.html", following=following, login="", outcome=None, wait=None)


def sign_in(request: Request, members: Members, form: Form) -> Response:
    """Sign a person in, or say what did not fit."""
    login, following = str(form.get("login", "")), local_path(form.get("next"))
    outcome = members.sign_in(login, str(form.get("password", "")), visitor(request))
    if outcome.cookie is not None:
        return enter(request, outcome.cookie, following)
    return refused(request, "web/sign_in.html", outcome, following=following, login=login)


def refused(request: Request, template: str, outcome: Outcome, **values: Any) -> Response:
    """Show a form again with what did not fit in it."""
    wait = many(outcome.wait, "second") if outcome.wait < 100 else many(-(-outcome.wait // 60), "minute")
    status = 429 if outcome.wait else 422
    reply = show(request, template, status, outcome=outcome, wait=wait if outcome.wait else None, **values)
    if outcome.wait:
        reply.headers["Retry-After"] = str(outcome.wait)
    return reply


def enter(request: Request, cookie: str, following: str) -> Response:
    """Hand out the cookie of a new session and go on; over https it is never sent without encryption."""
    reply = RedirectResponse(following, status_code=303)
    reply.set_cookie(
        site_of(request).cookie, cookie, max_age=sessions.LONGEST_DAYS * 24 * 3600, path="/", httponly=True,
        samesite="lax",  # strict would ask again for a password behind every link in a mail; guards refuse changes
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return reply


def sign_out(request: Request, form: Form) -> Response:
    """End this session."""
    members, session = members_of(request), session_of(request)
    if session is not None and session.key is not None:
        with members.store.write() as connection:
            sessions.end(connection, session.key)
    reply = RedirectResponse("/sign-in", status_code=303)
    reply.delete_cookie(site_of(request).cookie, path="/")
    return reply


def ask_to_join(request: Request) -> Response:
    """Show what a link is for. Looking does not use it up: programs that check mails look at links, too."""
    asked = members_of(request).invitation(request.path_params["secret"])
    if asked is None:
        return _useless(request)
    return show(request, "web/join.html", **_joining(request, *asked), outcome=None, wait=None, login="")


def join(request: Request, members: Members, form: Form) -> Response:
    """Make the account, or choose the new password, and come in."""
    secret, login = request.path_params["secret"], str(form.get("login", ""))
    password = str(form.get("password", ""))
    asked = members.invitation(secret)
    if asked is None:
        return _useless(request)
    if password != str(form.get("again", "")):
        outcome = Outcome(None, "the two passwords are not the same")
    else:
        done = members.join(secret, login, password, visitor(request))
        if done is None:
            return _useless(request)
        if done.cookie is not None:
            return enter(request, done.cookie, "/")
        outcome = done
    return refused(request, "web/join.html", outcome, **_joining(request, *asked), login=login)


def _joining(request: Request, link: Any, account: Any) -> dict[str, Any]:
    title = site_of(request).protocol.title
    return {"link": link, "account": account, "review": title, "shortest": SHORTEST, "longest": LONGEST}


def _useless(request: Request) -> Response:
    return problem(
        request, 410, "this link was used already, was withdrawn, or is too old", "ask who sent it for a new one"
    )


ROUTES = (
    Route("/sign-in", ask),
    Route("/sign-in", hashing(sign_in), methods=["POST"], max_body_size=LARGEST_FORM),
    Route("/sign-out", action(sign_out, None), methods=["POST"]),
    Route("/join/{secret}", ask_to_join),
    Route("/join/{secret}", hashing(join), methods=["POST"], max_body_size=LARGEST_FORM),
)
