"""What a room needs to make pages: its templates, who is acting, forms read for sync handlers, errors as pages.

Handlers are plain functions (Starlette runs them in threads): the database driver blocks anyway. No room is known here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute

from review.errors import DecisionError, ReviewError, RoleError
from review.protocol import Protocol, rights
from review.protocol.rights import Right
from review.store import Actor, Store
from review.web.members import Members
from review.web.sessions import Session, Sessions
from review.web.static_files import StaticFiles

WEB = Path(__file__).parent
THEMES = ("auto", "light", "dark")
THEME_COOKIE = "review_theme"
SESSION = "review.session"
"""Where a request keeps the session that it belongs to: it is looked up once."""
LARGEST_BODY = 1_000_000
"""Bytes of one request; a form with a long note is far smaller."""
MOST_FIELDS = 5_000
"""Fields of one form: a list in which everything is ticked has thousands."""
LARGEST_UPLOAD = 252_000_000
"""Bytes of a request that brings a file: the largest full text and the form around it."""

Form: TypeAlias = FormData


@dataclass(frozen=True, slots=True)
class Room:
    """A room's pages: its name (prefix of its templates and static files), its folder, its routes, its menu."""

    name: str
    folder: Path
    routes: tuple[BaseRoute, ...]
    menu: tuple[tuple[str, ...], ...] = ()
    """What the header of every page links to: label and path, then what other paths begin with that belong to it."""


@dataclass(frozen=True, slots=True)
class Site:
    """What every page of one server shares."""

    folder: Path
    """Where the review's own files lie: forms, instruments and frameworks of its own among them."""
    protocol: Protocol
    store: Store
    sign: Callable[[str], Actor]
    sessions: Sessions | Members
    """Who may come in: by the one-time link of a laptop, or with an account on a team's server."""
    templates: Environment
    static: StaticFiles

    @property
    def members(self) -> Members | None:
        """The accounts of a team's server; ``None`` on a laptop."""
        return self.sessions if isinstance(self.sessions, Members) else None

    @property
    def cookie(self) -> str:
        """Name the session cookie after the review: cookies do not tell ports apart, two reviews may be open."""
        return f"review_{self.store.installation}"


@dataclass(frozen=True, slots=True)
class Here:
    """What a handler works with: the review, and the person who asks."""

    protocol: Protocol
    store: Store
    actor: Actor
    name: str
    folder: Path

    def may(self, what: Right) -> bool:
        """Say whether this person's role allows something."""
        return rights.allowed(self.protocol, self.name, what)


def environment(rooms: Sequence[Room], static: StaticFiles) -> Environment:
    """Make the template environment: everything is escaped, an unknown name is an error."""
    folders = {"web": WEB, **{room.name: room.folder for room in rooms}}
    loader = PrefixLoader({name: FileSystemLoader(folder / "templates") for name, folder in folders.items()})
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals["static"] = static.url
    made.globals["menu"] = [entry for room in rooms for entry in room.menu]
    made.filters["count"] = lambda number: f"{number:,}"
    made.filters["moment"] = _moment
    return made


def _moment(at: str) -> Markup:
    """Show when something happened, to the minute."""
    return Markup('<time datetime="{}">{} {} UTC</time>').format(at, at[:10], at[11:16])


def site_of(request: Request) -> Site:
    """Give the site that a request came to."""
    site: Site = request.app.state.site
    return site


def session_of(request: Request) -> Session | None:
    """Give the session that a request belongs to, ``None`` when it has none."""
    if SESSION not in request.scope:
        site = site_of(request)
        request.scope[SESSION] = site.sessions.find(request.cookies.get(site.cookie))
    found: Session | None = request.scope[SESSION]
    return found


def here(request: Request) -> Here:
    """Give the review and the person behind a request.

    Raises
    ------
    ReviewError
        Nobody is signed in; the gate lets no such request through to a room's page.
    """
    site, session = site_of(request), session_of(request)
    if session is None or session.actor is None or session.name is None:
        raise ReviewError("it is not known who you are", hint="open the link that review serve printed")
    return Here(site.protocol, site.store, session.actor, session.name, site.folder)


def require(request: Request, what: Right) -> None:
    """Let nobody pass whose role does not allow something; raises ``RoleError``, which is shown as a page."""
    at = here(request)
    rights.require(at.protocol, at.name, what)


def render(request: Request, template: str, **values: Any) -> str:
    """Fill a template.

    Besides ``values`` it sees ``protocol``, ``name``, ``theme``, ``path``, ``hosted`` (a team's server) and the
    function ``may(right)``.
    """
    site, session = site_of(request), session_of(request)
    name = session.name if session else None
    theme = request.cookies.get(THEME_COOKIE, "auto")
    shared = {
        "protocol": site.protocol if session is not None else None,
        "name": name,
        "hosted": site.members is not None,
        "may": lambda what: name is not None and rights.allowed(site.protocol, name, what),
        "theme": theme if theme in THEMES else "auto",
        "path": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
    }
    return site.templates.get_template(template).render(shared | values)


def show(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Answer with a filled template."""
    return HTMLResponse(render(request, template, **values), status_code=status)


def action(
    handler: Callable[[Request, Form], Response], right: Right | None = "vote", *, files: int = 0
) -> Callable[[Request], Awaitable[Response]]:
    """Make an endpoint of a plain function that takes the sent form; the function runs in a thread.

    ``right`` is what a person's role must allow for it: the default is that of almost every change in a room. ``files``
    may be sent with the form; what is larger than a few lines waits on disk, and is gone when the function has ended.
    Its route says how large a request may be (``max_body_size``).
    """

    async def endpoint(request: Request) -> Response:
        if right is not None:
            require(request, right)
        try:
            form = await request.form(max_files=files, max_fields=MOST_FIELDS, max_part_size=LARGEST_BODY)
        except ClientDisconnect:  # a page that was left while it sent: nobody waits for the answer
            return Response(status_code=400)
        try:
            return await run_in_threadpool(handler, request, form)
        finally:
            await form.close()

    return endpoint


def wants_json(request: Request) -> bool:
    """Say whether a script asks, which reads JSON."""
    return "application/json" in request.headers.get("accept", "")


def problem(request: Request, status: int, message: str, hint: str | None) -> Response:
    """Answer that something did not work: as JSON to a script, as a fragment to htmx, else as a page."""
    sentence = message[:1].upper() + message[1:]
    if wants_json(request):
        return JSONResponse({"error": sentence, "hint": hint}, status_code=status)
    template = "web/problem_fragment.html" if request.headers.get("hx-request") else "web/problem.html"
    reply = show(request, template, status, message=sentence, hint=hint)
    reply.headers["HX-Retarget"], reply.headers["HX-Reswap"] = "#problem", "innerHTML"
    return reply


def failed(request: Request, error: Exception) -> Response:
    """Show an error of ours: 422 for a decision that cannot stand, 403 for a role, 409 for everything else."""
    if not isinstance(error, ReviewError):
        raise error
    status = 422 if isinstance(error, DecisionError) else 403 if isinstance(error, RoleError) else 409
    return problem(request, status, error.message, error.hint)


def local_path(value: object) -> str:
    """Give a path of this site to go on to; anything else, another site's address above all, becomes the home page.

    >>> local_path("/screen/full-text?report=3"), local_path("//evil.org"), local_path("https://evil.org")
    ('/screen/full-text?report=3', '/', '/')
    """
    path = str(value or "/")
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if safe else "/"
