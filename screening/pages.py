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

from review.errors import DecisionError
from review.protocol import STAGES, Stage
from review.web import Form, Here, Room, action, here, show
from review.web.fields import is_number, number, of_another, text, texts
from review.web.kit import wants_json
from screening import (
    agreement_pages,
    board_pages,
    conflict_pages,
    conflicts,
    decisions,
    keys,
    list_pages,
    notice_pages,
    offline_pages,
    order_pages,
    reading_pages,
    repair_pages,
    round_pages,
    rows,
    settings_pages,
    stop_pages,
    stops,
    tags,
    turns,
    worklist,
)
from screening.checks import follows
from screening.highlight import STYLES, WORDS
from screening.pace import forecast, pace
from screening.page_kit import (  # fmt: skip
    NAMES,
    PREFIX,
    card_of,
    cards_of,
    common,
    numbers,
    outbox,
    report_of,
    sent,
    stage_of,
)

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
        shown = card_of(connection, at, stage, report) if report is not None else None
        habits = settings_pages.habits(connection, at.actor.person)
        offered = tags.offered(connection, at.actor.person)
        stopped = stops.standing(connection, stage) if shown is None else ()
    mode = at.protocol.rules(stage).mode
    values = {
        **common(at, stage),
        "card": shown,
        "stopped": stopped,
        "progress": _progress(at, stage),
        "keys": {action: keys.shown(key) for action, key in habits.keys.items()},
        "actions": [action for action in keys.ACTIONS if action.known(mode, stage)],
        "active": keys.active(habits.keys, mode, stage),
        "advance": habits.advance,
        "tags": list(dict.fromkeys([*((tag, tags.name(tag)) for tag in offered), *(shown.tags if shown else ())])),
        "longest_tag": tags.LONGEST,
        "criteria": at.protocol.criteria,
        "client": str(uuid4()),
        "person": at.actor.person,
        "outbox": outbox(at, stage),
        "concepts": [(f"c{n % STYLES + 1}", c.label) for n, c in enumerate(at.protocol.concepts)],
        "words": _words(at),
    }
    return show(request, "screening/screen.html", **values)


def one_card(request: Request) -> Response:
    """Give one record: as JSON to the screening script, as a fragment to the list of conflicts."""
    at, stage = here(request), stage_of(request)
    with at.store.read() as connection:
        report = _wanted(connection, request, at, stage)
        if report is None:
            return JSONResponse({"report": None}) if wants_json(request) else Response(status_code=204)
        shown = card_of(connection, at, stage, report)
    if wants_json(request):
        return JSONResponse(sent(request, at, stage, shown))
    return show(request, "screening/card.html", card=shown, **common(at, stage))


def ahead(request: Request, form: Form) -> Response:
    """Give the records that come next, ready to be shown, and keep them for this person; those it holds are named."""
    at, stage = here(request), stage_of(request)
    holding = numbers(form, "holding")
    count = int(str(form.get("count"))) if is_number(form.get("count")) else 1
    reports = worklist.hand_out(at.store, at.actor.person, stage, min(count, MOST_AHEAD), holding=holding)
    with at.store.read() as connection:
        shown = cards_of(connection, at, stage, reports)
    return JSONResponse({"cards": [sent(request, at, stage, one) for one in shown]})


def how_far(request: Request) -> Response:
    """Say how far this person has come."""
    return JSONResponse(_progress(here(request), stage_of(request)))


