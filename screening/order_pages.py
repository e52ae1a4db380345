"""Why a record has its place in the order: told on demand, and never unasked, as it may sway who decides."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from review.protocol import Stage
from review.record import Record
from review.web import Here, here, show
from review.web.fields import number
from review.web.kit import render, wants_json
from screening import order_rows, queue_rows, turns, worklist
from screening.order_rows import Ranking
from screening.page_kit import PREFIX, common, stage_of
from screening.ranking.order import RANDOM_EVERY, unpacked

ROUND = "It belongs to a round, such as a pilot or a check of exclusions: these come first, whatever the order."
AT_RANDOM = f"Drawn at random, as 1 in {RANDOM_EVERY} is, whatever the model says of it."
NEW = "It came in after the order was made, and was put in between at random."
READ = "It was not left to read when the order was made."
PLAIN = "Records come in the order of import: nothing was learnt for this one."


@dataclass(frozen=True, slots=True)
class Why:
    """Why a record is where it is: how it came, in a sentence; terms with their weights; what they were learnt from."""

    how: str
    speak_for: tuple[tuple[str, float], ...] = ()
    against: tuple[tuple[str, float], ...] = ()
    read: bool = False
    ranking: Ranking | None = None


def why(request: Request) -> Response:
    """Say why a record has its place: for the script a part of a page, else a page."""
    at, stage, report = here(request), stage_of(request), number(request, "report")
    if report is None:
        raise HTTPException(404)
    with at.store.read() as connection:
        shown = worklist.show(connection, report, at.actor.person, stage)
        found = _why(connection, at, stage, shown.report, shown.record)
    values = {"why": found, "card": shown, **common(at, stage)}
    if wants_json(request):
        return JSONResponse({"html": render(request, "screening/why_words.html", **values)})
    return show(request, "screening/why.html", **values)


def _why(connection: Connection, at: Here, stage: Stage, report: int, record: Record) -> Why:
    person = at.actor.person
    ranking = turns.ranking_of(connection, person, stage)
    if ranking is None:
        return Why(PLAIN)
    came = (queue_rows.served(connection, person, stage, report) or {}).get("by")
    order = unpacked(ranking.places, ranking.bits)
    how = _how(came, order.place(report), len(order.places))
    from screening.ranking.words import words

    kept = order_rows.words(connection, ranking.person, stage)
    found = words(kept, report, record.title, [record.abstract, *record.keywords])
    told = [(one.term, one.weight) for one in found or ()]
    return Why(
        how,
        tuple(one for one in told if one[1] > 0),
        tuple(one for one in told if one[1] < 0),
        found is not None,
        ranking,
    )


def _how(came: str | None, place: int | None, places: int) -> str:
    if came == "round":
        return ROUND
    if came == "random":
        return AT_RANDOM
    if place is None:
        return NEW if came == "plain" else READ
    return f"Place {place + 1:,} of {places:,}, by how like it is to what was included."


ROUTES = (Route(f"{PREFIX}/why", why),)
