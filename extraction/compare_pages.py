"""What two filled in side by side, how what differs is settled, how well they agree. Requests in, templates out.

Every field is a form of its own, so that it works without a script; the script adds keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from extraction import agreeing, appraisal, comparison, desks, entry, fillings, settling, studies, texts, versions
from extraction.comparison import Compared, Comparison, Settled, Side, Subject
from extraction.desks import Desk, FormDesk, InstrumentDesk
from extraction.entry import Asked, Cell, Typed
from extraction.settling import Ruling, in_words
from extraction.studies import Study
from extraction.values import parse
from review import countries
from review.errors import DecisionError, ReviewError
from review.forms import MISSING, Field, Instrument
from review.web import Form, Here, action, here, show
from review.web.fields import of_another, text

SHOWN = {"open": ("open", "again"), "settled": ("settled", "agreed"), "all": None}
"""Filter -> the states of fields that it shows; ``None``: all, those too that nobody answered: they can be settled."""
METHODS = {"discussion": "in discussion", "third": "by a third person", "checked": "checked", "agreed": "agreed"}


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for the comparison of one sheet of one study."""

    at: Here
    desk: Desk
    subject: Subject
    study: Study
    base: str


@dataclass(frozen=True, slots=True)
class Refused:
    """What could not be settled, and why: a new value is shown again as it was typed."""

    field: str
    typed: Typed | None
    note: str
    why: str


def _visit(request: Request) -> Visit:
    at, key, name = here(request), request.path_params["study"], request.path_params.get("instrument")
    if name is None:
        form = desks.form_desk(at)
        return Visit(at, form, form.form, _study(at, None, key), f"/extract/{quote(key)}")
    desk = desks.instrument_desk(at, name, None)
    study = _study(at, desk.instrument, key)
    return Visit(at, desk, desk.instrument, study, f"/appraise/{quote(key)}/{quote(name)}")


def _study(at: Here, instrument: Instrument | None, key: str) -> Study:
    """Give what is extracted or appraised: a study, or a finding for an instrument of findings."""
    with at.store.read() as connection:
        if instrument is not None:
            known = dict(appraisal.subjects(connection, instrument))
        else:
            known = {one.key: one for one in studies.studies(connection)}
    if key not in known:
        raise DecisionError(f"there is no study '{key}' here", hint="open it from the list of studies")
    return known[key]


# -- showing


def page(request: Request) -> Response:
    """Show the fields of one study side by side, those to be settled first."""
    return _page(request, _visit(request))


def _page(request: Request, visit: Visit, refused: Refused | None = None) -> Response:
    at = visit.at
    with at.store.read() as connection:
        found = comparison.compare(connection, at.protocol, visit.subject, visit.study.key)
        standing = fillings.state(connection, at.protocol, visit.desk.sheet, visit.study.key, at.actor.person)
        files = {file.sha256: file.address for file in texts.files_of(connection, visit.study)}
    wanted = str(request.query_params.get("show"))
    chosen = wanted if wanted in SHOWN and refused is None else "open"
    fields = {one.id: one for one in visit.desk.fields}
    listed = [one for one in found.fields if one.field in fields and _listed(one, SHOWN[chosen], refused)]
    values = {
        "visit": visit, "found": found, "standing": standing, "chosen": chosen, "counts": _counts(found),
        "pairs": [_pair(visit, found, one, fields[one.field], refused) for one in listed],
        "done": _done(request, visit, found, fields), "obstacle": _obstacle(at, found), "methods": METHODS,
        "files": files, "place": lambda one: f"p. {one}" if one.isdecimal() else one,
        "person": at.actor.person, "missing": MISSING, "parts": entry.parts, "nothing": Cell(),
        "reasoned": isinstance(visit.desk, InstrumentDesk), "checks": found.by == "checked",
        "countries": sorted(countries.NAMES.values()),
    }  # fmt: skip
    return show(request, "extraction/compare.html", 422 if refused else 200, **values)


