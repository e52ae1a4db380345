"""When to stop, as a page: what is known of what is left, the form that stops, and the one that takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from review.errors import DecisionError
from review.protocol import Stage
from review.web import Form, action, here, show
from review.web.fields import is_number, text
from screening import rows, stop_rows, stops
from screening.pace import forecast
from screening.page_kit import PREFIX, common, stage_of
from screening.recall import TARGET

TARGETS = (80, 90, 95, 99)
"""Percent of the relevant reports that a page may ask to be found."""
WIDTH, HEIGHT = 600, 200
"""Of the curve, in units of its own."""
SIGNS = {"yes": ("✓", "done"), "no": ("○", "not yet"), "unknown": ("?", "not known"), "not_applicable": ("–", "none")}
LISTED = 10
"""So many half-seen reports are named."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Relevant reports found by reports read: the points of a line, and how far the reading has come, in its units."""

    points: str
    read: float


def panel(request: Request) -> Response:
    """Show what is known of what is left to find, and to whoever leads the forms."""
    at, stage = here(request), _stopping(request)
    target = _target(request.query_params.get("target"))
    with at.store.read() as connection:
        seen = stops.look(connection, at.protocol, stage, at.actor.person, target=target / 100)
        made = stop_rows.stops(connection, stage)
        left = stop_rows.left_unread(connection, stage)
        titles = rows.names(connection, list(seen.half)[:LISTED])
    return show(
        request, "screening/stop.html", seen=seen, target=target, targets=TARGETS, curve=curve(seen.labels, seen.total),
        stops=[one for one in made if one.ended is None], before=[one for one in made if one.ended], left=left,
        half=[(one, title) for one, (title, _) in titles.items()], signs=SIGNS,
        time_half=_time(seen.votes_missing, seen.seconds),
        time_rest=_time(seen.waiting * at.protocol.rules(stage).votes, seen.seconds),
        may_stop=at.may("rules"), done=request.query_params.get("done"), **common(at, stage),
    )  # fmt: skip


def stop(request: Request, form: Form) -> Response:
    """Leave unread what nobody has voted on."""
    at, stage = here(request), _stopping(request)
    unread = text(form, "unread") or ""
    confirmed = unread.replace(",", "").replace(" ", "")
    if not is_number(confirmed):
        raise DecisionError("the number of unread records was not confirmed", hint="go back and type the number shown")
    target = _target(text(form, "target")) / 100
    stops.stop(
        at.store, at.protocol, at.actor, stage, why=text(form, "why"), unread=int(confirmed), target=target
    )  # fmt: skip
    return _back(stage, "stopped")


def resume(request: Request, form: Form) -> Response:
    """Take a stop back."""
    at, stage = here(request), _stopping(request)
    stops.resume(at.store, at.actor, stage, why=text(form, "why"), event=text(form, "stop"))
    return _back(stage, "resumed")


def curve(labels: Sequence[bool], total: int) -> Curve:
    """Draw how many relevant reports were found by how many were read; nothing is drawn of what is unread.

    >>> curve([True, False], 4)
    Curve(points='0,200 150,0 300,0', read=300.0)
    """
    found = sum(labels)
    across, up = WIDTH / max(total, 1), HEIGHT / max(found, 1)
    steps = [(n, so_far) for n, (so_far, label) in enumerate(zip(accumulate(labels), labels, strict=True), 1) if label]
    corners = [(0, 0)]
    for n, so_far in steps:
        if n - 1 > corners[-1][0]:
            corners.append((n - 1, so_far - 1))
        corners.append((n, so_far))
    if corners[-1][0] < len(labels):
        corners.append((len(labels), found))
    points = " ".join(f"{_short(x * across)},{_short(HEIGHT - y * up)}" for x, y in corners)
    return Curve(points, len(labels) * across)


def _time(votes: int, seconds: float | None) -> str | None:
    """Say how long votes take at a pace that is not only one's own."""
    return (forecast(votes, seconds) or "").removesuffix(" at your pace") or None


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _stopping(request: Request) -> Stage:
    stage = stage_of(request)
    if stage != stops.STAGE:
        raise HTTPException(404)
    return stage


def _target(value: str | None) -> int:
    return int(value) if value is not None and is_number(value) and int(value) in TARGETS else round(100 * TARGET)


def _back(stage: Stage, done: str) -> Response:
    to = PREFIX.format(stage=stage) + "/stop"
    return RedirectResponse(str(URL(to).include_query_params(done=done)), status_code=303)


ROUTES = (
    Route(f"{PREFIX}/stop", panel),
    Route(f"{PREFIX}/stop", action(stop, "rules"), methods=["POST"]),
    Route(f"{PREFIX}/resume", action(resume, "rules"), methods=["POST"]),
)
