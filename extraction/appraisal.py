"""Judgements under an appraisal instrument: one response per study, item and person, with reason, quote and place.

No total is computed anywhere: the instruments suggest none, and the authors of MMAT advise against one. An overall
judgement is a person's. An instrument for findings (GRADE-CERQual) has ``finding:KEY`` where others have a study.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from extraction import filling_rows, fillings, rows, studies
from extraction.shared import same_window
from extraction.studies import Study
from extraction.synthesis import coding_rows
from extraction.values import choice, collect, text_of
from review.errors import DecisionError
from review.forms import FINDING, NOT_REPORTED, Instrument, Item, Option
from review.protocol import Protocol
from review.protocol.faults import meant
from review.protocol.levels import level_of as level_of
from review.record import Record
from review.store import Actor, Entry, Event, Store, append_many
from review.store.events import take_turn

_TAKEN_OVER = Option(NOT_REPORTED, "not reported")
_RESEARCH = "research"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person judges of one item for one study; the response to an open item is its text.

    ``item`` is ``overall`` for the overall judgement; ``file`` the SHA-256 of the full text that the quote is from.
    """

    study: str
    item: str
    response: object = None
    reason: object = None
    quote: object = None
    place: object = None
    cleared: bool = False
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Appraised:
    """How far the appraisal of one study under one instrument is.

    ``items`` that apply, of them ``judged``, of these ``not_reported``; and whether a screening item got a no.
    """

    study: str
    instrument: str
    items: int
    judged: int
    not_reported: int
    screening_no: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The instrument to take for a study, and why; ``None`` when there is none. ``others`` would fit too."""

    instrument: str | None
    why: str
    others: tuple[str, ...] = ()


def put(
    store: Store,
    actor: Actor,
    protocol: Protocol,
    instrument: Instrument,
    keys: Collection[str],
    given: Sequence[Judgement],
) -> list[Event]:
    """Save judgements, all or none; otherwise as ``answers.put``."""
    entries = collect(given, lambda judgement: entry(instrument, keys, judgement))
    with store.write() as connection:
        guard(store, connection, actor, protocol, instrument, entries)
        return append_many(store, connection, actor, entries)


def save(
    store: Store,
    actor: Actor,
    protocol: Protocol,
    instrument: Instrument,
    keys: Collection[str],
    judgement: Judgement,
    base: str | None,
) -> Event:
    """Save one judgement over the one that the person saw; otherwise as ``answers.save``."""
    made = entry(instrument, keys, judgement)
    with store.write() as connection:
        take_turn(connection, actor)
        current = rows.judgement(connection, instrument.name, judgement.study, judgement.item, actor.person)
        item = next(one for one in instrument.judged if one.id == judgement.item)
        same_window(
            f"{judgement.study}, item {item.id}", current, base,
            lambda row: said(instrument, item, row["response"]) if row else "no judgement",
        )  # fmt: skip
        guard(store, connection, actor, protocol, instrument, (made,))
        return append_many(store, connection, actor, (made,))[0]


def guard(
    store: Store,
    connection: Connection,
    actor: Actor,
    protocol: Protocol,
    instrument: Instrument,
    entries: Sequence[Entry],
) -> None:
    """Let nobody judge where there is no place (``fillings.guard``), for events of one instrument."""
    studies = {made.payload["study"] for made in entries}
    sheet = fillings.instrument_sheet(instrument)
    fillings.guard(store, connection, actor, protocol, sheet, studies, instrument.edition)


def entry(instrument: Instrument, keys: Collection[str], judgement: Judgement) -> Entry:
    """Check one judgement against the instrument and make its event.

    Raises
    ------
    DecisionError
        No such study, finding or item, or a response that the instrument does not have.
    """
    known = {item.id: item for item in instrument.judged}
    if judgement.item not in known:
        raise DecisionError(f"{instrument.name} has no item '{judgement.item}'", hint=meant(judgement.item, known))
    if judgement.study not in keys:
        raise DecisionError(f"there is no study '{judgement.study}'", hint=meant(judgement.study, keys))
    if not about(instrument, judgement.study):
        raise DecisionError(
            f"{instrument.name} does not appraise {judgement.study}",
            hint="it is for findings: finding:KEY" if instrument.of == "finding" else "it is for studies",
        )
    payload: dict[str, Any] = {"study": judgement.study, "instrument": instrument.name, "item": judgement.item}
    if judgement.cleared:
        return Entry("judgement", {**payload, "cleared": True})
    try:
        payload["response"] = _response(instrument, known[judgement.item], judgement.response)
        payload |= {name: text_of(getattr(judgement, name)) for name in ("reason", "quote", "place")}
        payload["file"] = judgement.file
    except DecisionError as error:
        where = f"{judgement.study}, {instrument.name} item {judgement.item}"
        raise DecisionError(f"{where}: {error.message}", hint=error.hint) from error
    return Entry("judgement", payload)


def said(instrument: Instrument, item: Item, response: str) -> str:
    """Say a response to people: its label; the text of an open item as it is."""
    labels = {option.code: option.label for option in (*instrument.choices(item), _TAKEN_OVER)}
    return labels.get(response, response)


# -- which instrument, which items


def subjects(connection: Connection, instrument: Instrument) -> dict[str, Study]:
    """Give what an instrument is filled in for, by key: the studies, or the findings as studies without a report."""
    if instrument.of == "study":
        return {one.key: one for one in studies.studies(connection)}
    found = coding_rows.findings(connection)
    return {FINDING + row["key"]: Study(FINDING + row["key"], (), Record(title=row["statement"])) for row in found}


def about(instrument: Instrument, key: str) -> bool:
    """Say whether an instrument appraises what has this key: a study, or a finding."""
    return key.startswith(FINDING) == (instrument.of == "finding")


def fits(instrument: Instrument, design: str | None) -> bool:
    """Say whether an instrument is made for a design; with an unknown design every instrument for studies may be."""
    return instrument.of == "study" and (design is None or design in instrument.designs)


def offered(instrument: Instrument, key: str, design: str | None) -> bool:
    """Say whether an instrument is offered for a study of a design, or for a finding."""
    return about(instrument, key) and (instrument.of == "finding" or fits(instrument, design))


def items_for(instrument: Instrument, design: str | None) -> tuple[Item, ...]:
    """Give what is judged for a design, the overall judgement last.

    All items when the design is unknown or the instrument is not made for it.
    """
    if design is None or not fits(instrument, design):
        return instrument.judged
    return tuple(item for item in instrument.judged if not item.designs or design in item.designs)


def suggest(instruments: Iterable[Instrument], design: str | None, kind: str | None = None) -> Suggestion:
    """Say which of the protocol's instruments to take for a study.

    Of several that fit: a list for the design comes before one that has a set for each of several designs (MMAT),
    then the first that the protocol names.

    Parameters
    ----------
    design, kind : str, optional
        Answers to the fields of these names; a paper of another kind than research has no design.
    """
    design = _design(design, kind)
    if design is None:
        return Suggestion(None, "the design of the study is not extracted yet")
    suited = [one for one in instruments if fits(one, design)]
    suited.sort(key=lambda one: any(item.designs for item in one.items))
    if not suited:
        return Suggestion(None, f"no instrument of the protocol is made for {_papers(design)}")
    first, *others = (one.name for one in suited)
    return Suggestion(first, f"made for {_papers(design)}", tuple(others))


def misfit(instrument: Instrument, design: str | None, kind: str | None = None) -> str | None:
    """Say that an instrument is not made for a study; ``None`` when it is, or when nobody knows."""
    design = _design(design, kind)
    if instrument.of == "finding" or fits(instrument, design):
        return None
    return f"{instrument.label} ({instrument.edition}) is not made for {_papers(design or '')}"


def designs(current: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Read the designs of studies from the answers to the fields ``design`` and ``kind``.

    ``"none"`` where the design is not applicable, or not stated and the paper is of another kind than research. Of
    several answers to one field the last counts: those that were settled come last (``settled_designs``).
    """
    rows = list(current)
    found = {row["study"]: row for row in rows if row["field"] == "design"}
    stated = {study: str(row["value"]) for study, row in found.items() if row["value"]}
    other = {study: "none" for study, kind in kinds(rows).items() if kind != _RESEARCH}
    return other | stated | {study: "none" for study, row in found.items() if row["missing"] == "not_applicable"}


