"""The three tables that people fill in (answers, judgements, codings): what they hold, and what a filled one changes.

A filled table is checked whole before anything is saved. A row that is not there, or that is left empty, changes
nothing: to take something back, its last column, ``clear``, says yes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from extraction import answers, appraisal, coding
from extraction.exchange import Cell, Choices, Read, Row, Table, read
from extraction.plans import Plan, compare
from extraction.values import show, text_of
from review.countries import NAMES
from review.errors import DecisionError
from review.forms import MISSING, NOT_REPORTED, POLARITIES, Field, Form, Framework, Instrument
from review.store import Entry

ANSWERS = ("study", "field", "label", "hint", "value", "missing", "quote", "place", "clear")
JUDGEMENTS = ("study", "instrument", "item", "cue", "hint", "response", "reason", "quote", "place", "clear")
CODINGS = (
    "key", "study", "statement", "text", "component", "subelement", "polarity", "perspective", "evidence", "quote",
    "place", "clear",
)  # fmt: skip
_ANSWER_ENTRY = ("value", "missing", "quote", "place", "clear")
_JUDGEMENT_ENTRY = ("response", "reason", "quote", "place", "clear")
_OPTIONAL = ("label", "hint", "cue", "clear")
_CLEAR = Choices("clear", ("yes",))


# -- answers


def answers_table(form: Form, keys: Iterable[str], mine: Iterable[Mapping[str, Any]]) -> Table:
    """Make the table of a form: one row per study and field, with what this person answered so far."""
    have = answers.newest(mine)
    rows: list[tuple[Cell, ...]] = []
    lists: dict[Field, list[int]] = {}
    for key in keys:
        for field in form.fields:
            row = have.get((key, field.id), {})
            lists.setdefault(field, []).append(len(rows))
            value = show(row.get("value"))
            ends = (row.get("missing"), row.get("quote"), row.get("place"), None)
            rows.append((key, field.id, field.label, _hint(field), value, *ends))
    choices = [
        Choices("value", words, tuple(numbers), strict=field.type == "single")
        for field, numbers in lists.items()
        if (words := tuple(NAMES) if field.type == "country" else tuple(o.code for o in field.options))
    ]
    return Table(
        "answers", ANSWERS, tuple(rows), _ANSWER_ENTRY, choices=(*choices, Choices("missing", tuple(MISSING)), _CLEAR)
    )


def answers_plan(form: Form, keys: Collection[str], mine: Iterable[Mapping[str, Any]], data: bytes) -> Plan:
    """Read a filled table of a form and say what it would change in this person's answers."""

    def make(row: Row) -> Entry | None:
        if _blank(row, _ANSWER_ENTRY):
            return None
        names = {n: row.cells[n] for n in ("value", "quote", "place")}
        given = answers.Answer(
            _id(row, "study"), _id(row, "field"), missing=text_of(row.cells["missing"]), cleared=_cleared(row), **names
        )
        return answers.entry(form, keys, given)

    return compare(_read(data, "answers", ANSWERS), make, mine, ("study", "field"))


def _hint(field: Field) -> str:
    kinds = {"multiple": "one or more of, separated by ; ", "single": "one of "}
    parts = [
        kinds.get(field.type, "") + ", ".join(o.code for o in field.options) if field.options else "",
        {"country": "ISO codes or names, separated by ;", "date": "2014, 2014-05 or 2014-05-31"}.get(field.type, ""),
        f"number, {field.unit}" if field.unit else "number" if field.type == "number" else "",
        "required" if field.required else "",
        "with quote and place" if field.quote else "",
        field.guidance or "",
    ]
    return " · ".join(part for part in parts if part)


# -- judgements


