"""The pages for possible duplicates: one pair per screen, the judged ones, accepting above a threshold.

Requests in, templates out. Every change goes through ``searches.judging`` and ``searches.accepting``; a script and a
plain form send the same fields to the same address.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from review.errors import DecisionError
from review.web import Form, Here, Room, action, here, show
from review.web.kit import local_path, problem
from searches import accepting, judging, pairs
from searches import pair_rows as rows
from searches.pair_rows import Pair

BASE = "/pairs"
PAGE_LENGTH = 50
THRESHOLD = 0.95
"""What the page proposes."""
FILTERS = {
    "": "All", "same": "Duplicates", "different": "Kept both", "study": "Same study", "accepted": "Accepted together",
    "mine": "Mine",
}  # fmt: skip


def one_pair(request: Request) -> Response:
    """Show one pair: the one named, else the likeliest that waits, or of a sample the next."""
    at = here(request)
    asked = _threshold(request)
    with at.store.read() as connection:
        sample = accepting.check(connection, at.store, at.actor.person, *asked) if asked else None
        waiting = list(sample.to_judge) if sample else rows.waiting(connection)
        judged = len(sample.sample) - len(waiting) if sample else rows.count_judged(connection)
        named = _two(request.query_params.get("pair", ""))
        wanted = named or _following(connection, waiting, _two(request.query_params.get("after", "")))
        sheet = pairs.sheet(connection, *wanted, at.actor.person) if wanted else None
        said, undoable = _said(connection, request)
    fragment = "hx-request" in request.headers
    if sample and sheet is None:
        outcome = f"{BASE}/accept?{_query(asked)}"
        return Response(headers={"HX-Redirect": outcome}) if fragment else RedirectResponse(outcome, status_code=303)
    place = next((n for n, p in enumerate(waiting, 1) if sheet and p.ids == sheet.pair.ids), None)
    values: dict[str, Any] = {
        "sheet": sheet, "said": said, "undoable": undoable, "client": str(uuid4()), "person": at.actor.person,
        "place": place, "judged": judged, "waiting": len(waiting), "asked": asked, "query": _query(asked),
        "likeness": pairs.likeness(sheet.pair.score) if sheet else None, "verdicts": pairs.VERDICTS,
    }  # fmt: skip
    reply = show(request, "searches/pair.html" if fragment else "searches/pairs.html", **values)
    reply.headers["HX-Replace-Url"] = _address(wanted if named else None, asked)
    return reply


def judge(request: Request, form: Form) -> Response:
    """Save a judgement and go on to the next pair. Sent twice with one client id, it counts once."""
    at = here(request)
    if (refused := _of_another(request, at, form)) is not None:
        return refused
    left, right = _named(form)
    values = {
        name.removeprefix("value-"): _number(str(value)) for name, value in form.items() if name.startswith("value-")
    }
    done = judging.judge(
        at.store, at.actor, left, right, str(form.get("verdict")),
        seen=str(form.get("seen", "")), values=values, client=str(form.get("client") or "") or None,
    )  # fmt: skip
    pair = f"{done.left}-{done.right}"
    return _go({"after": pair, "done": pair, **_asked(form)})


def undo(request: Request, form: Form) -> Response:
    """Take back the judgement on the pair that is named, else this person's newest one."""
    at = here(request)
    if (refused := _of_another(request, at, form)) is not None:
        return refused
    if "left" in form:
        left, right = _named(form)
    else:
        with at.store.read() as connection:
            mine = rows.judged(connection, person=at.actor.person)
        newest = next((p for p in mine if p.judged and p.judged.accepted is None), None)
        if newest is None:
            raise DecisionError("there is no judgement of yours to take back", hint="go on with the pairs that wait")
        left, right = newest.ids
    seen = form.get("seen")
    done = judging.undo(at.store, at.actor, left, right, seen=None if seen is None else str(seen))
    pair = f"{done.left}-{done.right}"
    back = local_path(form.get("next"))
    if back.startswith(f"{BASE}/"):
        return RedirectResponse(f"{back}{'&' if '?' in back else '?'}undone={pair}", status_code=303)
    return _go({"pair": pair, "undone": pair, **_asked(form)})


def judged_pairs(request: Request) -> Response:
    """List the judged pairs, newest first, and what was accepted together."""
    at = here(request)
    wanted = request.query_params.get("show", "")
    wanted = wanted if wanted in FILTERS else ""
    start = _number(request.query_params.get("from", "")) if "from" in request.query_params else 0
    with at.store.read() as connection:
        together = rows.accepted(connection)
        if wanted == "accepted":
            found = together[start : start + PAGE_LENGTH + 1]
        else:
            found = rows.judged(
                connection, verdict=wanted if wanted in pairs.VERDICTS else None,
                person=at.actor.person if wanted == "mine" else None, limit=PAGE_LENGTH + 1, offset=start,
            )  # fmt: skip
        known = rows.titles(connection, [one for p in found for one in p.ids])
        said, _ = _said(connection, request)
    values: dict[str, Any] = {
        "found": found[:PAGE_LENGTH], "titles": {one: title for one, (title, _) in known.items()}, "said": said,
        "further": start + PAGE_LENGTH if len(found) > PAGE_LENGTH else None, "shown": wanted, "filters": FILTERS,
        "batches": accepting.batches(together), "verdicts": pairs.VERDICTS, "person": at.actor.person,
        "taken": request.query_params.get("taken"),
    }  # fmt: skip
    template = "searches/judged_rows.html" if "hx-request" in request.headers else "searches/judged.html"
    return show(request, template, **values)


