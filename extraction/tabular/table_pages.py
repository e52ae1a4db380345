"""The page of tables: a person's own table to take away, and a filled one to bring back. Requests in, pages out.

What a table would change is shown first; the file waits for its sender until it is saved or not.
"""

from __future__ import annotations

from typing import Any, get_args
from urllib.parse import urlencode

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from extraction.tabular.exchange import write_csv
from extraction.tabular.plans import Plan
from extraction.tabular.tables import Kind, Tables
from extraction.tabular.workbooks import write_xlsx
from review.errors import DecisionError, ReviewError
from review.text import many
from review.web import Form, Here, action, here, require, show
from review.web.fields import is_number, text
from review.web.uploads import Upload, Uploads

PATH = "/extract/table"
LARGEST = 50_000_000
"""Bytes of a request that brings a table: thirty thousand rows have two million."""
SHOWN = 200
"""Changes, and faults, that are shown; more are counted."""
LABELS: dict[Kind, tuple[str, str]] = {
    "extract": ("Form", "answers"),
    "appraise": ("Appraisal", "judgements"),
    "code": ("Coding", "codings"),
}
"""Which table -> what its tab says, and what it holds (also the name of its file)."""
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_NAME = 200


def listed(request: Request) -> Response:
    """Show which tables there are, and what was saved last."""
    kind, saved = _kind(request.query_params.get("kind")), request.query_params.get("saved")
    said = f"Saved {many(int(saved), 'change')}." if saved and is_number(saved) else None
    return _page(request, kind, said=said)


def out(request: Request) -> Response:
    """Give the table of the person who asks as a file."""
    require(request, "extract")
    kind = _kind(request.query_params.get("kind"))
    table = _tables(here(request)).out(kind)
    as_csv = request.query_params.get("as") == "csv"
    name = f"{LABELS[kind][1]}.{'csv' if as_csv else 'xlsx'}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    data = write_csv(table) if as_csv else write_xlsx(table)
    return Response(data, media_type="text/csv; charset=utf-8" if as_csv else _XLSX, headers=headers)


class _Back:
    """What is done with tables that come back; each waits for its sender until it is saved or not."""

    def __init__(self) -> None:
        self._uploads = Uploads[Kind]()

    def bring(self, request: Request, form: Form) -> Response:
        """Show what a filled table would change."""
        at, kind, sent = here(request), _kind(form.get("kind")), form.get("file")
        if not isinstance(sent, UploadFile) or not sent.filename:
            error = DecisionError("no file was chosen", hint="choose the table that you filled in")
            return _page(request, kind, 422, error=error)
        name = sent.filename[-_LONGEST_NAME:]
        with self._uploads.received(sent.file, name=name, person=at.actor.person, about=kind) as upload:
            return self._look(request, at, upload)

    def answer(self, request: Request, form: Form) -> Response:
        """Save a table that waited, or do not; where it would change something else by now, show that instead."""
        at = here(request)
        with self._uploads.answered(text(form, "token") or "", at.actor.person) as upload:
            kind = upload.about
            if form.get("do") != "save":
                return RedirectResponse(f"{PATH}?{urlencode({'kind': kind})}", status_code=303)
            tables = _tables(at)
            plan = tables.plan(kind, upload.path.read_bytes())
            if plan.digest() != form.get("digest") or plan.faults:
                return self._look(request, at, upload, again=True)
            try:
                saved = tables.save(kind, plan)
            except DecisionError as error:
                return self._look(request, at, upload, error=error)
            return RedirectResponse(f"{PATH}?{urlencode({'kind': kind, 'saved': saved})}", status_code=303)

    def _look(self, request: Request, at: Here, upload: Upload[Kind], **values: Any) -> Response:
        kind = upload.about
        try:
            plan = _tables(at).plan(kind, upload.path.read_bytes())
        except ReviewError as error:
            return _page(request, kind, 422, error=error, file=upload.name)
        token = self._uploads.wait(upload) if plan.changes and not plan.faults else None
        status = 422 if plan.faults or values else 200
        return _page(request, kind, status, plan=plan, file=upload.name, token=token, **values)


def _page(request: Request, kind: Kind, status: int = 200, **values: Any) -> Response:
    kinds = _tables(here(request)).kinds()
    shown: dict[str, Any] = {"plan": None, "said": None, "error": None, "file": None, "token": None, "again": False}
    plan: Plan | None = values.get("plan")
    counts = [(number, what) for what, number in plan.counts()] if plan else []
    return show(
        request, "extraction/table.html", status, kind=kind, labels={one: LABELS[one] for one in kinds}, most=SHOWN,
        counts=counts, at_path=PATH, **{**shown, **values},
    )  # fmt: skip


def _tables(at: Here) -> Tables:
    return Tables(at.store, at.protocol, at.folder, at.actor)


def _kind(said: object) -> Kind:
    return next((kind for kind in get_args(Kind) if kind == said), "extract")


_BACK = _Back()

ROUTES = (
    Route(PATH, listed),
    Route(f"{PATH}/out", out),
    Route(f"{PATH}/back", action(_BACK.bring, "extract", files=1), methods=["POST"], max_body_size=LARGEST),
    Route(f"{PATH}/answer", action(_BACK.answer, "extract"), methods=["POST"]),
)
