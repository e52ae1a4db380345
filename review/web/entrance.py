"""The way in: the gate, the one-time link of a laptop, who are you, the theme. A team's server: see ``sign_in``."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from review.errors import ReviewError
from review.web import sign_in, team
from review.web.guards import READING
from review.web.kit import (
    SESSION,
    THEME_COOKIE,
    THEMES,
    Form,
    action,
    failed,
    local_path,
    problem,
    session_of,
    show,
    site_of,
    wants_json,
)
from review.web.members import Members
from review.web.sessions import Sessions

FREE = ("/static/",)
"""Paths that need no session: on a laptop with the one-time link, on a team's server with what signs in."""
FREE_ON_A_LAPTOP = (*FREE, "/open/")
FREE_ON_A_SERVER = (*FREE, "/sign-in", "/join/", "/theme")
A_YEAR = 365 * 24 * 3600


class Gate:
    """Middleware: without a session nothing is shown; without a name, only the page that asks for it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http" or scope["path"].startswith(FREE):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        members = site_of(request).members
        if members is None:
            answer = _on_a_laptop(request)
        elif _glanced(request, members):  # handing it to a thread takes longer than the look itself
            answer = None
        else:
            answer = await run_in_threadpool(_on_a_server, request)
        await (answer or self.app)(scope, receive, send)


def _on_a_laptop(request: Request) -> Response | None:
    """Answer whom the link did not bring in, or who did not say a name yet; ``None`` lets the request through."""
    path: str = request.scope["path"]  # what the routes go by; request.url is put together with the Host header
    if path.startswith(FREE_ON_A_LAPTOP):
        return None
    session = session_of(request)
    if session is None:
        hint = "open the link that review serve printed in its window"
        return problem(request, 401, "this browser is not signed in", hint)
    if session.name is None and path not in ("/who", "/theme"):
        return RedirectResponse(f"/who?next={_following(request)}", status_code=303)
    return None


def _glanced(request: Request, members: Members) -> bool:
    """Note the session of a request if that is quickly done; errors are left to whoever asks again."""
    with suppress(ReviewError):
        session = members.glance(request.cookies.get(site_of(request).cookie))
        if session is not None:
            request.scope[SESSION] = session
            return True
    return False


def _on_a_server(request: Request) -> Response | None:
    """Send whoever has no session to the page that asks for the password; ``None`` lets the request through."""
    try:
        session = session_of(request)
    except ReviewError as error:  # the database does not answer: a page says so, without a name on it
        request.scope[SESSION] = None
        return failed(request, error)
    if session is not None or request.scope["path"].startswith(FREE_ON_A_SERVER):
        return None
    if request.method in READING and not wants_json(request) and "hx-request" not in request.headers:
        return RedirectResponse(f"/sign-in?next={_following(request)}", status_code=303)
    hint = "sign in again, in another tab if you like: what this page holds is not lost"
    return problem(request, 401, "you are signed out", hint)


def _following(request: Request) -> str:
    if request.method not in READING:
        return "/"
    return quote(request.url.path + (f"?{request.url.query}" if request.url.query else ""))


def _laptop_only(request: Request) -> Sessions:
    """Give the sessions of a laptop; a team's server has no such page."""
    sessions = site_of(request).sessions
    if not isinstance(sessions, Sessions):
        raise HTTPException(404)
    return sessions


def enter(request: Request) -> Response:
    """Trade the one-time link for a session; a team of one is signed in at once."""
    site, sessions = site_of(request), _laptop_only(request)
    if session_of(request) is not None:
        return RedirectResponse("/", status_code=303)
    cookie = sessions.open(request.path_params["token"])
    if cookie is None:
        return problem(request, 401, "this link was used already, or is of another run", _FRESH_LINK)
    if len(site.protocol.team) == 1:
        name = site.protocol.team[0].name
        sessions.sign(cookie, name, site.sign(name))
    reply = RedirectResponse("/", status_code=303)
    reply.set_cookie(site.cookie, cookie, httponly=True, samesite="strict", path="/")
    return reply


_FRESH_LINK = "open the newest link in the window where review serve runs; it prints a new one each time one is used"


def ask_who(request: Request) -> Response:
    """Ask which member of the team sits here."""
    _laptop_only(request)
    following = local_path(request.query_params.get("next"))
    return show(request, "web/who.html", team=site_of(request).protocol.team, following=following)


def say_who(request: Request, form: Form) -> Response:
    """Note who sits here and go on."""
    site, sessions, name = site_of(request), _laptop_only(request), " ".join(str(form.get("name") or "").split())
    if not name:
        raise ReviewError("no name was given", hint="go back and choose or write your name")
    sessions.sign(request.cookies[site.cookie], name, site.sign(name))
    return RedirectResponse(local_path(form.get("next")), status_code=303)


def set_theme(request: Request, form: Form) -> Response:
    """Keep the choice of light, dark, or what the system says, in a cookie."""
    theme = str(form.get("theme"))
    reply = RedirectResponse(local_path(form.get("next")), status_code=303)
    if theme in THEMES:
        reply.set_cookie(THEME_COOKIE, theme, max_age=A_YEAR, httponly=True, samesite="strict", path="/")
    return reply


def send_static(request: Request) -> Response:
    """Answer with a static file."""
    return site_of(request).static.serve(request)


def missing(request: Request, error: Exception) -> Response:
    """Answer an address that no page has."""
    return problem(request, 404, "there is no such page", "go back to the start page")


def crashed(request: Request, error: Exception) -> Response:
    """Answer when the program itself is at fault; the server's window shows the details."""
    return PlainTextResponse(
        "Something went wrong in the program. What was saved is kept; the window of review serve shows details.\n",
        status_code=500,
    )


ROUTES = (
    Route("/open/{token}", enter),
    Route("/who", ask_who),
    Route("/who", action(say_who, None), methods=["POST"]),
    Route("/theme", action(set_theme, None), methods=["POST"]),
    Route("/static/{name:path}", send_static),
    *sign_in.ROUTES,
    *team.ROUTES,
)