def _listed(one: Compared, states: Sequence[str] | None, refused: Refused | None) -> bool:
    if refused is not None and one.field == refused.field:
        return True
    return states is None or one.state in states


def _counts(found: Comparison) -> dict[str, int]:
    """Count what each filter shows, and how many fields there are to come to an end with."""
    settled = found.count("settled", "agreed")
    still = found.count("open", "again")
    return {"open": still, "settled": settled, "all": len(found.fields), "total": settled + still}


def _pair(visit: Visit, found: Comparison, one: Compared, field: Field, refused: Refused | None) -> dict[str, Any]:
    """Give what the template says of one field."""
    again = refused if refused is not None and refused.field == one.field else None
    start = one.settled or one.left or one.right
    people = [(found.left, one.left)] if found.right is None else [(found.left, one.left), (found.right, one.right)]
    return {
        "one": one, "field": field, "refused": again.why if again else "", "note": again.note if again else "",
        "asked": Asked(field, (again.typed if again else None) or _typed(field, start)),
        "typing": again is not None and again.typed is not None,
        "sides": [(held.name, side, in_words(visit.subject, one.field, side)) for held, side in people],
        "settled": in_words(visit.subject, one.field, one.settled) if one.settled else "",
        "acts_on": ",".join(sorted(one.events)),
    }  # fmt: skip


def _typed(field: Field, given: Side | Settled | None) -> Typed:
    """Give the controls of a new value what to begin with."""
    if given is None:
        return Typed()
    typed = Typed(Cell(missing=given.missing)) if given.missing else entry.of_value(field, given.value)
    reason, quoted, place = given.reason or "", given.quote or "", given.place or ""
    return replace(typed, reason=reason, quote=quoted, place=place, file=given.file or "")


def _done(request: Request, visit: Visit, found: Comparison, fields: Mapping[str, Field]) -> dict[str, Any] | None:
    """Give what was settled just now, so that it can be taken back."""
    name = request.query_params.get("done")
    one = next((one for one in found.fields if one.field == name and one.state == "settled"), None)
    if one is None or one.settled is None or one.field not in fields:
        return None
    said = in_words(visit.subject, one.field, one.settled)
    return {"field": one.field, "label": fields[one.field].label, "said": said, "base": one.settled.event}


def _obstacle(at: Here, found: Comparison) -> str | None:
    """Say why the person who looks cannot settle anything."""
    try:
        settling.method_of(at.protocol, found, at.actor.person, at.name)
    except ReviewError as error:
        return f"{error.message}: {error.hint}" if error.hint else error.message
    return None


# -- settling


def settle(request: Request, form: Form) -> Response:
    """Settle one field: as one side says, or otherwise."""
    visit = _visit(request)
    at = visit.at
    if (refused := of_another(request, at, form)) is not None:
        return refused
    field = next((one for one in visit.desk.fields if one.id == form.get("field")), None)
    if field is None:
        raise DecisionError(f"{visit.desk.label} has no such field any more", hint="open the page again")
    typed = entry.of_form(field, form)
    _adopt(visit)
    try:
        settling.settle(
            at.store, at.actor, at.protocol, visit.subject, visit.study.key, [_ruling(field, typed, form)]
        )  # fmt: skip
    except DecisionError as error:
        why = f"{error.message}: {error.hint}" if error.hint else error.message
        retyped = typed if form.get("take") == "new" else None
        return _page(request, visit, Refused(field.id, retyped, text(form, "note") or "", why))
    return _on(visit, form, field.id)


def _adopt(visit: Visit) -> None:
    """Take the form that is settled under into use, when it is another than the one in use."""
    at = visit.at
    if isinstance(visit.desk, FormDesk) and (at.may("extract") or at.may("resolve")):
        versions.adopt(at.store, at.actor, "form", visit.desk.name, at.folder)


