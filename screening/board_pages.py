"""Full texts as a page: what became of getting each, by state; asking, uploading, giving up, taking a file back.

Every change goes through ``screening.retrieval``; whether a sent file is the paper, the function ``receive`` says,
which is passed in: looking into files is the searches' part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from review.errors import DecisionError
from review.store import Actor, Store, jobs
from review.web import Form, Here, action, here, show
from review.web.fields import is_number, number, of_another, text, texts
from review.web.kit import LARGEST_UPLOAD
from review.web.uploads import Upload, Uploads
from screening import board, list_rows, lists, retrieval
from screening.display import authors
from screening.page_kit import report_of

PATH = "/fulltext"
PAGE_LENGTH = 50
JOB: jobs.Kind = "fulltext"
LABELS = {
    "wanted": "To get", "tried": "Tried in vain", "asked": "Asked for", "retrieved": "Got",
    "not_retrieved": "Not retrieved",
}  # fmt: skip
_FILTERS = ("state", "q")
_LONGEST_NAME = 200


class Received(Protocol):
    """What became of a sent file; the fields are those of ``review.full_texts.Received``."""

    @property
    def stored(self) -> bool: ...
    @property
    def usable(self) -> bool: ...
    @property
    def sure(self) -> bool: ...
    @property
    def why(self) -> str | None: ...


class Receive(Protocol):
    """Takes in a file that a person says is a report's full text, ``anyway`` also where it does not look like it."""

    def __call__(
        self, store: Store, actor: Actor, path: Path, *, name: str, report: int, anyway: bool = False
    ) -> Received: ...


# -- the board


def shown(request: Request) -> Response:
    """List the reports sought: those in the state, and with the words, that the address names."""
    at = here(request)
    asked = _asked(dict(request.query_params))
    with at.store.read() as connection:
        among = _with_words(connection, at, asked.get("q", ""))
        found = board.board(
            connection, state=asked.get("state", ""), among=among, after=number(request, "after") or 0,
            limit=PAGE_LENGTH,
        )  # fmt: skip
        job = jobs.latest(connection, JOB)
        at_work = jobs.at_work(connection, at.store.clock())
    further = urlencode({**asked, "after": found.lines[-1].report}) if found.more else None
    return show(
        request, "screening/board.html", board=found, counts=found.counts, total=sum(found.counts.values()), job=job,
        at_work=at_work, further=further, asked={name: asked.get(name, "") for name in _FILTERS},
        every="all" in request.query_params, done=number(request, "done"), looked="hx-request" in request.headers,
        **_shared(at, asked),
    )  # fmt: skip


def _with_words(connection: Any, at: Here, words: str) -> set[int] | None:
    wanted = lists.patterns(words)
    if not wanted:
        return None
    without = lists.hidden(at.protocol.rules("full-text"))
    _, roots = list_rows.find(
        connection, "full-text", wanted, lists.numbers(words), without=without, limit=1_000_000, offset=0
    )
    return set(roots)


def one(request: Request) -> Response:
    """Show one report: as a line, or opened to be worked on (``open``)."""
    at, back = here(request), _asked(dict(parse_qsl(request.query_params.get("back", ""))))
    return _row(request, at, number(request, "report") or 0, back, how="open" if "open" in request.query_params else "")


def _row(
    request: Request, at: Here, report: int, back: dict[str, str], *, how: str = "", error: DecisionError | None = None,
    said: str | None = None, doubt: dict[str, Any] | None = None, typed: Form | None = None,
) -> Response:  # fmt: skip
    """Answer with one report: to htmx its line and the counts, else a page of its own."""
    with at.store.read() as connection:
        line = board.line_of(connection, report)
        counts = board.board(connection, limit=0).counts
    if line is None:
        raise error or DecisionError(f"the full text of report {report} is not sought", hint="look at the board")
    alone = not request.headers.get("hx-request")
    return show(
        request, "screening/board_one.html" if alone else "screening/board_line.html", 422 if error else 200,
        line=line, how="open" if alone or error or doubt else how, error=error, said=said, doubt=doubt,
        typed={name: text(typed, name) if typed else None for name in ("route", "asked_on", "note")},
        counts=counts, total=sum(counts.values()), changed=said is not None, every=False, again=True,
        asked={name: back.get(name, "") for name in _FILTERS}, **_shared(at, back),
    )  # fmt: skip


