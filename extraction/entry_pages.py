"""The page on which one study is filled in beside its full text. Requests in, templates out.

A script saves field by field as one goes; without it one button saves the whole page. Both send the same names.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from extraction import appraisal, desks, entry, entry_rows, fillings, studies, text_rows, texts, values, versions
from extraction.behind import behind
from extraction.desks import Desk, FormDesk, Held, InstrumentDesk, Rows
from extraction.entry import Cell, Part, Typed
from extraction.fillings import Standing
from extraction.studies import Study
from review import countries
from review.errors import DecisionError
from review.forms import FINDING, MISSING, Field
from review.passages import mend
from review.text import many
from review.web import Form, Here, action, here, show
from review.web.fields import of_another
from review.web.kit import render

KEYS = (
    ("Tab", "next control"),
    ("Alt J", "next open field; with Shift the one before"),
    ("Alt Q", "take the selected passage as the quote for the field you are at"),
    ("Alt M", "say why there is no value"),
    ("Alt T", "to the full text and back"),
    ("Ctrl F", "find in the full text"),
    ("Alt PageDown", "scroll the full text; Alt PageUp back"),
    ("Alt +", "a further row; Alt ↑ and Alt ↓ move the row you are in"),
    ("Alt K", "this list"),
)


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for one study: what is filled in, who asks, and the keys of all studies."""

    at: Here
    desk: Desk
    study: Study
    keys: Collection[str]
    base: str

    @property
    def of_form(self) -> bool:
        """A proforma is filled in, not an instrument."""
        return isinstance(self.desk, FormDesk)


def _visit(request: Request) -> Visit:
    at, key, name = here(request), request.path_params["study"], request.path_params.get("instrument")
    desk: Desk
    with at.store.read() as connection:
        if name is None:
            desk, base = desks.form_desk(at), f"/extract/{quote(key)}"
            known = {one.key: one for one in studies.studies(connection)}
        else:
            desk = desks.instrument_desk(at, name, design_of(connection, at, key))
            base = f"/appraise/{quote(key)}/{quote(name)}"
            known = appraisal.subjects(connection, desk.instrument)
    if key not in known:
        raise DecisionError(f"there is no study '{key}' here", hint="open it from the list of studies")
    return Visit(at, desk, known[key], known, base)


def design_of(connection: Connection, at: Here, study: str) -> str | None:
    """Give the design of a study as the person may know it; ``"none"`` for a paper that is no research."""
    return designs(connection, at, (study,)).get(study, (None, None))[0]


def designs(connection: Connection, at: Here, keys: Sequence[str]) -> dict[str, tuple[str | None, str | None]]:
    """Give design and kind of the studies that they were stated for, as far as the person may know them."""
    if at.protocol.proforma is None:
        return {}
    desk = desks.form_desk(at)
    stated = entry_rows.stated(connection, desk.form.name, ("design", "kind"), keys)
    seen = [
        *fillings.seen(connection, at.protocol, desk.sheet, stated, at.actor.person),
        *appraisal.settled_designs(connection, desk.sheet),
    ]
    design, kind = appraisal.designs(seen), appraisal.kinds(seen)
    return {key: (design.get(key), kind.get(key)) for key in design.keys() | kind.keys()}


# -- showing


def page(request: Request) -> Response:
    """Show what a person filled in for a study."""
    return _page(request, _visit(request))


