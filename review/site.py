"""The rooms' pages put together into one application, and the start page. No query, no rule of a room."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from sqlalchemy import Connection
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import extraction.pages
import screening.pages
import searches.pages
from review.errors import ReviewError
from review.full_texts import receive
from review.protocol import STAGES, Stage
from review.stages import Workspace
from review.store import Actor
from review.store.tally import unjudged_pairs
from review.text import many
from review.web import Here, Members, Sessions, Site, failed, here, show
from review.web.entrance import ROUTES, Gate, crashed, missing
from review.web.guards import Guard
from review.web.kit import LARGEST_BODY, WEB, environment
from review.web.static_files import StaticFiles
from screening import blinding, conflicts, notices, rounds
from screening.page_kit import NAMES
from screening.worklist import Progress, progress


@dataclass(frozen=True, slots=True)
class StageView:
    """One screening stage on the start page, as one person may know it.

    ``split``: how many were included, excluded and are in conflict is shown. ``size``: how many records there are, and
    wait, is shown too; at full text it tells how many were included before. ``conflicts`` are those that the person
    sees, ``rounds`` the person's open ones besides the share: name, kind, records left.
    """

    stage: Stage
    label: str
    progress: Progress
    split: bool
    size: bool
    conflicts: int
    rounds: tuple[tuple[str, str, int], ...]

    @property
    def done(self) -> int:
        """Reports with an outcome; while that is hidden, those that have all their votes. Unread ones are neither."""
        p = self.progress
        if self.split:
            return p.included + p.excluded + p.not_retrieved
        return p.total - p.waiting - p.started - p.not_screened


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
    rooms = (searches.pages.room(), screening.pages.room(receive), extraction.pages.room())
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
        folder=workspace.folder,
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
        hidden = blinding.hidden(at.protocol, at.name, {stage: one.left for stage, one in counted.items()})
        views = [_view(connection, at, stage, counted[stage], hidden) for stage in STAGES]
        waiting = {stage: len(conflicts.to_end(connection, at.protocol, stage, at.actor.person)) for stage in STAGES}
        pairs = unjudged_pairs(connection)
        warned = len({one.report for one in notices.unread(connection)})
    mine = {view.stage: replace(view.progress, conflicts=waiting[view.stage]) for view in views}
    step, link = next_step(mine, pairs)
    return show(request, "web/home.html", views=views, step=step, link=link, warned=warned)


def _view(connection: Connection, at: Here, stage: Stage, counted: Progress, hidden: tuple[Stage, ...]) -> StageView:
    split = stage not in hidden
    open_rounds = [
        (one.name, one.kind, total - done)
        for one in rounds.status(connection, stage, "pilot", "quality", "again")
        for done, total in (one.people.get(at.name, (0, 0)),)
        if done < total
    ]
    return StageView(
        stage=stage,
        label=NAMES[stage],
        progress=counted if at.may("vote") else replace(counted, left=0),
        split=split,
        size=split or not (at.protocol.rules(stage).accelerated or STAGES[0] in hidden[: STAGES.index(stage)]),
        conflicts=len(blinding.conflicts_of(connection, at.protocol, stage, at.actor.person)) if split else 0,
        rounds=tuple(open_rounds),
    )


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
    return "Screening is finished: next come data extraction and synthesis.", ("Extract", "/extract")
