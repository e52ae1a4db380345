"""The way in: the one-time link, who are you, the theme, and the gate that keeps everyone else out."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from review.errors import ReviewError
from review.web.guards import READING
from review.web.kit import THEME_COOKIE, THEMES, Form, action, local_path, problem, session_of, show, site_of

FREE = ("/static/", "/open/")
"""Paths that need no session."""
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
        session = session_of(request)
        app: ASGIApp = self.app
        if session is None:
            app = problem(
                request, 401, "this browser is not signed in", "open the link that review serve printed in its window"
            )
        elif session.name is None and scope["path"] not in ("/who", "/theme"):
            following = request.url.path if request.method in READING else "/"
            app = RedirectResponse(f"/who?next={quote(following)}", status_code=303)
        await app(scope, receive, send)


def enter(request: Request) -> Response:
    """Trade the one-time link for a session; a team of one is signed in at once."""
    site = site_of(request)
    if session_of(request) is not None:
        return RedirectResponse("/", status_code=303)
    cookie = site.sessions.open(request.path_params["token"])
    if cookie is None:
        return problem(request, 401, "this link was used already, or is of another run", _FRESH_LINK)
    if len(site.protocol.team) == 1:
        name = site.protocol.team[0].name
        site.sessions.sign(cookie, name, site.sign(name))
    reply = RedirectResponse("/", status_code=303)
    reply.set_cookie(site.cookie, cookie, httponly=True, samesite="strict", path="/")
    return reply


_FRESH_LINK = "open the newest link in the window where review serve runs; it prints a new one each time one is used"


def ask_who(request: Request) -> Response:
    """Ask which member of the team sits here."""
    following = local_path(request.query_params.get("next"))
    return show(request, "web/who.html", team=site_of(request).protocol.team, following=following)


def say_who(request: Request, form: Form) -> Response:
    """Note who sits here and go on."""
    site, name = site_of(request), " ".join(str(form.get("name") or "").split())
    if not name:
        raise ReviewError("no name was given", hint="go back and choose or write your name")
    site.sessions.sign(request.cookies[site.cookie], name, site.sign(name))
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
    Route("/who", action(say_who), methods=["POST"]),
    Route("/theme", action(set_theme), methods=["POST"]),
    Route("/static/{name:path}", send_static),
)