def _page(request: Request, visit: Visit, held: Held | None = None, *, asking: bool = False) -> Response:
    at, desk, study = visit.at, visit.desk, visit.study
    with at.store.read() as connection:
        have = desks.own(connection, at, desk, study.key)
        standing = fillings.state(connection, at.protocol, desk.sheet, study.key, at.actor.person)
        files = texts.files_of(connection, study)
        passages = text_rows.passages(connection, at.actor.person, study.reports)
        again = dict(versions.revisits(connection, desk.form, at.actor.person).get(study.key, ())) if isinstance(
            desk, FormDesk) else {}  # fmt: skip
        used = versions.in_use(connection, desk.sheet)
        rests_on = behind(connection, at, study.key) if study.key.startswith(FINDING) else []
        dropped = _dropped(connection, visit, have)
    parts = desk.parts(study.record, have, held or {}, again)
    asked = [one for part in parts for one in part.asked]
    given = {
        **_shared(visit, standing, [file.offered for file in files]),
        "parts_of": parts, "standing": standing, "study": study, "rests_on": rests_on, "passages": passages,
        "dropped": dropped,
        "asking": asking,
        "offers": sum(one.offer is not None for one in asked), "still_open": still_open(parts),
        "notices": _misfit(desk) + _notices(
            at, standing, held or {}, asking, used.pilot if used and used.state == "pilot" else None, study.key
        ),
        "compare": f"{visit.base}/compare" if standing.comparable else None,
        "countries": sorted(countries.NAMES.values()), "keys": KEYS,
        "kept": f"review-entry:{at.store.installation}:{at.actor.person}:{desk.sheet}:{study.key}:",
        **_about(visit),
    }  # fmt: skip
    return show(request, "extraction/entry.html", 422 if held else 200, **given)


def _dropped(connection: Connection, visit: Visit, have: Rows) -> list[tuple[str, str, str]]:
    """Give the own answers to fields that the form has no more: the field's label, what was said, the version."""
    desk = visit.desk
    if not isinstance(desk, FormDesk) or have.keys() <= {field.id for field in desk.fields}:
        return []
    found = versions.gone(connection, desk.form, visit.at.actor.person)
    return [
        (field.label, values.said(field, row["value"], row["missing"]), row["version"])
        for field, row in found
        if row["study"] == visit.study.key
    ]


def _shared(visit: Visit, standing: Standing, files: list[dict[str, str | int]]) -> dict[str, Any]:
    """Give what a field of the page sees, alone or in its page."""
    sections = visit.desk.form.sections if isinstance(visit.desk, FormDesk) else ()
    wheres = {field.id: entry.conditions(field, section) for section in sections for field in section.fields}
    return {
        "desk": visit.desk, "base": visit.base, "files": files, "person": visit.at.actor.person,
        "may_write": standing.may_write and visit.at.may("extract"), "reasoned": not visit.of_form,
        # what a new version of the form has answered again is open even to those who are done
        "may_again": standing.mine == "done" and standing.by != "single" and visit.at.may("extract"),
        "missing": MISSING, "parts": entry.parts, "pairs": pairs, "place": place, "nothing": Cell(),
        "wheres": {field.id: wheres.get(field.id, []) for field in visit.desk.fields},
    }  # fmt: skip


def _about(visit: Visit) -> dict[str, Any]:
    """Give what differs between a proforma and an instrument, and the other pages of the study."""
    rules, key = visit.at.protocol, quote(visit.study.key)
    pages = (
        ("Extract", f"/extract/{key}", rules.proforma),
        ("Appraise", f"/appraise/{key}", rules.instruments),
        ("Code", f"/code/{key}", rules.framework),
    )
    if isinstance(visit.desk, InstrumentDesk):
        made = visit.desk.instrument
        about: dict[str, Any] = {"title": "Appraise", "link": ("official form", made.url), "licence": made.licence}
        of_finding = made.of == "finding"
    else:
        about, of_finding = {"title": "Extract", "link": None, "licence": None}, False
    others = [(label, path) for label, path, there in pages if there and label != about["title"]]
    overview = "/code/findings" if of_finding else f"/{about['title'].lower()}"
    named = "All findings" if of_finding else "All studies"
    return {**about, "overview": overview, "all": named, "others": [] if of_finding else others}


