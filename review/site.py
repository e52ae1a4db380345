"""The rooms' pages put together into one application, and the start page. No query, no rule of a room."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import screening.pages
import searches.pages
from review.errors import ReviewError
from review.protocol import STAGES, Stage
from review.stages import Workspace
from review.store import Actor
from review.store.tally import unjudged_pairs
from review.text import many
from review.web import Members, Sessions, Site, failed, here, show
from review.web.entrance import ROUTES, Gate, crashed, missing
from review.web.guards import Guard
from review.web.kit import LARGEST_BODY, WEB, environment
from review.web.static_files import StaticFiles
from screening.page_kit import NAMES
from screening.worklist import Progress, progress


@dataclass(frozen=True, slots=True)
class StageView:
    """One screening stage on the start page."""

    stage: Stage
    label: str
    progress: Progress
    decided: int
    """Reports with an outcome; with ``total`` the length of the bar."""


def build_app(
    workspace: Workspace, sessions: Sessions | Members | None = None, *, hosts: tuple[str, ...] = ()
) -> Starlette:
    """Make the application that serves a review.

    Parameters
    ----------
    sessions : Sessions or Members, optional
        Who may come in; without, a laptop's, whose link is ``/open/`` and ``app.state.site.sessions.token``.
    hosts : tuple of str
        Host names to answer to besides this machine's own.
    """
    rooms = (searches.pages.room(), screening.pages.room())
    static = StaticFiles([("web", WEB / "static"), *((room.name, room.folder / "static") for room in rooms)])
    known: dict[str, Actor] = {}

    def sign(name: str) -> Actor:
        if name not in known:
            known[name] = workspace.actor(name)
        return known[name]

    app = Starlette(
        routes=[Route("/", home), *ROUTES, *(route for room in rooms for route in room.routes)],
        middleware=[Middleware(Guard, hosts=hosts), Middleware(Gate)],
        exception_handlers={ReviewError: failed, HTTPException: missing, 500: crashed},
        max_body_size=LARGEST_BODY,
    )
    app.state.site = Site(
        protocol=workspace.protocol,
        store=workspace.store,
        sign=sign,
        sessions=sessions or Sessions(secrets.token_urlsafe),
        templates=environment(rooms, static),
        static=static,
    )
    return app


def home(request: Request) -> Response:
    """Show where the review stands and what this person can do next."""
    at = here(request)
    with at.store.read() as connection:
        counted = {stage: progress(connection, at.actor.person, stage) for stage in STAGES}
        pairs = unjudged_pairs(connection)
    views = [
        StageView(stage, NAMES[stage], p, p.included + p.excluded + p.not_retrieved) for stage, p in counted.items()
    ]
    step, link = next_step(counted, pairs)
    return show(request, "web/home.html", views=views, step=step, link=link)


def next_step(counted: dict[Stage, Progress], pairs: int = 0) -> tuple[str, tuple[str, str] | None]:
    """Say what comes next for a person, and the (label, path) of the page for it when there is one.

    ``pairs`` are the possible duplicates that wait: judged before screening, nobody reads a report twice.
    """
    if pairs:
        waits = "may be a duplicate" if pairs == 1 else "may be duplicates"
        return f"{many(pairs, 'pair')} of reports {waits}: a person has to say.", ("Judge the pairs", "/pairs")
    if counted["title-abstract"].total == 0:
        return "There is nothing to screen yet: run review search or review import, then review dedupe.", None
    for stage in STAGES:
        p, name = counted[stage], NAMES[stage].lower()
        if p.left:
            waits = "waits" if p.left == 1 else "wait"
            start = "Go on screening" if p.mine else "Start screening"
            return f"{many(p.left, 'record')} {waits} for your decision on {name}.", (start, f"/screen/{stage}")
        if p.conflicts:
            return f"{many(p.conflicts, 'conflict')} to resolve on {name}.", ("Resolve", f"/screen/{stage}/conflicts")
    waiting = sum(p.waiting + p.started for p in counted.values())
    if waiting:
        return f"You are done for now: {waiting:,} records wait for other members of the team.", None
    return "Screening is finished: next come data extraction and reports (review extract, review report).", None
