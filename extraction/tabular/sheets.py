"""The tables of appraisal and of coding: what they hold, and what a filled one changes. Forms are in ``form_sheets``.

A filled table is checked whole before anything is saved. A row that is not there, or that is left empty, changes
nothing: to take something back, its column ``clear`` says yes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from extraction import appraisal
from extraction.synthesis import coding
from extraction.tabular.exchange import Cell, Choices, Row, Table
from extraction.tabular.filled import CLEAR, about, as_written, blank, cleared, doubtful, rows_of, study_of
from extraction.tabular.plans import Claim, Plan, absent, compare
from extraction.values import text_of
from review.errors import DecisionError
from review.forms import NOT_REPORTED, POLARITIES, Framework, Instrument, Item
from review.store import Entry

JUDGEMENTS = ("study", "instrument", "item", "cue", "hint", "response", "reason", "quote", "place", "clear")
CODINGS = (
    "key", "study", "statement", "text", "component", "subelement", "polarity", "perspective", "evidence", "quote",
    "place", "clear",
)  # fmt: skip
_JUDGEMENT_ENTRY = ("response", "reason", "quote", "place", "clear")
_JUDGED = ("response", "reason", "quote", "place")
Rows = Iterable[Mapping[str, Any]]


# -- judgements


def judgements_table(
    instruments: Sequence[Instrument],
    keys: Sequence[str],
    mine: Mapping[str, Rows],
    design: Mapping[str, str],
) -> Table:
    """Make the table of appraisal: per study the instruments that fit its design, one row per item.

    Parameters
    ----------
    keys : sequence of str
        The studies, and ``finding:KEY`` of the findings, for instruments that appraise those.
    mine : mapping of instrument name to rows
        This person's judgements; a study that has some under an instrument gets its rows whatever the design.
    design : mapping of study key to design
        From ``appraisal.designs``.
    """
    rows: list[tuple[Cell, ...]] = []
    lists: dict[tuple[str, ...], list[int]] = {}
    for instrument in instruments:
        have = {(row["study"], row["item"]): row for row in mine.get(instrument.name, ())}
        begun: dict[str, set[str]] = {}
        for study, item_id in have:
            begun.setdefault(study, set()).add(item_id)
        for key in keys:
            if key in begun or appraisal.offered(instrument, key, design.get(key)):
                for item in _items(instrument, design.get(key), begun.get(key, ())):
                    codes = _codes(instrument, item)
                    lists.setdefault(codes, []).append(len(rows))
                    row = have.get((key, item.id), {})
                    hint = "one of " + ", ".join(codes) if codes else "your own words"
                    ends = [*(row.get(name) for name in _JUDGED), None]
                    rows.append((key, instrument.name, item.id, item.cue, hint, *ends))
    choices = [Choices("response", codes, tuple(at)) for codes, at in lists.items() if codes]
    return Table("judgements", JUDGEMENTS, tuple(rows), _JUDGEMENT_ENTRY, choices=(*choices, CLEAR))


def _items(instrument: Instrument, design: str | None, have: Collection[str]) -> list[Item]:
    items = appraisal.items_for(instrument, design)
    return [item for item in instrument.judged if item in items or item.id in have]


def _codes(instrument: Instrument, item: Item) -> tuple[str, ...]:
    return () if item.open else (*(option.code for option in instrument.choices(item)), NOT_REPORTED)


def judgements_plan(
    instruments: Sequence[Instrument], keys: Collection[str], mine: Mapping[str, Rows], data: bytes
) -> Plan:
    """Read a filled table of appraisal and say what it would change in this person's judgements."""
    known = {instrument.name: instrument for instrument in instruments}
    flat = [row for rows in mine.values() for row in rows]
    have = {(row["study"], row["instrument"], row["item"]): row for row in flat}

    def make(row: Row) -> Entry | None:
        if blank(row, _JUDGEMENT_ENTRY):
            return None
        name = about(row, "instrument")
        if name not in known:
            raise DecisionError(f"'{name}' is no instrument of this review", hint=f"there are {', '.join(known)}")
        study, item = study_of(row, keys), about(row, "item")
        before = have.get((study, name, item))
        if before and as_written(row, before, _JUDGED) and not cleared(row):
            return Entry("judgement", before)
        names: dict[str, Any] = {n: row.cells[n] for n in _JUDGED}
        given = appraisal.Judgement(study, item, cleared=cleared(row), **names)
        return appraisal.entry(known[name], keys, given)

    given = rows_of(data, "judgements", JUDGEMENTS)
    there = {tuple(str(row.cells[name]) for name in ("study", "instrument", "item")) for row in given.rows}
    gone = len([key for key in have if key not in there])
    notes = (*given.notes, *absent(gone, gone))
    return _with_dates(compare(_claims(given.rows, make), flat, ("study", "instrument", "item"), notes), given.rows)


# -- codings


def codings_table(framework: Framework, keys: Sequence[str], mine: Rows) -> Table:
    """Make the table of this person's codings, sorted by key; new rows are added below."""
    rows = [(*(row[name] for name in CODINGS[:-1]), None) for row in sorted(mine, key=lambda row: row["key"])]
    lists: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("study", tuple(keys)),
        ("component", tuple(component.id for component in framework.components)),
        ("polarity", tuple(POLARITIES)),
        ("perspective", tuple(option.code for option in coding.PERSPECTIVES)),
        ("evidence", tuple(option.code for option in coding.EVIDENCE)),
    )
    choices = [Choices(name, words, strict=name != "component") for name, words in lists if words]
    return Table("codings", CODINGS, tuple(rows), CODINGS, fixed=False, choices=(*choices, CLEAR))


def codings_plan(
    framework: Framework, keys: Collection[str], mine: Rows, data: bytes, emergent: Mapping[str, str] | None = None
) -> Plan:
    """Read a filled table of codings and say what it would change in this person's codings.

    Parameters
    ----------
    emergent : mapping, optional
        The emergent themes there are, as ``coding.entry`` takes them.
    """
    mine = list(mine)
    have = {row["key"]: row for row in mine}

    def make(row: Row) -> Entry:
        before = have.get(text_of(row.cells["key"]) or "")
        if before and as_written(row, before, CODINGS[:-1]) and not cleared(row):
            return Entry("coding", before)
        names: dict[str, Any] = {n: row.cells[n] for n in CODINGS if n not in ("key", "study", "statement", "clear")}
        ids = {"study": study_of(row, keys), "statement": text_of(row.cells["statement"]) or ""}
        made = coding.Coding(**ids, key=text_of(row.cells["key"]), cleared=cleared(row), **names)
        return coding.entry(framework, keys, made, emergent)

    given = rows_of(data, "codings", CODINGS)
    gone = len(have.keys() - {str(row.cells["key"]) for row in given.rows})
    notes = (*given.notes, *absent(gone, gone))
    return _with_dates(compare(_claims(given.rows, make), mine, ("key",), notes), given.rows)


# -- what both share


def _claims(rows: Iterable[Row], make: Callable[[Row], Entry | None]) -> list[Claim]:
    def one(row: Row) -> Claim:
        return Claim(row.line, lambda: make(row))

    return [one(row) for row in rows]


def _with_dates(plan: Plan, rows: Iterable[Row]) -> Plan:
    return plan.noting(doubtful(rows, plan, ("place",)))
