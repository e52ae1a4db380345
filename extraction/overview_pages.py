"""The lists of studies to extract and to appraise: what is one's own to do, what waits, what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from extraction import appraisal, desks, entry_rows, fillings, studies, versions
from extraction.entry_pages import designs
from extraction.fillings import Standing
from extraction.studies import Study
from review.web import Here, here, show

FILTERS = {
    "all": "All",
    "mine": "Mine to do",
    "waiting": "Waiting for others",
    "compare": "To compare",
    "again": "To look at again",
}
SAID = {
    "done": "You are done with {study}.",
    "left": "You left {study} to somebody else.",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One study on a list: ``kinds`` are the filters that it is shown under, ``rank`` puts what is begun first."""

    study: Study
    address: str
    words: str
    kinds: frozenset[str]
    rank: int
    answered: int
    compare: str | None = None
    tool: str | None = None
    """What it is appraised with, and why."""


def extract(request: Request) -> Response:
    """Show the studies with where the proforma of each stands."""
    at = here(request)
    if at.protocol.proforma is None:
        return show(request, "extraction/overview.html", **_nothing("Extract", "proforma"))
    desk = desks.form_desk(at)
    with at.store.read() as connection:
        found = studies.studies(connection)
        states = fillings.states(connection, at.protocol, desk.sheet, at.actor.person)
        counted = entry_rows.counted(connection, desk.sheet, at.actor.person)
        again = versions.revisits(connection, desk.form, at.actor.person)
        used = versions.in_use(connection, desk.sheet)
    pilot = used.pilot if used and used.state == "pilot" else ()
    lines = [
        _line(at, one, states.get(one.key), f"/extract/{quote(one.key)}", counted.get(one.key, 0),
              again=one.key in again, first=one.key in pilot)
        for one in found
    ]  # fmt: skip
    state = {"pilot": "being tried", "open": "open", "frozen": "frozen"}[used.state] if used else "not used yet"
    about = f"{desk.form.label}, version {desk.form.version}: {state}"
    return _list(request, "Extract", lines, about=about, tried=len(pilot))


def appraise(request: Request) -> Response:
    """Show the studies with the instrument that fits each, and where its appraisal stands."""
    at = here(request)
    if not at.protocol.instruments:
        return show(request, "extraction/overview.html", **_nothing("Appraise", "instruments"))
    with at.store.read() as connection:
        found = studies.studies(connection)
        known = designs(connection, at, [one.key for one in found])
        sheets = [_Sheet.of(connection, at, name) for name in at.protocol.instruments]
    sheets = [one for one in sheets if one.desk.instrument.of == "study"]
    lines = [line for one in found for line in _appraised(at, one, sheets, known.get(one.key, (None, None)))]
    return _list(request, "Appraise", lines, about=None, tried=0)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """An instrument, and where it stands for every study."""

    desk: desks.InstrumentDesk
    states: Mapping[str, Standing]
    counted: Mapping[str, int]

    @classmethod
    def of(cls, connection: Connection, at: Here, name: str) -> _Sheet:
        desk = desks.instrument_named(at, name)
        states = fillings.states(connection, at.protocol, desk.sheet, at.actor.person)
        return cls(desk, states, entry_rows.counted(connection, desk.sheet, at.actor.person))


def _appraised(at: Here, study: Study, sheets: Sequence[_Sheet], known: tuple[str | None, str | None]) -> list[Line]:
    """Give a line for the instrument that fits, and for every other that somebody has begun; else one to choose in."""
    told = appraisal.suggest([one.desk.instrument for one in sheets], *known)
    lines = []
    for one in sheets:
        name = one.desk.instrument.name
        if name != told.instrument and study.key not in one.states:
            continue
        tool = f"{one.desk.label}" + (f", {told.why}" if name == told.instrument else "")
        address, mine = f"/appraise/{quote(study.key)}/{quote(name)}", one.counted.get(study.key, 0)
        lines.append(_line(at, study, one.states.get(study.key), address, mine, tool=tool))
    if lines:
        return lines
    kinds = frozenset({"mine"}) if at.may("extract") else frozenset[str]()
    return [Line(study, f"/appraise/{quote(study.key)}", "Choose an instrument", kinds, 3, 0, tool=told.why)]


