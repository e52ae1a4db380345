"""Judgements under an appraisal instrument: one response per study, item and person, with reason, quote and place.

No total is computed anywhere: the instruments suggest none, and the authors of MMAT advise against one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extraction.values import choice, collect, text_of
from review.errors import DecisionError
from review.forms import NOT_REPORTED, Instrument, Item, Option
from review.protocol.faults import meant
from review.store import Actor, Entry, Event, Store, append_many

_TAKEN_OVER = Option(NOT_REPORTED, "not reported")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person judges of one item for one study; the response to an open item is its text."""

    study: str
    item: str
    response: object = None
    reason: object = None
    quote: object = None
    place: object = None
    cleared: bool = False


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


def put(
    store: Store, actor: Actor, instrument: Instrument, keys: Collection[str], given: Sequence[Judgement]
) -> list[Event]:
    """Save judgements, all or none; otherwise as ``answers.put``."""
    entries = collect(given, lambda judgement: entry(instrument, keys, judgement))
    with store.write() as connection:
        return append_many(store, connection, actor, entries)


def entry(instrument: Instrument, keys: Collection[str], judgement: Judgement) -> Entry:
    """Check one judgement against the instrument and make its event.

    Raises
    ------
    DecisionError
        No such study or item, or a response that the instrument does not have.
    """
    known = {item.id: item for item in instrument.items}
    if judgement.item not in known:
        raise DecisionError(f"{instrument.name} has no item '{judgement.item}'", hint=meant(judgement.item, known))
    if judgement.study not in keys:
        raise DecisionError(f"there is no study '{judgement.study}'", hint=meant(judgement.study, keys))
    payload: dict[str, Any] = {"study": judgement.study, "instrument": instrument.name, "item": judgement.item}
    if judgement.cleared:
        return Entry("judgement", {**payload, "cleared": True})
    try:
        payload["response"] = _response(instrument, known[judgement.item], judgement.response)
        payload |= {name: text_of(getattr(judgement, name)) for name in ("reason", "quote", "place")}
    except DecisionError as error:
        where = f"{judgement.study}, {instrument.name} item {judgement.item}"
        raise DecisionError(f"{where}: {error.message}", hint=error.hint) from error
    return Entry("judgement", payload)


def fits(instrument: Instrument, design: str | None) -> bool:
    """Say whether an instrument is made for a design; with an unknown design every instrument may be."""
    return design is None or design in instrument.designs


def items_for(instrument: Instrument, design: str | None) -> tuple[Item, ...]:
    """Give the items that apply to a design; all when it is unknown or the instrument is not made for it."""
    if design is None or not fits(instrument, design):
        return instrument.items
    return tuple(item for item in instrument.items if not item.designs or design in item.designs)


def designs(current: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Read the designs of studies from their answers to the field ``design``; ``"none"`` where it is not applicable."""
    found = [row for row in current if row["field"] == "design"]
    stated = {row["study"]: str(row["value"]) for row in found if row["value"]}
    return stated | {row["study"]: "none" for row in found if row["missing"] == "not_applicable"}


def progress(
    instrument: Instrument, keys: Iterable[str], current: Iterable[Mapping[str, Any]], design: Mapping[str, str]
) -> tuple[Appraised, ...]:
    """Say how far each study is that the instrument fits or that has a judgement under it."""
    have: dict[str, dict[str, str]] = {}
    for row in current:
        have.setdefault(row["study"], {})[row["item"]] = row["response"]
    result = []
    for key in keys:
        if key in have or fits(instrument, design.get(key)):
            result.append(_appraised(instrument, key, have.get(key, {}), design.get(key)))
    return tuple(result)


def _appraised(instrument: Instrument, key: str, have: Mapping[str, str], design: str | None) -> Appraised:
    items = [item for item in items_for(instrument, design) if design or not item.designs or item.id in have]
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
    text = text_of(raw)
    if text is None:
        raise DecisionError("no response is given", hint=f"one of: {', '.join(o.code for o in instrument.responses)}")
    if item.open and text.casefold() != _TAKEN_OVER.label:
        return text
    return choice(text, (*instrument.responses, _TAKEN_OVER))