def _shared(at: Here, asked: dict[str, str]) -> dict[str, Any]:
    return {
        "labels": LABELS, "routes": retrieval.ROUTES, "authors": authors, "person": at.actor.person,
        "hide": at.protocol.rules("full-text").hide, "back": urlencode(asked), "today": at.store.clock()[:10],
        "longest": LARGEST_UPLOAD // 1_000_000 - 2,
    }  # fmt: skip


def _asked(given: dict[str, str]) -> dict[str, str]:
    """Give the filters of an address that mean something."""
    kept = {name: given[name].strip() for name in _FILTERS if given.get(name, "").strip()}
    if kept.get("state") not in retrieval.STATES:
        kept.pop("state", None)
    return kept


def ledger(request: Request) -> Response:
    """Give the ledger of all reports sought as a CSV file."""
    at = here(request)
    with at.store.read() as connection:
        table = board.write_csv(connection, at.protocol.rules("full-text").hide)
    headers = {"Content-Disposition": 'attachment; filename="full-texts.csv"'}
    return Response(table, media_type="text/csv; charset=utf-8", headers=headers)


# -- changes


def ask(request: Request, form: Form) -> Response:
    """Note that some reports, or the one that is worked on, were asked for."""
    at, back = here(request), _back(form)
    if (refused := of_another(request, at, form)) is not None:
        return refused
    said: dict[str, Any] = {name: text(form, name) for name in ("route", "note", "asked_on")}
    if "report" in form:
        return _noted(request, form, "Noted as asked for.", outcome="asked", **said)
    chosen = [int(one) for one in texts(form, "chosen") if is_number(one)]
    if not chosen:
        raise DecisionError("no report was chosen", hint="tick the reports that were asked for")
    retrieval.note_each(at.store, at.actor, reports=chosen, outcome="asked", **said)
    return RedirectResponse(f"{PATH}?{urlencode({**back, 'done': len(chosen)})}", status_code=303)


def got(request: Request, form: Form) -> Response:
    """Note that a full text was got without a file: on paper, or kept elsewhere."""
    return _noted(
        request, form, "Noted as got.", outcome="retrieved", route=text(form, "route"), note=text(form, "note")
    )


def missing(request: Request, form: Form) -> Response:
    """Note that a full text could not be had, and why."""
    return _noted(
        request, form, "Noted as not to be had.", outcome="not_retrieved", route=text(form, "route"),
        note=text(form, "note"),
    )  # fmt: skip


def wrong(request: Request, form: Form) -> Response:
    """Take back a file that turned out to be another paper, and say why."""

    def take(at: Here, report: int) -> None:
        retrieval.take_back(at.store, at.actor, report=report, sha256=text(form, "file") or "", why=text(form, "note"))

    return _done(request, form, "The file is taken back; the ledger keeps that it was there.", take)


def _noted(request: Request, form: Form, said: str, **what: Any) -> Response:
    return _done(
        request, form, said, lambda at, report: retrieval.note(at.store, at.actor, report=report, **what)
    )  # fmt: skip


def _done(request: Request, form: Form, said: str, do: Callable[[Here, int], object]) -> Response:
    """Do something to the report of a form; what cannot be is said in its line, with what was typed."""
    at = here(request)
    if (refused := of_another(request, at, form)) is not None:
        return refused
    report, back = report_of(form), _back(form)
    try:
        do(at, report)
    except DecisionError as error:
        return _row(request, at, report, back, error=error, typed=form)
    return _answer(request, at, report, back, said)