def choose(request: Request) -> Response:
    """Offer the instruments of the protocol for one study."""
    at, key = here(request), request.path_params["study"]
    with at.store.read() as connection:
        study = next((one for one in studies.studies(connection) if one.key == key), None)
        known = designs(connection, at, (key,)).get(key, (None, None))
    if study is None or not at.protocol.instruments:
        return show(request, "extraction/overview.html", 404, **_nothing("Appraise", "instruments"))
    found = [desks.instrument_named(at, name).instrument for name in at.protocol.instruments]
    offered = [
        (one, f"/appraise/{quote(key)}/{quote(one.name)}", appraisal.misfit(one, *known))
        for one in found
        if one.of == "study"
    ]
    told = appraisal.suggest(found, *known)
    return show(request, "extraction/overview_tools.html", study=study, offered=offered, told=told)


def _line(
    at: Here, study: Study, standing: Standing | None, address: str, answered: int, *,
    again: bool = False, first: bool = False, tool: str | None = None,
) -> Line:  # fmt: skip
    words, kinds, rank = _state(standing, at.may("extract"), first)
    if again:
        kinds |= {"again"}
    compare = f"{address}/compare" if standing and standing.comparable else None
    return Line(study, address, words, frozenset(kinds), rank, answered, compare, tool)


def _state(one: Standing | None, may: bool, first: bool) -> tuple[str, set[str], int]:
    """Say where a study stands for a person, which filters show it, and how far up the list it is."""
    if one is None:
        return ("Not begun", {"mine"} if may else set(), 1 if first else 3)
    if one.comparable and one.by != "single":
        return ("To check" if one.by == "checked" else "Both are done", {"compare"}, 4)
    if one.mine == "open":
        return ("Begun by you", {"mine"}, 0)
    if one.mine == "done":
        return ("You are done" + ("" if one.by == "single" else "; waits for another person"),
                set() if one.by == "single" else {"waiting"}, 5)  # fmt: skip
    if one.may_write and may:
        return ("One person is on it" if one.by == "double" else "Begun by somebody else", {"mine"}, 1 if first else 2)
    return ("With others", {"waiting"}, 6)


def _list(request: Request, title: str, lines: Sequence[Line], *, about: str | None, tried: int) -> Response:
    wanted = request.query_params.get("show", "all")
    chosen = wanted if wanted in FILTERS else "all"
    ordered = sorted(lines, key=lambda one: (one.rank, one.study.key))
    told = next((words.format(study=request.query_params[key]) for key, words in SAID.items()
                 if request.query_params.get(key) in {one.study.key for one in lines}), None)  # fmt: skip
    values: dict[str, Any] = {
        "title": title, "lines": [one for one in ordered if chosen == "all" or chosen in one.kinds],
        "counts": {name: len(lines) if name == "all" else sum(name in one.kinds for one in lines) for name in FILTERS},
        "filters": FILTERS, "chosen": chosen, "about": about, "tried": tried, "told": told, "lacks": None,
        "next": next((one for one in ordered if "mine" in one.kinds), None),
        "done": sum(one.rank in (4, 5) for one in lines), "total": len(lines),
    }  # fmt: skip
    return show(request, "extraction/overview.html", **values)


def _nothing(title: str, lacks: str) -> dict[str, Any]:
    return {"title": title, "lines": [], "lacks": lacks, "counts": {}, "filters": {}, "chosen": "all", "about": None,
            "tried": 0, "told": None, "next": None, "done": 0, "total": 0}  # fmt: skip


ROUTES = (
    Route("/extract", extract),
    Route("/appraise", appraise),
    Route("/appraise/{study}", choose),
)
