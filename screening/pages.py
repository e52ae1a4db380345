"""The screening pages: one record per screen, one's own decisions, conflicts. Requests in, templates out.

Every change goes through ``screening.decisions``; a script and a plain form send the same fields to the same address.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from review.errors import DecisionError
from review.protocol import STAGES, Protocol, Stage
from review.web import Form, Here, Room, action, here, show
from review.web.kit import problem, render, wants_json
from screening import decisions, worklist
from screening.display import Card, card
from screening.highlight import STYLES, highlighter
from screening.pace import forecast, pace

NAMES: dict[Stage, str] = {"title-abstract": "Title and abstract", "full-text": "Full text"}
VERBS = {"include": "included", "exclude": "excluded", "maybe": "marked as maybe"}
PAGE_LENGTH = 50
MOST_AHEAD = 20
PACE_OF_LAST = 40
"""How many of a person's last decisions the pace is taken from."""


def screen(request: Request) -> Response:
    """Show one record: the one asked for, else the next that needs this person's vote."""
    at, stage = here(request), _stage(request)
    named = any(request.query_params.get(name) for name in ("report", "after", "before"))
    turn = worklist.hand_out(at.store, at.actor.person, stage, 1) if not named and at.may("vote") else ()
    with at.store.read() as connection:
        report = turn[0] if turn else _wanted(connection, request, at, stage)
        shown = worklist.show(connection, report, at.actor.person, stage) if report is not None else None
    values = {
        **_common(at, stage),
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
    at, stage = here(request), _stage(request)
    with at.store.read() as connection:
        report = _wanted(connection, request, at, stage)
        if report is None:
            return JSONResponse({"report": None}) if wants_json(request) else Response(status_code=204)
        shown = card(worklist.show(connection, report, at.actor.person, stage), highlighter(at.protocol.concepts))
    if wants_json(request):
        return JSONResponse(_sent(request, at, stage, shown))
    return show(request, "screening/card.html", card=shown, **_common(at, stage))


def ahead(request: Request, form: Form) -> Response:
    """Give the records that come next, ready to be shown, and keep them for this person; those it holds are named."""
    at, stage = here(request), _stage(request)
    holding = [int(text) for text in str(form.get("holding", "")).split(",") if _is_number(text)]
    count = int(str(form.get("count"))) if _is_number(form.get("count")) else 1
    reports = worklist.hand_out(at.store, at.actor.person, stage, min(count, MOST_AHEAD), holding=holding)
    mark = highlighter(at.protocol.concepts)
    with at.store.read() as connection:
        shown = [card(worklist.show(connection, report, at.actor.person, stage), mark) for report in reports]
    return JSONResponse({"cards": [_sent(request, at, stage, one) for one in shown]})


def how_far(request: Request) -> Response:
    """Say how far this person has come."""
    return JSONResponse(_progress(here(request), _stage(request)))


def vote(request: Request, form: Form) -> Response:
    """Save a vote. Sent twice with one client id, it counts once."""
    at, stage = here(request), _stage(request)
    if (refused := _of_another(request, at, form)) is not None:
        return refused
    decisions.decide(
        at.store, at.protocol, at.actor, report=_report(form), stage=stage, verdict=str(form.get("verdict")),
        reasons=_texts(form, "reason"), note=_text(form, "note"), client=_text(form, "client"),
    )  # fmt: skip
    return _done(request, stage, {"saved": True})


def undo(request: Request, form: Form) -> Response:
    """Take back the vote on the report that is named, else this person's last one.

    Asked again for a report whose vote is gone already, it changes nothing: a script may repeat a lost request.
    """
    at, stage = here(request), _stage(request)
    if (refused := _of_another(request, at, form)) is not None:
        return refused
    if "report" not in form:
        report = decisions.undo(at.store, at.protocol, at.actor, stage)
        return _done(request, stage, {"report": report}, report)
    report = _report(form)
    with at.store.read() as connection:
        standing = worklist.show(connection, report, at.actor.person, stage).mine
    if standing is not None:
        decisions.clear(at.store, at.protocol, at.actor, report=report, stage=stage)
    return _done(request, stage, {"report": report}, report)


def own(request: Request) -> Response:
    """List this person's own decisions, newest first."""
    at, stage = here(request), _stage(request)
    start = _number(request, "from") or 0
    with at.store.read() as connection:
        found = decisions.mine(connection, at.actor.person, stage, limit=PAGE_LENGTH + 1, offset=start)
    further = start + PAGE_LENGTH if len(found) > PAGE_LENGTH else None
    template = "screening/decision_rows.html" if request.headers.get("hx-request") else "screening/decisions.html"
    return show(request, template, decisions=found[:PAGE_LENGTH], further=further, **_common(at, stage))


def conflicts(request: Request) -> Response:
    """List the conflicts of a stage, votes side by side."""
    at, stage = here(request), _stage(request)
    with at.store.read() as connection:
        found = decisions.conflicts(connection, stage)
    return show(request, "screening/conflicts.html", conflicts=found, **_common(at, stage))


def resolve(request: Request, form: Form) -> Response:
    """End a conflict with an outcome and why."""
    at, stage = here(request), _stage(request)
    report, verdict = _report(form), _text(form, "verdict")
    if verdict is None:
        raise DecisionError("no outcome was chosen", hint="choose include or exclude")
    decisions.resolve(
        at.store, at.protocol, at.actor, report=report, stage=stage, verdict=verdict,
        reasons=_texts(form, "reason") if verdict == "exclude" else (), note=_text(form, "note"),
        client=_text(form, "client"),
    )  # fmt: skip
    if request.headers.get("hx-request"):
        return show(request, "screening/resolved.html", report=report, verdict=verdict, **_common(at, stage))
    return RedirectResponse(f"/screen/{stage}/conflicts", status_code=303)


def room() -> Room:
    """Give the room's pages."""
    prefix = "/screen/{stage}"
    routes = (
        Route(prefix, screen),
        Route(f"{prefix}/card", one_card),
        Route(f"{prefix}/ahead", action(ahead), methods=["POST"]),
        Route(f"{prefix}/progress", how_far),
        Route(f"{prefix}/votes", action(vote), methods=["POST"]),
        Route(f"{prefix}/undo", action(undo), methods=["POST"]),
        Route(f"{prefix}/decisions", own),
        Route(f"{prefix}/conflicts", conflicts),
        Route(f"{prefix}/conflicts", action(resolve, "resolve"), methods=["POST"]),
    )
    menu = tuple((NAMES[stage], f"/screen/{stage}") for stage in STAGES)
    return Room("screening", Path(__file__).parent, routes, menu)


# -- what requests say, and what replies share


def _stage(request: Request) -> Stage:
    stage = request.path_params["stage"]
    if stage not in STAGES:
        raise HTTPException(404)
    return cast(Stage, stage)


def _number(request: Request, name: str) -> int | None:
    value = request.query_params.get(name)
    return int(value) if value is not None and _is_number(value) else None


def _is_number(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 16


def _text(form: Form, name: str) -> str | None:
    return str(form.get(name) or "").strip() or None


def _texts(form: Form, name: str) -> tuple[str, ...]:
    return tuple(str(value) for value in form.getlist(name))


def _report(form: Form) -> int:
    value = form.get("report")
    if not _is_number(value):
        raise DecisionError("no report was named", hint="go back to the record and decide again")
    return int(str(value))


def _of_another(request: Request, at: Here, form: Form) -> Response | None:
    """Refuse what a page sends that another person had opened in this browser; the page keeps it for them."""
    if form.get("person", at.actor.person) == at.actor.person:
        return None
    hint = "say at the top of the page that you are that person, then it is sent"
    return problem(request, 403, "this was decided by another person than the one who is signed in now", hint)


def _wanted(connection: Any, request: Request, at: Here, stage: Stage) -> int | None:
    report, before = _number(request, "report"), _number(request, "before")
    if report is not None:
        return report
    turn = (connection, at.actor.person, stage, at.store.clock())
    if before is not None:
        return worklist.next_report(*turn, before=before)
    after = _number(request, "after")
    found = worklist.next_report(*turn, after=after)
    return found if found is not None or after is None else worklist.next_report(*turn)


def _common(at: Here, stage: Stage) -> dict[str, Any]:
    rules = at.protocol.rules(stage)
    return {
        "stage": stage, "stage_name": NAMES[stage], "base": f"/screen/{stage}", "rules": rules, "verbs": VERBS,
        "reason_texts": {reason.code: reason.text for reason in rules.reasons},
        "included_when": _criteria(at.protocol, True), "excluded_when": _criteria(at.protocol, False),
    }  # fmt: skip


def _criteria(protocol: Protocol, include: bool) -> list[str]:
    return [criterion.text for criterion in protocol.criteria if criterion.include is include]


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
    html = render(request, "screening/card.html", card=shown, **_common(at, stage))
    return {"report": shown.report, "html": html}


def _done(request: Request, stage: Stage, told: dict[str, Any], report: int | None = None) -> Response:
    if wants_json(request):
        return JSONResponse(told)
    back = f"?report={report}" if report is not None else ""
    return RedirectResponse(f"/screen/{stage}{back}", status_code=303)