def _answer(
    request: Request, at: Here, report: int, back: dict[str, str], said: str, *, noted: bool = True
) -> Response:  # fmt: skip
    if request.headers.get("hx-request"):
        return _row(request, at, report, back, said=said)
    where = urlencode({**back, "done": 1} if noted else back)
    return RedirectResponse(f"{PATH}?{where}#r{report}", status_code=303)


def _back(form: Form) -> dict[str, str]:
    return _asked(dict(parse_qsl(str(form.get("back", "")))))


def find(request: Request, form: Form) -> Response:
    """Ask for open copies of what is still to be got: whoever works behind the pages looks for them."""
    at = here(request)
    jobs.ask(at.store, JOB, at.actor.person, {})
    return RedirectResponse(f"{PATH}?{urlencode(_back(form))}", status_code=303)


# -- files


class _Files:
    """What is done with sent files; those that look like another paper wait until their sender has answered."""

    def __init__(self, receive: Receive) -> None:
        self._receive, self._uploads = receive, Uploads[int]()

    def upload(self, request: Request, form: Form) -> Response:
        """Take in a file for a report; when it looks like another paper, ask first."""
        at = here(request)
        if (refused := of_another(request, at, form)) is not None:
            return refused
        report, back, sent = report_of(form), _back(form), form.get("file")
        if not isinstance(sent, UploadFile) or not sent.filename:
            return _row(request, at, report, back, error=DecisionError("no file was chosen", hint="choose the PDF"))
        name = sent.filename[-_LONGEST_NAME:]
        with self._uploads.received(sent.file, name=name, person=at.actor.person, about=report) as upload:
            return self._keep(request, at, upload, back, anyway=False)

    def answer(self, request: Request, form: Form) -> Response:
        """Keep a file that looks like another paper, or do not."""
        at, back = here(request), _back(form)
        with self._uploads.answered(text(form, "token") or "", at.actor.person) as upload:
            if form.get("do") != "keep":
                return _answer(request, at, upload.about, back, "The file was not kept.", noted=False)
            return self._keep(request, at, upload, back, anyway=True)

    def _keep(self, request: Request, at: Here, upload: Upload[int], back: dict[str, str], *, anyway: bool) -> Response:
        try:
            came = self._receive(
                at.store, at.actor, upload.path, name=upload.name, report=upload.about, anyway=anyway
            )  # fmt: skip
        except DecisionError as error:
            return _row(request, at, upload.about, back, error=error)
        if came.stored:
            unsure = "" if came.sure or came.why else " It is a scan without text: look whether it is the paper."
            return _answer(request, at, upload.about, back, f"The file is added.{unsure}")
        if came.usable:
            doubt = {"why": came.why, "token": self._uploads.wait(upload), "name": upload.name}
            return _row(request, at, upload.about, back, doubt=doubt)
        unusable = DecisionError(f"“{upload.name}” cannot be used: {came.why}", hint="choose another file")
        return _row(request, at, upload.about, back, error=unusable)


def routes(receive: Receive) -> Sequence[Route]:
    """Give the routes of the board."""
    files = _Files(receive)
    upload = action(files.upload, files=1)
    return (
        Route(PATH, shown),
        Route(f"{PATH}/one", one),
        Route(f"{PATH}/ledger.csv", ledger),
        Route(f"{PATH}/asked", action(ask), methods=["POST"]),
        Route(f"{PATH}/got", action(got), methods=["POST"]),
        Route(f"{PATH}/missing", action(missing), methods=["POST"]),
        Route(f"{PATH}/wrong", action(wrong), methods=["POST"]),
        Route(f"{PATH}/find", action(find), methods=["POST"]),
        Route(f"{PATH}/upload", upload, methods=["POST"], max_body_size=LARGEST_UPLOAD),
        Route(f"{PATH}/answer", action(files.answer), methods=["POST"]),
    )