def judgements_table(
    instruments: Sequence[Instrument],
    keys: Sequence[str],
    mine: Mapping[str, Iterable[Mapping[str, Any]]],
    design: Mapping[str, str],
) -> Table:
    """Make the table of appraisal: per study the instruments that fit its design, one row per item.

    Parameters
    ----------
    mine : mapping of instrument name to rows
        This person's judgements; a study that has some under an instrument gets its rows whatever the design.
    design : mapping of study key to design
        From ``appraisal.designs``.
    """
    rows: list[tuple[Cell, ...]] = []
    choices = []
    for instrument in instruments:
        have = {(row["study"], row["item"]): row for row in mine.get(instrument.name, ())}
        begun = {study for study, _ in have}
        codes = (*(option.code for option in instrument.responses), NOT_REPORTED)
        closed = []
        for key in keys:
            if key not in begun and not appraisal.fits(instrument, design.get(key)):
                continue
            items = appraisal.items_for(instrument, design.get(key))
            for item in (i for i in instrument.items if i in items or (key, i.id) in have):
                row = have.get((key, item.id), {})
                if not item.open:
                    closed.append(len(rows))
                hint = "your own words" if item.open else "one of " + ", ".join(codes)
                ends = [row.get(name) for name in ("response", "reason", "quote", "place")]
                rows.append((key, instrument.name, item.id, item.cue, hint, *ends, None))
        choices.append(Choices("response", codes, tuple(closed)))
    offered = tuple(c for c in choices if c.rows)
    return Table("judgements", JUDGEMENTS, tuple(rows), _JUDGEMENT_ENTRY, choices=(*offered, _CLEAR))


def judgements_plan(
    instruments: Sequence[Instrument],
    keys: Collection[str],
    mine: Mapping[str, Iterable[Mapping[str, Any]]],
    data: bytes,
) -> Plan:
    """Read a filled table of appraisal and say what it would change in this person's judgements."""
    known = {instrument.name: instrument for instrument in instruments}

    def make(row: Row) -> Entry | None:
        if _blank(row, _JUDGEMENT_ENTRY):
            return None
        name = _id(row, "instrument")
        if name not in known:
            raise DecisionError(f"'{name}' is no instrument of this review", hint=f"there are {', '.join(known)}")
        names = {n: row.cells[n] for n in ("response", "reason", "quote", "place")}
        given = appraisal.Judgement(_id(row, "study"), _id(row, "item"), cleared=_cleared(row), **names)
        return appraisal.entry(known[name], keys, given)

    flat = [row for rows in mine.values() for row in rows]
    return compare(_read(data, "judgements", JUDGEMENTS), make, flat, ("study", "instrument", "item"))


# -- codings


def codings_table(framework: Framework, keys: Sequence[str], mine: Iterable[Mapping[str, Any]]) -> Table:
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
    return Table("codings", CODINGS, tuple(rows), CODINGS, fixed=False, choices=(*choices, _CLEAR))


def codings_plan(framework: Framework, keys: Collection[str], mine: Iterable[Mapping[str, Any]], data: bytes) -> Plan:
    """Read a filled table of codings and say what it would change in this person's codings."""

    def make(row: Row) -> Entry:
        names: dict[str, Any] = {n: row.cells[n] for n in CODINGS if n not in ("key", "study", "statement", "clear")}
        ids = {"study": _id(row, "study"), "statement": text_of(row.cells["statement"]) or ""}
        key = text_of(row.cells["key"])
        return coding.entry(framework, keys, coding.Coding(**ids, key=key, cleared=_cleared(row), **names))

    return compare(_read(data, "codings", CODINGS), make, mine, ("key",))


# -- what all three share


def _read(data: bytes, name: str, columns: Sequence[str]) -> Read:
    return read(data, name, [column for column in columns if column not in _OPTIONAL], columns)


def _blank(row: Row, entry: Sequence[str]) -> bool:
    return all(row.cells[name] is None for name in entry)


def _cleared(row: Row) -> bool:
    text = (text_of(row.cells["clear"]) or "no").casefold()
    if text not in ("yes", "no"):
        raise DecisionError(f"'{text}' under clear", hint="write yes to take it back, or leave it empty")
    return text == "yes"


def _id(row: Row, name: str) -> str:
    try:
        text = text_of(row.cells[name])
    except DecisionError as error:
        raise DecisionError(f"{name}: {error.message}", hint=error.hint) from error
    if text is None:
        raise DecisionError(f"the row has no {name}", hint="these cells tell what the row is about: put it back")
    return text
