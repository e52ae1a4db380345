"""The critical appraisal table: studies by items. CASP advises against a total score, so none is computed. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reports.studies import Study
from reports.table import Table, table
from review.forms import MISSING, Instrument, Item

NOT_APPRAISED = "not appraised"
NOT_JUDGED = "not judged"
BEYOND = "–"
"""An item for another design than the study's."""
_TITLE = "Critical appraisal of included studies"

Given = Mapping[tuple[str, str], Mapping[str, str]]
"""(study, instrument) -> item -> the response that counts."""


def appraisal(
    found: Sequence[Study], instruments: Sequence[Instrument], judgements: Iterable[Mapping[str, Any]]
) -> tuple[Table, ...]:
    """Make one block per instrument used, each with its own items; a note under it says what each item asks.

    Studies that nobody appraised come last, in a block of their own when there are several.

    Parameters
    ----------
    judgements : iterable of mapping
        Older ones first: of several people's, the newest counts. Items that take free text have no column.
    """
    given: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for one in judgements:
        given[one["study"], one["instrument"]][one["item"]] = one["response"]
    used = [i for i in instruments if any((study.key, i.name) in given for study in found)]
    rest = [(s.label, NOT_APPRAISED) for s in found if not any((s.key, i.name) in given for i in used)]
    if len(used) == 1:
        return (_block(found, used[0], given, rest),)
    blocks = tuple(_block(found, one, given, (), block=f"{one.label} ({one.edition})") for one in used)
    if rest or not used:
        block = "studies not appraised" if used else None
        return *blocks, table("appraisal", _TITLE, ("Study", "Instrument"), rest, block=block)
    return blocks


def _block(
    found: Sequence[Study],
    instrument: Instrument,
    given: Given,
    rest: Iterable[tuple[str, str]],
    *,
    block: str | None = None,
) -> Table:
    appraised = [(study, given[study.key, instrument.name]) for study in found if (study.key, instrument.name) in given]
    sets = _begun(instrument, (item for _, own in appraised for item in own)) | {()}
    items = [item for item in instrument.items if not item.open and item.designs in sets]
    rows = [(study.label, instrument.label, *_cells(instrument, items, own)) for study, own in appraised]
    asked = "; ".join(f"{item.id} {item.cue}" for item in items)
    note = f"{instrument.label} ({instrument.edition}): {asked}. Official form: {instrument.url}."
    if any(BEYOND in row for row in rows):
        note += f" {BEYOND} The item is for another study design."
    return table(
        "appraisal",
        _TITLE,
        ("Study", "Instrument", *(item.id for item in items)),
        [*rows, *((*one, *[""] * len(items)) for one in rest)],
        note=note,
        block=block,
    )


def _cells(instrument: Instrument, items: Sequence[Item], own: Mapping[str, str]) -> list[str]:
    """Say the response to each item; without one the item is still to be judged, or for another design."""
    words = {**MISSING, **{option.code: option.label for option in instrument.responses}}
    begun = _begun(instrument, own)
    return [
        words.get(own[item.id], own[item.id]) if item.id in own
        else BEYOND if item.designs and item.designs not in begun
        else NOT_JUDGED
        for item in items
    ]  # fmt: skip


def _begun(instrument: Instrument, judged: Iterable[str]) -> set[tuple[str, ...]]:
    """Give the sets of items, each for some designs (MMAT has five), of which at least one item is judged."""
    known = set(judged)
    return {item.designs for item in instrument.items if item.id in known}