def accept(request: Request) -> Response:
    """Show what accepting above a threshold would do, and how far its sample is judged."""
    at = here(request)
    asked = _threshold(request) or (THRESHOLD, accepting.SAMPLE)
    with at.store.read() as connection:
        found = accepting.check(connection, at.store, at.actor.person, *asked)
        known = rows.titles(connection, [one for p in found.sample for one in p.ids])
        batches = accepting.batches(rows.accepted(connection))
    done = next((b for b in batches if b.batch == request.query_params.get("done")), None)
    values: dict[str, Any] = {
        "found": found, "titles": {one: title for one, (title, _) in known.items()}, "query": _query(asked),
        "size": asked[1], "least": accepting.SAMPLE, "done": done, "batch": str(uuid4()),
        "verdicts": pairs.VERDICTS, "person": at.actor.person,
    }  # fmt: skip
    return show(request, "searches/accept.html", **values)


def accept_rest(request: Request, form: Form) -> Response:
    """Accept the rest above a threshold. Sent twice with one batch id, it counts once."""
    at = here(request)
    if (refused := _of_another(request, at, form)) is not None:
        return refused
    asked = _asked(form)
    if not asked or not form.get("batch"):
        raise DecisionError("no threshold was named", hint="go back to the page and choose one")
    done = accepting.accept(
        at.store, at.actor, float(asked["above"]), size=int(asked["sample"]), batch=str(form["batch"])
    )
    return RedirectResponse(f"{BASE}/accept?{urlencode({**asked, 'done': done.batch})}", status_code=303)


def undo_batch(request: Request, form: Form) -> Response:
    """Take back everything that was accepted together."""
    at = here(request)
    if (refused := _of_another(request, at, form)) is not None:
        return refused
    count = accepting.undo_batch(at.store, at.actor, str(form.get("batch")))
    return RedirectResponse(f"{BASE}/judged?taken={count}", status_code=303)


def room() -> Room:
    """Give the room's pages."""
    routes = (
        Route(BASE, one_pair),
        Route(f"{BASE}/judge", action(judge), methods=["POST"]),
        Route(f"{BASE}/undo", action(undo), methods=["POST"]),
        Route(f"{BASE}/judged", judged_pairs),
        Route(f"{BASE}/accept", accept),
        Route(f"{BASE}/accept", action(accept_rest), methods=["POST"]),
        Route(f"{BASE}/batch/undo", action(undo_batch), methods=["POST"]),
    )
    return Room("searches", Path(__file__).parent, routes, (("Duplicates", BASE),))


# -- what requests say


def _number(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) < 16):
        raise DecisionError(f"'{value}' is no number of a report", hint="go back to the pair and judge it again")
    return int(value)


def _two(value: str) -> tuple[int, int] | None:
    """Read ``5-9``."""
    left, dash, right = value.partition("-")
    return (_number(left), _number(right)) if dash else None


def _named(form: Form) -> tuple[int, int]:
    return _number(str(form.get("left"))), _number(str(form.get("right")))


def _threshold(request: Request) -> tuple[float, int] | None:
    """Give the threshold and size of a sample check, ``None`` without one."""
    above = request.query_params.get("above")
    return _read(above, request.query_params.get("sample", "")) if above else None


def _read(above: str, sample: str) -> tuple[float, int]:
    try:
        threshold = float(above.replace(",", "."))
    except ValueError:
        threshold = -1.0
    return threshold, max(_number(sample) if sample else 0, accepting.SAMPLE)


def _asked(form: Form) -> dict[str, str]:
    """Give the fields of a sample check that a form carries on."""
    if not form.get("above"):
        return {}
    above, sample = _read(str(form["above"]), str(form.get("sample", "")))
    return {"above": f"{above!r}", "sample": str(sample)}


def _query(asked: tuple[float, int] | None) -> str:
    return urlencode({"above": repr(asked[0]), "sample": asked[1]}) if asked else ""


def _of_another(request: Request, at: Here, form: Form) -> Response | None:
    """Refuse what a page sends that another person had opened in this browser."""
    if form.get("person", at.actor.person) == at.actor.person:
        return None
    hint = "load the page again and judge under your own name"
    return problem(request, 403, "this page was opened by another person than the one who is signed in now", hint)


# -- where to go, and what is said there


def _go(query: dict[str, str]) -> Response:
    return RedirectResponse(f"{BASE}?{urlencode(query)}", status_code=303)


def _address(wanted: tuple[int, int] | None, asked: tuple[float, int] | None) -> str:
    parts = [f"pair={wanted[0]}-{wanted[1]}"] if wanted else []
    query = "&".join([*parts, *([_query(asked)] if asked else [])])
    return f"{BASE}?{query}" if query else BASE


def _following(connection: Connection, waiting: list[Pair], after: tuple[int, int] | None) -> tuple[int, int] | None:
    """Choose the pair that comes after one, in the order of likeness; after the last the first."""
    if not waiting:
        return None
    if after is None:
        return waiting[0].ids
    before = rows.pair(connection, *after)
    mark = (-(before.score or 0), *before.ids)
    return next((p.ids for p in waiting if (-(p.score or 0), *p.ids) > mark), waiting[0].ids)


def _said(connection: Connection, request: Request) -> tuple[tuple[str, ...], Pair | None]:
    """Say what was done last, and give the pair that it can be undone on."""
    if (two := _two(request.query_params.get("done", ""))) is not None:
        pair = rows.pair(connection, *two)
        if pair.judged:
            return judging.noted(pair), pair
    if (two := _two(request.query_params.get("undone", ""))) is not None:
        return judging.undone(connection, rows.pair(connection, *two)), None
    return (), None
