"""A person's own decisions as a page."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from review.web import here, show
from screening import decisions
from screening.page_kit import PREFIX, common, number, stage_of

PAGE_LENGTH = 50


def own(request: Request) -> Response:
    """List this person's own decisions, newest first."""
    at, stage = here(request), stage_of(request)
    start = number(request, "from") or 0
    with at.store.read() as connection:
        found = decisions.mine(connection, at.actor.person, stage, limit=PAGE_LENGTH + 1, offset=start)
    further = start + PAGE_LENGTH if len(found) > PAGE_LENGTH else None
    template = "screening/decision_rows.html" if request.headers.get("hx-request") else "screening/decisions.html"
    return show(request, template, decisions=found[:PAGE_LENGTH], further=further, **common(at, stage))


ROUTES = (Route(f"{PREFIX}/decisions", own),)