def _ruling(field: Field, typed: Typed, form: Form) -> Ruling:
    take = str(form.get("take"))
    seen = frozenset(filter(None, str(form.get("acts_on") or "").split(",")))
    plain = Ruling(field.id, "left", seen, text(form, "base"), text(form, "note"))
    if take in ("left", "right"):
        return replace(plain, take="left" if take == "left" else "right")
    value = None if typed.cell.missing else parse(field, entry.raw(field, typed))
    return replace(
        plain, take="new", value=value, missing=typed.cell.missing or None, reason=typed.reason, quote=typed.quote,
        place=typed.place, file=typed.file or None,
    )  # fmt: skip


def accept_rest(request: Request, form: Form) -> Response:
    """Accept all that is not checked yet, as it stands."""
    visit = _visit(request)
    at = visit.at
    if (refused := of_another(request, at, form)) is not None:
        return refused
    with at.store.read() as connection:
        found = comparison.compare(connection, at.protocol, visit.subject, visit.study.key)
    seen = frozenset(str(one) for one in form.getlist("seen"))
    rest = [
        Ruling(one.field, "left", one.events, one.settled.event if one.settled else None)
        for one in found.fields
        if one.state == "open" and one.left is not None and one.left.event in seen
    ]
    _adopt(visit)
    settling.settle(at.store, at.actor, at.protocol, visit.subject, visit.study.key, rest)
    return _on(visit, form, "")


def take_back(request: Request, form: Form) -> Response:
    """Take back what was settled for a field."""
    visit = _visit(request)
    at, field = visit.at, str(form.get("field"))
    settling.withdraw(at.store, at.actor, at.protocol, visit.subject, visit.study.key, field, str(form.get("base")))
    return RedirectResponse(f"{visit.base}/compare#c-{quote(field)}", status_code=303)


def end(request: Request, form: Form) -> Response:
    """Say that the check is done, or goes on."""
    visit = _visit(request)
    at, key, desk = visit.at, visit.study.key, visit.desk
    if form.get("do") == "reopen":
        fillings.reopen(at.store, at.actor, at.protocol, desk.sheet, key, desk.version)
    else:
        settling.done(at.store, at.actor, at.protocol, visit.subject, key, desk.version)
    return RedirectResponse(f"{visit.base}/compare", status_code=303)


def _on(visit: Visit, form: Form, field: str) -> Response:
    """Go on to the field that followed."""
    chosen, after = str(form.get("show") or "open"), str(form.get("after") or "")
    show_ = "" if chosen not in SHOWN or chosen == "open" else f"&show={chosen}"
    address = f"{visit.base}/compare?done={quote(field)}{show_}#{f'c-{quote(after)}' if after else 'pairs'}"
    return RedirectResponse(address, status_code=303)


# -- agreement


def agreement(request: Request) -> Response:
    """Show how well two agree, per field of the form and per item of each instrument."""
    at = here(request)
    found: list[tuple[str, bool, agreeing.Report]] = []
    with at.store.read() as connection:
        for desk, subject in _sheets(at):
            independent = fillings.by(at.protocol, desk.sheet) == "double"
            found.append((desk.label, independent, agreeing.agreement(connection, at.protocol, subject)))
    return show(request, "extraction/compare_agreement.html", sheets=found)


def _sheets(at: Here) -> list[tuple[Desk, Subject]]:
    found: list[tuple[Desk, Subject]] = []
    if at.protocol.proforma is not None:
        form = desks.form_desk(at)
        found.append((form, form.form))
    for name in at.protocol.instruments:
        desk = desks.instrument_named(at, name)
        found.append((desk, desk.instrument))
    return found


ROUTES = (
    Route("/extract/agreement", agreement),
    *(
        route
        for path in ("/extract/{study}/compare", "/appraise/{study}/{instrument}/compare")
        for route in (
            Route(path, page),
            Route(path, action(settle, "see"), methods=["POST"]),
            Route(f"{path}/rest", action(accept_rest, "see"), methods=["POST"]),
            Route(f"{path}/back", action(take_back, "see"), methods=["POST"]),
            Route(f"{path}/end", action(end, "see"), methods=["POST"]),
        )
    ),
)
"""Who may settle depends on the study (``settling.method_of``)."""