def settled_designs(connection: Connection, sheet: str) -> list[dict[str, Any]]:
    """Give what was settled of the designs and kinds of studies, of a form's sheet."""
    return filling_rows.settled(connection, sheet, fields=("design", "kind"))


def kinds(current: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Read the kinds of papers from the answers to the field ``kind``."""
    found = {row["study"]: row["value"] for row in current if row["field"] == "kind"}
    return {study: str(value) for study, value in found.items() if value}


def _design(design: str | None, kind: str | None) -> str | None:
    return "none" if design is None and kind not in (None, _RESEARCH) else design


def _papers(design: str) -> str:
    return "papers that are not research" if design == "none" else f"{design} studies"


# -- how far it is


def progress(
    instrument: Instrument,
    keys: Iterable[str],
    current: Iterable[Mapping[str, Any]],
    design: Mapping[str, str],
    *,
    also: Collection[str] = (),
) -> tuple[Appraised, ...]:
    """Say how far each study is that the instrument fits or that was begun under it; findings likewise.

    Parameters
    ----------
    current : iterable of mapping
        From ``rows.judgements``, those that may be shown; ``also`` names studies begun besides.
    """
    have: dict[str, dict[str, str]] = {}
    for row in current:
        have.setdefault(row["study"], {})[row["item"]] = row["response"]
    return tuple(
        _appraised(instrument, key, have.get(key, {}), design.get(key))
        for key in keys
        if key in have or key in also or offered(instrument, key, design.get(key))
    )


def _appraised(instrument: Instrument, key: str, have: Mapping[str, str], design: str | None) -> Appraised:
    asked = [item for item in items_for(instrument, design) if design or not item.designs]
    items = [item for item in instrument.judged if item in asked or item.id in have]  # MMAT: the sets of a mixed study
    judged = [item for item in items if item.id in have]
    return Appraised(
        study=key,
        instrument=instrument.name,
        items=len(items),
        judged=len(judged),
        not_reported=sum(have[item.id] == NOT_REPORTED for item in judged),
        screening_no=any(item.screening and have[item.id] == "no" for item in judged),
    )


def _response(instrument: Instrument, item: Item, raw: object) -> str:
    text, options = text_of(raw), instrument.choices(item)
    if text is None:
        one_of = "write it in your own words" if item.open else f"one of: {', '.join(o.code for o in options)}"
        raise DecisionError("no response is given", hint=one_of)
    if item.open and text.casefold() not in (_TAKEN_OVER.code, _TAKEN_OVER.label):
        return text
    return choice(text, (*options, _TAKEN_OVER))
