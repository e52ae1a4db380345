"""Coding one study: its full text beside the codings. Requests in, templates out; what counts is in ``coding``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from extraction import fillings, library, rows, studies, texts, versions
from extraction.studies import Study
from extraction.synthesis import coding, coding_page_rows, coding_rows
from extraction.synthesis.coding import EVIDENCE, PERSPECTIVES
from extraction.synthesis.resolving import Resolver
from extraction.synthesis.synthesis_kit import (
    Code,
    Coding,
    base_of,
    codes_of,
    common,
    framework_of,
    is_emergent,
    problem_of,
    seen,
    sheet_of,
)
from review.errors import DecisionError, ReviewError
from review.forms import EMERGENT, Framework
from review.web import Form, Here, action, here, show
from review.web.fields import of_another, text
from review.web.kit import render, wants_json

PATH = "/code/{study}"
NEW = "new"
"""What stands for a theme that is named in the field beside it."""
RECENT = 5
STATEMENTS = 100
"""So many codes, and statements, are offered that a person used last."""
TYPED = ("key", "base", "statement", "text", "component", "polarity", "perspective", "evidence", "quote", "place",
         "file", "new_theme")  # fmt: skip
"""The fields of the form that are there once."""


def shown(request: Request) -> Response:
    """Show a study to be coded; the form is empty, or holds a coding to change, or what another page quoted."""
    at = here(request)
    given = request.query_params
    with at.store.read() as connection:
        values = _page(connection, at, request.path_params["study"])
        filled = _to_change(values, given.get("edit")) or _quoted(connection, at, values["study"], given)
    said = {"saved": "The coding is saved.", "removed": "The coding is taken away."}.get(given.get("done", ""))
    return show(request, "extraction/coding.html", **values, filled=filled, refused=None, said=said, taken=None)


def save(request: Request, form: Form) -> Response:
    """Save a coding; what cannot stand is said beside the form, with all that was typed."""
    at, key = here(request), request.path_params["study"]
    if (refused := of_another(request, at, form)) is not None:
        return refused
    framework = framework_of(at)
    try:
        with at.store.read() as connection:
            known = sorted(studies.keys(connection))
            own = seen(connection, at, framework, person=at.actor.person)
            said = _said(form, key, own, connection)
        versions.adopt(at.store, at.actor, "framework", str(at.protocol.framework), at.folder)
        event = coding.save(at.store, at.actor, at.protocol, framework, known, said, base_of(form))
    except ReviewError as error:
        if wants_json(request):
            raise
        return _refused(request, at, key, form, error)
    return _done(request, at, key, "saved", str(event.payload["key"]))


def remove(request: Request, form: Form) -> Response:
    """Take a coding of one's own away; the page that answers can put it back."""
    at, study = here(request), request.path_params["study"]
    if (refused := of_another(request, at, form)) is not None:
        return refused
    key, framework = text(form, "key") or "", framework_of(at)
    with at.store.read() as connection:
        mine = seen(connection, at, framework, study=study, person=at.actor.person)
    coding.remove(at.store, at.actor, at.protocol, framework, key, base_of(form))
    taken = next((row for row in mine if row["key"] == key), None)
    if wants_json(request):
        return _list(request, at, study, None, taken)
    with at.store.read() as connection:
        values = _page(connection, at, study)
    return show(request, "extraction/coding.html", **values, filled={}, refused=None, said=None, taken=taken)


def move(request: Request, form: Form) -> Response:
    """Note that one is done with a study, or goes on with it."""
    at, study = here(request), request.path_params["study"]
    if (refused := of_another(request, at, form)) is not None:
        return refused
    framework = framework_of(at)
    act = {"done": fillings.done, "reopen": fillings.reopen, "leave": fillings.leave}.get(text(form, "do") or "")
    if act is None:
        raise DecisionError("it was not said what to do", hint="go back to the page and press a button of it")
    act(at.store, at.actor, at.protocol, sheet_of(framework), study, framework.version)
    return RedirectResponse(f"/code/{quote(study)}#codings", status_code=303)


# -- what the page shows


def _page(connection: Connection, at: Here, key: str) -> dict[str, Any]:
    """Give what the page of a study sees, its form apart."""
    framework = framework_of(at)
    known = {one.key: one for one in studies.studies(connection)}
    if key not in known:
        raise HTTPException(404)
    resolver, study = coding_rows.resolver(connection), known[key]
    codes = codes_of(connection, at, framework, resolver)
    files = texts.files_of(connection, study)
    order = sorted(known)
    place = order.index(key)
    return {
        **common(at, framework, resolver), **_listed(connection, at, framework, key, files),
        "study": study, "codes": codes, "files": [one.offered for one in files], "held": files,
        "recent": _recent(connection, at, resolver, codes), "new": NEW,
        "perspectives": PERSPECTIVES, "evidences": EVIDENCE,
        "statements": coding_page_rows.statements(connection, at.actor.person, STATEMENTS),
        "previous": order[place - 1] if place else None,
        "next": order[place + 1] if place + 1 < len(order) else None, "emergent_too": framework.allow_emergent,
    }  # fmt: skip


