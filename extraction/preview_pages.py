"""The preview of a proforma while its file is being written: the form as it will look, or every fault with its line."""

from __future__ import annotations

import hashlib
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from extraction import entry, library, versions
from extraction.desks import FormDesk
from extraction.entry import Cell, Typed
from review import countries
from review.errors import DecisionError, ProtocolError
from review.forms import MISSING, Field, Form
from review.protocol.faults import meant
from review.record import Record
from review.web import Here, here, show

_PROTOCOL = "protocol.toml"


def offered(at: Here) -> tuple[str, ...]:
    """Give what can be looked at: the protocol's form, the files of the review's folder, the shipped forms."""
    own = sorted(path.name for path in at.folder.glob("*.toml") if path.name != _PROTOCOL and path.is_file())
    named = [at.protocol.proforma] if at.protocol.proforma else []
    return tuple(dict.fromkeys((*named, *own, *library.names("forms"))))


def _text(at: Here, name: str) -> str:
    """Read a form's text; nothing outside of what is offered can be named.

    Raises
    ------
    DecisionError
        It is not offered.
    """
    known = offered(at)
    if name not in known:
        raise DecisionError(
            f"there is no form '{name}' in the review's folder",
            hint=meant(name, known) or f"there are {', '.join(known)}",
        )
    return library.text("forms", name, at.folder)


def preview(request: Request) -> Response:
    """Show a form as it will look, or what is wrong with its file."""
    at = here(request)
    name = _name(request, at)
    text = _text(at, name)
    values: dict[str, Any] = {"form_name": name, "offered": offered(at), "sha256": _sha256(text)}
    try:
        form = library.form_of(name, text)
    except ProtocolError as error:
        lines = text.splitlines()
        faults = [(fault, lines[fault.line - 1].strip() if fault.line else "") for fault in error.faults]
        return show(request, "extraction/preview_faults.html", **values, faults=faults)
    return show(request, "extraction/preview.html", **values, **_look(form), **_changed(at, form))


def changed(request: Request) -> Response:
    """Tell the hash of a form's text, for the script that waits for it to change."""
    at = here(request)
    return JSONResponse({"sha256": _sha256(_text(at, _name(request, at)))})


def file(request: Request) -> Response:
    """Give a form's file, to be saved under another name."""
    at = here(request)
    name = _name(request, at)
    saved = f'attachment; filename="{name.removesuffix(".toml").rpartition("/")[2]}-own.toml"'
    return PlainTextResponse(_text(at, name), headers={"Content-Disposition": saved})


def _name(request: Request, at: Here) -> str:
    return request.query_params.get("form") or at.protocol.proforma or library.names("forms")[0]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _look(form: Form) -> dict[str, Any]:
    """Give what the template of a field sees (``extraction.entry_pages``), with nothing answered and one row to see."""
    first = {field.id: (_one_row(field), "") for field in form.fields if entry.parts(field)}
    parts = FormDesk(form.name, form).parts(Record(), {}, first, {})
    return {
        "form": form,
        "parts_of": parts,
        "may_write": True,
        "may_again": False,
        "reasoned": False,
        "files": [],
        "missing": MISSING,
        "parts": entry.parts,
        "nothing": Cell(),
        "countries": sorted(countries.NAMES.values()),
        "place": str,
        "pairs": lambda field, typed: [],
        "wheres": {field.id: [] for field in form.fields},
    }


def _one_row(field: Field) -> Typed:
    names = [row.code for row in field.rows] or ["1"]
    return Typed(rows={name: {} for name in names})


def _changed(at: Here, form: Form) -> dict[str, Any]:
    """Say what taking the form into use would change, and in how many of a person's own studies it would be seen."""
    with at.store.read() as connection:
        used = versions.in_use(connection, f"form:{form.name}")
        again = versions.revisits(connection, form, at.actor.person)
        return {"used": used, "changes": versions.pending(connection, form), "again": again}


ROUTES = (
    Route("/extract/preview", preview),
    Route("/extract/preview/hash", changed),
    Route("/extract/preview/file", file),
)