def _notices(
    at: Here, standing: Standing, held: Held, asking: bool, pilot: Collection[str] | None, study: str
) -> list[tuple[str, str]]:
    said = []
    if held:
        said.append(("warn", f"Not saved: {many(len(held), 'field')}, as is said beside each. The rest is saved."))
    if asking:
        said.append(("warn", "Something that is required is still open: it is listed below. Done all the same?"))
    if not standing.may_write and standing.mine != "done" and at.may("extract"):
        said.append(("warn", f"{_sentence(standing.why_not or '')} {_sentence(standing.hint or '')}"))
    if pilot is not None and study not in pilot:
        said.append(("note", "The form is being tried on other studies: what is filled in here may have to be redone."))
    if standing.hidden and standing.others_done:
        said.append(("note", "Somebody else is done with this study. You see what they wrote once you are done too."))
    return said


def _misfit(desk: Desk) -> list[tuple[str, str]]:
    """Warn of an instrument that is not made for the study."""
    said = appraisal.misfit(desk.instrument, desk.design) if isinstance(desk, InstrumentDesk) else None
    return [("warn", f"{said}.")] if said else []


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('?') else '.'}" if text else ""


def still_open(parts: Collection[Part]) -> list[Field]:
    """Give the fields that are required, asked now, and not answered."""
    return [
        one.field for part in parts for one in part.asked if one.field.required and one.applies and not one.answered
    ]


def place(text: str) -> str:
    """Say where a quote stands: ``p. 3``, ``Methods``."""
    return f"p. {text}" if text.isdecimal() else text


def pairs(field: Field, typed: Typed) -> list[tuple[str, str]]:
    """Give name and value of the controls that show a value, for a script to fill them in."""
    rows = [(f"{field.id}:{key}:{sub}", cell) for key, row in typed.rows.items() for sub, cell in row.items()]
    found = [(f"v:{name}", text) for name, cell in [(field.id, typed.cell), *rows] for text in cell.texts]
    return found + [(f"m:{name}", cell.missing) for name, cell in rows if cell.missing]


# -- saving


def save_field(request: Request, form: Form) -> Response:
    """Save what stands at one field, for the script; tells what it is now, or both sides where another window saved."""
    visit = _visit(request)
    at, desk, study = visit.at, visit.desk, visit.study
    if (refused := of_another(request, at, form)) is not None:
        return refused
    field = next((one for one in desk.fields if one.id == form.get("field")), None)
    if field is None:
        raise DecisionError(f"{desk.label} has no such field any more", hint="open the page again")
    typed = entry.of_form(field, form)
    try:
        typed = _mended(visit, field, typed)
        desk.save(at, study.key, visit.keys, field, typed)
    except DecisionError as error:
        return _not_saved(request, visit, field, typed, error)
    return JSONResponse(_told(visit, field))


def _told(visit: Visit, field: Field) -> dict[str, Any]:
    with visit.at.store.read() as connection:
        row = desks.own(connection, visit.at, visit.desk, visit.study.key).get(field.id)
    return {"base": row["event"] if row else "", "quote": (row or {}).get("quote") or "", "answered": row is not None}


def _not_saved(request: Request, visit: Visit, field: Field, typed: Typed, error: DecisionError) -> Response:
    """Say why; when the answer is another by now, give both. Sent a second time, it is saved already."""
    with visit.at.store.read() as connection:
        have = desks.own(connection, visit.at, visit.desk, visit.study.key)
        standing = fillings.state(
            connection, visit.at.protocol, visit.desk.sheet, visit.study.key, visit.at.actor.person
        )
        files = texts.files_of(connection, visit.study)
    row = have.get(field.id)
    if (row["event"] if row else "") == typed.base:
        return JSONResponse({"error": _why(error)}, status_code=422)
    if entry.same(typed, entry.of_answer(field, row)):
        return JSONResponse(_told(visit, field))
    asked = [one for part in visit.desk.parts(visit.study.record, have, {}, {}) for one in part.asked]
    there = next(one for one in asked if one.field.id == field.id)
    html = render(request, "extraction/field.html", asked=there, **_shared(visit, standing, [f.offered for f in files]))
    told = {
        "conflict": there.said or "no answer", "quote": there.typed.quote, "base": row["event"] if row else "",
        "html": html, "error": "This field was changed in another window.",
    }  # fmt: skip
    return JSONResponse(told, status_code=409)


