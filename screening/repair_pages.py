"""Repairing a record as a page: what is shown of each field, what every record says, and a form for what is missing."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from review.errors import DecisionError
from review.protocol import Stage
from review.store.chosen import REPAIRABLE
from review.web import Form, Here, action, here, show
from review.web.fields import number, of_another
from screening import repairs
from screening.page_kit import PREFIX, common, report_of, stage_of


def repair(request: Request) -> Response:
    """Show the fields of a report that can be repaired."""
    at, stage = here(request), stage_of(request)
    return _page(request, at, stage, number(request, "report") or 0)


def mend(request: Request, form: Form) -> Response:
    """Keep a text for a field, or take it back. What is refused stays in the form, with the reason beside it."""
    at, stage = here(request), stage_of(request)
    if (refused := of_another(request, at, form)) is not None:
        return refused
    report, field = report_of(form), str(form.get("field"))
    text, source = str(form.get("text") or ""), str(form.get("source") or "")
    try:
        if form.get("do") == "undo":
            repairs.take_back(at.store, at.actor, report=report, field=field)
        else:
            repairs.put(at.store, at.actor, report=report, field=field, text=text, source=source)
    except DecisionError as error:
        if field not in REPAIRABLE:
            raise
        return _page(request, at, stage, report, typed={"field": field, "text": text, "source": source}, error=error)
    return RedirectResponse(f"/screen/{stage}/repair?report={report}&done={field}#{field}", status_code=303)


def _page(
    request: Request, at: Here, stage: Stage, report: int, typed: dict[str, str] | None = None,
    error: DecisionError | None = None,
) -> Response:  # fmt: skip
    with at.store.read() as connection:
        root = repairs.root_of(connection, report)
        found = repairs.fields(connection, root, at.protocol.rules(stage).hide)
        past = repairs.past(connection, root)
        doi = next((one.text for one in found if one.name == "doi"), None)
        same = repairs.of_the_same_doi(connection, root, doi)
    return show(
        request, "screening/repair.html", 422 if error else 200, report=root, fields=found, same=same,
        past=[one for one in past if one.field in {field.name for field in found}],
        title=next((one.text for one in found if one.name == "title"), None), typed=typed, error=error,
        done=request.query_params.get("done"), wanted=request.query_params.get("field"), person=at.actor.person,
        labels=repairs.LABELS, hints=repairs.HINTS, lists=repairs.LISTS, longest=repairs.LONGEST,
        longest_line=repairs.LONGEST_LINE, longest_source=repairs.LONGEST_SOURCE, **common(at, stage),
    )  # fmt: skip


ROUTES = (Route(f"{PREFIX}/repair", repair), Route(f"{PREFIX}/repair", action(mend), methods=["POST"]))