def _listed(
    connection: Connection, at: Here, framework: Framework, key: str, files: Sequence[texts.File]
) -> dict[str, Any]:
    """Give what the list of a study's codings sees."""
    here_too = seen(connection, at, framework, study=key)
    standing = fillings.state(connection, at.protocol, sheet_of(framework), key, at.actor.person)
    return {
        "key": key, "standing": standing, "mine": [r for r in here_too if r["person"] == at.actor.person],
        "others": [r for r in here_too if r["person"] != at.actor.person],
        "addresses": {one.sha256: one.address for one in files}, "writes": at.may("extract") and standing.may_write,
    }  # fmt: skip


def _recent(
    connection: Connection, at: Here, resolver: Resolver, codes: Sequence[Code]
) -> list[tuple[str, str | None]]:
    """Give the codes that this person used last and the form offers: parts of the framework, themes as they are now."""
    offered = {(one.id, part) for one in codes for part in (None, *one.subelements)}
    used = coding_page_rows.coded_by(connection, at.actor.person, 2 * RECENT)
    now = dict.fromkeys((resolver.living(component), part) for component, part in used)
    return [one for one in now if one in offered][:RECENT]


def _to_change(values: Mapping[str, Any], key: str | None) -> dict[str, Any]:
    """Fill the form with a coding of one's own."""
    row = next((one for one in values["mine"] if key is not None and one["key"] == key), None)
    return {} if row is None else {**row, "base": row["event"]}


def _quoted(connection: Connection, at: Here, study: Study, given: Mapping[str, str]) -> dict[str, Any]:
    """Fill the form with the quote of one's own answer to a field of the form, or with nothing."""
    name, field = at.protocol.proforma, given.get("field")
    if name is None or not field:
        return {}
    form = library.form(name, at.folder)
    mine = rows.answers(connection, form.name, at.actor.person)
    said = next((row for row in mine if row["study"] == study.key and row["field"] == field), None)
    if said is None or not said["quote"]:
        return {}
    return {"quote": said["quote"], "place": said["place"], "file": said["file"]}


# -- what a form says


def _said(form: Form, study: str, own: Sequence[Coding], connection: Connection) -> coding.Coding:
    """Read a coding off the form.

    Raises
    ------
    DecisionError
        No component was chosen, a new theme has no name, or the very same was coded before.
    """
    component = _code(form, "component", "new_theme")
    if component is None:
        raise DecisionError("no component was chosen", hint="choose what the passage is about")
    key = text(form, "key")
    part = _code(form, f"sub:{form.get('component')}", f"new:{form.get('component')}")
    said = coding.Coding(
        study=study, key=key, component=component, statement=text(form, "statement") or _next(own, connection),
        subelement=part, text=text(form, "text"), polarity=text(form, "polarity"), quote=text(form, "quote"),
        perspective=text(form, "perspective"), evidence=text(form, "evidence"), place=text(form, "place"),
        file=text(form, "file"),
    )  # fmt: skip
    same = ("text", "component", "polarity", "quote", "place")
    if key is None and any(
        row["study"] == study and all(row[name] == getattr(said, name) for name in same) for row in own
    ):
        raise DecisionError("you coded exactly this already", hint="it is in the list of your codings")
    return said


def _code(form: Form, name: str, named: str) -> str | None:
    """Read a code: one of those offered, or the name of a new theme, which is marked as one."""
    chosen = text(form, name)
    if chosen != NEW:
        return chosen
    typed = text(form, named)
    if typed is None:
        raise DecisionError("the new theme has no name", hint="write its name, or choose another code")
    return typed if is_emergent(typed) else f"{EMERGENT}{typed}"


def _next(own: Sequence[Coding], connection: Connection) -> str:
    """Give a short id to a new statement: S and a number that no statement of the review has."""
    taken = coding_page_rows.statement_ids(connection)
    return next(one for n in range(len(own) + 1, len(own) + len(taken) + 2) if (one := f"S{n}") not in taken)


# -- answers


def _done(request: Request, at: Here, study: str, what: str, key: str) -> Response:
    if wants_json(request):
        return _list(request, at, study, key, None)
    return RedirectResponse(f"/code/{quote(study)}?{urlencode({'done': what})}#codings", status_code=303)


def _list(request: Request, at: Here, study: str, key: str | None, taken: Coding | None) -> Response:
    """Answer a script with the list of codings, and with an empty form: it has the codes that can be chosen now."""
    with at.store.read() as connection:
        values = _page(connection, at, study)
    return JSONResponse({
        "list": render(request, "extraction/coding_list.html", **values, taken=taken),
        "form": render(request, "extraction/coding_form.html", **values, filled={}, refused=None),
        "key": key,
    })  # fmt: skip


def _refused(request: Request, at: Here, study: str, form: Form, error: ReviewError) -> Response:
    """Show the page again with what was typed, and why it was not saved."""
    with at.store.read() as connection:
        values = _page(connection, at, study)
    typed = {name: text(form, name) for name in TYPED}
    component = form.get("component")
    typed |= {"subelement": text(form, f"sub:{component}"), "new_subelement": text(form, f"new:{component}")}
    return show(request, "extraction/coding.html", 422, **values, filled=typed, refused=problem_of(error), said=None,
                taken=None)  # fmt: skip


ROUTES = (
    Route(PATH, shown),
    Route(PATH, action(save, "extract"), methods=["POST"]),
    Route(f"{PATH}/remove", action(remove, "extract"), methods=["POST"]),
    Route(f"{PATH}/state", action(move, "extract"), methods=["POST"]),
)
"""After those of fixed addresses: a study's key stands where they have a word."""
