"""What requests to the screening pages say, and what all of their templates see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request

from review.errors import DecisionError
from review.protocol import STAGES, Protocol, Stage
from review.web import Form, Here
from review.web.fields import is_number
from review.web.kit import render
from screening import notices, quotes, reading, repairs, worklist
from screening.display import Card, card
from screening.highlight import highlighter
from screening.own_papers import own_papers

NAMES: dict[Stage, str] = {"title-abstract": "Title and abstract", "full-text": "Full text"}
VERBS = {"include": "included", "exclude": "excluded", "maybe": "marked as maybe"}
PREFIX = "/screen/{stage}"


def stage_of(request: Request) -> Stage:
    """Give the stage that an address names; an unknown one is no page."""
    stage = request.path_params["stage"]
    if stage not in STAGES:
        raise HTTPException(404)
    return cast(Stage, stage)


def numbers(form: Form, name: str) -> list[int]:
    """Give the numbers of a field that lists them with commas."""
    return [int(one) for one in str(form.get(name, "")).split(",") if is_number(one)]


def report_of(form: Form) -> int:
    """Give the report that a form is about; raises ``DecisionError`` when it names none."""
    value = form.get("report")
    if not is_number(value):
        raise DecisionError("no report was named", hint="go back to the record and decide again")
    return int(str(value))


def outbox(at: Here, stage: Stage) -> str:
    """Name what a browser keeps for a person: nobody else on that browser is shown it, nor another review."""
    return f"review-outbox:{at.store.installation}:{at.actor.person}:{stage}"


def common(at: Here, stage: Stage) -> dict[str, Any]:
    """Give what every template of a stage sees."""
    rules = at.protocol.rules(stage)
    return {
        "stage": stage, "stage_name": NAMES[stage], "base": f"/screen/{stage}", "rules": rules, "verbs": VERBS,
        "reason_texts": {reason.code: reason.text for reason in rules.reasons},
        "about": reading.about, "longest_quote": quotes.LONGEST, "actor": at.actor.person,
        "minted": lambda: str(uuid4()),
        "included_when": _criteria(at.protocol, True), "excluded_when": _criteria(at.protocol, False),
    }  # fmt: skip


def card_of(connection: Connection, at: Here, stage: Stage, report: int) -> Card:
    """Prepare a report for the page, as the person who asks may see it."""
    return cards_of(connection, at, stage, (report,))[0]


def cards_of(connection: Connection, at: Here, stage: Stage, reports: Sequence[int]) -> list[Card]:
    """Prepare some reports for the page, in their order."""
    mark, hide = marker(at.protocol.concepts, at.protocol.highlights), at.protocol.rules(stage).hide
    shown = worklist.show_each(connection, reports, at.actor.person, stage)
    repaired = repairs.of_each(connection, [one.report for one in shown])
    made = [replace(card(one, mark, hide), repairs=repaired.get(one.report, ())) for one in shown]
    told = notices.chips(connection, [one.report for one in shown])
    made = [replace(one, chips=tuple(dict.fromkeys((*told.get(one.report, ()), *one.chips)))) for one in made]
    if stage == "full-text":
        beside = reading.of_each(connection, at.actor.person, [one.report for one in shown])
        made = [replace(one, reading=beside[one.report]) for one in made]
    papers_as = {member.name: member.papers_as for member in at.protocol.team if member.name == at.name}
    own = own_papers(papers_as, {one.report: one.record.authors for one in shown})
    return [replace(one, chips=(OWN_PAPER, *one.chips)) if one.report in own else one for one in made]


OWN_PAPER = "May be your own paper: leave it to somebody else"


marker = lru_cache(maxsize=4)(highlighter)
"""Every card asks for it, and its patterns take longer to write than to use."""


def sent(request: Request, at: Here, stage: Stage, shown: Card) -> dict[str, Any]:
    """Give a record ready to be shown, for the script."""
    html = render(request, "screening/card.html", card=shown, **common(at, stage))
    return {"report": shown.report, "html": html}


def _criteria(protocol: Protocol, include: bool) -> list[str]:
    return [criterion.text for criterion in protocol.criteria if criterion.include is include]
