"""The conflicts of a stage as pages: one at a time, votes side by side, what was said about it, and how it ends."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from review.errors import DecisionError
from review.protocol import Stage
from review.web import Form, Here, action, here, show
from review.web.fields import number, of_another, text, texts
from screening import blinding, comments, conflicts, decisions, keys, rows
from screening.page_kit import PREFIX, card_of, common, report_of, stage_of
from screening.settings_pages import habits

COMMENT = "c"
LISTED = 50
"""How many conflicts the list beside the open one names."""


def queue(request: Request) -> Response:
    """Show one record with every vote on it: the one asked for, else the next conflict."""
    at, stage = here(request), stage_of(request)
    only = "mine" if request.query_params.get("show") == "mine" else None
    with at.store.read() as connection:
        person = at.actor.person
        every = blinding.conflicts_of(connection, at.protocol, stage, person)
        mine = blinding.conflicts_of(connection, at.protocol, stage, person, voted=True)
        waiting = mine if only else every
        report = _chosen(request, waiting)
        values = {
            **common(at, stage), **_keys(connection, person), "person": person,
            "only": only, "every": len(every), "mine": len(mine),
            "done": _done(connection, request, at, stage), **_neighbours(connection, waiting, report),
            **(_one(connection, at, stage, report) if report is not None else {"one": None}),
        }  # fmt: skip
    return show(request, "screening/conflicts.html", **values)


def resolve(request: Request, form: Form) -> Response:
    """End a conflict with an outcome and why."""
    at, stage = here(request), stage_of(request)
    if (refused := of_another(request, at, form)) is not None:
        return refused
    report, verdict = report_of(form), text(form, "verdict")
    if verdict is None:
        raise DecisionError("no outcome was chosen", hint="choose include or exclude")
    decisions.resolve(
        at.store, at.protocol, at.actor, report=report, stage=stage, verdict=verdict,
        reasons=texts(form, "reason") if verdict == "exclude" else (), note=text(form, "note"),
        client=text(form, "client"),
    )  # fmt: skip
    return _on(request, f"/screen/{stage}/conflicts?after={report}&done={report}{_filter(form)}")


def say(request: Request, form: Form) -> Response:
    """Keep a comment on a record, or an answer to one."""
    at, stage = here(request), stage_of(request)
    if (refused := of_another(request, at, form)) is not None:
        return refused
    report = report_of(form)
    made = comments.comment(
        at.store, at.protocol, at.actor, report=report, stage=stage, text=text(form, "text") or "",
        replies_to=text(form, "replies_to"), client=text(form, "client"),
    )  # fmt: skip
    return _on(request, f"/screen/{stage}/conflicts?report={report}{_filter(form)}#said-{made.id}")


ROUTES = (
    Route(f"{PREFIX}/conflicts", queue),
    Route(f"{PREFIX}/conflicts", action(resolve, "resolve"), methods=["POST"]),
    Route(f"{PREFIX}/comments", action(say, None), methods=["POST"]),
)


# -- parts of the page


def _chosen(request: Request, waiting: list[int]) -> int | None:
    """Give the report to show: the one named, else the first conflict beyond one, else the first."""
    report, after = number(request, "report"), number(request, "after") or 0
    if report is not None:
        return report
    return next((one for one in waiting if one > after), waiting[0] if waiting else None)


def _one(connection: Connection, at: Here, stage: Stage, report: int) -> dict[str, object]:
    one = conflicts.one(connection, at.protocol, stage, at.actor.person, report)
    voters = {vote.name for vote in rows.votes(connection, stage, (one.report,))[one.report]}
    resolved = bool(one.outcomes) and one.outcomes[0].stands
    return {
        "one": one,
        "card": card_of(connection, at, stage, one.report),
        "obstacle": conflicts.obstacle(at.protocol, stage, at.name, voters),
        "open": one.status == "conflict",
        "again": resolved and one.status != "conflict",
        "answers": _answers(at, one),
        "client": lambda: str(uuid4()),
    }


def _answers(at: Here, one: conflicts.Conflict) -> list[tuple[str, list[str | None], bool]]:
    """Give (criterion, each vote's answer to it, whether they differ); nothing when no vote answered any."""
    said = [dict(vote.criteria) for vote in one.votes]
    if not any(said):
        return []
    given = [(criterion.text, [answers.get(criterion.id) for answers in said]) for criterion in at.protocol.criteria]
    return [(criterion, answers, len(set(answers)) > 1) for criterion, answers in given]


def _keys(connection: Connection, person: str) -> dict[str, object]:
    """Give the person's own keys of what can be done here; a comment has a fixed one, unless that is taken."""
    liked = habits(connection, person).keys
    mine = {name: liked[name] for name in ("include", "exclude", "note", "previous", "next")}
    mine["comment"] = "" if COMMENT in mine.values() else COMMENT
    bound = {key: name for name, key in mine.items() if key}
    return {"keys": {name: keys.shown(key) for name, key in mine.items()}, "bound": bound}


def _neighbours(connection: Connection, waiting: list[int], report: int | None) -> dict[str, object]:
    """Say where a report stands among the conflicts, and name those that follow."""
    if report not in waiting:
        near = waiting[:LISTED]
        return {"position": None, "total": len(waiting), "previous": None, "next": near[0] if near else None,
                "listed": _named(connection, near)}  # fmt: skip
    at = waiting.index(report)
    start = max(0, min(at, len(waiting) - LISTED))
    return {
        "position": at + 1, "total": len(waiting), "previous": waiting[at - 1] if at else None,
        "next": waiting[at + 1] if at + 1 < len(waiting) else None,
        "listed": _named(connection, waiting[start : start + LISTED]),
    }  # fmt: skip


def _named(connection: Connection, reports: list[int]) -> list[tuple[int, str | None]]:
    known = rows.names(connection, reports)
    return [(one, known[one][0]) for one in reports]


def _done(connection: Connection, request: Request, at: Here, stage: Stage) -> tuple[int, str] | None:
    """Give (report, outcome) of the conflict that was just ended here."""
    report = number(request, "done")
    if report is None or report not in blinding.sees_votes(connection, at.protocol, stage, at.actor.person, (report,)):
        return None
    ended = conflicts.one(connection, at.protocol, stage, at.actor.person, report).outcomes
    return (report, ended[0].verdict) if ended and ended[0].stands else None


def _filter(form: Form) -> str:
    return "&show=mine" if form.get("show") == "mine" else ""


def _on(request: Request, path: str) -> Response:
    """Go on to a page: a script is told where, a form is sent there."""
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": path})
    return RedirectResponse(path, status_code=303)