def vote(request: Request, form: Form) -> Response:
    """Save a vote. Sent twice with one client id, it counts once."""
    at, stage = here(request), stage_of(request)
    if (refused := of_another(request, at, form)) is not None:
        return refused
    verdict, reasons, answers = _said(at, stage, form)
    decisions.decide(
        at.store, at.protocol, at.actor, report=report_of(form), stage=stage, verdict=verdict, reasons=reasons,
        note=text(form, "note"), criteria=answers, client=text(form, "client"),
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
        decisions.clear(at.store, at.protocol, at.actor, report=report, stage=stage, client=text(form, "client"))
    return _done(request, stage, {"report": report}, report)


def tag(request: Request, form: Form) -> Response:
    """Make the tags that were sent this person's tags on a report."""
    at, stage = here(request), stage_of(request)
    if (refused := of_another(request, at, form)) is not None:
        return refused
    report = report_of(form)
    now = tags.put(at.store, at.actor, report=report, tags=texts(form, "tag"), client=text(form, "client"))
    return _done(request, stage, {"tags": list(now)}, report)


def room(receive: board_pages.Receive) -> Room:
    """Give the room's pages; ``receive`` takes in a full text that somebody sends."""
    routes = (
        *settings_pages.ROUTES,  # first: no stage is called settings
        *offline_pages.ROUTES,  # nor worker.js
        Route(PREFIX, screen),
        Route(f"{PREFIX}/card", one_card),
        Route(f"{PREFIX}/ahead", action(ahead), methods=["POST"]),
        Route(f"{PREFIX}/progress", how_far),
        Route(f"{PREFIX}/votes", action(vote), methods=["POST"]),
        Route(f"{PREFIX}/undo", action(undo), methods=["POST"]),
        Route(f"{PREFIX}/tags", action(tag), methods=["POST"]),
        *list_pages.ROUTES,
        *repair_pages.ROUTES,
        *conflict_pages.ROUTES,
        *agreement_pages.ROUTES,
        *round_pages.ROUTES,
        *notice_pages.ROUTES,
        *stop_pages.ROUTES,
        *reading_pages.ROUTES,
        *board_pages.routes(receive),
        *order_pages.ROUTES,
    )
    first, last = ((NAMES[stage], f"/screen/{stage}") for stage in STAGES)
    menu = (first, ("Get full texts", board_pages.PATH), last)
    return Room("screening", Path(__file__).parent, routes, menu)


# -- parts of requests and replies


def _said(at: Here, stage: Stage, form: Form) -> tuple[str, tuple[str, ...], dict[str, str]]:
    """Read a decision: a verdict with its reasons, or answers to the criteria, from which these follow.

    The script sends the verdict that it showed beside the answers, to be compared with them; a plain form cannot.
    """
    verdict = text(form, "verdict")
    if at.protocol.rules(stage).mode == "verdict":
        return str(verdict), texts(form, "reason"), {}
    answers = {c.id: answer for c in at.protocol.criteria if (answer := text(form, f"criterion:{c.id}"))}
    if not answers:
        raise DecisionError("no criterion was answered", hint="answer every criterion; unclear is an answer")
    if verdict is not None:
        return verdict, texts(form, "reason"), answers
    return *follows(at.protocol, stage, answers), answers


def _words(at: Here) -> list[tuple[str, str]]:
    """Give class and label of the protocol's own words, as far as there are any."""
    lists = (at.protocol.highlights.include, at.protocol.highlights.exclude)
    return [look for look, terms in zip(WORDS, lists, strict=True) if terms]


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
    """Say how far this person has come; how others voted is no part of it, conflicts only for who is through."""
    person = at.actor.person
    with at.store.read() as connection:
        counted = worklist.progress(connection, person, stage)
        last = rows.own_times(connection, person, stage, PACE_OF_LAST)
        waiting = None if counted.left else len(conflicts.to_end(connection, at.protocol, stage, person))
        ranking = turns.ranking_of(connection, person, stage)
    return {
        "mine": counted.mine, "left": counted.left, "total": counted.total,
        "conflicts": waiting,
        "forecast": forecast(counted.left, pace(last)),
        "order": turns.said(ranking), "ranked": ranking is not None,
    }  # fmt: skip


def _done(request: Request, stage: Stage, told: dict[str, Any], report: int | None = None) -> Response:
    if wants_json(request):
        return JSONResponse(told)
    back = f"?report={report}" if report is not None else ""
    return RedirectResponse(f"/screen/{stage}{back}", status_code=303)
