"""Reading a full text: the files, articles as pages, where the words are, quotes. Requests in, templates out."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from review.protocol import Stage
from review.web import Form, Here, action, here, show
from review.web.fields import of_another, text
from review.web.kit import problem, render, wants_json
from screening import jats, page_rows, quotes, reading, rows
from screening.highlight import places
from screening.page_kit import common, marker, report_of
from screening.page_rows import File

STAGE: Stage = "full-text"
BASE = f"/screen/{STAGE}"
FILE = "/fulltext/{report:int}/{sha256}"
AN_HOUR = "private, max-age=3600"
LOCKED = "default-src 'none'; sandbox"
"""The Content-Security-Policy of a file: whatever it holds, it runs nothing and asks for nothing."""
LONGEST_TEXT = 100_000
"""Characters of one page of a full text; a printed one has about 5,000."""
_TYPES = {"pdf": "application/pdf", "jats": "application/xml"}
_GONE = ("this full text is not here", "open the record again: the file may have been taken back")


def send(request: Request) -> Response:
    """Give a stored file of a report, to be shown; a text in XML only to be saved."""
    at = here(request)
    with at.store.read() as connection:
        found = _file(connection, request)
    if found is None:
        return problem(request, 404, *_GONE)
    path = at.store.files.path(found.sha256, found.kind)
    if not path.is_file():
        why = "add the PDF again, or ask whoever runs the review: its folder pdfs/ was not copied along as a whole"
        return problem(request, 404, "this file is missing on the server", why)
    return FileResponse(
        path, media_type=_TYPES[found.kind], filename=f"report-{found.report}{path.suffix}",
        content_disposition_type="inline" if found.kind == "pdf" else "attachment",
        headers={"Content-Security-Policy": LOCKED, "Cache-Control": AN_HOUR},
    )  # fmt: skip


def article(request: Request) -> Response:
    """Show an article that came as XML: alone to the script, else as a page."""
    at = here(request)
    with at.store.read() as connection:
        found = _file(connection, request)
        title = rows.names(connection, (found.report,))[found.report][0] if found else None
    if found is None or found.kind != "jats" or not at.store.files.has(found.sha256, found.kind):
        return problem(request, 404, *_GONE)
    data = at.store.files.path(found.sha256, found.kind).read_bytes()
    html = jats.article(data, marker(at.protocol.concepts, at.protocol.highlights))
    if wants_json(request):
        return JSONResponse({"html": html})
    return show(request, "screening/reading_article.html", html=html, title=title, report=found.report, file=found,
                **common(at, STAGE))  # fmt: skip


def words(request: Request) -> Response:
    """Count on which pages of a file the words of the concepts stand."""
    at = here(request)
    with at.store.read() as connection:
        found = _file(connection, request)
        pages = page_rows.pages(connection, found.sha256) if found else []
    if found is None:
        return problem(request, 404, *_GONE)
    find = _finder(at.protocol.concepts, at.protocol.highlights)
    counted = [(one, Counter(style for _, _, style in find(one.text))) for one in pages]
    return JSONResponse({
        "readable": any(one.text.strip() for one in pages),
        "pages": [{"page": one.label, "counts": dict(sorted(n.items()))} for one, n in counted if n],
    })  # fmt: skip


def marks(request: Request, form: Form) -> Response:
    """Say where in a text, as a browser reads it off a page, the words of the concepts stand."""
    at, given = here(request), str(form.get("text") or "")[:LONGEST_TEXT]
    return JSONResponse({"marks": _finder(at.protocol.concepts, at.protocol.highlights)(given)})


_finder = lru_cache(maxsize=4)(places)


# -- quotes


def keep(request: Request, form: Form) -> Response:
    """Keep a quote, or change it."""
    at = here(request)
    if (refused := of_another(request, at, form)) is not None:
        return refused
    kept = quotes.keep(
        at.store, at.actor, key=str(form.get("key") or ""), report=report_of(form), page=str(form.get("page") or ""),
        text=str(form.get("text") or ""), file=text(form, "file"), note=text(form, "note"),
    )  # fmt: skip
    return _listed(request, at, kept.report, kept.key)


def remove(request: Request, form: Form) -> Response:
    """Take a quote away. Asked again for one that is gone, it changes nothing."""
    at = here(request)
    if (refused := of_another(request, at, form)) is not None:
        return refused
    report = quotes.remove(at.store, at.actor, key=str(form.get("key") or "")) or report_of(form)
    return _listed(request, at, report, None)


def _listed(request: Request, at: Here, report: int, key: str | None) -> Response:
    """Answer with the quotes as they are now: to the script as HTML, else on the record's page."""
    if not wants_json(request):
        return RedirectResponse(f"{BASE}?report={report}#quotes", status_code=303)
    with at.store.read() as connection:
        shown = reading.of_each(connection, at.actor.person, (report,))[report]
    html = render(request, "screening/reading_quotes.html", reading=shown, report=report, **common(at, STAGE))
    return JSONResponse({"html": html, "key": key, "report": report})


def _file(connection: Connection, request: Request) -> File | None:
    """Give the file that an address names, if it is one of that report or of what was merged into it."""
    report, sha256 = request.path_params["report"], request.path_params["sha256"]
    root = rows.roots(connection, (report,)).get(report) if report < 10**15 else None
    held = page_rows.files(connection, (root,)).get(root, ()) if root is not None else ()
    return next((one for one in held if one.sha256 == sha256), None)


ROUTES = (
    Route(f"{BASE}/marks", action(marks, "see"), methods=["POST"]),
    Route(f"{BASE}/quotes", action(keep), methods=["POST"]),
    Route(f"{BASE}/quotes/delete", action(remove), methods=["POST"]),
    Route(f"{FILE}/text", article),
    Route(f"{FILE}/words", words),
    Route(FILE, send),
)
"""Beside the pages of the full-text board: their fixed addresses must come before these."""
