"""How well the screeners agree, as a page: of each pilot round once it is complete, and of the whole stage."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from review.web import here, show
from screening import blinding, rounds, rows
from screening.page_kit import PREFIX, common, stage_of
from screening.reliability import Disagreement, Reliability, reliabilities, seen

RARE = 0.2
"""Share of includes below which the page explains why kappa is low."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is shown of one round, or of the whole stage (``title`` says which), with the records to be discussed."""

    title: str
    found: Reliability
    disagreements: list[tuple[Disagreement, str | None]]


def agreement(request: Request) -> Response:
    """Show the agreement of complete pilot rounds, and of the stage to those who have finished it."""
    at, stage = here(request), stage_of(request)
    with at.store.read() as connection:
        pilots = rounds.status(connection, stage, "pilot")
        hidden = stage in blinding.stages_hidden(connection, at.protocol, at.name)
        titles: dict[str | None, str] = {one.name: f"Pilot {one.name}" for one in pilots if one.complete}
        if not hidden:
            titles[None] = "The whole stage so far"
        parts = []
        for title, found in zip(titles.values(), reliabilities(connection, stage, list(titles)), strict=True):
            differing = seen(connection, at.protocol, stage, at.actor.person, found.disagreements)
            known = rows.names(connection, [one.report for one in differing])
            parts.append(Part(title, found, [(one, known[one.report][0]) for one in differing]))
    going = [one for one in pilots if not one.complete]
    return show(
        request, "screening/agreement.html", parts=parts, hidden=hidden, going=going, rare=RARE, **common(at, stage)
    )


ROUTES = (Route(f"{PREFIX}/agreement", agreement),)
