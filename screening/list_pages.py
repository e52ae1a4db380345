"""Lists as pages: a person's own decisions, to be filtered and changed in place; any report by its words; background.

The address holds the filters. Every change goes through ``screening.decisions``; others' votes are never shown.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from review.errors import DecisionError
from review.formats import registry
from review.protocol import Stage
from review.web import Form, Here, action, here, show
from review.web.fields import number, of_another, text, texts
from screening import decisions, list_rows, lists, rows, tags
from screening.checks import VERDICTS
from screening.display import authors
from screening.list_rows import Filters
from screening.page_kit import NAMES, PREFIX, common, report_of, stage_of

PAGE_LENGTH = 50
_FILTERS = ("q", "verdict", "reason", "day", "tag", "changed")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EXPORTS = {"ris": "application/x-research-info-systems", "csv": "text/csv; charset=utf-8"}


# -- my decisions


def own(request: Request) -> Response:
    """List this person's own decisions, newest first: those that fit the filters of the address."""
    at, stage = here(request), stage_of(request)
    asked = _asked(dict(request.query_params))
    wanted = _filters(asked, lists.hidden(at.protocol.rules(stage)))
    with at.store.read() as connection:
        found = list_rows.decisions(
            connection, at.actor.person, stage, wanted, limit=PAGE_LENGTH + 1, before=request.query_params.get("before")
        )
        counted = list_rows.count(connection, at.actor.person, stage, wanted)
        titles = rows.names(connection, [one.report for one in found[:PAGE_LENGTH]])
    shown = found[:PAGE_LENGTH]
    further = urlencode({**asked, "before": shown[-1].event}) if len(found) > PAGE_LENGTH else None
    return show(
        request, "screening/decisions.html", decisions=shown, titles=titles, further=further, narrowed=bool(asked),
        asked={name: asked.get(name, "") for name in _FILTERS},
        facets=lists.facets(counted, wanted), **_shared(at, stage, asked),
    )  # fmt: skip


def one(request: Request) -> Response:
    """Show one of the own decisions: as it stands, to be changed (``edit``), or with all before it (``history``)."""
    at, stage, report = here(request), stage_of(request), number(request, "report") or 0
    back = _asked(dict(parse_qsl(request.query_params.get("back", ""))))
    how = "edit" if "edit" in request.query_params else "history" if "history" in request.query_params else "plain"
    return _row(request, at, stage, report, back, how=how)


def change(request: Request, form: Form) -> Response:
    """Change a decision, or take it back. What cannot stand is said in the row, and what was typed stays there."""
    at, stage = here(request), stage_of(request)
    if (refused := of_another(request, at, form)) is not None:
        return refused
    report, verdict, back = (
        report_of(form),
        str(form.get("verdict")),
        _asked(dict(parse_qsl(str(form.get("back", ""))))),
    )
    in_place = bool(request.headers.get("hx-request"))
    try:
        if form.get("do") == "clear":
            decisions.clear(at.store, at.protocol, at.actor, report=report, stage=stage)
        elif at.protocol.rules(stage).mode == "criteria":
            raise DecisionError("here a decision follows from the criteria", hint="open the record to answer them")
        else:
            decisions.decide(
                at.store, at.protocol, at.actor, report=report, stage=stage, verdict=verdict,
                reasons=texts(form, "reason") if verdict == "exclude" else (), note=text(form, "note"),
            )  # fmt: skip
    except DecisionError as error:
        typed = {"verdict": verdict, "reasons": texts(form, "reason"), "note": str(form.get("note") or "")}
        return _row(request, at, stage, report, back, how="edit", error=error, typed=typed)
    if in_place:
        return _row(request, at, stage, report, back, how="saved")
    return RedirectResponse(f"/screen/{stage}/decisions?{urlencode(back)}", status_code=303)


