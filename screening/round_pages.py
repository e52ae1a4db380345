"""Rounds as a page: how far each has come, and for whoever leads the forms that hand work out, with a look before."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from review.errors import DecisionError
from review.protocol import Stage
from review.text import many
from review.web import Form, Here, action, here, show
from review.web.fields import is_number, text, texts
from screening import handover, round_rows, rounds, rows
from screening.page_kit import PREFIX, common, stage_of
from screening.round_plans import KINDS, LEFT, PILOT_SIZE, Again, Asked, Pilot, Plan, Quality, Share, screeners

SEEDS = 1_000_000


def listed(request: Request) -> Response:
    """Show the rounds of a stage: to whoever leads everybody's, to others their own."""
    at, stage = here(request), stage_of(request)
    leads = at.may("rules")
    with at.store.read() as connection:
        found = rounds.status(connection, stage)
        forms = _choices(connection, at, stage) if leads else {}
        known = set(rows.people(connection).values())
    mine = found if leads else rounds.own(found, at.name)
    done = request.query_params.get("done")
    return show(
        request, "screening/rounds.html", rounds=mine, leads=leads, kinds=KINDS, pilot_size=PILOT_SIZE,
        alone=len(screeners(at.protocol)) < 2, done=done if done in {one.name for one in found} | known else None,
        **forms, **common(at, stage),
    )  # fmt: skip


def _choices(connection: Connection, at: Here, stage: Stage) -> dict[str, Any]:
    """Give what the forms let choose from."""
    people, names = screeners(at.protocol), rows.people(connection)
    gone = round_rows.reasons(connection, stage) - {reason.code for reason in at.protocol.rules(stage).reasons}
    reasons = [(reason.code, reason.text) for reason in at.protocol.rules(stage).reasons]
    return {
        "people": people,
        "holding": sorted(names[who] for who in round_rows.held(connection)),
        "free": round_rows.count_open(connection, stage),
        "reasons": [*reasons, *((code, f"{code} (not in the protocol any more)") for code in sorted(gone))],
    }


def hand_out(request: Request, form: Form) -> Response:
    """Show what would be handed out, or hand it out when that was seen: both with one seed."""
    at, stage = here(request), stage_of(request)
    seed = int(str(form["seed"])) if is_number(form.get("seed")) else secrets.randbelow(SEEDS)
    seen = text(form, "do") == "make"
    if text(form, "kind") == "handover":
        return _handed_over(request, form, at, stage, seed=seed, seen=seen)
    asked, name = _asked(form), text(form, "name")
    if seen:
        made = rounds.make(at.store, at.protocol, at.actor, stage, asked, seed=seed, name=name)
        return _back(stage, made.name)
    with at.store.read() as connection:
        plan = rounds.plan(connection, at.protocol, stage, asked, seed=seed, name=name)
    title = f"{plan.name[:1].upper()}{plan.name[1:]}: {many(plan.reports, 'record')}"
    together = plan.together if plan.kind in ("main", "pilot") else {}
    return _preview(
        request, form, at, stage, title=title, seed=seed, shown_seed=plan.seed, people=_loads(plan),
        together=[(who, number) for who, number in together.items() if len(who) > 1], notes=plan.notes,
        rest=[(number, LEFT[why]) for why, number in plan.left.items()], can=plan.reports > 0,
    )  # fmt: skip


def _loads(plan: Plan) -> list[tuple[str, int, int]]:
    everybody = sorted({*plan.given, *plan.has})
    return [(who, len(plan.given.get(who, ())), len(plan.has.get(who, ()))) for who in everybody]


def _handed_over(request: Request, form: Form, at: Here, stage: Stage, *, seed: int, seen: bool) -> Response:
    name, to = text(form, "from"), texts(form, "to")
    if name is None:
        raise DecisionError("nobody was chosen", hint="choose whose records are handed over")
    if seen:
        handover.hand_over(at.store, at.protocol, at.actor, name, to, seed=seed)
        return _back(stage, name)
    with at.store.read() as connection:
        done = handover.plan(connection, at.protocol, name, to, seed=seed)
    return _preview(
        request, form, at, stage, title=f"{many(done.total, 'record')} taken from {name}, of both stages", seed=seed,
        shown_seed=seed if to else None, people=[(who, number, 0) for who, number in done.given.items()], together=[],
        notes=(f"What {name} has voted on stays as it is",), can=True,
        rest=[(number, handover.ENDED[why]) for why, number in done.ended.items()],
    )  # fmt: skip


def _preview(request: Request, form: Form, at: Here, stage: Stage, **plan: Any) -> Response:
    fields = [(name, str(value)) for name, value in form.multi_items() if name not in ("do", "seed") and value]
    return show(request, "screening/round_preview.html", fields=fields, **plan, **common(at, stage))


def _back(stage: Stage, done: str) -> Response:
    to = PREFIX.format(stage=stage) + "/rounds"
    return RedirectResponse(str(URL(to).include_query_params(done=done)), status_code=303)


# -- what forms ask for


def _asked(form: Form) -> Asked:
    kind, people = text(form, "kind"), texts(form, "people")
    if kind == "main":
        return _share(form, people)
    if kind == "pilot":
        return Pilot(people, _whole(form, "size", "the number of records") or PILOT_SIZE)
    if kind == "quality":
        if text(form, "unit") == "records":
            return Quality(people, size=_whole(form, "amount", "the number of records"))
        return Quality(people, percent=_percent(form, "amount"))
    if kind == "again":
        return Again(texts(form, "reason"), people)
    raise DecisionError("it was not said what to hand out", hint="use one of the forms on the page of the rounds")


def _share(form: Form, people: Sequence[str]) -> Share:
    lines = [line for line in str(form.get("pairs") or "").splitlines() if line.strip()]
    pairs = tuple(tuple(name.strip() for name in line.split("+")) for line in lines)
    first, last = _whole(form, "first", "the first report"), _whole(form, "last", "the last report")
    return Share(
        people=() if pairs else tuple(people),
        pairs=pairs,
        each=None if pairs else _whole(form, "each", "the number of people"),
        overlap=None if pairs else _percent(form, "overlap"),
        between=(first or 1, last or 10**15) if first or last else None,
        cap=_whole(form, "cap", "the most that one person gets"),
        core=texts(form, "core"),
    )


def _whole(form: Form, name: str, what: str) -> int | None:
    value = text(form, name)
    if value is None:
        return None
    if not is_number(value) or int(value) < 1:
        raise DecisionError(f"{what} is a whole number from 1", hint="go back and correct it, or leave it empty")
    return int(value)


def _percent(form: Form, name: str) -> float | None:
    value = text(form, name)
    try:
        return float(value) if value is not None else None
    except ValueError:
        raise DecisionError(f"'{value}' is no percentage", hint="go back and write a number up to 100") from None


ROUTES = (
    Route(f"{PREFIX}/rounds", listed),
    Route(f"{PREFIX}/rounds", action(hand_out, "rules"), methods=["POST"]),
)
