"""The screening page: one record per screen. Requests in, templates out.

Every change goes through ``screening.decisions``; a script and a plain form send the same fields to the same address.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from review.protocol import STAGES, Stage
from review.web import Form, Here, Room, action, here, show
from review.web.kit import render, wants_json
from screening import conflict_pages, decisions, list_pages, worklist
from screening.display import Card, card
from screening.highlight import STYLES, highlighter
from screening.pace import forecast, pace
from screening.page_kit import NAMES, PREFIX, common, is_number, number, of_another, report_of, stage_of, text, texts

MOST_AHEAD = 20
PACE_OF_LAST = 40
"""How many of a person's last decisions the pace is taken from."""


def screen(request: Request) -> Response:
    """Show one record: the one asked for, else the next that needs this person's vote."""
    at, stage = here(request), stage_of(request)
    named = any(request.query_params.get(name) for name in ("report", "after", "before"))
    turn = worklist.hand_out(at.store, at.actor.person, stage, 1) if not named and at.may("vote") else ()
    with at.store.read() as connection:
        report = turn[0] if turn else _wanted(connection, request, at, stage)
        shown = worklist.show(connection, report, at.actor.person, stage) if report is not None else None
    values = {
        **common(at, stage),
        "card": card(shown, highlighter(at.protocol.concepts)) if shown else None,
        "progress": _progress(at, stage),
        "client": str(uuid4()),
        "person": at.actor.person,
        "outbox": f"review-outbox:{at.store.installation}:{at.actor.person}:{stage}",
        "concepts": [(f"c{n % STYLES + 1}", c.label) for n, c in enumerate(at.protocol.concepts)],
    }
    return show(request, "screening/screen.html", **values)


def one_card(request: Request) -> Response:
    """Give one record: as JSON to the screening script, as a fragment to the list of conflicts."""
    at, stage = here(request), stage_of(request)
    with at.store.read() as connection:
        report = _wanted(connection, request, at, stage)
        if report is None:
            return JSONResponse({"report": None}) if wants_json(request) else Response(status_code=204)
        shown = card(worklist.show(connection, report, at.actor.person, stage), highlighter(at.protocol.concepts))
    if wants_json(request):
        return JSONResponse(_sent(request, at, stage, shown))
    return show(request, "screening/card.html", card=shown, **common(at, stage))


def ahead(request: Request, form: Form) -> Response:
    """Give the records that come next, ready to be shown, and keep them for this person; those it holds are named."""
    at, stage = here(request), stage_of(request)
    holding = [int(text) for text in str(form.get("holding", "")).split(",") if is_number(text)]
    count = int(str(form.get("count"))) if is_number(form.get("count")) else 1
    reports = worklist.hand_out(at.store, at.actor.person, stage, min(count, MOST_AHEAD), holding=holding)
    mark = highlighter(at.protocol.concepts)
    with at.store.read() as connection:
        shown = [card(worklist.show(connection, report, at.actor.person, stage), mark) for report in reports]
    return JSONResponse({"cards": [_sent(request, at, stage, one) for one in shown]})


def how_far(request: Request) -> Response:
    """Say how far this person has come."""
    return JSONResponse(_progress(here(request), stage_of(request)))


def vote(request: Request, form: Form) -> Response:
    """Save a vote. Sent twice with one client id, it counts once."""
    at, stage = here(request), stage_of(request)
    if (refused := of_another(request, at, form)) is not None:
        return refused
    decisions.decide(
        at.store, at.protocol, at.actor, report=report_of(form), stage=stage, verdict=str(form.get("verdict")),
        reasons=texts(form, "reason"), note=text(form, "note"), client=text(form, "client"),
    )  # fmt: skip
    return _done(request, stage, {"saved": True})


def undo(request: Request, form: Form) -> Response:
    """Take back the vote on the report that is named, else this person's last one.

    Asked again for a report whose vote is gone already, it changes nothing: a script may repeat a lost request.
    """
    at, stage = here(request), stage_of(request)
    if (refused := of_another(request, at, form)) is not None:
        return refused
    if "report" not in form:
        report = decisions.undo(at.store, at.protocol, at.actor, stage)
        return _done(request, stage, {"report": report}, report)
    report = report_of(form)
    with at.store.read() as connection:
        standing = worklist.show(connection, report, at.actor.person, stage).mine
    if standing is not None:
        decisions.clear(at.store, at.protocol, at.actor, report=report, stage=stage)
    return _done(request, stage, {"report": report}, report)


def room() -> Room:
    """Give the room's pages."""
    routes = (
        Route(PREFIX, screen),
        Route(f"{PREFIX}/card", one_card),
        Route(f"{PREFIX}/ahead", action(ahead), methods=["POST"]),
        Route(f"{PREFIX}/progress", how_far),
        Route(f"{PREFIX}/votes", action(vote), methods=["POST"]),
        Route(f"{PREFIX}/undo", action(undo), methods=["POST"]),
        *list_pages.ROUTES,
        *conflict_pages.ROUTES,
    )
    menu = tuple((NAMES[stage], f"/screen/{stage}") for stage in STAGES)
    return Room("screening", Path(__file__).parent, routes, menu)


# -- parts of replies


def _wanted(connection: Any, request: Request, at: Here, stage: Stage) -> int | None:
    report, before = number(request, "report"), number(request, "before")
    if report is not None:
        return report
    turn = (connection, at.actor.person, stage, at.store.clock())
    if before is not None:
        return worklist.next_report(*turn, before=before)
    after = number(request, "after")
    found = worklist.next_report(*turn, after=after)
    return found if found is not None or after is None else worklist.next_report(*turn)


def _progress(at: Here, stage: Stage) -> dict[str, Any]:
    """Say how far this person has come; how others voted is no part of it."""
    person = at.actor.person
    with at.store.read() as connection:
        counted = worklist.progress(connection, person, stage)
        last = decisions.mine(connection, person, stage, limit=PACE_OF_LAST)
    return {
        "mine": counted.mine, "left": counted.left, "total": counted.total, "conflicts": counted.conflicts,
        "forecast": forecast(counted.left, pace([one.at for one in last])),
    }  # fmt: skip


def _sent(request: Request, at: Here, stage: Stage, shown: Card) -> dict[str, Any]:
    html = render(request, "screening/card.html", card=shown, **common(at, stage))
    return {"report": shown.report, "html": html}


def _done(request: Request, stage: Stage, told: dict[str, Any], report: int | None = None) -> Response:
    if wants_json(request):
        return JSONResponse(told)
    back = f"?report={report}" if report is not None else ""
    return RedirectResponse(f"/screen/{stage}{back}", status_code=303)
