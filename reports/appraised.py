"""The critical appraisal table: studies by items. CASP advises against a total score, so none is computed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reports.characteristics import MISSING_LABELS
from reports.studies import Study
from reports.table import Table, table
from review.forms import Instrument

BEYOND = "–"
"""A column that an instrument of fewer items does not have."""


def appraisal(
    found: Sequence[Study], instruments: Sequence[Instrument], judgements: Iterable[Mapping[str, Any]]
) -> Table:
    """Make one row per study and instrument used on it; the note says what each item asks.

    ``judgements`` come older first: of several people's, the newest counts. Items that take free text have no column.
    """
    by_name = {instrument.name: instrument for instrument in instruments}
    given = {(j["study"], j["instrument"], j["item"]): j["response"] for j in judgements}
    used = {(study, name) for study, name, _ in given if name in by_name}
    most = max((len(_items(by_name[name])) for _, name in used), default=0)
    rows = [row for study in found for row in _rows(study, instruments, given, used, most)]
    notes = [_note(instrument) for instrument in instruments if any(name == instrument.name for _, name in used)]
    return table(
        "appraisal",
        "Critical appraisal of included studies",
        ("Study", "Instrument", *map(str, range(1, most + 1))),
        rows,
        note="\n".join(notes) or None,
    )


def _rows(
    study: Study,
    instruments: Sequence[Instrument],
    given: Mapping[tuple[str, str, str], str],
    used: set[tuple[str, str]],
    most: int,
) -> Iterator[tuple[str | None, ...]]:
    own = [instrument for instrument in instruments if (study.key, instrument.name) in used]
    if not own:
        yield study.label, *[None] * (most + 1)
    for instrument in own:
        words = {**MISSING_LABELS, **{option.code: option.label for option in instrument.responses}}
        codes = [given.get((study.key, instrument.name, item)) for item, _ in _items(instrument)]
        cells = [None if code is None else words.get(code, code) for code in codes]
        yield study.label, instrument.label, *cells, *[BEYOND] * (most - len(cells))


def _items(instrument: Instrument) -> tuple[tuple[str, str], ...]:
    return tuple((item.id, item.cue) for item in instrument.items if not item.open)


def _note(instrument: Instrument) -> str:
    asked = "; ".join(f"{number} {cue}" for number, (_, cue) in enumerate(_items(instrument), start=1))
    return f"{instrument.label} ({instrument.edition}): {asked}. Official form: {instrument.url}."
