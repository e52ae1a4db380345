"""The conflicts of a stage as a page: votes side by side, and how each ends."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from review.errors import DecisionError
from review.web import Form, action, here, show
from screening import decisions
from screening.page_kit import PREFIX, common, report_of, stage_of, text, texts


def conflicts(request: Request) -> Response:
    """List the conflicts of a stage, votes side by side."""
    at, stage = here(request), stage_of(request)
    with at.store.read() as connection:
        found = decisions.conflicts(connection, stage)
    return show(request, "screening/conflicts.html", conflicts=found, **common(at, stage))


def resolve(request: Request, form: Form) -> Response:
    """End a conflict with an outcome and why."""
    at, stage = here(request), stage_of(request)
    report, verdict = report_of(form), text(form, "verdict")
    if verdict is None:
        raise DecisionError("no outcome was chosen", hint="choose include or exclude")
    decisions.resolve(
        at.store, at.protocol, at.actor, report=report, stage=stage, verdict=verdict,
        reasons=texts(form, "reason") if verdict == "exclude" else (), note=text(form, "note"),
        client=text(form, "client"),
    )  # fmt: skip
    if request.headers.get("hx-request"):
        return show(request, "screening/resolved.html", report=report, verdict=verdict, **common(at, stage))
    return RedirectResponse(f"/screen/{stage}/conflicts", status_code=303)


ROUTES = (
    Route(f"{PREFIX}/conflicts", conflicts),
    Route(f"{PREFIX}/conflicts", action(resolve, "resolve"), methods=["POST"]),
)
