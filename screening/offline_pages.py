"""Records taken along: a batch is leased and sent to the browser, which keeps it and the pages that show it.

What was decided meanwhile comes back through the addresses that every decision goes to, each with an id of its own.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from review.web import Form, action, here, show
from review.web.fields import of_another
from review.web.kit import require
from screening import queue_rows, worklist
from screening.page_kit import PREFIX, cards_of, common, numbers, outbox, sent, stage_of

BATCH = 200
DAYS = 3
"""How many records one person takes along at most, and how long others are not handed them in that person's place."""
WORKER = "/screen/worker.js"
"""Not under /static/: a service worker serves pages below its own address only."""


def offer(request: Request) -> Response:
    """Show what is kept in this browser and how to take records along; the script fills it in."""
    at, stage = here(request), stage_of(request)
    require(request, "vote")
    return show(
        request, "screening/offline.html", person=at.actor.person, outbox=outbox(at, stage), batch=BATCH, days=DAYS,
        **common(at, stage),
    )  # fmt: skip


def take(request: Request, form: Form) -> Response:
    """Lease the next records for some days and give them ready to be shown."""
    at, stage = here(request), stage_of(request)
    if (refused := of_another(request, at, form)) is not None:
        return refused
    minutes = timedelta(days=DAYS) // timedelta(minutes=1)
    reports = worklist.hand_out(at.store, at.actor.person, stage, BATCH, minutes=minutes)
    with at.store.read() as connection:
        cards = cards_of(connection, at, stage, reports)
    return JSONResponse({"cards": [sent(request, at, stage, one) for one in cards]})


def give_back(request: Request, form: Form) -> Response:
    """Let others have those records again that are named."""
    at, stage = here(request), stage_of(request)
    if (refused := of_another(request, at, form)) is not None:
        return refused
    with at.store.write() as connection:
        queue_rows.release(connection, at.actor.person, stage, numbers(form, "reports"))
    return JSONResponse({"given": True})


def worker(request: Request) -> Response:
    """Give the program that opens the pages when there is no network."""
    return FileResponse(Path(__file__).parent / "static" / "worker.js", media_type="text/javascript")


ROUTES = (
    Route(WORKER, worker),
    Route(f"{PREFIX}/offline", offer),
    Route(f"{PREFIX}/offline", action(take), methods=["POST"]),
    Route(f"{PREFIX}/offline/rest", action(give_back), methods=["POST"]),
)