def _row(
    request: Request, at: Here, stage: Stage, report: int, back: dict[str, str], *, how: str,
    error: DecisionError | None = None, typed: dict[str, Any] | None = None,
) -> Response:  # fmt: skip
    """Answer with one row: to htmx alone, else on a page of its own."""
    with at.store.read() as connection:
        found = list_rows.decisions(connection, at.actor.person, stage, Filters(report=report), limit=1)
        titles = rows.names(connection, (report,))
        earlier = lists.history(connection, at.actor.person, stage, report) if how == "history" else ()
    if error is not None and not found:
        raise error  # there is no row to say it in
    template = "screening/decision_row.html" if request.headers.get("hx-request") else "screening/decision.html"
    return show(
        request, template, 422 if error else 200, one=found[0] if found else None, report=report, titles=titles,
        how=how, earlier=earlier, typed=typed, error=error, **_shared(at, stage, back),
    )  # fmt: skip


def _shared(at: Here, stage: Stage, asked: dict[str, str]) -> dict[str, Any]:
    return {**common(at, stage), "person": at.actor.person, "back": urlencode(asked), "tag_name": tags.name}


def _asked(given: dict[str, str]) -> dict[str, str]:
    """Give the filters of an address that mean something, so that none holds without being shown."""
    given = {name: value.strip() for name, value in given.items() if name in _FILTERS and value.strip()}
    if given.get("verdict") not in VERDICTS:
        given.pop("verdict", None)
    if not _DAY.fullmatch(given.get("day", "")):
        given.pop("day", None)
    return {name: given[name] for name in _FILTERS if name in given}


def _filters(asked: dict[str, str], without: tuple[str, ...]) -> Filters:
    return Filters(
        patterns=lists.patterns(asked.get("q")), without=without,
        verdict=asked.get("verdict", ""), reason=asked.get("reason", ""), day=asked.get("day", ""),
        tag=asked.get("tag", ""), changed="changed" in asked,
    )  # fmt: skip


# -- any report


def find(request: Request) -> Response:
    """List the reports of the stage that hold some words, each with this person's own verdict."""
    at, stage = here(request), stage_of(request)
    wanted, start = request.query_params.get("q", "").strip(), number(request, "from") or 0
    rules = at.protocol.rules(stage)
    with at.store.read() as connection:
        total, found = lists.find(
            connection, at.actor.person, stage, wanted, rules, limit=PAGE_LENGTH, offset=start
        )  # fmt: skip
        looked_in = "" if start or stage != "full-text" else wanted
        pages_found, in_texts = lists.find_in_texts(connection, stage, looked_in, limit=PAGE_LENGTH)
    further = urlencode({"q": wanted, "from": start + PAGE_LENGTH}) if start + len(found) < total else None
    return show(
        request, "screening/find.html", wanted=wanted, total=total, found=found, further=further, authors=authors,
        pages_found=pages_found, in_texts=in_texts, **common(at, stage),
    )  # fmt: skip


# -- useful background


def background(request: Request) -> Response:
    """List the reports that are not eligible and still useful."""
    at, stage = here(request), stage_of(request)
    with at.store.read() as connection:
        found = lists.background(connection, at.actor.person)
    hidden = at.protocol.rules(stage).names_hidden
    return show(
        request, "screening/background.html", found=found, names=NAMES, authors=authors,
        who=lambda person: "you" if person == at.name else "another person" if hidden else person, **common(at, stage),
    )  # fmt: skip


def background_file(request: Request) -> Response:
    """Give the useful background as a file for a reference manager or a spreadsheet."""
    at, ending = here(request), request.url.path.rpartition(".")[2]
    with at.store.read() as connection:
        found = lists.background(connection, at.actor.person)
    data = registry.write([one.record for one in found], ending)
    named = {"Content-Disposition": f'attachment; filename="background.{ending}"'}
    return Response(data, media_type=_EXPORTS[ending], headers=named)


ROUTES = (
    Route(f"{PREFIX}/decisions", own),
    Route(f"{PREFIX}/decisions", action(change), methods=["POST"]),
    Route(f"{PREFIX}/decisions/one", one),
    Route(f"{PREFIX}/find", find),
    Route(f"{PREFIX}/background", background),
    *(Route(f"{PREFIX}/background.{ending}", background_file) for ending in _EXPORTS),
)