def _why(error: DecisionError) -> str:
    hint = f" {_sentence(error.hint)}" if error.hint else ""
    return f"{_sentence(error.message)}{hint}"


def save_all(request: Request, form: Form) -> Response:
    """Save the whole page, as a browser without script sends it: what can stand is saved, the rest is shown again."""
    visit = _visit(request)
    if (refused := of_another(request, visit.at, form)) is not None:
        return refused
    with visit.at.store.read() as connection:
        have = desks.own(connection, visit.at, visit.desk, visit.study.key)
    offers = _offers(visit, have, str(form.get("take") or ""))
    held: dict[str, tuple[Typed, str]] = {}
    for field in visit.desk.fields:
        typed, row = offers.get(field.id) or entry.of_form(field, form), have.get(field.id)
        if entry.same(typed, entry.of_answer(field, row)):
            continue
        try:
            visit.desk.save(visit.at, visit.study.key, visit.keys, field, _mended(visit, field, typed))
        except DecisionError as error:  # the page says what stands there now: what was typed may be saved over it
            held[field.id] = (replace(typed, base=row["event"] if row else ""), _why(error))
    if held:
        return _page(request, visit, held)
    return RedirectResponse(visit.base, status_code=303)


def _offers(visit: Visit, have: Mapping[str, Mapping[str, Any]], take: str) -> dict[str, Typed]:
    """Give what is taken over from the record: of one field, or with ``*`` of all that have no answer."""
    asked = [one for part in visit.desk.parts(visit.study.record, have, {}, {}) for one in part.asked]
    return {one.field.id: one.offer for one in asked if one.offer and take in (one.field.id, "*")}


def _mended(visit: Visit, field: Field, typed: Typed) -> Typed:
    """Make a quote whole that came with the line ends of its page.

    Raises
    ------
    DecisionError
        It names a file that is none of the study's, nor the one that was kept before.
    """
    if not typed.quote or not typed.file:
        return replace(typed, file="")
    with visit.at.store.read() as connection:
        if typed.file not in {one.sha256 for one in text_rows.texts(connection, visit.study.reports)}:
            kept = desks.own(connection, visit.at, visit.desk, visit.study.key).get(field.id)
            if kept is None or kept["file"] != typed.file:
                raise DecisionError("the quote is from no file of this study", hint="take it again from the full text")
        if "\n" not in typed.quote:
            return typed
        return replace(typed, quote=mend(typed.quote, entry_rows.told(connection, typed.file)))


# -- being done


def move(request: Request, form: Form) -> Response:
    """Say that one is done, goes on, or leaves it to somebody else."""
    visit = _visit(request)
    at, desk, key = visit.at, visit.desk, visit.study.key
    what = str(form.get("do"))
    if what not in MOVES:
        raise DecisionError("it was not said what to do", hint="press a button of the page")
    if what == "done" and not form.get("anyway"):
        with at.store.read() as connection:
            have = desks.own(connection, at, desk, key)
        if still_open(desk.parts(visit.study.record, have, {}, {})):
            return _page(request, visit, asking=True)
    MOVES[what](at.store, at.actor, at.protocol, desk.sheet, key, desk.version)
    on = visit.base if what == "open" else f"{_about(visit)['overview']}?{what}={quote(key)}"
    return RedirectResponse(on, status_code=303)


MOVES = {"done": fillings.done, "open": fillings.reopen, "left": fillings.leave}

LAST_ROUTES = tuple(
    route
    for path in ("/extract/{study}", "/appraise/{study}/{instrument}")
    for route in (
        Route(path, page),
        Route(path, action(save_all, "extract"), methods=["POST"]),
        Route(f"{path}/field", action(save_field, "extract"), methods=["POST"]),
        Route(f"{path}/filling", action(move, "extract"), methods=["POST"]),
    )
)
"""After every fixed address of the room: these take any word for a study."""
