"""Notices of retraction and correction as a page: what is new, what was read, when it was last asked, ask again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from review.errors import DecisionError
from review.protocol import STAGES, Stage
from review.store import jobs
from review.web import Form, Here, action, here, show
from review.web.fields import number, text, texts
from review.web.kit import require
from screening import blinding, notices, rows
from screening.notices import LABELS
from screening.page_kit import report_of

PATH = "/notices"
PAGE_LENGTH = 50
JOB: jobs.Kind = "retractions"
_AT_FULL_TEXT = {
    "included": "Included", "excluded": "Excluded at full text", "not_retrieved": "Full text not retrieved",
}  # fmt: skip
_AT_TITLE = {
    "excluded": "Excluded on title and abstract", "removed": "Removed before screening",
    "not_screened": "Not screened",
}  # fmt: skip


def listed(request: Request) -> Response:
    """List the notices: those that nobody has read first."""
    at, start = here(request), number(request, "from") or 0
    with at.store.read() as connection:
        found = notices.lines(connection)
        page = found[start : start + PAGE_LENGTH]
        values: dict[str, Any] = {
            "lines": page, "total": len(found), "new": sum(one.new for one in found),
            "names": rows.names(connection, {one.report for one in page}),
            "stands": _stands(connection, at, {one.report for one in page}),
            "checks": notices.checks(connection),
            "job": jobs.latest(connection, JOB), "at_work": jobs.at_work(connection, at.store.clock()),
        }  # fmt: skip
    further = start + PAGE_LENGTH if start + len(page) < len(found) else None
    read = number(request, "read")
    return show(request, "screening/notices.html", further=further, read=read, may_act=_may_act(at), **values)


def read(request: Request, form: Form) -> Response:
    """Note that somebody has read notices, as they were shown."""
    at = _acting(request)
    report, kind = report_of(form), text(form, "kind")
    if kind not in LABELS:
        raise DecisionError("no notice was named", hint="go back to the list of notices")
    which = [(source, about) for one in texts(form, "notice") for source, _, about in (one.partition(" "),)]
    notices.see(at.store, at.actor, report=report, kind=kind, which=which)
    return RedirectResponse(f"{PATH}?read={report}", status_code=303)


def check(request: Request, form: Form) -> Response:
    """Ask for a new check; it is done behind the pages."""
    at = _acting(request)
    jobs.ask(at.store, JOB, at.actor.person, {})
    return RedirectResponse(PATH, status_code=303)


def _acting(request: Request) -> Here:
    """Let nobody act who may only look on."""
    at = here(request)
    if not _may_act(at):
        require(request, "vote")
    return at


def _may_act(at: Here) -> bool:
    return any(at.may(right) for right in ("vote", "resolve", "rules"))


def _stands(connection: Connection, at: Here, reports: Collection[int]) -> Mapping[int, tuple[Stage, str]]:
    """Say at which stage each report stands and how, as far as the person may know that yet."""
    hidden = blinding.stages_hidden(connection, at.protocol, at.name)
    first, second = (rows.statuses(connection, stage, reports) for stage in STAGES)
    found: dict[int, tuple[Stage, str]] = {}
    for one in reports:
        if one in second:
            told = "At full text" if "full-text" in hidden else _AT_FULL_TEXT.get(second[one], "To be assessed")
            found[one] = ("full-text", told)
        else:
            told = "" if "title-abstract" in hidden else _AT_TITLE.get(first.get(one, ""), "")
            found[one] = ("title-abstract", told or "On title and abstract")
    return found


ROUTES = (
    Route(PATH, listed),
    Route(f"{PATH}/read", action(read, None), methods=["POST"]),
    Route(f"{PATH}/check", action(check, None), methods=["POST"]),
)
